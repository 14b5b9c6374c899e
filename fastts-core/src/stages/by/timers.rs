//! When which key wants to be ticked.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::time::Time;

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
    /// Counts the entries queued, so that those of one instant come out as they went in.
    queued: u32,
}

/// An entry: ordered by its first two fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    due: Time,
    /// Wraps around after 2³² entries, and may then swap the order of two of one instant.
    number: u32,
    index: u32,
}

/// A key's live entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::stages) struct Timer {
    due: Time,
    number: u32,
}

impl Timer {
    /// None.
    pub(super) const NONE: Timer = Timer { due: OFF, number: 0 };
}

impl Timers {
    /// Sees to it that the key at `index` is looked at by its deadline.
    #[inline]
    pub(super) fn follow(&mut self, index: u32, deadline: Option<Time>, timer: &mut Timer) {
        let due = deadline.unwrap_or(OFF);
        if due < timer.due {
            self.push(due, index, timer);
        }
    }

    fn push(&mut self, due: Time, index: u32, timer: &mut Timer) {
        self.queued = self.queued.wrapping_add(1);
        *timer = Timer { due, number: self.queued };
        self.heap.push(Reverse(Entry { due, number: self.queued, index }));
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

    /// Takes out the next timer that is due by `now`, and whose it is.
    #[inline]
    pub(super) fn pop(&mut self, now: Time) -> Option<(Timer, u32)> {
        if self.next()? > now {
            return None;
        }
        self.heap.pop().map(|Reverse(Entry { due, number, index })| (Timer { due, number }, index))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deadline_that_moves_on_stays_one_entry() {
        let (mut timers, mut timer) = (Timers::default(), Timer::NONE);
        for second in 1..1_000 {
            timers.follow(7, Some(Time::from_secs(second)), &mut timer);
        }
        assert_eq!(timers.len(), 1);
        assert_eq!(timers.pop(Time::from_secs(1)), Some((timer, 7)));
        assert_eq!(timers.pop(Time::MAX), None);
    }

    #[test]
    fn a_deadline_that_comes_nearer_leaves_an_entry_that_is_not_live() {
        let (mut timers, mut timer) = (Timers::default(), Timer::NONE);
        timers.follow(7, Some(Time::from_secs(2)), &mut timer);
        timers.follow(7, Some(Time::from_secs(1)), &mut timer);
        assert_eq!(timers.pop(Time::from_secs(2)), Some((timer, 7)));
        timer = Timer::NONE;
        timers.follow(7, Some(Time::from_secs(2)), &mut timer);
        let entries: Vec<_> = std::iter::from_fn(|| timers.pop(Time::from_secs(2))).map(|(entry, _)| entry == timer).collect();
        assert_eq!(entries, [false, true]);
    }
}
