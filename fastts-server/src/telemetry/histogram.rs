//! How long things took, counted in buckets.

use std::ops::{Add, Sub};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use histogram::{AtomicHistogram, Bucket, Histogram as Counts};

/// Into how many buckets each doubling is cut, as a power of two: a time is told to an eighth of itself.
const FINE: u8 = 3;
/// The longest time that is told from longer ones, about a minute, as a power of two of nanoseconds.
const LONGEST: u8 = 36;

/// Counts times in buckets that grow with them, each an eighth longer than the one before. Counting is two additions, and never waits.
#[derive(Debug)]
pub struct Histogram {
    buckets: AtomicHistogram,
    nanos: AtomicU64,
}

/// What a histogram has counted; the difference of two is what it counted in between.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    buckets: Counts,
    nanos: u64,
}

impl Histogram {
    /// Counts `times` things that took as long as that each.
    #[inline]
    pub fn record(&self, took: Duration, times: u64) {
        let nanos = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
        // What is longer than all that are told apart is in the last bucket.
        let _ = self.buckets.add(nanos.min((1 << LONGEST) - 1), times);
        self.nanos.fetch_add(nanos.saturating_mul(times), Ordering::Relaxed);
    }

    /// Returns what was counted so far.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot { buckets: self.buckets.load(), nanos: self.nanos.load(Ordering::Relaxed) }
    }
}

impl Default for Histogram {
    fn default() -> Histogram {
        let buckets = AtomicHistogram::new(FINE, LONGEST).unwrap_or_else(|_| unreachable!("the powers are in order"));
        Histogram { buckets, nanos: AtomicU64::new(0) }
    }
}

impl Snapshot {
    /// Returns how many things were counted.
    pub fn count(&self) -> u64 {
        self.buckets.as_slice().iter().sum()
    }

    /// Returns how long all of them took together.
    pub fn sum(&self) -> Duration {
        Duration::from_nanos(self.nanos)
    }

    /// Returns how many took less than a time: of the bucket in which that lies, none.
    pub fn below(&self, limit: Duration) -> u64 {
        let nanos = u64::try_from(limit.as_nanos()).unwrap_or(u64::MAX);
        self.buckets.iter().take_while(|bucket| bucket.end() < nanos).map(|bucket| bucket.count()).sum()
    }

    /// Returns the time of the one behind which a part of all lies, such as 0.99, in the order of their times and counted as
    /// Riemann does; `None` when nothing was counted. It is the end of that one's bucket, so never too short.
    pub fn quantile(&self, part: f64) -> Option<Duration> {
        let count = self.count();
        let rank = ((count as f64 * part) as u64).min(count.checked_sub(1)?);
        let mut seen = 0;
        let reaches = |bucket: &Bucket| {
            seen += bucket.count();
            seen > rank
        };
        self.buckets.iter().find(reaches).map(|bucket| Duration::from_nanos(bucket.end() + 1))
    }

    /// Puts the buckets of two together.
    fn with(&self, other: &Snapshot, put: impl Fn(u64, u64) -> u64) -> Counts {
        let mut buckets = self.buckets.clone();
        buckets.as_mut_slice().iter_mut().zip(other.buckets.as_slice()).for_each(|(mine, its)| *mine = put(*mine, *its));
        buckets
    }
}

impl Add<&Snapshot> for &Snapshot {
    type Output = Snapshot;

    fn add(self, other: &Snapshot) -> Snapshot {
        Snapshot { buckets: self.with(other, |mine, its| mine + its), nanos: self.nanos.wrapping_add(other.nanos) }
    }
}

impl Sub<&Snapshot> for &Snapshot {
    type Output = Snapshot;

    fn sub(self, before: &Snapshot) -> Snapshot {
        // What was counted while the one before was read may be in that and not in this.
        Snapshot { buckets: self.with(before, u64::saturating_sub), nanos: self.nanos.wrapping_sub(before.nanos) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_never_too_short_and_an_eighth_too_long_at_most() {
        let histogram = Histogram::default();
        assert_eq!(histogram.snapshot().quantile(0.5), None, "of nothing");
        for micros in 1..=1000 {
            histogram.record(Duration::from_micros(micros), 1);
        }
        let snapshot = histogram.snapshot();
        assert_eq!((snapshot.count(), snapshot.sum()), (1000, Duration::from_micros(500_500)));
        for (part, micros) in [(0.0, 1.0), (0.5, 501.0), (0.95, 951.0), (0.999, 1000.0), (1.0, 1000.0)] {
            let told = snapshot.quantile(part).unwrap().as_secs_f64() * 1e6;
            assert!((micros..=micros * 1.125 + 0.3).contains(&told), "the quantile {part} is {told} µs");
        }
    }

    #[test]
    fn the_longest_times_are_counted_too() {
        let histogram = Histogram::default();
        histogram.record(Duration::MAX, 2);
        histogram.record(Duration::ZERO, 1);
        assert_eq!(histogram.snapshot().count(), 3);
        assert_eq!(histogram.snapshot().below(Duration::from_secs(60)), 1);
    }

    #[test]
    fn a_limit_that_begins_a_bucket_tells_what_is_below_it() {
        let histogram = Histogram::default();
        for nanos in [16_383, 16_384] {
            histogram.record(Duration::from_nanos(nanos), 1);
        }
        assert_eq!(histogram.snapshot().below(Duration::from_nanos(16_384)), 1);
    }

    #[test]
    fn a_difference_is_what_came_in_between() {
        let histogram = Histogram::default();
        histogram.record(Duration::from_millis(9), 7);
        let before = histogram.snapshot();
        histogram.record(Duration::from_millis(1), 3);
        let between = &histogram.snapshot() - &before;
        assert_eq!((between.count(), between.sum()), (3, Duration::from_millis(3)));
        assert_eq!(between.below(Duration::from_millis(2)), 3);
        assert_eq!(&before + &between, histogram.snapshot());
    }
}
