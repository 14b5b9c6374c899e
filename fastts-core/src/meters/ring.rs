//! What passed in each of the last seconds.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

/// Counts by second, for as many seconds as it has places.
///
/// # Design
/// A place holds a second and its count in one atomic number, 32 bits each. Whoever counts in a second that is not the one in its place
/// begins that place anew; whoever reads leaves out the places whose second is too long ago. So nobody cleans up, and no second is
/// missed, however long nobody counts or looks.
#[derive(Debug)]
pub(super) struct Ring {
    places: Box<[AtomicU64]>,
    /// All that ever passed, without what was taken away.
    total: AtomicU64,
}

/// A place in which nothing was counted: the second is one that a place is never asked for again.
const EMPTY: u64 = 0;

fn packed(second: u32, count: i32) -> u64 {
    u64::from(second) << 32 | u64::from(count as u32)
}

fn unpacked(place: u64) -> (u32, i32) {
    ((place >> 32) as u32, place as u32 as i32)
}

/// The second as a place holds it: those since 1970, which 32 bits hold until 2106; those before are the first.
fn short(second: i64) -> u32 {
    second.clamp(1, i64::from(u32::MAX)) as u32
}

impl Ring {
    /// Makes one that remembers so many seconds, the current one included.
    pub(super) fn new(seconds: usize) -> Ring {
        Ring { places: (0..seconds.max(1)).map(|_| AtomicU64::new(EMPTY)).collect(), total: AtomicU64::new(0) }
    }

    /// Adds to what passed in a second.
    #[inline]
    pub(super) fn add(&self, second: i64, count: i64) {
        let second = short(second);
        let place = &self.places[second as usize % self.places.len()];
        let added = |held: u64| {
            let (of, so_far) = unpacked(held);
            let so_far = if of == second { i64::from(so_far) } else { 0 };
            let count = so_far.saturating_add(count).clamp(i64::from(i32::MIN), i64::from(i32::MAX));
            Some(packed(second, count as i32))
        };
        let _ = place.fetch_update(Ordering::Relaxed, Ordering::Relaxed, added);
        self.total.fetch_add(count.max(0).unsigned_abs(), Ordering::Relaxed);
    }

    /// Returns what passed in each second that it remembers at `now`; seconds in which nothing passed are left out.
    pub(super) fn counts(&self, now: i64) -> BTreeMap<i64, i64> {
        let now = i64::from(short(now));
        let oldest = now - self.places.len() as i64;
        let held = self.places.iter().map(|place| unpacked(place.load(Ordering::Relaxed)));
        let counts = held.map(|(second, count)| (i64::from(second), i64::from(count)));
        counts.filter(|&(second, count)| second > oldest && second <= now && second > 0 && count != 0).collect()
    }

    /// Returns all that ever passed.
    pub(super) fn total(&self) -> u64 {
        self.total.load(Ordering::Relaxed)
    }

    /// Forgets all seconds.
    pub(super) fn reset(&self) {
        self.places.iter().for_each(|place| place.store(EMPTY, Ordering::Relaxed));
    }

    /// Sets what passed in some seconds.
    pub(super) fn set(&self, counts: &BTreeMap<i64, i64>) {
        counts.iter().for_each(|(&second, &count)| self.add(second, count));
    }
}

/// A count that may go up and down.
#[derive(Debug, Default)]
pub(super) struct Value(AtomicI64);

impl Value {
    pub(super) fn add(&self, count: i64) {
        self.0.fetch_add(count, Ordering::Relaxed);
    }

    pub(super) fn get(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }

    pub(super) fn set(&self, value: i64) {
        self.0.store(value, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_second_is_there_until_it_is_as_old_as_the_ring_is_long_and_then_gone() {
        let ring = Ring::new(5);
        let mut all = BTreeMap::new();
        // Metrex's cleaner removes one second each time that it wakes, and misses those between: here are gaps of all lengths.
        let mut now = 1_000_000_000;
        for step in [0, 1, 1, 2, 3, 4, 5, 6, 7, 1, 900, 1, 1, 1, 1, 1, 1] {
            now += step;
            ring.add(now, 2);
            *all.entry(now).or_insert(0) += 2;
            for look in now..now + 8 {
                let wanted: BTreeMap<i64, i64> = all.range(look - 4..=look).map(|(&second, &count)| (second, count)).collect();
                assert_eq!(ring.counts(look), wanted, "at {look}");
            }
        }
        assert_eq!(ring.total(), 34);
    }

    #[test]
    fn a_clock_that_is_set_back_counts_from_there_on() {
        let ring = Ring::new(10);
        ring.add(2_000, 1);
        ring.add(1_000, 1);
        assert_eq!(ring.counts(1_000), BTreeMap::from([(1_000, 1)]));
    }

    #[test]
    fn what_is_taken_away_is_taken_from_its_second_and_not_from_the_total() {
        let ring = Ring::new(10);
        ring.add(7, 3);
        ring.add(7, -1);
        ring.add(8, -1);
        assert_eq!((ring.counts(8), ring.total()), (BTreeMap::from([(7, 2), (8, -1)]), 3));
        ring.reset();
        assert_eq!((ring.counts(8), ring.total()), (BTreeMap::new(), 3));
    }

    #[test]
    fn many_threads_lose_no_count() {
        let ring = Ring::new(3);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..30_000).for_each(|nth| ring.add(100 + nth / 10_000, 1)));
            }
        });
        assert_eq!(ring.counts(102), BTreeMap::from([(100, 40_000), (101, 40_000), (102, 40_000)]));
        assert_eq!(ring.total(), 120_000);
    }
}
