//! Wakes pipelines whose timers are due while nothing comes.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::sync::Notify;

use super::running::Shared;
use crate::clock::Clock;
use crate::model::time::Time;

/// When each pipeline wants to be woken.
///
/// A slot is set by whoever holds the pipeline's lock, and taken by the service before it wakes the pipeline, which sets it
/// again. A slot may be too early, as a deadline that moved later is not told: then the pipeline is woken for nothing and
/// tells the new one. A few hundred slots are read through in less than the clock takes; no heap is worth it.
#[derive(Debug)]
pub(crate) struct Timers {
    slots: Box<[AtomicI64]>,
    /// Until when the service sleeps.
    sleeping: AtomicI64,
    changed: Notify,
    closed: AtomicBool,
}

/// How long until a timer is tried again that does not move its deadline when it fires.
pub(super) const STUCK: Duration = Duration::from_millis(1);

/// The service is reading the slots: tell it of any change.
const READING: i64 = i64::MAX;

impl Timers {
    pub(crate) fn new(pipelines: usize) -> Timers {
        let slots = (0..pipelines).map(|_| AtomicI64::new(Time::MAX.as_micros())).collect();
        Timers { slots, sleeping: AtomicI64::new(READING), changed: Notify::new(), closed: AtomicBool::new(false) }
    }

    /// Wants pipeline `index` woken at `due`, or earlier; called with its lock held.
    #[inline]
    pub(crate) fn set(&self, index: usize, due: Time) {
        let due = due.as_micros();
        if due < self.slots[index].load(Ordering::SeqCst) {
            self.slots[index].store(due, Ordering::SeqCst);
            if due < self.sleeping.load(Ordering::SeqCst) {
                self.changed.notify_one();
            }
        }
    }

    /// Ends the service.
    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
        self.changed.notify_one();
    }

    /// Wakes pipelines until the run-time is dropped.
    pub(crate) async fn serve(self: Arc<Self>, clock: Clock, shared: Weak<Shared>) {
        while !self.closed.load(Ordering::SeqCst) {
            self.sleeping.store(READING, Ordering::SeqCst);
            let now = clock.steady().as_micros();
            let mut earliest = Time::MAX.as_micros();
            for (index, slot) in self.slots.iter().enumerate() {
                let mut due = slot.load(Ordering::SeqCst);
                if due <= now {
                    // Taken before the pipeline is woken, so that what it sets while it runs is not lost.
                    slot.store(Time::MAX.as_micros(), Ordering::SeqCst);
                    let Some(shared) = shared.upgrade() else { return };
                    shared.workers[index].wake();
                    due = slot.load(Ordering::SeqCst);
                }
                earliest = earliest.min(due);
            }
            self.sleeping.store(earliest, Ordering::SeqCst);
            tokio::select! {
                biased;
                () = self.changed.notified() => {}
                () = clock.sleep_until(Time::from_micros(earliest)) => {}
            }
        }
    }
}
