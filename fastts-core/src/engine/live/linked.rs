//! Pipelines that topics connect: their timers fire in one order.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, TryLockError, Weak};

use super::lifecycle::{Phase, WorkerState};
use super::worker::Worker;
use crate::chain::machine::Due;
use crate::engine::rounds::{self, Timers};
use crate::engine::router::Run;
use crate::model::time::Time;

/// Pipelines that topics connect, but for those that always run in tasks of their own.
///
/// # Design
/// A pipeline that is alone fires its own timers before it runs what comes. When topics connect several that is not enough: a timer of the publisher
/// comes before a later one of the subscriber, whichever of them has something to run. So whoever runs one of them has all of them
/// fire first what is due, in the order of `engine::rounds`. That is rare, and until then it costs one look at `earliest`.
///
/// Locks are only tried: a member that somebody else runs right now is left to them, as there is no order between threads.
#[derive(Debug)]
pub(crate) struct Linked {
    /// Those that subscribe before those that publish to them.
    members: OnceLock<Vec<Weak<Worker>>>,
    /// From when on the next timer of each may fire, in microseconds.
    slots: Box<[AtomicI64]>,
    /// The earliest of the slots, or earlier.
    earliest: AtomicI64,
    /// Is held by who fires timers.
    firing: Mutex<()>,
}

const NEVER: i64 = i64::MAX;

impl Linked {
    /// Links so many.
    pub(crate) fn new(members: usize) -> Arc<Linked> {
        // Stages may have set timers when they came to life: the first who comes looks.
        let slots = (0..members).map(|_| AtomicI64::new(NEVER)).collect();
        Arc::new(Linked { members: OnceLock::new(), slots, earliest: AtomicI64::new(i64::MIN), firing: Mutex::new(()) })
    }

    /// Says who is in it, those that subscribe before those that publish to them.
    pub(crate) fn set_members(&self, members: Vec<Weak<Worker>>) {
        let _ = self.members.set(members);
    }

    #[inline]
    fn is_due(&self, now: Time) -> bool {
        self.earliest.load(Ordering::Relaxed) <= now.as_micros()
    }

    /// Notes when the next timer of a member fires; called with its lock held.
    #[inline]
    fn set(&self, place: usize, due: Option<Due>) {
        // A timer that was set for the very instant fires as soon as the time has gone on.
        let from = due.map_or(NEVER, |due| due.instant.as_micros().saturating_add(i64::from(due.is_late)));
        let slot = &self.slots[place];
        if slot.load(Ordering::Relaxed) != from {
            slot.store(from, Ordering::SeqCst);
            if from < self.earliest.load(Ordering::SeqCst) {
                self.earliest.fetch_min(from, Ordering::SeqCst);
            }
        }
    }

    /// Fires the timers that are due.
    #[cold]
    fn advance(&self, now: Time) {
        // Who finds somebody else at it is on another thread.
        let _firing: MutexGuard<'_, ()> = match self.firing.try_lock() {
            Ok(firing) => firing,
            Err(TryLockError::Poisoned(firing)) => firing.into_inner(),
            Err(TryLockError::WouldBlock) => return,
        };
        let Some(members) = self.members.get() else { return };
        // What is set from here on is either seen below or makes it earlier again.
        self.earliest.store(NEVER, Ordering::SeqCst);
        let members: Vec<Option<Arc<Worker>>> = members.iter().map(Weak::upgrade).collect();
        let order: Vec<usize> = (0..members.len()).collect();
        rounds::advance(&mut Firing { linked: self, members: &members }, &order, now);
        let earliest = self.slots.iter().map(|slot| slot.load(Ordering::SeqCst)).min();
        self.earliest.fetch_min(earliest.unwrap_or(NEVER), Ordering::SeqCst);
    }
}

/// The members while their timers fire.
struct Firing<'g> {
    linked: &'g Linked,
    members: &'g [Option<Arc<Worker>>],
}

impl Firing<'_> {
    /// Returns a member whose timers can fire here and now, and what its lock guards.
    fn free(&self, place: usize) -> Option<(&Arc<Worker>, MutexGuard<'_, WorkerState>)> {
        let worker = self.members[place].as_ref()?;
        let state = worker.try_lock()?;
        if worker.fires_here(&state) {
            return Some((worker, state));
        }
        // Its own task fires them, and notes the next one then.
        self.linked.set(place, None);
        None
    }
}

impl Timers for Firing<'_> {
    fn due(&mut self, place: usize) -> Option<Due> {
        let (_, state) = self.free(place)?;
        let due = state.seat.due();
        self.linked.set(place, due);
        due
    }

    fn fire(&mut self, place: usize, instant: Time) {
        if let Some((worker, mut state)) = self.free(place) {
            worker.fire(&mut state, instant);
        }
    }
}

/// The place of a pipeline among those that it is linked with.
#[derive(Clone, Debug)]
pub(crate) struct Membership {
    pub(crate) linked: Arc<Linked>,
    pub(crate) place: usize,
}

impl Worker {
    /// Fires what is due by `now` in the pipelines that topics connect with this one; called without the lock of any of them.
    #[inline]
    pub(crate) fn catch_up(&self, now: impl FnOnce() -> Time) {
        if let Some(Membership { linked, .. }) = &self.membership {
            let now = now();
            if linked.is_due(now) {
                linked.advance(now);
            }
        }
    }

    /// Returns true when its timers may fire on the thread of whoever notices that they are due.
    pub(crate) fn fires_here(&self, state: &WorkerState) -> bool {
        let is_slow = state.cost.is_slow() || state.slow_timers || self.pipeline.policy().run == Run::Task;
        let is_free = state.blocked.is_none() && self.mailbox.is_empty() && !self.mailbox.has_job();
        state.phase == Phase::Live && !is_slow && is_free
    }

    /// Notes when the next timer fires, for those who fire it while nothing else runs the pipeline; called with its lock held.
    #[inline(always)]
    pub(crate) fn set_timer(&self, due: Option<Due>) {
        if let Some(Due { instant, is_late }) = due {
            self.env.timers.set(self.index, if is_late { instant + super::timers::STUCK } else { instant });
        }
        if let Some(Membership { linked, place }) = &self.membership {
            linked.set(*place, due);
        }
    }
}
