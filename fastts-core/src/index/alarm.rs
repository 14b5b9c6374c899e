//! Wakes whoever sees to it that entries expire.

use std::sync::atomic::{AtomicI64, Ordering};

use tokio::sync::Notify;

use crate::model::time::Time;

/// Until when the one who expires entries sleeps, and how to wake them before that.
///
/// The sleeper says `READING`, looks when the next entry expires, and says until when it sleeps; who puts an entry in says first
/// when that expires, and then looks until when the other sleeps. All in one order, so that one of them sees the other.
#[derive(Debug)]
pub(crate) struct Alarm {
    sleeping: AtomicI64,
    changed: Notify,
}

/// Any change is to be told.
const READING: i64 = i64::MAX;
/// None is: nobody sleeps, or not for long.
const AWAKE: i64 = i64::MIN;

impl Default for Alarm {
    fn default() -> Alarm {
        Alarm { sleeping: AtomicI64::new(AWAKE), changed: Notify::new() }
    }
}

impl Alarm {
    /// Takes note of an entry that expires at `due`.
    #[inline]
    pub(super) fn set(&self, due: Time) {
        if due.as_micros() < self.sleeping.load(Ordering::SeqCst) {
            self.ring();
        }
    }

    /// Wakes the sleeper.
    pub(crate) fn ring(&self) {
        self.changed.notify_one();
    }

    /// Returns when to wake: at the deadline that `next` tells, but not before `earliest`.
    pub(crate) fn read(&self, earliest: Time, next: impl FnOnce() -> Option<Time>) -> Time {
        self.sleeping.store(READING, Ordering::SeqCst);
        let due = next().unwrap_or(Time::MAX);
        // An earlier deadline would change nothing.
        self.sleeping.store(if due <= earliest { AWAKE } else { due.as_micros() }, Ordering::SeqCst);
        due.max(earliest)
    }

    /// Waits until an earlier deadline is set, or somebody rings.
    pub(crate) async fn rung(&self) {
        self.changed.notified().await;
    }
}
