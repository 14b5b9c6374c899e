//! Mermaid flow charts.

use std::fmt::Write;

use super::tree::{Drawn, Node};

/// Draws pipelines as one flow chart.
pub(super) fn draw(pipelines: &[Drawn]) -> String {
    let mut chart = Chart { text: "flowchart TD\n".to_owned(), next: 0, indent: 1, file: "", publishers: Vec::new() };
    let mut subscribers = Vec::new();
    for (index, pipeline) in pipelines.iter().enumerate() {
        chart.line(format_args!("subgraph p{index}[\"{}\"]", label(&pipeline.name)));
        chart.indent += 1;
        chart.line(format_args!("direction TB"));
        chart.file = &pipeline.file;
        let source = chart.id();
        subscribers.extend(pipeline.topic.as_ref().map(|topic| (topic, source.clone())));
        chart.publishers.extend(pipeline.publishes_unseen().map(|topic| (topic.to_owned(), format!("p{index}"))));
        chart.line(format_args!("{source}([\"{}\"])", label(&pipeline.source())));
        chart.row(&pipeline.nodes, vec![(source, None)]);
        chart.indent -= 1;
        chart.line(format_args!("end"));
    }
    for (topic, from) in std::mem::take(&mut chart.publishers) {
        for (_, to) in subscribers.iter().filter(|(one, _)| **one == topic) {
            chart.line(format_args!("{from} -.->|\"{}\"| {to}", label(&topic)));
        }
    }
    chart.text
}

struct Chart<'d> {
    text: String,
    next: usize,
    indent: usize,
    /// Where the pipeline was written.
    file: &'d str,
    /// Topics, and the stages that publish them.
    publishers: Vec<(String, String)>,
}

/// Where an arrow begins, and what it is labelled with.
type Start = (String, Option<String>);

impl Chart<'_> {
    fn line(&mut self, text: std::fmt::Arguments<'_>) {
        let indent = 4 * self.indent;
        // Writing into a string cannot fail.
        let _ = writeln!(self.text, "{:indent$}{text}", "");
    }

    fn id(&mut self) -> String {
        self.next += 1;
        format!("n{}", self.next - 1)
    }

    /// Draws stages one after the other and returns where what follows them begins.
    fn row(&mut self, nodes: &[Node], mut starts: Vec<Start>) -> Vec<Start> {
        let mut item = None;
        for node in nodes {
            let id = self.id();
            self.publishers.extend(node.stage.topic().map(|topic| (topic.to_owned(), id.clone())));
            let (open, close) = if matches!(node.stage.name.as_str(), "where" | "filter" | "split") { ("{{", "}}") } else { ("[", "]") };
            let caption = label(&node.caption(self.file));
            self.line(format_args!("{id}{open}\"{}<br/><small>{caption}</small>\"{close}", label(&node.stage.text)));
            let changed = node.item.as_ref().filter(|new| item.as_ref().is_some_and(|old| old != *new));
            for (start, condition) in starts {
                match condition.or_else(|| changed.cloned()) {
                    Some(text) => self.line(format_args!("{start} -->|\"{}\"| {id}", label(&text))),
                    None => self.line(format_args!("{start} --> {id}")),
                }
            }
            item = node.item.clone().or(item);
            starts = self.inner(node, &id);
        }
        starts
    }

    /// Draws what is inside the blocks of a stage.
    fn inner(&mut self, node: &Node, id: &str) -> Vec<Start> {
        let here = vec![(id.to_owned(), None)];
        if node.inner.is_empty() {
            return here;
        }
        let mut ends = Vec::new();
        if node.inner.iter().all(Node::is_way) {
            for way in &node.inner {
                let condition = Some(way.stage.text.clone()).filter(|text| !text.is_empty());
                ends.extend(self.row(&way.inner, vec![(id.to_owned(), condition)]));
            }
        } else {
            self.line(format_args!("subgraph {id}_block[\"for each {}\"]", label(&node.stage.text)));
            self.indent += 1;
            ends = self.row(&node.inner, here.clone());
            self.indent -= 1;
            self.line(format_args!("end"));
        }
        if node.joins() { ends } else { here }
    }
}

/// Makes a text safe inside quotes.
fn label(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;").replace('>', "&gt;").replace('#', "&num;")
}
