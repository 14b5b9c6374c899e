//! Meters and counters: how many items pass a place, by second and all together.
//!
//! | file | what it is |
//! |---|---|
//! | `ring` | what passed in each of the last seconds, without a lock |
//! | `dump` | what is told of one, and how that looks as JSON |
//! | `options` | how many, for how long, and the hooks |

mod dump;
mod options;
mod ring;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use std::time::Duration;

pub use self::dump::Dump;
pub use self::options::MeterOptions;
use self::ring::{Ring, Value};
use crate::clock::Clock;
use crate::model::time::Time;

/// The meters and counters of a router, by name; its copies are the same.
///
/// The stages [`meter`](crate::stages::meter) and [`count_as`](crate::stages::count_as) count what passes them. Counting locks nothing;
/// looking does so for a moment.
///
/// ```
/// use fastts_core::prelude::*;
/// use fastts_core::{event, testing::Driver};
///
/// router! { pipeline "thumbs" { meter("thumb"); count_as("thumbs {state}") } }
///
/// let mut driver = Driver::new(router());
/// driver.inject_all([event! { time: 7, state: "ok" }, event! { time: 7, state: "ok" }, event! { time: 9, state: "late" }]);
/// let meters = driver.meters();
/// assert_eq!(meters.count("thumb"), Some(3));
/// assert_eq!(meters.count("thumbs ok"), Some(2));
/// assert_eq!(meters.dump("thumb").unwrap().to_json(), r#"{"7":2,"9":1}"#);
/// ```
#[derive(Clone)]
pub struct Meters(Arc<Registry>);

struct Registry {
    options: MeterOptions,
    all: RwLock<BTreeMap<Arc<str>, Arc<Measure>>>,
    left_out: AtomicU64,
    /// Tells the time of a router that runs.
    clock: OnceLock<Clock>,
    /// The second in which a replay is.
    second: AtomicI64,
}

/// One meter or counter.
#[derive(Debug)]
pub(crate) struct Measure {
    name: Arc<str>,
    kind: Kind,
    /// It was removed: whoever has it still looks for another.
    gone: AtomicBool,
}

#[derive(Debug)]
enum Kind {
    Counter(Value),
    Meter(Ring),
}

/// Why there is no meter or counter of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NoMeter {
    /// There are as many as there may be.
    TooMany,
    /// A meter is called so.
    IsMeter,
    /// A counter is called so.
    IsCounter,
}

impl fmt::Display for NoMeter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            NoMeter::TooMany => "there are as many meters and counters as there may be; raise the limit, or use fewer names",
            NoMeter::IsMeter => "a meter is called so; give the counter another name",
            NoMeter::IsCounter => "a counter is called so; give the meter another name",
        })
    }
}

impl std::error::Error for NoMeter {}

impl Measure {
    /// Counts what passes now.
    #[inline]
    pub(crate) fn add(&self, now: Time, count: i64) {
        match &self.kind {
            Kind::Counter(value) => value.add(count),
            Kind::Meter(ring) => ring.add(second(now), count),
        }
    }

    /// Returns true when it was removed.
    #[inline]
    pub(crate) fn is_gone(&self) -> bool {
        self.gone.load(Ordering::Relaxed)
    }

    fn dump(&self, now: i64) -> Dump {
        match &self.kind {
            Kind::Counter(value) => Dump::Counter(value.get()),
            Kind::Meter(ring) => Dump::Meter(ring.counts(now)),
        }
    }
}

/// Returns the second that a time is in.
#[inline]
fn second(time: Time) -> i64 {
    time.as_micros().div_euclid(1_000_000)
}

impl Default for Meters {
    fn default() -> Meters {
        Meters::new(MeterOptions::new())
    }
}

impl Meters {
    /// Makes a set of meters that holds none yet.
    pub fn new(options: MeterOptions) -> Meters {
        let (all, left_out, clock, second) = Default::default();
        Meters(Arc::new(Registry { options, all, left_out, clock, second }))
    }

    /// Counts in the meter of this name, now; makes it when there is none.
    ///
    /// # Errors
    /// When there are too many, or a counter is called so.
    pub fn meter(&self, name: &str, count: i64) -> Result<(), NoMeter> {
        self.open_meter(name, None)?.add(self.now(), count);
        Ok(())
    }

    /// Adds to the counter of this name, or takes away what is below zero; makes it when there is none.
    ///
    /// # Errors
    /// When there are too many, or a meter is called so.
    pub fn counter(&self, name: &str, count: i64) -> Result<(), NoMeter> {
        self.open_counter(name)?.add(self.now(), count);
        Ok(())
    }

    /// Returns the value of a counter, or the sum of what a meter remembers; `None` when nothing is called so.
    pub fn count(&self, name: &str) -> Option<i64> {
        self.dump(name).map(|dump| dump.count())
    }

    /// Returns how many passed a meter in the second that `time` is in; the value of a counter at any time.
    pub fn count_at(&self, name: &str, time: Time) -> Option<i64> {
        Some(match self.dump(name)? {
            Dump::Counter(value) => value,
            Dump::Meter(counts) => counts.get(&second(time)).copied().unwrap_or(0),
        })
    }

    /// Returns what a meter or a counter holds; `None` when nothing is called so.
    pub fn dump(&self, name: &str) -> Option<Dump> {
        let measure = self.find(name)?;
        Some(measure.dump(second(self.now())))
    }

    /// Returns what all of them hold, by name.
    pub fn dump_all(&self) -> BTreeMap<Arc<str>, Dump> {
        let now = second(self.now());
        let all = self.0.all.read().unwrap_or_else(PoisonError::into_inner);
        all.iter().map(|(name, measure)| (Arc::clone(name), measure.dump(now))).collect()
    }

    /// Returns all that ever passed each meter, and the value of each counter, by name.
    pub fn totals(&self) -> Vec<(Arc<str>, Total)> {
        let all = self.0.all.read().unwrap_or_else(PoisonError::into_inner);
        let total = |measure: &Measure| match &measure.kind {
            Kind::Counter(value) => Total::Counter(value.get()),
            Kind::Meter(ring) => Total::Meter(ring.total()),
        };
        all.iter().map(|(name, measure)| (Arc::clone(name), total(measure))).collect()
    }

    /// Sets a counter to zero, or lets a meter forget; returns false when nothing is called so.
    pub fn reset(&self, name: &str) -> bool {
        let found = self.find(name);
        match found.as_deref().map(|measure| &measure.kind) {
            Some(Kind::Counter(value)) => value.set(0),
            Some(Kind::Meter(ring)) => ring.reset(),
            None => {}
        }
        found.is_some()
    }

    /// Removes a meter or counter, after the `exit` of the options was told what it held; returns false when nothing is called so. It is
    /// made again when something passes it.
    pub fn remove(&self, name: &str) -> bool {
        let removed = self.0.all.write().unwrap_or_else(PoisonError::into_inner).remove(name);
        let Some(measure) = removed else { return false };
        measure.gone.store(true, Ordering::Relaxed);
        (self.0.options.exit)(name, measure.dump(second(self.now())));
        true
    }

    /// Returns how often something was not counted, as there were too many names.
    pub fn left_out(&self) -> u64 {
        self.0.left_out.load(Ordering::Relaxed)
    }

    /// Finds or makes the meter of a name, which remembers for `ttl` when it is made.
    pub(crate) fn open_meter(&self, name: &str, ttl: Option<Duration>) -> Result<Arc<Measure>, NoMeter> {
        let make = || {
            let seconds = ttl.unwrap_or(self.0.options.ttl).as_secs().clamp(1, LONGEST);
            let ring = Ring::new(seconds as usize);
            ring.set(&(self.0.options.meter_init)(name));
            Kind::Meter(ring)
        };
        let found = self.open(name, make)?;
        if matches!(found.kind, Kind::Meter(_)) { Ok(found) } else { Err(NoMeter::IsCounter) }
    }

    /// Finds or makes the counter of a name.
    pub(crate) fn open_counter(&self, name: &str) -> Result<Arc<Measure>, NoMeter> {
        let make = || {
            let value = Value::default();
            value.set((self.0.options.counter_init)(name));
            Kind::Counter(value)
        };
        let found = self.open(name, make)?;
        if matches!(found.kind, Kind::Counter(_)) { Ok(found) } else { Err(NoMeter::IsMeter) }
    }

    fn open(&self, name: &str, make: impl FnOnce() -> Kind) -> Result<Arc<Measure>, NoMeter> {
        if let Some(found) = self.find(name) {
            return Ok(found);
        }
        if self.0.all.read().unwrap_or_else(PoisonError::into_inner).len() >= self.0.options.limit {
            return Err(NoMeter::TooMany);
        }
        // The hooks are the program's: nothing is locked while they run. Of two who make one at once, the first counts.
        let made = Arc::new(Measure { name: name.into(), kind: make(), gone: AtomicBool::new(false) });
        let mut all = self.0.all.write().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= self.0.options.limit && !all.contains_key(name) {
            return Err(NoMeter::TooMany);
        }
        Ok(Arc::clone(all.entry(Arc::clone(&made.name)).or_insert(made)))
    }

    /// Counts that something was not counted.
    pub(crate) fn leave_out(&self) {
        self.0.left_out.fetch_add(1, Ordering::Relaxed);
    }

    fn find(&self, name: &str) -> Option<Arc<Measure>> {
        self.0.all.read().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    /// Goes by the clock of a router that runs.
    pub(crate) fn go_by(&self, clock: &Clock) {
        let _ = self.0.clock.set(clock.clone());
    }

    /// Is told what time it is in a replay.
    pub(crate) fn is_now(&self, now: Time) {
        self.0.second.store(second(now), Ordering::Relaxed);
    }

    fn now(&self) -> Time {
        match self.0.clock.get() {
            Some(clock) => clock.now(),
            None => Time::from_secs(self.0.second.load(Ordering::Relaxed)),
        }
    }
}

/// How many seconds a meter remembers at most: a day of them is 675 KiB.
const LONGEST: u64 = 86_400;

/// All that ever passed a meter, or the value of a counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Total {
    /// The value of a counter.
    Counter(i64),
    /// All that passed a meter, whatever it still remembers; nothing is taken from it.
    Meter(u64),
}

impl Drop for Registry {
    /// Tells what each of them held.
    fn drop(&mut self) {
        let now = self.clock.get().map_or_else(|| self.second.load(Ordering::Relaxed), |clock| second(clock.now()));
        let all = std::mem::take(self.all.get_mut().unwrap_or_else(PoisonError::into_inner));
        all.iter().for_each(|(name, measure)| (self.options.exit)(name, measure.dump(now)));
    }
}

impl fmt::Debug for Meters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.totals()).finish()
    }
}

#[cfg(test)]
mod tests;
