//! What lies in a mailbox.

use std::ops::Range;

use crate::model::any_batch::{Selection, SharedBatch};

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
}
