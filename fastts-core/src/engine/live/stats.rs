//! Counters, readable while the pipelines run.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::calls::CallStats;
use crate::chain::boundaries::BoundaryStats;
use crate::chain::machine::Passed;
use crate::engine::graph::{self, StageInfo};
use crate::model::panics::Panic;

/// What a pipeline has done so far.
///
/// `received == ran + dropped + dead + depth + running` whenever nothing moves; while events move, the figures are read one
/// after the other and may be apart by what moved in between.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct PipelineStats {
    /// The name.
    pub name: &'static str,
    /// What it is doing.
    pub state: PipelineState,
    /// In how long it is built again, while it backs off or is stopped; `None` when it is not.
    pub again: Option<Duration>,
    /// The group that it stands in; `None` when it stands alone.
    pub group: Option<&'static str>,
    /// How many items it has accepted. Events for which none of its [heads](crate::Pipeline::heads) holds never come to it, and
    /// are not counted.
    pub received: u64,
    /// How many went through the chain.
    pub ran: u64,
    /// How many were dropped: by a full mailbox, or because the pipeline is stopped.
    pub dropped: u64,
    /// How many became dead letters.
    pub dead: u64,
    /// How many wait in the mailbox.
    pub depth: usize,
    /// How many may wait there.
    pub capacity: usize,
    /// How many were handed to the chain and have not come back.
    pub running: usize,
    /// How many items it takes at most before it is done with others, of a pipeline `from subscribe("topic", demand = 50)`.
    pub demand: Option<usize>,
    /// How many of these it has taken and is not done with.
    pub taken: usize,
    /// How many panics there were: in stages, timers, and while restarting.
    pub panics: u64,
    /// How often the chain was built again.
    pub restarts: u64,
    /// The topic that it subscribes to; `None` when the sources feed it.
    pub topic: Option<&'static str>,
    /// How many items it has published while somebody subscribed.
    pub published: u64,
    /// Whether it waits because a subscriber has no room for what it has published.
    pub blocked: bool,
    /// Its pools and the like, in the order in which they stand in the pipeline.
    pub boundaries: Vec<BoundaryStats>,
    /// About how many bytes its stages held when they were asked last.
    pub held: usize,
    /// How often they held too much, and had to flush and begin anew.
    pub emptied: u64,
    /// The last panic.
    pub last_panic: Option<Panic>,
    /// What became of its calls; `None` when it is not called.
    pub calls: Option<CallStats>,
    /// How long the chain has run; timers included.
    pub busy: Duration,
    /// True while it is slow, and so runs in its own task and not where its data is.
    pub slow: bool,
    /// The pipeline's own stages in order, but for functions that append none. They lag behind by what runs now while the pipeline is busy.
    pub stages: Vec<StageStats>,
}

/// A pipeline whose chain was called and has not come back for long: a stage of it blocks, or works very long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stuck {
    /// Its name.
    pub pipeline: &'static str,
    /// How long ago the chain was called.
    pub since: Duration,
}

/// What a pipeline is doing; it is written in words, such as `backing off`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PipelineState {
    /// It runs, or would if there was something to run.
    Running,
    /// It waits for its restart after a panic.
    BackingOff,
    /// It panicked too often; it accepts events and drops them, and is tried again after a long while.
    Stopped,
    /// It was drained.
    Finished,
}

impl fmt::Display for PipelineState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            PipelineState::Running => "running",
            PipelineState::BackingOff => "backing off",
            PipelineState::Stopped => "stopped",
            PipelineState::Finished => "finished",
        })
    }
}

/// What went through a stage, restarts included.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StageStats {
    /// The stage's name as it was written, that of a function of the user's for all stages that it appends; `None` of a stage that
    /// stands in no router.
    pub name: Option<&'static str>,
    /// The type of the items that go in, as Rust names it.
    pub item: &'static str,
    /// How many items went in.
    pub taken: u64,
    /// How many came out; `None` for the last stage, whose output nobody takes.
    pub emitted: Option<u64>,
}

/// The counters that whoever holds the pipeline's lock writes, and everybody reads.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    /// Accepted without going through the mailbox.
    pub(crate) here: Counter,
    pub(crate) ran: Counter,
    pub(crate) dropped: Counter,
    pub(crate) dead: Counter,
    pub(crate) panics: Counter,
    pub(crate) restarts: Counter,
    pub(crate) published: Counter,
    pub(crate) busy: Counter,
    pub(crate) held: Counter,
    pub(crate) emptied: Counter,
    pub(crate) running: Counter,
    /// When the chain was called that has not come back: the reading of the clock and one; zero while there is none.
    pub(crate) called: Counter,
}

/// A counter with one writer at a time.
#[derive(Debug, Default)]
pub(crate) struct Counter(AtomicU64);

impl Counter {
    /// Adds; only with the pipeline's lock held, so that no atomic addition is needed.
    #[inline]
    pub(crate) fn add(&self, by: u64) {
        self.0.store(self.0.load(Ordering::Relaxed) + by, Ordering::Relaxed);
    }

    /// Adds, whoever else does.
    pub(crate) fn add_shared(&self, by: u64) {
        self.0.fetch_add(by, Ordering::Relaxed);
    }

    #[inline]
    pub(crate) fn set(&self, to: u64) {
        self.0.store(to, Ordering::Relaxed);
    }

    pub(crate) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Adds what went through the stages of a chain to what went through those of its predecessors.
pub(crate) fn add_passed(sums: &mut Vec<Passed>, passed: &[Passed]) {
    if sums.is_empty() {
        return sums.extend_from_slice(passed);
    }
    for (sum, passed) in sums.iter_mut().zip(passed) {
        sum.taken += passed.taken;
        sum.emitted = sum.emitted.zip(passed.emitted).map(|(sum, emitted)| sum + emitted);
    }
}

/// Names what went through stages after the pipeline's own stages as they were written.
pub(crate) fn stages(passed: &[Passed], written: &[StageInfo]) -> Vec<StageStats> {
    let own = graph::own(written);
    let stage = |&Passed { stage, item, taken, emitted }: &Passed| {
        let name = stage.and_then(|stage| own.get(stage)).map(|stage| stage.name);
        StageStats { name, item, taken, emitted }
    };
    passed.iter().map(stage).collect()
}
