//! The clock; nothing else asks the system for the time.

use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use tokio::sync::Notify;

use crate::model::time::Time;

/// What tells a run-time the time.
#[derive(Clone, Debug)]
pub struct Clock {
    base: Time,
    source: Source,
}

#[derive(Clone, Debug)]
enum Source {
    System(Instant),
    Manual(Arc<Manual>),
}

#[derive(Debug, Default)]
struct Manual {
    nanos: AtomicU64,
    changed: Notify,
}

/// A reading of the clock: nanoseconds since the clock was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Stamp(pub(crate) u64);

impl Stamp {
    /// Returns the nanoseconds from `earlier` to this reading, zero if `earlier` is later.
    pub(crate) fn since(self, earlier: Stamp) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

impl Clock {
    /// Returns the system's time as it is now, which then goes on evenly: it never goes backwards, and does not follow when
    /// somebody sets the system's clock.
    pub fn system() -> Clock {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Clock { base: Time::EPOCH + since, source: Source::System(Instant::now()) }
    }

    /// Returns the time.
    pub fn now(&self) -> Time {
        self.time(self.stamp())
    }

    /// Reads the clock.
    #[inline]
    pub(crate) fn stamp(&self) -> Stamp {
        match &self.source {
            // Nanoseconds in 64 bits last for 584 years.
            Source::System(start) => Stamp(start.elapsed().as_nanos() as u64),
            Source::Manual(manual) => Stamp(manual.nanos.load(Ordering::SeqCst)),
        }
    }

    /// Returns the time of a reading.
    #[inline]
    pub(crate) fn time(&self, stamp: Stamp) -> Time {
        Time::from_micros(self.base.as_micros().saturating_add((stamp.0 / 1000) as i64))
    }

    /// Waits so long.
    pub(crate) async fn sleep(&self, time: Duration) {
        let due = self.now() + time;
        while self.now() < due {
            self.sleep_until(due).await;
        }
    }

    /// Waits until it is `due`; for ever when that is the end of time.
    pub(crate) async fn sleep_until(&self, due: Time) {
        if due == Time::MAX {
            return pending().await;
        }
        match &self.source {
            Source::System(_) => {
                // Bounded, so that no due time overflows tokio's clock; whoever waits looks again.
                let left = due.since(self.now()).min(Duration::from_secs(3600));
                tokio::time::sleep(left).await;
            }
            Source::Manual(manual) => loop {
                let changed = manual.changed.notified();
                tokio::pin!(changed);
                changed.as_mut().enable();
                if self.now() >= due {
                    return;
                }
                changed.await;
            },
        }
    }
}

impl Default for Clock {
    fn default() -> Clock {
        Clock::system()
    }
}

/// A clock that stands still until it is told to move; for tests.
#[derive(Clone, Debug)]
pub struct ManualClock {
    clock: Clock,
    manual: Arc<Manual>,
}

impl ManualClock {
    /// Makes a clock that stands at `start`.
    pub fn new(start: Time) -> ManualClock {
        let manual = Arc::new(Manual::default());
        ManualClock { clock: Clock { base: start, source: Source::Manual(Arc::clone(&manual)) }, manual }
    }

    /// Returns the clock to run by.
    pub fn clock(&self) -> Clock {
        self.clock.clone()
    }

    /// Returns the time.
    pub fn now(&self) -> Time {
        self.clock.now()
    }

    /// Moves the time on.
    pub fn advance(&self, by: Duration) {
        self.manual.nanos.fetch_add(u64::try_from(by.as_nanos()).unwrap_or(u64::MAX), Ordering::SeqCst);
        self.manual.changed.notify_waiters();
    }
}
