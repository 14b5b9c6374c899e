//! The clock; nothing else asks the system for the time.

use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use tokio::sync::Notify;

use super::wall::Wall;
use crate::model::time::Time;

/// What tells a run-time the time.
///
/// # Design
/// There are two clocks. The *steady* one begins with the system's time and goes on evenly, whatever happens to that: timers are set and
/// fire by it. The *wall* clock is the system's: events are stamped and expire by it. Both tell a [`Time`], and as long as nobody sets the
/// system's clock it is the same.
#[derive(Clone, Debug)]
pub struct Clock {
    base: Time,
    source: Source,
    wall: Arc<Wall>,
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
    /// Returns the system's clock.
    pub fn system() -> Clock {
        Clock { base: system_time(), source: Source::System(Instant::now()), wall: Arc::default() }
    }

    /// Returns the time of day: what the system's clock says, also after somebody has set it.
    pub fn now(&self) -> Time {
        self.follow();
        self.wall.at(self.steady())
    }

    /// Returns the time by which timers are set and fire: it goes on evenly.
    #[inline]
    pub(crate) fn steady(&self) -> Time {
        self.time(self.stamp())
    }

    /// Returns how far the wall clock is ahead of the steady one.
    pub(crate) fn wall(&self) -> &Arc<Wall> {
        &self.wall
    }

    /// Takes note of it when the system's clock was set.
    pub(crate) fn follow(&self) {
        let Source::System(_) = self.source else { return };
        if !self.wall.differs(self.steady(), system_time()) {
            return;
        }
        // A thread that lost its processor between the two readings must not be taken for a step.
        for _ in 0..READINGS {
            let (before, wall, after) = (self.steady(), system_time(), self.steady());
            if !self.wall.differs(before, wall) {
                return;
            }
            if after.since(before) < TOGETHER {
                return self.wall.set(before, wall);
            }
        }
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

    /// Returns the steady time of a reading.
    #[inline]
    pub(crate) fn time(&self, stamp: Stamp) -> Time {
        Time::from_micros(self.base.as_micros().saturating_add((stamp.0 / 1000) as i64))
    }

    /// Waits so long.
    pub(crate) async fn sleep(&self, time: Duration) {
        let due = self.steady() + time;
        while self.steady() < due {
            self.sleep_until(due).await;
        }
    }

    /// Waits until it is `due` on the steady clock; for ever when that is the end of time.
    pub(crate) async fn sleep_until(&self, due: Time) {
        if due == Time::MAX {
            return pending().await;
        }
        match &self.source {
            Source::System(_) => {
                // Bounded, so that no due time overflows tokio's clock; whoever waits looks again.
                let left = due.since(self.steady()).min(Duration::from_secs(3600));
                tokio::time::sleep(left).await;
            }
            Source::Manual(manual) => loop {
                let changed = manual.changed.notified();
                tokio::pin!(changed);
                changed.as_mut().enable();
                if self.steady() >= due {
                    return;
                }
                changed.await;
            },
        }
    }

    /// Waits until it may be `due` on the wall clock: whoever waits looks again, as it returns also when that is set.
    pub(crate) async fn sleep_until_wall(&self, due: Time) {
        let stepped = self.wall.stepped();
        tokio::pin!(stepped);
        stepped.as_mut().enable();
        let left = due.since(self.now());
        let until = if due == Time::MAX { due } else { self.steady() + left };
        tokio::select! {
            biased;
            () = stepped => {}
            () = self.sleep_until(until) => {}
        }
    }
}

/// How often both clocks are read before a step is believed in later, and how long that may take.
const READINGS: usize = 3;
const TOGETHER: Duration = Duration::from_micros(500);

fn system_time() -> Time {
    match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(since) => Time::EPOCH + since,
        // A machine without a battery may begin there.
        Err(before) => Time::EPOCH - before.duration(),
    }
}

impl Default for Clock {
    fn default() -> Clock {
        Clock::system()
    }
}

/// A clock that stands still until it is told to move, or set; for tests.
#[derive(Clone, Debug)]
pub struct ManualClock {
    clock: Clock,
    manual: Arc<Manual>,
}

impl ManualClock {
    /// Makes a clock that stands at `start`.
    pub fn new(start: Time) -> ManualClock {
        let manual = Arc::new(Manual::default());
        ManualClock { clock: Clock { base: start, source: Source::Manual(Arc::clone(&manual)), wall: Arc::default() }, manual }
    }

    /// Returns the clock to run by.
    pub fn clock(&self) -> Clock {
        self.clock.clone()
    }

    /// Returns the time of day.
    pub fn now(&self) -> Time {
        self.clock.now()
    }

    /// Sets the time of day, as NTP or somebody at the machine does: nothing has passed, and timers take no notice.
    pub fn set(&self, now: Time) {
        self.clock.wall.set(self.clock.steady(), now);
    }

    /// Lets time pass.
    pub fn advance(&self, by: Duration) {
        self.manual.nanos.fetch_add(u64::try_from(by.as_nanos()).unwrap_or(u64::MAX), Ordering::SeqCst);
        self.manual.changed.notify_waiters();
    }
}
