//! What waits for a sink, cut into batches as it comes.

use std::collections::VecDeque;

use super::records::Records;
use crate::clock::{Clock, Stamp};
use crate::model::token::Token;

/// How many batches that were sent are kept, to be filled again without asking for memory.
const SPARE: usize = 4;

/// Batches that wait; the last of them is being filled.
#[derive(Debug)]
pub(super) struct Queue<I> {
    batches: VecDeque<Records<I>>,
    /// Whether there is one that is being filled, and how many bytes were put into it.
    filling: bool,
    filled: usize,
    spare: Vec<Records<I>>,
    records: usize,
    bytes: usize,
    /// How many records, and bytes give or take a record, go in one batch.
    most: usize,
    most_bytes: usize,
}

/// What a record has found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pushed {
    /// Somebody should look: it is the first, or makes a batch full.
    Look,
    /// Others wait, which somebody knows of.
    Waits,
}

impl<I> Queue<I> {
    pub(super) fn new(most: usize, most_bytes: usize) -> Queue<I> {
        Queue { batches: VecDeque::new(), filling: false, filled: 0, spare: Vec::new(), records: 0, bytes: 0, most, most_bytes }
    }

    pub(super) fn len(&self) -> usize {
        self.records
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Returns when the oldest came.
    pub(super) fn since(&self) -> Option<Stamp> {
        self.batches.front().map(Records::since)
    }

    /// Appends a record.
    #[inline]
    pub(super) fn push(&mut self, clock: &Clock, token: &Token, item: I, write: impl FnOnce(&mut Vec<u8>)) -> Pushed {
        if !self.filling {
            self.open(clock.stamp());
        }
        // It is there, or was made just now.
        let Some(last) = self.batches.back_mut() else { return Pushed::Waits };
        let bytes = last.push(token, item, write);
        self.records += 1;
        self.bytes += bytes;
        self.filled += bytes;
        let full = last.len() >= self.most || self.filled >= self.most_bytes;
        self.filling = !full;
        if full || self.records == 1 { Pushed::Look } else { Pushed::Waits }
    }

    #[cold]
    fn open(&mut self, now: Stamp) {
        // One that others are full before will be as large as they are.
        let mut batch = self.spare.pop().unwrap_or_else(|| self.batches.back().map_or_else(Records::new, Records::as_large));
        batch.begin(now);
        self.batches.push_back(batch);
        (self.filling, self.filled) = (true, 0);
    }

    /// Takes the oldest batch: one that is full, or any when it has waited since before `until`.
    pub(super) fn take(&mut self, partial: impl FnOnce(Stamp) -> bool) -> Option<Records<I>> {
        let first = self.batches.front()?;
        let full = self.batches.len() > 1 || !self.filling;
        if first.is_empty() || !(full || partial(first.since())) {
            return None;
        }
        let batch = self.batches.pop_front()?;
        self.filling &= !self.batches.is_empty();
        self.records -= batch.len();
        self.bytes -= batch.bytes();
        Some(batch)
    }

    /// Takes a batch back, to be filled again.
    pub(super) fn reuse(&mut self, mut batch: Records<I>) {
        batch.clear();
        if self.spare.len() < SPARE {
            self.spare.push(batch);
        }
    }

    /// Drops the oldest record.
    pub(super) fn drop_oldest(&mut self) {
        let Some(first) = self.batches.front_mut() else { return };
        if !first.is_empty() {
            self.bytes -= first.drop_oldest();
            self.records -= 1;
        }
        if first.is_empty()
            && let Some(batch) = self.batches.pop_front()
        {
            self.filling &= !self.batches.is_empty();
            self.reuse(batch);
        }
    }

    /// Forgets everything, which is taken for done.
    pub(super) fn clear(&mut self) {
        self.batches.iter_mut().for_each(Records::clear);
        self.batches.clear();
        self.spare.clear();
        (self.records, self.bytes, self.filling) = (0, 0, false);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::ManualClock;
    use crate::model::time::Time;

    fn queue(most: usize, most_bytes: usize, texts: &[&str]) -> Queue<()> {
        let clock = ManualClock::new(Time::EPOCH).clock();
        let mut queue = Queue::new(most, most_bytes);
        for text in texts {
            queue.push(&clock, &Token::none(), (), |out| out.extend_from_slice(text.as_bytes()));
        }
        queue
    }

    fn taken(queue: &mut Queue<()>, partial: bool) -> Vec<String> {
        std::iter::from_fn(|| queue.take(|_| partial)).map(|batch| String::from_utf8_lossy(batch.texts()).into_owned()).collect()
    }

    #[test]
    fn batches_are_bounded_by_records_and_by_bytes() {
        let texts = ["a", "b", "c", "d", "e"];
        let rows: &[(usize, usize, &[&str], &[&str])] = &[
            (2, 100, &["ab", "cd"], &["ab", "cd", "e"]),
            (100, 3, &["abc"], &["abc", "de"]),
            (1, 100, &texts, &texts),
            (100, 1, &texts, &texts),
            (5, 100, &["abcde"], &["abcde"]),
            (6, 100, &[], &["abcde"]),
        ];
        for (most, bytes, full, all) in rows {
            assert_eq!(taken(&mut queue(*most, *bytes, &texts), false), *full, "{most}, {bytes}: full ones");
            let mut queue = queue(*most, *bytes, &texts);
            assert_eq!((queue.len(), queue.bytes()), (5, 5));
            assert_eq!(taken(&mut queue, true), *all, "{most}, {bytes}: all");
            assert_eq!((queue.len(), queue.bytes()), (0, 0));
        }
    }

    #[test]
    fn somebody_should_look_at_the_first_and_when_a_batch_is_full() {
        let clock = ManualClock::new(Time::EPOCH).clock();
        let mut queue = Queue::new(3, 100);
        let pushed: Vec<bool> = (0..7).map(|_| queue.push(&clock, &Token::none(), (), |_| {}) == Pushed::Look).collect();
        assert_eq!(pushed, [true, false, true, false, false, true, false]);
    }

    #[test]
    fn the_oldest_are_dropped_across_batches() {
        let mut queue = queue(2, 100, &["a", "b", "c", "d", "e"]);
        (0..3).for_each(|_| queue.drop_oldest());
        assert_eq!((queue.len(), queue.bytes()), (2, 2));
        assert_eq!(taken(&mut queue, true), ["d", "e"]);
        queue.drop_oldest();
        assert_eq!(queue.len(), 0);
    }
}
