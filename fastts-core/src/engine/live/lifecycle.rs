//! The life of a pipeline: its chain is built, taken down after a panic, built again, and flushed at the end.

use std::sync::Arc;

use super::cost::Cost;
use super::held::Scale;
use super::publishing::{Blocked, DeliveryPass};
use super::stats::add_passed;
use super::supervisor::Report;
use super::worker::Worker;
use crate::chain::machine::Passed;
use crate::engine::seat::Seat;
use crate::model::time::Time;

/// What the lock of a pipeline guards.
pub(crate) struct WorkerState {
    /// Has a chain while the pipeline is live.
    pub(crate) seat: Seat,
    pub(crate) phase: Phase,
    pub(crate) cost: Cost,
    /// What went through the stages of chains that are gone.
    pub(crate) passed: Vec<Passed>,
    /// The last timer took long: the next ones fire in the pipeline's own task.
    pub(crate) slow_timers: bool,
    /// Subscribers have no room for what it has published: nothing runs until they have.
    pub(crate) blocked: Option<Arc<Blocked>>,
    /// How much its stages hold.
    pub(crate) scale: Scale,
}

/// Where a pipeline is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    Live,
    /// It is built again at that time.
    BackingOff(Time),
    /// It has panicked too often, and is tried again at that time.
    Stopped(Time),
    Finished,
}

impl Phase {
    /// Its group starts it again.
    pub(crate) const HELD: Phase = Phase::BackingOff(Time::MAX);
}

impl WorkerState {
    /// Makes the state of a pipeline whose chain was built.
    pub(crate) fn live(seat: Seat, max_held: usize) -> WorkerState {
        let (phase, cost, scale) = (Phase::Live, Cost::new(), Scale::new(max_held));
        WorkerState { seat, phase, cost, passed: Vec::new(), slow_timers: false, blocked: None, scale }
    }
}

impl Worker {
    /// Builds the chain again.
    pub(crate) fn restart(self: &Arc<Self>, core: &mut WorkerState) {
        let now = self.env.clock.steady();
        match core.seat.rebuild(&self.env.services, now) {
            Ok(()) => {
                self.env.supervisor.restarted(self.index, now);
                self.came_to_life(core);
            }
            Err(panic) => self.report(core, Report { panic, what: "the chain could not be built again" }),
        }
        self.publish(core);
    }

    /// Goes on with a chain that was built again.
    pub(super) fn came_to_life(self: &Arc<Self>, core: &mut WorkerState) {
        self.check_topics(&core.seat);
        core.phase = Phase::Live;
        core.cost = Cost::new();
        core.scale = Scale::new(self.max_held());
        self.counters.restarts.add(1);
        if core.blocked.is_none() {
            self.tick(core);
        }
    }

    /// Tries a stopped pipeline again.
    pub(crate) fn revive(self: &Arc<Self>, core: &mut WorkerState) {
        tracing::info!("pipeline {:?} was stopped and is tried again", self.pipeline.name());
        self.mailbox.reopen();
        self.restart(core);
    }

    /// Flushes what the chain holds and takes it down.
    pub(crate) fn flush(self: &Arc<Self>, core: &mut WorkerState) {
        if core.phase == Phase::Live {
            let now = self.env.clock.steady();
            let result = core.seat.call(|machine| {
                machine.advance(now);
                machine.finish();
            });
            if let Err(fall) = result {
                self.note(&fall.panic);
                tracing::error!("pipeline {:?}: a stage panicked while flushing: {}", self.pipeline.name(), fall.panic);
            }
            self.settle(core, &mut DeliveryPass::new(self.env.clock.stamp()));
        }
        self.take_down(core, Phase::Finished);
    }

    /// Takes the chain down.
    pub(crate) fn take_down(&self, core: &mut WorkerState, phase: Phase) {
        core.phase = phase;
        add_passed(&mut core.passed, &core.seat.take_down());
        self.publish(core);
    }
}
