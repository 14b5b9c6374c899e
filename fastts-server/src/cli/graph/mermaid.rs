//! Mermaid flow charts.

use std::fmt::Write;

use fastts_core::Written;

use super::tree::{Drawn, asks, block_title, caption, item, joins, turn};

/// Draws pipelines as one flow chart.
pub(super) fn draw(pipelines: &[Drawn]) -> String {
    let mut chart = Chart { text: "flowchart TD\n".to_owned(), next: 0, indent: 1, file: "", publishers: Vec::new() };
    let mut subscribers = Vec::new();
    for (index, pipeline) in pipelines.iter().enumerate() {
        chart.groups(index.checked_sub(1).map(|before| &pipelines[before]), Some(pipeline));
        chart.line(format_args!("subgraph p{index}[\"{}\"]", label(&pipeline.name)));
        chart.indent += 1;
        chart.line(format_args!("direction TB"));
        chart.file = &pipeline.file;
        let source = chart.id();
        subscribers.extend(pipeline.topic.as_ref().map(|topic| (topic, source.clone())));
        chart.publishers.extend(pipeline.publishes_unseen().map(|topic| (topic.to_owned(), format!("p{index}"))));
        chart.line(format_args!("{source}([\"{}\"])", label(&pipeline.source())));
        chart.row(&pipeline.stages, vec![(source, None)]);
        chart.indent -= 1;
        chart.line(format_args!("end"));
    }
    chart.groups(pipelines.last(), None);
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

    /// Ends the groups behind a pipeline that the next one does not stand in, and begins those around that.
    fn groups(&mut self, before: Option<&Drawn>, pipeline: Option<&Drawn>) {
        let (ended, begun) = turn(before, pipeline);
        for _ in 0..ended {
            self.indent -= 1;
            self.line(format_args!("end"));
        }
        for (place, title) in begun {
            self.line(format_args!("subgraph g{place}[\"{}\"]", label(title)));
            self.indent += 1;
        }
    }

    fn id(&mut self) -> String {
        self.next += 1;
        format!("n{}", self.next - 1)
    }

    /// Draws stages one after the other and returns where what follows them begins.
    fn row(&mut self, stages: &[Written], mut starts: Vec<Start>) -> Vec<Start> {
        let mut before = None;
        for stage in stages {
            let id = self.id();
            self.publishers.extend(stage.info.topic.map(|topic| (topic.to_owned(), id.clone())));
            let (open, close) = if asks(stage) { ("{{", "}}") } else { ("[", "]") };
            let caption = label(&caption(stage, self.file));
            self.line(format_args!("{id}{open}\"{}<br/><small>{caption}</small>\"{close}", label(stage.info.text)));
            let item = item(stage);
            let changed = item.as_ref().filter(|new| before.as_ref().is_some_and(|old| old != *new));
            for (start, condition) in starts {
                match condition.or_else(|| changed.cloned()) {
                    Some(text) => self.line(format_args!("{start} -->|\"{}\"| {id}", label(&text))),
                    None => self.line(format_args!("{start} --> {id}")),
                }
            }
            before = item.or(before);
            starts = self.inner(stage, &id);
        }
        starts
    }

    /// Draws what is inside the blocks of a stage.
    fn inner(&mut self, stage: &Written, id: &str) -> Vec<Start> {
        let here = vec![(id.to_owned(), None)];
        if stage.inner.is_empty() {
            return here;
        }
        let mut ends = Vec::new();
        if stage.inner.iter().all(Written::is_way) {
            for way in &stage.inner {
                let condition = Some(way.info.text.to_owned()).filter(|text| !text.is_empty());
                ends.extend(self.row(&way.inner, vec![(id.to_owned(), condition)]));
            }
        } else {
            self.line(format_args!("subgraph {id}_block[\"{}\"]", label(&block_title(stage))));
            self.indent += 1;
            ends = self.row(&stage.inner, here.clone());
            self.indent -= 1;
            self.line(format_args!("end"));
        }
        if joins(stage) { ends } else { here }
    }
}

/// Makes a text safe inside quotes.
fn label(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;").replace('>', "&gt;").replace('#', "&num;")
}
