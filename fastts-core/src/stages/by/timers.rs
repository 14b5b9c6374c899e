//! When which key wants to be ticked.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::model::time::Time;

/// The instant of a timer that is off.
pub(super) const OFF: Time = Time::MAX;

/// The timers of all keys: O(log n) for each that is queued or fires.
///
/// A key has one live entry at most. One whose deadline moves to later, as that of a stage which waits for silence does with
/// every item, leaves its entry where it is and queues another when that one's time has come; so the queue does not grow with
/// the items. One whose deadline moves to earlier leaves a dead entry behind, which is dropped when its time comes.
#[derive(Clone, Debug, Default)]
pub(super) struct Timers {
    heap: BinaryHeap<Reverse<Entry>>,
    /// Counts timers set, so that those of one instant fire in the order in which they were set.
    set: u32,
}

/// An entry of the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Entry {
    due: Time,
    /// Wraps around after 2³² timers, and may then swap the order of two of one instant.
    set: u32,
    pub(super) index: u32,
}

impl Entry {
    pub(super) const NONE: Entry = Entry { due: OFF, set: 0, index: 0 };
}

/// The timer of a key.
#[derive(Clone, Copy, Debug)]
pub(in crate::stages) struct Timer {
    /// What it is set for.
    due: Time,
    /// Which of all timers it was to be set.
    set: u32,
    /// The same of its live entry, which may be earlier.
    queued_set: u32,
    queued: Time,
}

impl Timer {
    /// One that is off.
    pub(super) const OFF: Timer = Timer { due: OFF, set: 0, queued_set: 0, queued: OFF };

    /// Takes note that an entry came out of the queue; false when that was a dead one.
    #[inline]
    pub(super) fn came(&mut self, entry: &Entry) -> bool {
        let live = (entry.due, entry.set) == (self.queued, self.queued_set);
        if live {
            self.queued = OFF;
        }
        live
    }
}

impl Timers {
    /// Returns how many bytes of memory they hold.
    pub(super) fn held(&self) -> usize {
        self.heap.capacity() * size_of::<Reverse<Entry>>()
    }

    /// Makes the timer of the key at `index` what its block wants now.
    #[inline]
    pub(super) fn follow(&mut self, index: u32, deadline: Option<Time>, timer: &mut Timer) {
        let due = deadline.unwrap_or(OFF);
        if due != timer.due {
            self.set = self.set.wrapping_add(1);
            (timer.due, timer.set) = (due, self.set);
        }
        if due < timer.queued {
            (timer.queued, timer.queued_set) = (due, timer.set);
            self.queue(Entry { due, set: timer.set, index });
        }
    }

    /// Apart from what is compiled into every crate that has a chain.
    fn queue(&mut self, entry: Entry) {
        self.heap.push(Reverse(entry));
    }

    /// Returns the number of timers that are set, dead entries included.
    pub(super) fn len(&self) -> usize {
        self.heap.len()
    }

    /// Gives memory back when most of it is unused.
    pub(super) fn shrink(&mut self) {
        if self.heap.len() * 4 < self.heap.capacity() {
            self.heap.shrink_to(self.heap.len() * 2);
        }
    }

    /// Returns when the next timer fires.
    #[inline]
    pub(super) fn next(&self) -> Option<Time> {
        self.heap.peek().map(|Reverse(entry)| entry.due)
    }

    /// Takes out the next entry that is due by `now`.
    #[inline]
    pub(super) fn pop(&mut self, now: Time) -> Option<Entry> {
        if self.next()? > now {
            return None;
        }
        self.unqueue()
    }

    /// Apart, as above.
    fn unqueue(&mut self) -> Option<Entry> {
        self.heap.pop().map(|Reverse(entry)| entry)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deadline_that_moves_on_stays_one_entry_and_keeps_its_turn() {
        let (mut timers, mut one, mut other) = (Timers::default(), Timer::OFF, Timer::OFF);
        for second in 1..=1_000 {
            timers.follow(1, Some(Time::from_secs(second)), &mut one);
        }
        timers.follow(2, Some(Time::from_secs(1_000)), &mut other);
        assert_eq!(timers.len(), 2);
        let early = timers.pop(Time::from_secs(1)).unwrap();
        assert!(one.came(&early));
        timers.follow(1, Some(Time::from_secs(1_000)), &mut one);
        let order: Vec<u32> = std::iter::from_fn(|| timers.pop(Time::MAX)).map(|entry| entry.index).collect();
        assert_eq!(order, [1, 2]);
    }

    #[test]
    fn a_deadline_that_comes_nearer_leaves_an_entry_that_is_dead_also_when_it_comes_back() {
        let (mut timers, mut timer) = (Timers::default(), Timer::OFF);
        timers.follow(7, Some(Time::from_secs(2)), &mut timer);
        timers.follow(7, Some(Time::from_secs(1)), &mut timer);
        assert!(timer.came(&timers.pop(Time::from_secs(1)).unwrap()));
        timers.follow(7, Some(Time::from_secs(2)), &mut timer);
        let live: Vec<bool> = std::iter::from_fn(|| timers.pop(Time::from_secs(2))).map(|entry| timer.came(&entry)).collect();
        assert_eq!(live, [false, true]);
    }
}
