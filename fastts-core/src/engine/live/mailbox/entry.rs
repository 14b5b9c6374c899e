//! What lies in a mailbox.

use std::ops::Range;

use crate::model::any_batch::{Selection, SharedBatch};
use crate::model::runs::Runs;
use crate::model::token::Outcome;

/// Items of a batch that wait.
pub(crate) struct Entry {
    pub(crate) batch: SharedBatch,
    pub(crate) range: Range<usize>,
    /// How much of the mailbox's room it holds; given back as it is taken.
    pub(super) permits: usize,
}

impl Entry {
    /// Makes an entry that holds no room.
    pub(crate) fn new(batch: SharedBatch, range: Range<usize>) -> Entry {
        Entry { batch, range, permits: 0 }
    }

    /// Returns what waits.
    #[inline]
    pub(crate) fn selection(&self) -> Selection<'_> {
        Selection::all(self.batch.borrowed()).part(self.range.clone())
    }

    /// Keeps the last items, so many, and drops those before them as the overflow policy says.
    pub(super) fn drop_front(&mut self, keep: usize) {
        let start = self.range.end - keep;
        self.batch.runs.note(self.range.start..start, Outcome::Dropped);
        self.range.start = start;
    }

    /// Keeps the first items, so many, and drops those behind them as the overflow policy says.
    pub(super) fn drop_back(&mut self, keep: usize) {
        let end = self.range.start + keep;
        self.batch.runs.note(end..self.range.end, Outcome::Dropped);
        self.range.end = end;
    }

    /// Notes what became of all of it.
    pub(crate) fn note(&self, outcome: Outcome) {
        self.batch.runs.note(self.range.clone(), outcome);
    }

    /// Tells those who want to know what became of it that nothing will.
    pub(super) fn give_up(&mut self) {
        self.note(Outcome::Unfinished);
        self.batch.runs = Runs::none();
    }
}
