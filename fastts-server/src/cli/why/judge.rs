//! What the stages of a pipeline made of an event.

use fastts_core::{Event, Journey, Pipeline, Place, Silence, Step, Time, Written};

use super::super::graph::tree::{Drawn, joins};
use super::inside::{End, end};
use super::values::{Field, values};

/// What became of an event in a pipeline.
#[derive(Debug)]
pub(super) struct Answer<'d> {
    pub(super) drawn: &'d Drawn,
    pub(super) outcome: Outcome,
    pub(super) rows: Vec<Row<'d>>,
}

/// How it ended.
#[derive(Debug)]
pub(super) enum Outcome {
    /// It takes something else.
    OtherType,
    /// It is fed by a topic, and nothing was published there.
    NotPublished,
    /// It cannot be built, for this reason.
    Broken(String),
    /// The event came out at the end.
    Through,
    /// It did not, because of what the row of this number says.
    Row(usize),
    /// It did not, and it cannot be told where: it went into blocks that a stage of the user's runs by itself.
    Unknown,
    /// It panicked, with this message.
    Panicked(String),
}

/// A stage, or a way of one.
#[derive(Debug)]
pub(super) struct Row<'d> {
    pub(super) stage: &'d Written,
    pub(super) depth: usize,
    pub(super) verdict: Verdict,
    /// How many items arrived, and how many of them something came out of at once.
    pub(super) arrived: usize,
    pub(super) passed: usize,
    /// More about the verdict.
    pub(super) reason: String,
    /// When a timer fires that may let it out.
    pub(super) due: Option<Time>,
    pub(super) values: Vec<Field>,
}

/// What a stage made of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Passes,
    Stops,
    /// It keeps it, and may emit something later.
    Holds,
    Panics,
    /// What happens inside decides.
    Enters,
    /// A way that is not wanted.
    NotTaken,
    NotReached,
    /// It stands in a block that a stage of the user's runs by itself.
    Unknown,
}

/// Judges how far an event got; without a journey, the pipeline takes something else, or could not be built.
pub(super) fn judge<'d>(pipeline: &Pipeline, drawn: &'d Drawn, journey: Option<&Journey>) -> Answer<'d> {
    if let Some(reason) = &drawn.broken {
        return Answer { drawn, outcome: Outcome::Broken(reason.clone()), rows: Vec::new() };
    }
    if !pipeline.takes::<Event>() && pipeline.topic().is_none() {
        return Answer { drawn, outcome: Outcome::OtherType, rows: Vec::new() };
    }
    let Some(journey) = journey else {
        if pipeline.topic().is_some() {
            return Answer { drawn, outcome: Outcome::NotPublished, rows: Vec::new() };
        }
        let reason = "a constructor of a stage panicked".to_owned();
        return Answer { drawn, outcome: Outcome::Broken(reason), rows: Vec::new() };
    };
    let mut court = Court { steps: &journey.steps, panicked: journey.panic.is_some(), rows: Vec::new() };
    court.block(&drawn.stages, 0);
    let through = !court.arrivals(&[drawn.length]).is_empty();
    let outcome = match (&journey.panic, through) {
        (Some(panic), _) => Outcome::Panicked(panic.to_string()),
        (None, true) => Outcome::Through,
        (None, false) => stop(&court.rows).map_or(Outcome::Unknown, Outcome::Row),
    };
    Answer { drawn, outcome, rows: court.rows }
}

/// Returns the number of the first row that keeps an event from the end.
fn stop(rows: &[Row<'_>]) -> Option<usize> {
    // What stops in a branch of a `tee`, or in the block of a `top`, stops nothing but that.
    let mut aside = usize::MAX;
    for (index, row) in rows.iter().enumerate() {
        if row.depth <= aside {
            aside = usize::MAX;
        }
        if aside != usize::MAX {
            continue;
        }
        if matches!(row.verdict, Verdict::Stops | Verdict::Holds) {
            return Some(index);
        }
        if !joins(row.stage) {
            aside = row.depth;
        }
    }
    None
}

struct Court<'d, 'j> {
    steps: &'j [Step],
    panicked: bool,
    rows: Vec<Row<'d>>,
}

impl<'d, 'j> Court<'d, 'j> {
    /// Returns the steps that arrived at a place, with their numbers.
    fn arrivals(&self, path: &[usize]) -> Vec<(usize, &'j Step)> {
        self.steps.iter().enumerate().filter(|(_, step)| step.path == path).collect()
    }

    /// Returns true when something came of a step that arrived at a place.
    fn came_to(&self, number: usize, step: &Step, path: &[usize]) -> bool {
        of(self.steps, number, step).iter().any(|step| step.path == path)
    }

    /// Judges the stages of a block.
    fn block(&mut self, stages: &'d [Written], depth: usize) {
        for stage in stages {
            self.stage(stage, depth);
        }
    }

    fn stage(&mut self, stage: &'d Written, depth: usize) {
        let at = self.rows.len();
        let row = |verdict| Row { stage, depth, verdict, arrived: 0, passed: 0, reason: String::new(), due: None, values: Vec::new() };
        let Some(place) = &stage.place else {
            self.rows.push(row(Verdict::Unknown));
            return self.block(&stage.inner, depth + 1);
        };
        let (first, next) = (path(place, place.range.start), path(place, place.range.end));
        let arrivals = self.arrivals(&first);
        let (passed, stopped): (Vec<_>, Vec<_>) = arrivals.iter().partition(|(number, step)| self.came_to(*number, step, &next));
        self.rows.push(Row { arrived: arrivals.len(), passed: passed.len(), ..row(Verdict::NotReached) });
        match stage.inner.iter().all(Written::is_way) {
            true => self.ways(stage, depth + 1, &arrivals),
            false => self.block(&stage.inner, depth + 1),
        }
        if arrivals.is_empty() {
            return;
        }
        let inside = self.rows[at + 1..].iter().any(|row| row.arrived > 0 && row.verdict != Verdict::NotTaken);
        let panics = self.panicked && stopped.last().is_some_and(|(_, step)| !step.done);
        // Whatever happens, it is the key that decides where.
        let keyed = matches!(stage.info.name, "by" | "by_value" | "top" | "top_by");
        let row = &mut self.rows[at];
        match stopped.first() {
            None => {
                row.verdict = Verdict::Passes;
                row.values = arrivals[0].1.event.as_ref().filter(|_| keyed).map_or_else(Vec::new, |event| values(stage, event));
            }
            Some((number, step)) => {
                row.values = step.event.as_ref().map_or_else(Vec::new, |event| values(stage, event));
                let Silent { verdict, reason, due } = silent(stage, place, of(self.steps, *number, step));
                (row.verdict, row.reason, row.due) = (verdict, reason, due);
                if !passed.is_empty() {
                    row.verdict = Verdict::Passes;
                }
                if panics {
                    (row.verdict, row.reason) = (Verdict::Panics, String::new());
                } else if inside && !stage.inner.is_empty() {
                    (row.verdict, row.reason) = (Verdict::Enters, String::new());
                    row.values.truncate(if keyed { usize::MAX } else { 0 });
                }
            }
        }
    }

    /// Judges the ways of a stage.
    fn ways(&mut self, stage: &'d Written, depth: usize, arrivals: &[(usize, &'j Step)]) {
        let joins = joins(stage);
        let mut waiting = arrivals.to_vec();
        for way in &stage.inner {
            let first = way.place.as_ref().map(|place| path(place, 0)).unwrap_or_default();
            let entered = self.arrivals(&first).len();
            // Conditions are asked in order, of what no arm before has taken.
            let asked = waiting.len();
            let refused = waiting.iter().copied().find(|(number, step)| !self.came_to(*number, step, &first));
            waiting.retain(|(number, step)| joins && !self.came_to(*number, step, &first));
            let verdict = match (entered, asked) {
                (1.., _) => Verdict::Enters,
                (0, 1..) if joins => Verdict::NotTaken,
                _ => Verdict::NotReached,
            };
            let event = refused.and_then(|(_, step)| step.event.as_ref()).filter(|_| verdict == Verdict::NotTaken);
            let values = event.map_or_else(Vec::new, |event| values(way, event));
            let reason = String::new();
            self.rows.push(Row { stage: way, depth, verdict, arrived: asked, passed: entered, reason, due: None, values });
            self.block(&way.inner, depth + 1);
        }
    }
}

/// Returns what came of a step, itself included.
fn of<'j>(steps: &'j [Step], number: usize, step: &Step) -> &'j [Step] {
    steps.get(number..step.end.max(number + 1)).unwrap_or_default()
}

/// Returns the path of a place in the chain that a stage is part of.
fn path(place: &Place, index: usize) -> Vec<usize> {
    [&place.path[..], &[index]].concat()
}

/// What is said of a stage that emitted nothing for an item that arrived.
struct Silent {
    verdict: Verdict,
    reason: String,
    due: Option<Time>,
}

/// Says what it means that a stage emitted nothing for an item that arrived: what the stage says itself, or of a function of the user's
/// how far in it the item came. `steps` is what the item came to from there on.
fn silent(stage: &Written, place: &Place, steps: &[Step]) -> Silent {
    let due = steps.first().and_then(|step| step.due);
    match stage.info.silence {
        Some(Silence::Stops(reason)) => return Silent { verdict: Verdict::Stops, reason: reason.to_owned(), due },
        Some(Silence::Holds(reason)) => return Silent { verdict: Verdict::Holds, reason: reason.to_owned(), due },
        _ => {}
    }
    let End { place, due } = end(place, steps).unwrap_or(End { place: String::new(), due });
    let inside = if place.is_empty() { place } else { format!(", {place}") };
    match due {
        Some(_) => Silent { verdict: Verdict::Holds, reason: format!("nothing comes out now, but a timer is set{inside}"), due },
        None => Silent { verdict: Verdict::Stops, reason: format!("nothing comes out{inside}"), due },
    }
}
