//! What was counted.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::latency::Latencies;

/// How many tallies there are at most: each takes a quarter of a megabyte.
const TALLIES: usize = 8;

/// Messages by what became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    /// Handed to the connection, whole.
    pub(super) sent: u64,
    pub(super) acknowledged: u64,
    pub(super) refused: u64,
    /// Without a reply at the end.
    pub(super) unanswered: u64,
    /// Due and never sent.
    pub(super) missed: u64,
    /// Connections that ended before their time.
    pub(super) failed: u64,
}

/// What was counted, and how long it took.
#[derive(Default)]
pub(super) struct Tally {
    pub(super) counts: Counts,
    /// Why the first message was refused.
    pub(super) reason: Option<String>,
    pub(super) latency: Latencies,
}

impl Tally {
    /// Counts a message that was acknowledged.
    pub(super) fn acknowledged(&mut self, latency: Duration) {
        self.counts.acknowledged += 1;
        self.latency.record(latency);
    }

    /// Counts a message that was refused.
    pub(super) fn refused(&mut self, reason: String) {
        self.counts.refused += 1;
        self.reason.get_or_insert(reason);
    }

    /// Adds what another has counted.
    pub(super) fn add(&mut self, other: &Tally) {
        let (mine, its) = (&mut self.counts, &other.counts);
        mine.sent += its.sent;
        mine.acknowledged += its.acknowledged;
        mine.refused += its.refused;
        mine.unanswered += its.unanswered;
        mine.missed += its.missed;
        mine.failed += its.failed;
        if let Some(reason) = &other.reason {
            self.reason.get_or_insert_with(|| reason.clone());
        }
        self.latency.add(&other.latency);
    }

    fn reset(&mut self) {
        self.counts = Counts::default();
        self.reason = None;
        self.latency.reset();
    }
}

/// The tallies that connections share.
pub(super) struct Tallies(Vec<Mutex<Tally>>);

impl Tallies {
    pub(super) fn new(connections: usize) -> Tallies {
        Tallies((0..connections.min(TALLIES)).map(|_| Mutex::default()).collect())
    }

    /// Lets a connection count.
    pub(super) fn with(&self, index: usize, count: impl FnOnce(&mut Tally)) {
        count(&mut self.0[index % self.0.len()].lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Returns what was counted since this was last called.
    pub(super) fn take(&self) -> Tally {
        let mut total = Tally::default();
        for tally in &self.0 {
            let mut tally = tally.lock().unwrap_or_else(PoisonError::into_inner);
            total.add(&tally);
            tally.reset();
        }
        total
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_taken_is_counted_once() {
        let tallies = Tallies::new(100);
        for index in 0..100 {
            tallies.with(index, |tally| tally.acknowledged(Duration::from_millis(1 + index as u64)));
        }
        tallies.with(7, |tally| tally.refused("no".to_owned()));
        let taken = tallies.take();
        assert_eq!((taken.counts.acknowledged, taken.counts.refused, taken.reason.as_deref()), (100, 1, Some("no")));
        let p99 = taken.latency.quantile(0.99).unwrap() as f64 / 1e6;
        assert!((98.9..99.2).contains(&p99), "{p99}");
        let nothing = tallies.take();
        assert_eq!((nothing.counts, nothing.latency.is_empty(), nothing.reason), (Counts::default(), true, None));
    }
}
