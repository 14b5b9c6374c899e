//! The stages of a pipeline as a tree.

use std::ops::Range;

use fastts_core::runtime::build_check;
use fastts_core::{Pipeline, StageInfo};

use super::align::align;

/// A pipeline, ready to be drawn or listed.
#[derive(Debug)]
pub(in crate::cli) struct Drawn {
    pub(in crate::cli) name: String,
    pub(in crate::cli) description: String,
    pub(in crate::cli) file: String,
    /// The type of the items that go in.
    pub(in crate::cli) item: String,
    /// What it asks of an event first: one of these.
    pub(in crate::cli) heads: Vec<String>,
    /// The topic that it subscribes to.
    pub(in crate::cli) topic: Option<String>,
    /// The topics on which it publishes, functions of the user's included.
    pub(in crate::cli) publishes: Vec<String>,
    pub(in crate::cli) nodes: Vec<Node>,
    /// How many stages its chain has.
    pub(in crate::cli) length: usize,
    /// Why it cannot be built, if so.
    pub(in crate::cli) broken: Option<String>,
}

/// A stage, with those inside its blocks.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::cli) struct Node {
    pub(in crate::cli) stage: StageInfo,
    /// The type of the items that go in, where it is known.
    pub(in crate::cli) item: Option<String>,
    /// Which stages of the chain it is, where that is certain.
    pub(in crate::cli) range: Option<Range<usize>>,
    /// The types of those stages.
    pub(in crate::cli) parts: Vec<String>,
    pub(in crate::cli) inner: Vec<Node>,
}

impl Drawn {
    pub(in crate::cli) fn new(pipeline: &Pipeline) -> Drawn {
        let mut nodes = nest(&mut pipeline.stages().iter().peekable(), 0);
        let (length, broken) = match build_check(pipeline) {
            Ok(chain) => {
                align(&mut nodes, &chain);
                (chain.len(), None)
            }
            Err(panic) => (0, Some(panic.to_string())),
        };
        Drawn {
            name: pipeline.name().to_owned(),
            description: pipeline.description().to_owned(),
            file: pipeline.file().to_owned(),
            item: short_type(pipeline.item()),
            heads: pipeline.heads().iter().map(ToString::to_string).collect(),
            topic: pipeline.topic().map(str::to_owned),
            publishes: if broken.is_none() { pipeline.publishes() } else { Vec::new() },
            nodes,
            length,
            broken,
        }
    }
}

impl Drawn {
    /// Says what goes in: the type, of events what they are picked by, and the topic if they come from one.
    pub(super) fn source(&self) -> String {
        match &self.topic {
            Some(topic) => format!("{} from \"{topic}\"", self.item),
            None if self.heads.is_empty() => self.item.clone(),
            None => format!("{}: {}", self.item, self.heads.join(" or ")),
        }
    }

    /// Returns the topics that it publishes in functions of the user's, which no stage of the drawing names.
    pub(super) fn publishes_unseen(&self) -> impl Iterator<Item = &str> {
        fn seen(nodes: &[Node], topic: &str) -> bool {
            nodes.iter().any(|node| node.stage.topic() == Some(topic) || seen(&node.inner, topic))
        }
        self.publishes.iter().map(String::as_str).filter(|topic| !seen(&self.nodes, topic))
    }
}

impl Node {
    /// Returns true for the arms of a `split` and the branches of a `tee`: ways, not stages.
    pub(in crate::cli) fn is_way(&self) -> bool {
        matches!(self.stage.name.as_str(), "arm" | "branch")
    }

    /// Says in a few words what goes in and where it was written, for a picture.
    pub(in crate::cli) fn caption(&self, file: &str) -> String {
        let place = format!("{file}:{}", self.stage.line);
        self.item.as_ref().map_or_else(|| place.clone(), |item| format!("{item}, {place}"))
    }

    /// Returns true when what goes on behind it is what comes out of its ways, and not what went in.
    pub(in crate::cli) fn joins(&self) -> bool {
        self.stage.name != "tee"
    }
}

fn nest<'s>(stages: &mut std::iter::Peekable<impl Iterator<Item = &'s StageInfo>>, depth: usize) -> Vec<Node> {
    let mut nodes = Vec::new();
    while let Some(stage) = stages.next_if(|stage| stage.depth >= depth) {
        let inner = nest(stages, stage.depth + 1);
        nodes.push(Node { stage: stage.clone(), item: None, range: None, parts: Vec::new(), inner });
    }
    nodes
}

/// Shortens a type as Rust names it: `alloc::vec::Vec<a::b::Event>` is `Vec<Event>`.
pub(in crate::cli) fn short_type(name: &str) -> String {
    let mut short = String::new();
    let mut word = 0;
    let mut rest = name.chars().peekable();
    while let Some(c) = rest.next() {
        if c == ':' && rest.peek() == Some(&':') {
            rest.next();
            short.truncate(word);
            continue;
        }
        short.push(c);
        if !c.is_alphanumeric() && c != '_' {
            word = short.len();
        }
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_named_without_their_modules() {
        for (long, short) in [
            ("fastts_core::event::owned::Event", "Event"),
            ("alloc::vec::Vec<(f64, alloc::string::String)>", "Vec<(f64, String)>"),
            ("&str", "&str"),
        ] {
            assert_eq!(short_type(long), short);
        }
    }

    #[test]
    fn stages_nest_by_depth() {
        let stage = |depth, name: &str| StageInfo { depth, line: 1, column: 1, name: name.to_owned(), text: name.to_owned() };
        let stages = [stage(0, "tee"), stage(1, "branch"), stage(2, "under"), stage(1, "branch"), stage(0, "map"), stage(0, "stdout")];
        let nodes = nest(&mut stages.iter().peekable(), 0);
        assert_eq!(nodes.iter().map(|node| node.inner.len()).collect::<Vec<_>>(), [2, 0, 0]);
        assert_eq!(nodes[0].inner[0].inner[0].stage.name, "under");
    }
}
