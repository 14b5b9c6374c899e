//! The stages of a pipeline as a tree.

use fastts_core::runtime::build_check;
use fastts_core::{Member, Pipeline, Router, Written};

/// A pipeline, ready to be drawn or listed.
#[derive(Debug)]
pub(in crate::cli) struct Drawn {
    pub(in crate::cli) name: String,
    pub(in crate::cli) description: String,
    pub(in crate::cli) file: String,
    /// The type of the items that go in.
    pub(in crate::cli) item: String,
    /// The type of its reply, if it is called.
    pub(in crate::cli) reply: Option<String>,
    /// What it asks of an event first: one of these.
    pub(in crate::cli) heads: Vec<String>,
    /// The topic that it subscribes to.
    pub(in crate::cli) topic: Option<String>,
    /// How many events it takes from there at once, if that is bounded.
    pub(in crate::cli) demand: Option<usize>,
    /// Among how many copies of it they are divided, and by what.
    pub(in crate::cli) partitions: Option<(usize, String)>,
    /// It is a copy of one that stands before it.
    pub(in crate::cli) is_copy: bool,
    /// The topics on which it publishes, functions of the user's included.
    pub(in crate::cli) publishes: Vec<String>,
    pub(in crate::cli) stages: Vec<Written>,
    /// How many stages its chain has.
    pub(in crate::cli) length: usize,
    /// Why it cannot be built, if so.
    pub(in crate::cli) broken: Option<String>,
    /// The groups that it stands in, the outermost first: each by its place in the router and with its strategy.
    pub(super) groups: Vec<(usize, String)>,
}

/// Returns whether a pipeline of a router has a stage of that name; one that cannot be built has what was written.
pub(in crate::cli) fn has_stage(router: &Router, name: &str) -> bool {
    fn within(stages: &[Written], name: &str) -> bool {
        stages.iter().any(|stage| stage.info.name == name || within(&stage.inner, name))
    }
    router.pipelines().iter().any(|pipeline| within(&Drawn::new(pipeline).stages, name))
}

impl Drawn {
    pub(in crate::cli) fn new(pipeline: &Pipeline) -> Drawn {
        let (topology, broken) = match build_check(pipeline) {
            Ok(topology) => (topology, None),
            Err(panic) => (pipeline.unbuilt(), Some(panic.to_string())),
        };
        Drawn {
            name: pipeline.written_name().to_owned(),
            description: pipeline.description().to_owned(),
            file: pipeline.file().to_owned(),
            item: short_type(pipeline.item()),
            reply: pipeline.reply().map(short_type),
            heads: pipeline.heads().iter().map(ToString::to_string).collect(),
            topic: pipeline.topic().map(str::to_owned),
            demand: pipeline.policy().demand,
            partitions: pipeline.partition().map(|partition| (partition.count(), partition.by().to_owned())),
            is_copy: !pipeline.is_written(),
            publishes: if broken.is_none() { pipeline.publishes() } else { Vec::new() },
            stages: topology.stages,
            length: topology.length,
            broken,
            groups: Vec::new(),
        }
    }

    /// Takes all pipelines of a router as they were written, with the groups that they stand in.
    pub(in crate::cli) fn all(router: &Router) -> Vec<Drawn> {
        let drawn = |(place, pipeline)| {
            let groups = router.groups();
            let parent = |place: &usize| groups[*place].parent;
            let home = groups.iter().position(|group| group.members.contains(&Member::Pipeline(place)));
            let title = |place: usize| (place, format!("{} ({})", groups[place].name, groups[place].policy.strategy));
            let mut around: Vec<_> = std::iter::successors(home, parent).map(title).collect();
            around.reverse();
            Drawn { groups: around, ..Drawn::new(pipeline) }
        };
        router.pipelines().iter().enumerate().filter(|(_, pipeline)| pipeline.is_written()).map(drawn).collect()
    }

    /// Says what goes in: the type, of events what they are picked by, and the topic if they come from one; and what is replied to calls.
    pub(super) fn source(&self) -> String {
        if let Some(reply) = &self.reply {
            return format!("{} -> {reply}", self.item);
        }
        match &self.topic {
            Some(topic) => format!("{} from \"{topic}\"{}", self.item, self.subscription()),
            None if self.heads.is_empty() => self.item.clone(),
            None => format!("{}: {}", self.item, self.heads.join(" or ")),
        }
    }

    /// Says how it is fed by its topic, if there is anything to say.
    pub(in crate::cli) fn subscription(&self) -> String {
        let demand = self.demand.map(|demand| format!(", demand {demand}")).unwrap_or_default();
        let partitions = self.partitions.as_ref().map(|(count, by)| format!(", {count} partitions by {by}")).unwrap_or_default();
        format!("{demand}{partitions}")
    }

    /// Returns the topics that it publishes in functions of the user's, which no stage of the drawing names.
    pub(super) fn publishes_unseen(&self) -> impl Iterator<Item = &str> {
        fn seen(stages: &[Written], topic: &str) -> bool {
            stages.iter().any(|stage| stage.info.topic == Some(topic) || seen(&stage.inner, topic))
        }
        self.publishes.iter().map(String::as_str).filter(|topic| !seen(&self.stages, topic))
    }
}

/// Returns how many groups end before a pipeline and which begin, behind the pipeline before it; behind the last pipeline all of them end.
pub(super) fn turn<'d>(before: Option<&Drawn>, pipeline: Option<&'d Drawn>) -> (usize, &'d [(usize, String)]) {
    let (open, wanted) = (before.map_or(&[][..], |one| &one.groups), pipeline.map_or(&[][..], |one| &one.groups));
    let same = open.iter().zip(wanted).take_while(|(one, other)| one == other).count();
    (open.len() - same, &wanted[same..])
}

/// Returns the type of the items that go into a stage, where it is known.
pub(in crate::cli) fn item(stage: &Written) -> Option<String> {
    Some(short_type(stage.place.as_ref()?.item?))
}

/// Says in a few words what goes into a stage and where it was written, for a picture.
pub(super) fn caption(stage: &Written, file: &str) -> String {
    let place = format!("{file}:{}", stage.info.line);
    item(stage).map_or_else(|| place.clone(), |item| format!("{item}, {place}"))
}

/// Returns true when a stage is drawn as a question.
pub(super) fn asks(stage: &Written) -> bool {
    matches!(stage.info.name, "where" | "filter" | "split")
}

/// Returns true when what goes on behind a stage is what comes out of its blocks, and not what went in.
pub(in crate::cli) fn joins(stage: &Written) -> bool {
    !matches!(stage.info.name, "tee" | "top" | "top_by")
}

/// Says which items go into the block of a stage that is no way.
pub(super) fn block_title(stage: &Written) -> String {
    let text = stage.info.text;
    match stage.info.name {
        "by" | "by_value" => format!("for each {text}"),
        "top" | "top_by" => format!("the rest of {text}"),
        _ => format!("in {text}"),
    }
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
}
