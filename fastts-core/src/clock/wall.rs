//! The wall clock, which somebody may set, against the steady clock, which nobody can.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::sync::futures::Notified;

use super::rarely::Rarely;
use crate::model::time::Time;

/// How far the wall clock is ahead of the steady one.
#[derive(Debug)]
pub(crate) struct Wall {
    /// In microseconds.
    offset: AtomicI64,
    stepped: Notify,
    told: Rarely,
}

/// Two readings are apart by what passes between them: less than this, in microseconds, is no step.
const NOTICED: u64 = 1_000;
/// From here on, in microseconds, a step is told: daemons that keep the time turn the clock faster or slower for less.
const TOLD: u64 = 100_000;
/// How long no other step is told after one.
const QUIET: Duration = Duration::from_secs(1);

impl Default for Wall {
    fn default() -> Wall {
        Wall { offset: AtomicI64::new(0), stepped: Notify::new(), told: Rarely::every(QUIET) }
    }
}

impl Wall {
    /// Returns how far the wall clock is ahead, in microseconds; it is negative when it is behind.
    #[inline]
    pub(crate) fn offset(&self) -> i64 {
        self.offset.load(Ordering::Relaxed)
    }

    /// Returns the time on the wall when the steady clock says `steady`.
    #[inline]
    pub(super) fn at(&self, steady: Time) -> Time {
        Time::from_micros(steady.as_micros().saturating_add(self.offset()))
    }

    /// Returns true when two readings that were made together say that the wall clock was set.
    #[inline]
    pub(super) fn differs(&self, steady: Time, wall: Time) -> bool {
        wall.micros_after(self.at(steady)).unsigned_abs() > NOTICED
    }

    /// Notes where the wall clock stands while the steady one says `steady`.
    #[cold]
    pub(super) fn set(&self, steady: Time, wall: Time) {
        let offset = wall.micros_after(steady);
        let step = offset.saturating_sub(self.offset.swap(offset, Ordering::SeqCst));
        self.stepped.notify_waiters();
        if step.unsigned_abs() >= TOLD {
            let (direction, by) = (if step > 0 { "forward" } else { "back" }, Duration::from_micros(step.unsigned_abs()));
            self.told.say(|others| {
                let others = if others == 0 { String::new() } else { format!(", and {others} times more before") };
                tracing::warn!(
                    "the system's clock was set {direction} by {by:.3?}, to {wall}{others}: events are stamped and expire by it from now on, timers go on evenly"
                );
            });
        }
    }

    /// Waits until the wall clock is set; what is set after the call is not missed, even if it is polled later.
    pub(super) fn stepped(&self) -> Notified<'_> {
        self.stepped.notified()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_passes_between_two_readings_is_no_step() {
        let wall = Wall::default();
        assert!(!wall.differs(Time::from_micros(5), Time::from_micros(5 + NOTICED as i64)));
        for step in [NOTICED as i64 + 1, -(NOTICED as i64) - 1, 3_600_000_000, -3_600_000_000] {
            assert!(wall.differs(Time::from_secs(1), Time::from_micros(1_000_000 + step)), "{step}");
        }
    }

    #[test]
    fn it_follows_in_both_directions() {
        let wall = Wall::default();
        for (steady, set) in [(10, 3_610), (20, 20), (30, 0)] {
            wall.set(Time::from_secs(steady), Time::from_secs(set));
            assert_eq!(wall.at(Time::from_secs(steady + 1)), Time::from_secs(set + 1));
        }
    }
}
