//! What a pipeline does when its group says so.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::engine::groups::decision::{End, Leaf};
use crate::engine::live::lifecycle::{Phase, WorkerState};
use crate::engine::live::worker::Worker;
use crate::model::panics::Panic;
use crate::model::time::Time;

/// Whether a pipeline was told to be held.
pub(in crate::engine::live) mod told {
    /// It was not.
    pub(crate) const NOTHING: u8 = 0;
    /// Somebody waits until it is.
    pub(crate) const TO_HOLD: u8 = 1;
    /// Nobody waits any more: its group has gone on without it.
    pub(crate) const LATE: u8 = 2;
}

impl Worker {
    /// Takes the chain down until the group starts it again. What waits in the mailbox stays there.
    pub(super) fn hold(&self, core: &mut WorkerState) {
        if core.phase == Phase::Live {
            self.take_down(core, Phase::HELD);
            self.mailbox.park();
        }
    }

    /// Holds it if nobody runs it right now; returns whether it is held.
    pub(super) fn try_hold(&self) -> bool {
        self.try_lock().map(|mut core| self.hold(&mut core)).is_some()
    }

    /// Returns true when it was told to be held and is not yet.
    pub(super) fn is_told_to_hold(&self) -> bool {
        self.told.load(Ordering::SeqCst) != told::NOTHING
    }

    /// Tells whoever runs it that it is to be held: they see it after their chunk.
    pub(super) fn tell_to_hold(&self) {
        self.told.store(told::TO_HOLD, Ordering::SeqCst);
        self.look.store(true, Ordering::SeqCst);
    }

    /// Notes that nobody waits any more until it is held.
    pub(super) fn is_late(&self) {
        let _ = self.told.compare_exchange(told::TO_HOLD, told::LATE, Ordering::SeqCst, Ordering::SeqCst);
    }

    /// Waits until nobody runs it, and holds it. When its group has gone on meanwhile it does what that says by now.
    pub(super) fn hold_late(self: Arc<Self>) {
        let core = &mut *self.lock();
        self.hold(core);
        if self.told.swap(told::NOTHING, Ordering::SeqCst) != told::LATE {
            return;
        }
        let (leaf, groups) = (Leaf::Pipeline(self.index), &self.env.supervisor.groups);
        let (is_up, is_stopped) = {
            let tree = groups.tree();
            (tree.is_up(leaf), tree.stopped(leaf).is_some())
        };
        if is_stopped {
            self.halt(core, Time::MAX);
        } else if is_up && let Err(panic) = self.begin_with(core) {
            tracing::error!("pipeline {:?}: the chain could not be built again: {panic}; its group sees to it", self.pipeline.name());
            self.note(&panic);
            groups.report(leaf, End::Crashed);
        }
    }

    /// Builds the chain of one that is held, or halted, again.
    ///
    /// # Errors
    /// When a constructor panics: it stays held.
    pub(super) fn begin(self: &Arc<Self>) -> Result<(), Panic> {
        if self.is_told_to_hold() {
            // It begins anew when it comes back.
            return Ok(());
        }
        self.begin_with(&mut self.lock())
    }

    fn begin_with(self: &Arc<Self>, core: &mut WorkerState) -> Result<(), Panic> {
        if matches!(core.phase, Phase::Live | Phase::Finished) {
            return Ok(());
        }
        core.phase = Phase::HELD;
        self.mailbox.reopen();
        core.seat.rebuild(&self.env.services, self.env.clock.steady())?;
        self.came_to_life(core);
        self.publish(core);
        if core.phase == Phase::Live && self.mailbox.unpark() {
            self.spawn();
        }
        Ok(())
    }

    /// Stops one that is held for a long while, as its group has stopped; returns how many events were waiting.
    pub(super) fn halt_held(&self) -> usize {
        if self.is_told_to_hold() {
            // It is halted when it comes back.
            return 0;
        }
        let core = &mut *self.lock();
        if core.phase == Phase::Finished { 0 } else { self.halt(core, Time::MAX) }
    }

    /// Does what others want of whoever runs the pipeline, between two chunks: tells them what it does, and lets it be held.
    #[cold]
    pub(in crate::engine::live) fn answer(&self, core: &mut WorkerState) {
        if self.is_told_to_hold() {
            self.hold(core);
        }
        self.publish(core);
    }
}
