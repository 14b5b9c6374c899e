//! Wakes the task that expires entries.

use std::sync::atomic::{AtomicI64, Ordering};

use tokio::sync::Notify;

use crate::model::time::Time;

/// Until when the task that expires entries sleeps, and how to wake it before that.
///
/// No wake-up is missed. The task writes `READING`, reads when the next entry expires, and writes until when it will sleep. Whoever puts an
/// entry in writes first when that expires, and then reads until when the task sleeps. All of it is sequentially consistent, so at least
/// one of the two sees what the other wrote.
#[derive(Debug)]
pub(crate) struct Alarm {
    sleeping: AtomicI64,
    changed: Notify,
}

/// The task is reading the deadlines: ring at any change.
const READING: i64 = i64::MAX;
/// The task is awake, or wakes soon anyway: never ring.
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

    /// Wakes the task.
    pub(crate) fn ring(&self) {
        self.changed.notify_one();
    }

    /// Returns when to wake: at the deadline that `next` tells, but not before `earliest`.
    pub(crate) fn read(&self, earliest: Time, next: impl FnOnce() -> Option<Time>) -> Time {
        self.sleeping.store(READING, Ordering::SeqCst);
        let due = next().unwrap_or(Time::MAX);
        // The task will not wake before `earliest`, so no new deadline could matter to it.
        self.sleeping.store(if due <= earliest { AWAKE } else { due.as_micros() }, Ordering::SeqCst);
        due.max(earliest)
    }

    /// Waits until an earlier deadline is set, or somebody rings.
    pub(crate) async fn rung(&self) {
        self.changed.notified().await;
    }
}
