//! Graphviz.

use std::fmt::Write;

use super::tree::{Drawn, Node};

/// Draws pipelines as one directed graph.
pub(super) fn draw(pipelines: &[Drawn]) -> String {
    let mut graph = Graph {
        text: "digraph router {\n    node [shape=box, fontname=\"monospace\"];\n".to_owned(),
        next: 0,
        file: "",
        publishers: Vec::new(),
    };
    let mut subscribers = Vec::new();
    for (index, pipeline) in pipelines.iter().enumerate() {
        graph.line(1, format_args!("subgraph cluster_{index} {{"));
        graph.line(2, format_args!("label=\"{}\";", label(&pipeline.name)));
        if !pipeline.description.is_empty() {
            graph.line(2, format_args!("tooltip=\"{}\";", label(&pipeline.description)));
        }
        graph.file = &pipeline.file;
        let source = graph.node(2, &pipeline.source(), "ellipse");
        subscribers.extend(pipeline.topic.as_ref().map(|topic| (topic, source)));
        graph.publishers.extend(pipeline.publishes_unseen().map(|topic| (topic.to_owned(), source)));
        graph.row(&pipeline.nodes, vec![(source, String::new())], 2);
        graph.line(1, format_args!("}}"));
    }
    for (topic, from) in std::mem::take(&mut graph.publishers) {
        for (_, to) in subscribers.iter().filter(|(one, _)| **one == topic) {
            graph.line(1, format_args!("n{from} -> n{to} [label=\"{}\", style=dashed];", label(&topic)));
        }
    }
    graph.text.push_str("}\n");
    graph.text
}

struct Graph<'d> {
    text: String,
    next: usize,
    /// Where the pipeline was written.
    file: &'d str,
    /// Topics, and the stages that publish them.
    publishers: Vec<(String, usize)>,
}

impl Graph<'_> {
    fn line(&mut self, depth: usize, text: std::fmt::Arguments<'_>) {
        // Writing into a string cannot fail.
        let _ = writeln!(self.text, "{:depth$}{text}", "", depth = 4 * depth);
    }

    fn node(&mut self, depth: usize, text: &str, shape: &str) -> usize {
        let id = self.next;
        self.next += 1;
        self.line(depth, format_args!("n{id} [label=\"{}\", shape={shape}];", label(text)));
        id
    }

    /// Draws stages one after the other and returns where what follows them begins, with the labels of the arrows.
    fn row(&mut self, nodes: &[Node], mut starts: Vec<(usize, String)>, depth: usize) -> Vec<(usize, String)> {
        let mut item = None;
        for node in nodes {
            let shape = if matches!(node.stage.name.as_str(), "where" | "filter" | "split") { "diamond" } else { "box" };
            let id = self.node(depth, &format!("{}\n{}", node.stage.text, node.caption(self.file)), shape);
            self.publishers.extend(node.stage.topic().map(|topic| (topic.to_owned(), id)));
            let changed = node.item.as_ref().filter(|new| item.as_ref().is_some_and(|old| old != *new));
            for (start, condition) in starts {
                let text = if condition.is_empty() { changed.cloned().unwrap_or_default() } else { condition };
                self.line(depth, format_args!("n{start} -> n{id} [label=\"{}\"];", label(&text)));
            }
            item = node.item.clone().or(item);
            starts = self.inner(node, id, depth);
        }
        starts
    }

    fn inner(&mut self, node: &Node, id: usize, depth: usize) -> Vec<(usize, String)> {
        let here = vec![(id, String::new())];
        if node.inner.is_empty() {
            return here;
        }
        let mut ends = Vec::new();
        if node.inner.iter().all(Node::is_way) {
            for way in &node.inner {
                ends.extend(self.row(&way.inner, vec![(id, way.stage.text.clone())], depth));
            }
        } else {
            self.line(depth, format_args!("subgraph cluster_block_{id} {{"));
            self.line(depth + 1, format_args!("label=\"for each {}\"; style=dashed;", label(&node.stage.text)));
            ends = self.row(&node.inner, here.clone(), depth + 1);
            self.line(depth, format_args!("}}"));
        }
        if node.joins() { ends } else { here }
    }
}

/// Makes a text safe inside quotes.
fn label(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}
