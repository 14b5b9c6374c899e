//! How long things took, counted in buckets.

use std::ops::{Add, Sub};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// The shortest time that is told from nothing, as a power of two of nanoseconds.
const FINEST: u32 = 8;
/// Into how many buckets each doubling is cut, as a power of two: a time is told to an eighth of itself.
const FINE: u32 = 3;
/// How many there are: up to about a minute, and one for what took longer.
const BUCKETS: usize = index(1 << 36) + 1;

/// Counts times in buckets that grow with them, each an eighth longer than the one before. Counting is two additions.
#[derive(Debug)]
pub struct Histogram {
    buckets: [AtomicU64; BUCKETS],
    nanos: AtomicU64,
}

/// What a histogram has counted; the difference of two is what it counted in between.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    buckets: [u64; BUCKETS],
    nanos: u64,
}

impl Histogram {
    /// Counts `times` things that took as long as that each.
    #[inline]
    pub fn record(&self, took: Duration, times: u64) {
        let nanos = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
        self.buckets[index(nanos).min(BUCKETS - 1)].fetch_add(times, Ordering::Relaxed);
        self.nanos.fetch_add(nanos.saturating_mul(times), Ordering::Relaxed);
    }

    /// Returns what was counted so far.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot {
            buckets: std::array::from_fn(|index| self.buckets[index].load(Ordering::Relaxed)),
            nanos: self.nanos.load(Ordering::Relaxed),
        }
    }
}

impl Default for Histogram {
    fn default() -> Histogram {
        Histogram { buckets: [const { AtomicU64::new(0) }; BUCKETS], nanos: AtomicU64::new(0) }
    }
}

impl Snapshot {
    /// Returns how many things were counted.
    pub fn count(&self) -> u64 {
        self.buckets.iter().sum()
    }

    /// Returns how long all of them took together.
    pub fn sum(&self) -> Duration {
        Duration::from_nanos(self.nanos)
    }

    /// Returns how many took less than a time: of the bucket in which that lies, none.
    pub fn below(&self, limit: Duration) -> u64 {
        let nanos = u64::try_from(limit.as_nanos()).unwrap_or(u64::MAX);
        self.buckets[..index(nanos).min(BUCKETS)].iter().sum()
    }

    /// Returns the time of the one behind which a part of all lies, such as 0.99, in the order of their times and counted as
    /// Riemann does; `None` when nothing was counted. It is the end of that one's bucket, so never too short.
    pub fn quantile(&self, part: f64) -> Option<Duration> {
        let count = self.count();
        let rank = ((count as f64 * part) as u64).min(count.checked_sub(1)?);
        let mut seen = 0;
        let reaches = |&bucket: &u64| {
            seen += bucket;
            seen > rank
        };
        self.buckets.iter().position(reaches).map(|bucket| Duration::from_nanos(end(bucket)))
    }
}

impl Add<&Snapshot> for &Snapshot {
    type Output = Snapshot;

    fn add(self, other: &Snapshot) -> Snapshot {
        Snapshot {
            buckets: std::array::from_fn(|index| self.buckets[index] + other.buckets[index]),
            nanos: self.nanos.wrapping_add(other.nanos),
        }
    }
}

impl Sub<&Snapshot> for &Snapshot {
    type Output = Snapshot;

    fn sub(self, before: &Snapshot) -> Snapshot {
        Snapshot {
            buckets: std::array::from_fn(|index| self.buckets[index].saturating_sub(before.buckets[index])),
            nanos: self.nanos.wrapping_sub(before.nanos),
        }
    }
}

/// Returns the bucket of a time in nanoseconds.
const fn index(nanos: u64) -> usize {
    let units = nanos >> FINEST;
    if units < 1 << FINE {
        return units as usize;
    }
    let doublings = units.ilog2() - FINE;
    // The highest bits but the first, behind the buckets of all smaller times.
    (((doublings as u64) << FINE) + (units >> doublings)) as usize
}

/// Returns the first nanosecond behind a bucket.
const fn end(bucket: usize) -> u64 {
    let next = bucket as u64 + 1;
    if next < 1 << FINE {
        return next << FINEST;
    }
    let doublings = (next >> FINE) - 1;
    ((next & ((1 << FINE) - 1)) + (1 << FINE)) << doublings << FINEST
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_follow_each_other_without_gaps_and_are_narrow() {
        for bucket in 0..BUCKETS {
            let end = end(bucket);
            assert_eq!((index(end - 1), index(end)), (bucket, bucket + 1));
            let begin = if bucket == 0 { 0 } else { super::end(bucket - 1) };
            assert!(end - begin <= (begin / 8).max(1 << FINEST), "bucket {bucket} is {begin}..{end}");
        }
    }

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
