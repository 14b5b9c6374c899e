//! The options of every sink.

use std::time::Duration;

use crate::breaker::Breaker;
use crate::model::arguments::{Count, Interval};
use crate::model::overflow::Overflow;

/// The options of every sink; [`sink_options!`](crate::sink_options) gives them to a stage.
///
/// | option | default | |
/// |---|---|---|
/// | `queue` | 10,000 | how many records may wait |
/// | `bytes` | 64 MiB | how many bytes of memory they may take |
/// | `overflow` | `Overflow::Block` | what happens when so many wait |
/// | `batch` | 500, or 1 MiB | how many records are delivered at once, at most |
/// | `every` | none | how long a record waits for others, so that batches are larger |
/// | `timeout` | 10 s | how long a delivery may take |
/// | `retry` | 1 h | for how long a delivery that fails is tried again, after 100 ms at first and 30 s at most |
/// | `breaker` | none | when trying stops for a while: `Breaker::melts(2).within(10s).reset(60s)` |
/// | `lanes` | 1 | how many deliveries may be under way at once; with several, records overtake one another |
/// | `rate`, `per` | none, 1 s | how many records may be delivered in which time |
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    pub(super) queue: usize,
    pub(super) bytes: usize,
    pub(super) overflow: Overflow,
    pub(super) waits_for_the_absent: bool,
    pub(super) batch: usize,
    pub(super) batch_bytes: usize,
    pub(super) every: Duration,
    pub(super) timeout: Duration,
    pub(super) retry: Duration,
    pub(super) breaker: Option<Breaker>,
    pub(super) lanes: usize,
    pub(super) rate: Option<usize>,
    pub(super) per: Duration,
    pub(super) replays: bool,
    pub(super) apart: u64,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            queue: 10_000,
            bytes: 64 << 20,
            overflow: Overflow::Block,
            waits_for_the_absent: true,
            batch: 500,
            batch_bytes: 1 << 20,
            every: Duration::ZERO,
            timeout: Duration::from_secs(10),
            retry: Duration::from_secs(60 * 60),
            breaker: None,
            lanes: 1,
            rate: None,
            per: Duration::from_secs(1),
            replays: false,
            apart: 0,
        }
    }
}

impl Options {
    /// Returns the defaults.
    pub fn new() -> Options {
        Options::default()
    }

    /// Sets how many records may wait.
    pub fn queue(self, records: impl Count) -> Options {
        Options { queue: records.count(), ..self }
    }

    /// Sets how many bytes of memory the records that wait may take, give or take one record: those of their texts, and of their
    /// items without what these point to.
    pub fn bytes(self, bytes: impl Count) -> Options {
        Options { bytes: bytes.count(), ..self }
    }

    /// Sets what happens when so many wait.
    pub fn overflow(self, overflow: Overflow) -> Options {
        Options { overflow, ..self }
    }

    /// Has nobody wait for a target that is away, under [`Overflow::Block`]: while deliveries fail the oldest records are dropped.
    pub fn never_waits_for_the_absent(self) -> Options {
        Options { waits_for_the_absent: false, ..self }
    }

    /// Sets how many records are delivered at once, at most.
    pub fn batch(self, records: impl Count) -> Options {
        Options { batch: records.count(), ..self }
    }

    /// Sets how many bytes are delivered at once, give or take one record.
    pub fn batch_bytes(self, bytes: impl Count) -> Options {
        Options { batch_bytes: bytes.count(), ..self }
    }

    /// Sets how long a record waits for others, so that batches are larger.
    pub fn every(self, every: impl Interval) -> Options {
        Options { every: every.interval(), ..self }
    }

    /// Sets how long a delivery may take.
    pub fn timeout(self, timeout: impl Interval) -> Options {
        Options { timeout: timeout.interval(), ..self }
    }

    /// Sets for how long a delivery that fails is tried again.
    pub fn retry(self, retry: impl Interval) -> Options {
        Options { retry: retry.interval(), ..self }
    }

    /// Sets when trying stops for a while.
    pub fn breaker(self, breaker: Breaker) -> Options {
        Options { breaker: Some(breaker), ..self }
    }

    /// Sets how many deliveries may be under way at once; with several, records overtake one another.
    pub fn lanes(self, lanes: impl Count) -> Options {
        Options { lanes: lanes.count(), ..self }
    }

    /// Sets how many records may be delivered in a second, or in the time that [`per`](Options::per) says.
    pub fn rate(self, records: impl Count) -> Options {
        Options { rate: Some(records.count()), ..self }
    }

    /// Sets in which time `rate` records may be delivered.
    pub fn per(self, per: impl Interval) -> Options {
        Options { per: per.interval(), ..self }
    }

    /// Has the sink be another one than those of its name and options with another number: one that has another password, say, or
    /// another header. A number that is made of all of these will do.
    pub fn apart(self, from: u64) -> Options {
        Options { apart: from, ..self }
    }

    /// Has the sink work in a replay too, as the standard output does; others are off there.
    pub fn works_in_a_replay(self) -> Options {
        Options { replays: true, ..self }
    }
}

/// Gives a stage the options of every sink, as methods that set its field `options`; see [`sink::Options`](crate::sink::Options).
///
/// A stage that has the type of its items for a parameter says so: `sink_options!(Page<I> where I: Item);`
#[macro_export]
macro_rules! sink_options {
    ($stage:ty) => {
        $crate::sink_options!(@ [] $stage);
    };
    ($stage:ident<$item:ident> where $same:ident: $bound:path) => {
        $crate::sink_options!(@ [$item: $bound] $stage<$item>);
    };
    (@ [$($generics:tt)*] $stage:ty) => {
        impl<$($generics)*> $stage {
            /// Sets how many records may wait.
            pub fn queue(mut self, records: impl $crate::Count) -> Self {
                self.options = self.options.queue(records);
                self
            }

            /// Sets how many bytes of memory the records that wait may take.
            pub fn bytes(mut self, bytes: impl $crate::Count) -> Self {
                self.options = self.options.bytes(bytes);
                self
            }

            /// Sets what happens when so many wait.
            pub fn overflow(mut self, overflow: $crate::Overflow) -> Self {
                self.options = self.options.overflow(overflow);
                self
            }

            /// Sets how many records are delivered at once, at most.
            pub fn batch(mut self, records: impl $crate::Count) -> Self {
                self.options = self.options.batch(records);
                self
            }

            /// Sets how long a record waits for others, so that batches are larger.
            pub fn every(mut self, every: impl $crate::Interval) -> Self {
                self.options = self.options.every(every);
                self
            }

            /// Sets how long a delivery may take.
            pub fn timeout(mut self, timeout: impl $crate::Interval) -> Self {
                self.options = self.options.timeout(timeout);
                self
            }

            /// Sets for how long a delivery that fails is tried again.
            pub fn retry(mut self, retry: impl $crate::Interval) -> Self {
                self.options = self.options.retry(retry);
                self
            }

            /// Sets when trying stops for a while.
            pub fn breaker(mut self, breaker: $crate::breaker::Breaker) -> Self {
                self.options = self.options.breaker(breaker);
                self
            }

            /// Sets how many deliveries may be under way at once; with several, records overtake one another.
            pub fn lanes(mut self, lanes: impl $crate::Count) -> Self {
                self.options = self.options.lanes(lanes);
                self
            }

            /// Sets how many records may be delivered in a second, or in the time that `per` says.
            pub fn rate(mut self, records: impl $crate::Count) -> Self {
                self.options = self.options.rate(records);
                self
            }

            /// Sets in which time `rate` records may be delivered.
            pub fn per(mut self, per: impl $crate::Interval) -> Self {
                self.options = self.options.per(per);
                self
            }
        }
    };
}
