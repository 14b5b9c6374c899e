//! What the stages of a pipeline made of an event.

use fastts_core::{Event, Journey, Pipeline, Step, Time};

use super::super::graph::tree::{Drawn, Node};
use super::fields::{self, Field};
use super::reasons;

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
    /// It did not, and it cannot be told where: it was in functions of the user's.
    Unknown,
    /// It panicked, with this message.
    Panicked(String),
}

/// A stage, or a way of one.
#[derive(Debug)]
pub(super) struct Row<'d> {
    pub(super) node: &'d Node,
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
    /// Which part of the chain it is cannot be told.
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
    court.block(&drawn.nodes, &[], 0);
    let through = !court.arrivals(&[drawn.length]).is_empty();
    let rows = court.rows;
    let stop = || {
        let decides = |row: &Row<'_>| matches!(row.verdict, Verdict::Stops | Verdict::Holds);
        // What stops in a branch of a `tee` stops nothing but the branch.
        let (mut branch, mut stop) = (usize::MAX, None);
        for (index, row) in rows.iter().enumerate() {
            if row.depth <= branch {
                branch = if row.node.stage.name == "branch" { row.depth } else { usize::MAX };
            }
            if branch == usize::MAX && decides(row) {
                stop = stop.or(Some(index));
            }
        }
        stop
    };
    let outcome = match (&journey.panic, through) {
        (Some(panic), _) => Outcome::Panicked(panic.to_string()),
        (None, true) => Outcome::Through,
        (None, false) => stop().map_or(Outcome::Unknown, Outcome::Row),
    };
    Answer { drawn, outcome, rows }
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
        step.path == path || self.steps.get(number + 1..step.end).is_some_and(|steps| steps.iter().any(|step| step.path == path))
    }

    /// Judges the stages of a block, whose chain lies at `path`.
    fn block(&mut self, nodes: &'d [Node], path: &[usize], depth: usize) {
        for node in nodes {
            self.stage(node, path, depth);
        }
    }

    fn stage(&mut self, node: &'d Node, path: &[usize], depth: usize) {
        let at = self.rows.len();
        let row = |verdict| Row { node, depth, verdict, arrived: 0, passed: 0, reason: String::new(), due: None, values: Vec::new() };
        let Some(range) = &node.range else {
            self.rows.push(row(Verdict::Unknown));
            return self.block(&node.inner, path, depth + 1);
        };
        let place = |index: usize| [path, &[index]].concat();
        let arrivals = self.arrivals(&place(range.start));
        let next = place(range.end);
        let (passed, stopped): (Vec<_>, Vec<_>) = arrivals.iter().partition(|(number, step)| self.came_to(*number, step, &next));
        self.rows.push(Row { arrived: arrivals.len(), passed: passed.len(), ..row(Verdict::NotReached) });
        self.ways(node, path, depth + 1, &arrivals);
        if arrivals.is_empty() {
            return;
        }
        let inside = self.rows[at + 1..].iter().any(|row| row.arrived > 0 && row.verdict != Verdict::NotTaken);
        let panics = self.panicked && stopped.last().is_some_and(|(_, step)| !step.done);
        let row = &mut self.rows[at];
        let key = node.stage.name == "by";
        match stopped.first() {
            None => {
                row.verdict = Verdict::Passes;
                row.values = arrivals[0].1.event.as_ref().filter(|_| key).map_or_else(Vec::new, |event| fields::values(node, event));
            }
            Some((_, step)) => {
                let part = self.steps.iter().filter(|step| step.path.len() == next.len() && step.path.starts_with(path));
                let last = part.map(|step| step.path[path.len()]).filter(|part| range.contains(part)).max().unwrap_or(range.start);
                row.due = step.due;
                row.values = step.event.as_ref().map_or_else(Vec::new, |event| fields::values(node, event));
                (row.verdict, row.reason) = reasons::of(node, last - range.start, step.due.is_some());
                if !passed.is_empty() {
                    row.verdict = Verdict::Passes;
                }
                if panics {
                    (row.verdict, row.reason) = (Verdict::Panics, String::new());
                } else if inside && !node.inner.is_empty() {
                    (row.verdict, row.reason) = (Verdict::Enters, String::new());
                    row.values.truncate(if key { usize::MAX } else { 0 });
                }
            }
        }
    }

    /// Judges what is inside a stage.
    fn ways(&mut self, node: &'d Node, path: &[usize], depth: usize, arrivals: &[(usize, &'j Step)]) {
        let start = node.range.as_ref().map_or(0, |range| range.start);
        if !node.inner.iter().all(Node::is_way) {
            return self.block(&node.inner, &[path, &[start, 0]].concat(), depth);
        }
        let mut waiting = arrivals.to_vec();
        for (index, way) in node.inner.iter().enumerate() {
            let place = if node.joins() { [path, &[start, index]].concat() } else { [path, &[start + index, 0]].concat() };
            let first = [&place[..], &[0]].concat();
            let entered = self.arrivals(&first).len();
            // Conditions are asked in order, of what no arm before has taken.
            let asked = waiting.len();
            let refused = waiting.iter().copied().find(|(number, step)| !self.came_to(*number, step, &first));
            waiting.retain(|(number, step)| node.joins() && !self.came_to(*number, step, &first));
            let verdict = match (entered, asked) {
                (1.., _) => Verdict::Enters,
                (0, 1..) if node.joins() => Verdict::NotTaken,
                _ => Verdict::NotReached,
            };
            let event = refused.and_then(|(_, step)| step.event.as_ref()).filter(|_| verdict == Verdict::NotTaken);
            let values = event.map_or_else(Vec::new, |event| fields::values(way, event));
            let reason = String::new();
            self.rows.push(Row { node: way, depth, verdict, arrived: asked, passed: entered, reason, due: None, values });
            self.block(&way.inner, &place, depth + 1);
        }
    }
}
