//! Graphviz.

use std::fmt::Write;

use fastts_core::Written;

use super::tree::{Drawn, asks, block_title, caption, item, joins, turn};

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
        graph.groups(index.checked_sub(1).map(|before| &pipelines[before]), Some(pipeline));
        graph.line(1, format_args!("subgraph cluster_{index} {{"));
        graph.line(2, format_args!("label=\"{}\";", label(&pipeline.name)));
        if !pipeline.description.is_empty() {
            graph.line(2, format_args!("tooltip=\"{}\";", label(&pipeline.description)));
        }
        graph.file = &pipeline.file;
        let source = graph.node(2, &pipeline.source(), "ellipse");
        subscribers.extend(pipeline.topic.as_ref().map(|topic| (topic, source)));
        graph.publishers.extend(pipeline.publishes_unseen().map(|topic| (topic.to_owned(), source)));
        graph.row(&pipeline.stages, vec![(source, String::new())], 2);
        graph.line(1, format_args!("}}"));
    }
    graph.groups(pipelines.last(), None);
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

    /// Ends the groups behind a pipeline that the next one does not stand in, and begins those around that.
    fn groups(&mut self, before: Option<&Drawn>, pipeline: Option<&Drawn>) {
        let (ended, begun) = turn(before, pipeline);
        for _ in 0..ended {
            self.line(1, format_args!("}}"));
        }
        for (place, title) in begun {
            self.line(1, format_args!("subgraph cluster_group_{place} {{"));
            self.line(1, format_args!("label=\"{}\"; style=rounded;", label(title)));
        }
    }

    fn node(&mut self, depth: usize, text: &str, shape: &str) -> usize {
        let id = self.next;
        self.next += 1;
        self.line(depth, format_args!("n{id} [label=\"{}\", shape={shape}];", label(text)));
        id
    }

    /// Draws stages one after the other and returns where what follows them begins, with the labels of the arrows.
    fn row(&mut self, stages: &[Written], mut starts: Vec<(usize, String)>, depth: usize) -> Vec<(usize, String)> {
        let mut before = None;
        for stage in stages {
            let shape = if asks(stage) { "diamond" } else { "box" };
            let id = self.node(depth, &format!("{}\n{}", stage.info.text, caption(stage, self.file)), shape);
            self.publishers.extend(stage.info.topic.map(|topic| (topic.to_owned(), id)));
            let item = item(stage);
            let changed = item.as_ref().filter(|new| before.as_ref().is_some_and(|old| old != *new));
            for (start, condition) in starts {
                let text = if condition.is_empty() { changed.cloned().unwrap_or_default() } else { condition };
                self.line(depth, format_args!("n{start} -> n{id} [label=\"{}\"];", label(&text)));
            }
            before = item.or(before);
            starts = self.inner(stage, id, depth);
        }
        starts
    }

    fn inner(&mut self, stage: &Written, id: usize, depth: usize) -> Vec<(usize, String)> {
        let here = vec![(id, String::new())];
        if stage.inner.is_empty() {
            return here;
        }
        let mut ends = Vec::new();
        if stage.inner.iter().all(Written::is_way) {
            for way in &stage.inner {
                ends.extend(self.row(&way.inner, vec![(id, way.info.text.to_owned())], depth));
            }
        } else {
            self.line(depth, format_args!("subgraph cluster_block_{id} {{"));
            self.line(depth + 1, format_args!("label=\"{}\"; style=dashed;", label(&block_title(stage))));
            ends = self.row(&stage.inner, here.clone(), depth + 1);
            self.line(depth, format_args!("}}"));
        }
        if joins(stage) { ends } else { here }
    }
}

/// Makes a text safe inside quotes.
fn label(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}
