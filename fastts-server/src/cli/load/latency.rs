//! How long messages took to be acknowledged.

use std::time::Duration;

use histogram::Histogram;

/// A time is told to a thousandth of itself.
const FINE: u8 = 10;
/// The longest time that is told from longer ones, more than an hour, as a power of two of nanoseconds.
const LONGEST: u8 = 42;

/// Latencies, in nanoseconds.
pub(super) struct Latencies {
    counts: Histogram,
    longest: u64,
}

impl Default for Latencies {
    fn default() -> Latencies {
        let counts = Histogram::new(FINE, LONGEST).unwrap_or_else(|_| unreachable!("the powers are in order"));
        Latencies { counts, longest: 0 }
    }
}

impl Latencies {
    pub(super) fn record(&mut self, latency: Duration) {
        let nanos = u64::try_from(latency.as_nanos()).unwrap_or(u64::MAX).min((1 << LONGEST) - 1);
        // Nothing is longer than the longest.
        let _ = self.counts.increment(nanos);
        self.longest = self.longest.max(nanos);
    }

    pub(super) fn add(&mut self, other: &Latencies) {
        self.counts.checked_add_assign(&other.counts).unwrap_or_else(|_| unreachable!("both tell times as finely"));
        self.longest = self.longest.max(other.longest);
    }

    pub(super) fn reset(&mut self) {
        self.counts.reset();
        self.longest = 0;
    }

    pub(super) fn is_empty(&self) -> bool {
        self.quantile(0.0).is_none()
    }

    /// Returns the time that a part of all, such as 0.99, did not exceed; `None` when there are none.
    pub(super) fn quantile(&self, part: f64) -> Option<u64> {
        let bucket = self.counts.quantile_bucket(part).ok()??;
        Some(bucket.end().min(self.longest))
    }

    /// Returns the longest; zero when there are none.
    pub(super) fn longest(&self) -> u64 {
        self.longest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_to_a_thousandth_and_none_is_lost() {
        let mut latencies = Latencies::default();
        assert!(latencies.is_empty());
        for millis in 1..=100 {
            latencies.record(Duration::from_millis(millis));
        }
        for (part, millis) in [(0.5, 50.0), (0.99, 99.0), (1.0, 100.0)] {
            let told = latencies.quantile(part).unwrap() as f64 / 1e6;
            assert!((millis..=millis * 1.001).contains(&told), "{part} is {told} ms");
        }
        assert_eq!(latencies.longest(), 100_000_000);
        latencies.record(Duration::MAX);
        assert_eq!(latencies.quantile(1.0), Some((1 << LONGEST) - 1));
        latencies.reset();
        assert!(latencies.is_empty() && latencies.longest() == 0);
    }
}
