//! What can be seen of a pipeline without waiting for it.

use std::sync::atomic::Ordering;
use std::sync::{MutexGuard, PoisonError};
use std::time::Duration;

use super::demand::Demand;
use super::groups::told;
use super::lifecycle::{Phase, WorkerState};
use super::stats::{self, PipelineState, PipelineStats, Stuck, add_passed};
use super::worker::Worker;
use crate::chain::machine::Passed;
use crate::clock::Stamp;
use crate::model::panics::Panic;
use crate::model::time::Time;

/// What was last told of a pipeline, for those who cannot wait for its lock.
#[derive(Debug)]
pub(super) struct StatusSnapshot {
    state: PipelineState,
    /// When it is built again.
    again: Option<Time>,
    slow: bool,
    passed: Vec<Passed>,
    panic: Option<Panic>,
}

impl StatusSnapshot {
    pub(super) fn new() -> StatusSnapshot {
        StatusSnapshot { state: PipelineState::Running, again: None, slow: false, passed: Vec::new(), panic: None }
    }
}

/// When a stage that does not come back keeps the thread that it is on.
const KEEPS: Duration = Duration::from_millis(500);

impl Worker {
    /// Notes a panic for whoever looks.
    pub(crate) fn note(&self, panic: &Panic) {
        let mut seen = self.seen();
        seen.panic = Some(panic.clone());
        self.counters.panics.add(1);
    }

    fn seen(&self) -> MutexGuard<'_, StatusSnapshot> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells what can be seen of the pipeline.
    pub(crate) fn publish(&self, core: &WorkerState) {
        self.look.store(self.told.load(Ordering::Relaxed) != told::NOTHING, Ordering::Relaxed);
        let mut passed = core.passed.clone();
        let state = match &core.phase {
            Phase::Live => {
                add_passed(&mut passed, &core.seat.passed());
                PipelineState::Running
            }
            Phase::BackingOff(_) => PipelineState::BackingOff,
            Phase::Stopped(_) => PipelineState::Stopped,
            Phase::Finished => PipelineState::Finished,
        };
        let again = match core.phase {
            Phase::BackingOff(until) | Phase::Stopped(until) => Some(until).filter(|&until| until < Time::MAX),
            Phase::Live | Phase::Finished => None,
        };
        let slow = core.cost.is_slow();
        let mut seen = self.seen();
        (seen.state, seen.again, seen.slow, seen.passed) = (state, again, slow, passed);
    }

    /// Returns when it is built again: of one whose group has stopped, the group knows.
    fn again(&self, seen: &StatusSnapshot) -> Option<Time> {
        let of_group = || self.env.supervisor.groups.stopped(self.index).filter(|&until| until < Time::MAX);
        if seen.state == PipelineState::Stopped { seen.again.or_else(of_group) } else { seen.again }
    }

    /// Returns the call of the chain that has not come back for longer than `limit`, if there is one.
    pub(crate) fn stuck(&self, limit: Duration) -> Option<Stuck> {
        let called = self.counters.called.get().checked_sub(1)?;
        let since = Duration::from_nanos(self.env.clock.stamp().since(Stamp(called)));
        (since > limit).then(|| Stuck { pipeline: self.pipeline.name(), since })
    }

    /// Returns true when a stage does not come back on the thread that brought its data.
    pub(super) fn keeps_a_thread(&self) -> bool {
        self.stuck(KEEPS).is_some() && !self.in_job.load(Ordering::Relaxed)
    }

    /// Returns true when deliveries have waited for longer than `limit` and none was accepted.
    pub(super) fn refuses(&self, limit: Duration) -> bool {
        let since = self.refuses_since.load(Ordering::Relaxed).checked_sub(1);
        since.is_some_and(|since| self.env.clock.stamp().since(Stamp(since)) as u128 > limit.as_nanos())
    }

    pub(crate) fn stats(&self) -> PipelineStats {
        match self.try_lock() {
            Some(core) => self.publish(&core),
            // Whoever runs the chain does it at the end of the chunk, for the next one who asks.
            None => self.look.store(true, Ordering::Relaxed),
        }
        let seen = self.seen();
        let look = self.mailbox.look();
        let counters = &self.counters;
        PipelineStats {
            name: self.pipeline.name(),
            state: seen.state,
            again: self.again(&seen).map(|again| again.since(self.env.clock.steady())),
            group: self.env.supervisor.groups.of(self.index),
            received: look.received + counters.here.get(),
            ran: counters.ran.get(),
            dropped: look.dropped + counters.dropped.get(),
            dead: counters.dead.get(),
            depth: look.depth,
            capacity: self.pipeline.policy().mailbox,
            running: counters.running.get() as usize,
            demand: self.pipeline.policy().demand,
            taken: self.demand.as_ref().map_or(0, Demand::taken),
            panics: counters.panics.get(),
            restarts: counters.restarts.get(),
            topic: self.pipeline.topic(),
            published: counters.published.get(),
            blocked: self.blocked.load(Ordering::Relaxed) || self.is_full(),
            boundaries: self.boundaries.as_ref().map_or_else(Vec::new, |boundaries| boundaries.stats()),
            held: counters.held.get() as usize,
            emptied: counters.emptied.get(),
            last_panic: seen.panic.clone(),
            calls: self.call_stats(),
            busy: Duration::from_nanos(counters.busy.get()),
            slow: seen.slow,
            stages: stats::stages(&seen.passed, self.pipeline.stages()),
        }
    }
}
