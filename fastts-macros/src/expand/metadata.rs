//! What `graph`, `check` and `why` show: the stages of a pipeline as one string, a line a stage, in source order.
//!
//! A line says how deep inside blocks the stage stands, where it was written, whether it is a function of the user's or a fragment, its name, the topic that it publishes, what it reads of an
//! event, what it means that nothing comes out of it, and its text.

mod reads;

use super::Scope;
use crate::syntax::{Arm, Block, Call, Kind, Stage};
use crate::table::INDEX;
use crate::table::Silence;
use crate::tokens::{Reach, squeezed};

/// The lines of a pipeline's stages, so far.
#[derive(Default)]
pub(super) struct Lines {
    lines: Vec<String>,
    /// How many stages were written so far: of the pipeline, and behind it of each block or way around the next stage.
    counts: Vec<usize>,
    /// How many fragments there are around the next stage.
    fragments: usize,
}

impl Lines {
    /// Returns the string.
    pub(super) fn join(self) -> String {
        self.lines.join("\n")
    }

    /// Goes into a block of the stage that was written last, or of a way of it.
    pub(super) fn enter(&mut self) {
        self.counts.push(0);
    }

    /// Comes back out of it.
    pub(super) fn leave(&mut self) {
        self.counts.pop();
    }

    /// Goes into the fragment that was written last. Its stages are counted among those around it.
    pub(super) fn enter_fragment(&mut self) {
        self.fragments += 1;
    }

    /// Comes back out of it.
    pub(super) fn leave_fragment(&mut self) {
        self.fragments -= 1;
    }

    /// Adds a line; returns how many of the same block came before.
    fn add(&mut self, line: &Line<'_>) -> usize {
        let start = line.reach.first.start();
        let (depth, reads, text) = (self.counts.len().saturating_sub(1) + self.fragments, line.reads.join("\u{1f}"), squeezed(line.text));
        let Line { name, topic, .. } = line;
        let origin = match line.origin {
            Origin::Core => "",
            Origin::Function => "f",
            Origin::Fragment => "s",
        };
        let silence = match line.silence {
            Silence::Unknown => String::new(),
            Silence::Stops(reason) => format!("-{reason}"),
            Silence::Holds(reason) => format!("+{reason}"),
        };
        // columns count from 1, as editors do
        self.lines.push(format!("{depth}\t{}\t{}\t{origin}\t{name}\t{topic}\t{reads}\t{silence}\t{text}", start.line, start.column + 1));
        // its stages are counted, not the fragment
        let Some(count) = self.counts.last_mut().filter(|_| line.origin != Origin::Fragment) else { return 0 };
        *count += 1;
        *count - 1
    }
}

/// Whose stage it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Origin {
    Core,
    /// A function of the user's.
    Function,
    /// A fragment, whose stages follow.
    Fragment,
}

/// What a line says.
struct Line<'l> {
    reach: Reach,
    origin: Origin,
    name: &'l str,
    topic: &'l str,
    reads: Vec<String>,
    silence: Silence,
    text: &'l str,
}

/// Adds the line of a stage; returns which of its block it is. What is no stage has no line.
pub(super) fn stage(stage: &Stage, scope: &mut Scope<'_>) -> usize {
    let line = |name, silence, reads| Line { reach: stage.reach, origin: Origin::Core, name, topic: "", reads, silence, text: &stage.text };
    let line = match &stage.kind {
        Kind::Call(call) => return self::call(call, stage, scope),
        Kind::Where(condition) => line("where", Silence::Stops("is false"), reads::of(&[condition], scope)),
        Kind::Change { verb, changes, .. } => {
            let values: Vec<_> = changes.iter().map(|change| &change.value).collect();
            let (verb, reads) = (verb.to_string(), reads::of(&values, scope));
            return scope.lines.add(&Line { name: &verb, ..line("", Silence::Unknown, reads) });
        }
        Kind::Tee { .. } => line("tee", Silence::Unknown, Vec::new()),
        Kind::Split { .. } => line("split", Silence::Stops("no arm takes it"), Vec::new()),
        Kind::Fragment(used) => {
            let (name, fragment) = (used.name.to_string(), line("", Silence::Unknown, Vec::new()));
            return scope.lines.add(&Line { name: &name, origin: Origin::Fragment, ..fragment });
        }
        Kind::Let(_) | Kind::Unknown(_) => return 0,
    };
    scope.lines.add(&line)
}

fn call(call: &Call, stage: &Stage, scope: &mut Scope<'_>) -> usize {
    let name: String = call.path.iter().map(ToString::to_string).collect();
    let published = call.topic();
    let (topic, text) = match (&published, call.builtin) {
        // written in one way, whatever the literal looks like
        (Some(topic), _) => (topic.text.as_str(), format!("publish(\"{}\")", topic.text)),
        (None, Some(row)) if row.name == INDEX => (INDEX, stage.text.clone()),
        (None, _) => ("", stage.text.clone()),
    };
    let reads = reads::of_call(call, scope);
    let silence = call.builtin.map_or(Silence::Unknown, |row| row.silence);
    let origin = if call.builtin.is_none() { Origin::Function } else { Origin::Core };
    scope.lines.add(&Line { reach: stage.reach, origin, name: &name, topic, reads, silence, text: &text })
}

/// Adds the line of a branch of `tee`.
pub(super) fn branch(branch: &Block, scope: &mut Scope<'_>) {
    scope.lines.add(&Line {
        reach: branch.reach,
        origin: Origin::Core,
        name: "branch",
        topic: "",
        reads: Vec::new(),
        silence: Silence::Unknown,
        text: "",
    });
}

/// Adds the line of an arm of `split`.
pub(super) fn arm(arm: &Arm, scope: &mut Scope<'_>) {
    let reads = reads::of(&[&arm.condition], scope);
    scope.lines.add(&Line {
        reach: arm.reach,
        origin: Origin::Core,
        name: "arm",
        topic: "",
        reads,
        silence: Silence::Unknown,
        text: &arm.text,
    });
}

/// Adds the line of the last arm of `split`, which takes what is left.
pub(super) fn otherwise(block: &Block, scope: &mut Scope<'_>) {
    scope.lines.add(&Line {
        reach: block.reach,
        origin: Origin::Core,
        name: "arm",
        topic: "",
        reads: Vec::new(),
        silence: Silence::Unknown,
        text: "_",
    });
}
