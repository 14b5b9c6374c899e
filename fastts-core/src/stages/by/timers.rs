//! When which key wants to be ticked.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::time::Time;

/// The timer of a key that has none.
pub(super) const OFF: Time = Time::MAX;

/// The timers of all keys: O(log n) for each that is set or fires.
///
/// An entry is live when its time is that of the key's slot; a timer that was moved leaves a dead entry behind, which is
/// dropped when its time comes.
#[derive(Clone, Debug, Default)]
pub(super) struct Timers {
    heap: BinaryHeap<Reverse<Entry>>,
    /// Counts timers set, so that those of one instant fire in the order in which they were set.
    set: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    due: Time,
    /// Wraps around after 2³² timers, and may then swap the order of two timers of one instant.
    set: u32,
    index: u32,
}

impl Timers {
    /// Makes the timer of the key at `index` what its block wants now; `timer` is when it was set for.
    #[inline]
    pub(super) fn follow(&mut self, index: u32, deadline: Option<Time>, timer: &mut Time) {
        let due = deadline.unwrap_or(OFF);
        if due == *timer {
            return;
        }
        *timer = due;
        if due != OFF {
            self.push(due, index);
        }
    }

    fn push(&mut self, due: Time, index: u32) {
        self.set = self.set.wrapping_add(1);
        self.heap.push(Reverse(Entry { due, set: self.set, index }));
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

    /// Takes out the next timer that is due by `now`: when it was due, and whose it is.
    #[inline]
    pub(super) fn pop(&mut self, now: Time) -> Option<(Time, u32)> {
        if self.next()? > now {
            return None;
        }
        self.heap.pop().map(|Reverse(entry)| (entry.due, entry.index))
    }
}
