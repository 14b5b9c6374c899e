//! What comes back to a chain from its pools.
//!
//! Whoever brings something back wakes the pipeline. The chain takes it on that very thread when nobody else runs it and it is cheap, as
//! timers fire where they are noticed; else a job does, between two chunks. While a boundary has no room, nothing of the mailbox runs, but
//! timers do, and what comes back.

use std::sync::{Arc, Weak};

use super::letters::DeadLetter;
use super::lifecycle::{Phase, WorkerState};
use super::worker::Worker;
use crate::chain::boundaries::{Host, Unrun};
use crate::chain::machine::Machine;
use crate::engine::router::Run;
use crate::model::time::Time;

/// How many times to look again for a pipeline that somebody else runs, before a job is started for what has come back.
const SPINS: usize = 100;

/// A pipeline, as its boundaries see it.
struct Home(Weak<Worker>);

impl Host for Home {
    fn wake(&self) {
        if let Some(worker) = self.0.upgrade() {
            worker.come_back();
        }
    }

    fn bury(&self, Unrun { why, event, item }: Unrun) {
        if let Some(worker) = self.0.upgrade() {
            let (pipeline, time) = (worker.pipeline.name(), worker.env.clock.now());
            worker.env.letters.push(DeadLetter { pipeline, time, reason: why.into(), event, item });
        }
    }
}

impl Worker {
    /// Tells the boundaries whose they are.
    pub(super) fn meet_boundaries(self: &Arc<Self>) {
        if let Some(boundaries) = &self.boundaries {
            boundaries.belong_to(Box::new(Home(Arc::downgrade(self))));
        }
    }

    /// Returns true when a boundary has no room.
    #[inline]
    pub(super) fn is_full(&self) -> bool {
        self.boundaries.as_ref().is_some_and(|boundaries| boundaries.is_full())
    }

    /// Returns how many items are with the boundaries.
    pub(super) fn under_way(&self) -> usize {
        self.boundaries.as_ref().map_or(0, |boundaries| boundaries.under_way())
    }

    /// Has the chain emit what has come back to its boundaries.
    pub(super) fn take_back(self: &Arc<Self>, core: &mut WorkerState) {
        let Some(boundaries) = &self.boundaries else { return };
        if core.phase != Phase::Live || core.blocked.is_some() || !boundaries.take_came_back() {
            return;
        }
        self.call_timers(core, take_back, "a stage behind a pool panicked, what it was given is a dead letter");
        if core.phase != Phase::Live {
            // The rest is for the chain that is built again.
            boundaries.not_all_taken();
        }
    }

    /// Returns true when something has come back, and the chain can take it.
    pub(super) fn has_come_back(&self, core: &WorkerState) -> bool {
        let came_back = self.boundaries.as_ref().is_some_and(|boundaries| boundaries.has_come_back());
        came_back && core.phase == Phase::Live && core.blocked.is_none()
    }

    /// Runs the chain for what has come back; called by whoever has brought it.
    ///
    /// A job that is there takes it between two chunks, and looks again after it has ended. That something came back and that there is a
    /// job is written and read in one order by both sides, so that one of them sees the other.
    fn come_back(self: &Arc<Self>) {
        self.catch_up(|| self.env.clock.steady());
        for _ in 0..SPINS {
            if self.mailbox.has_job() {
                return;
            }
            let Some(mut core) = self.try_lock() else {
                std::hint::spin_loop();
                continue;
            };
            // Who is blocked or down takes it when that is over.
            if core.phase != Phase::Live || core.blocked.is_some() {
                return;
            }
            if !self.takes_back_here(&core) {
                break;
            }
            self.tick(&mut core);
            drop(core);
            if self.under_way() == 0 {
                self.env.idle.notify_waiters();
            }
            // What waited for room.
            if self.mailbox.is_empty() || self.is_full() {
                return;
            }
            break;
        }
        self.start_job();
    }

    /// Returns true when what has come back may run on the thread of whoever has brought it: as timers may, and also while there is no
    /// room for what waits in the mailbox.
    fn takes_back_here(&self, core: &WorkerState) -> bool {
        let is_slow = core.cost.is_slow() || core.slow_timers || self.pipeline.policy().run == Run::Task;
        !is_slow && !self.mailbox.has_job() && (self.mailbox.is_empty() || self.is_full())
    }
}

fn take_back(machine: &mut Machine, now: Time) {
    machine.advance(now);
    machine.arrive();
}
