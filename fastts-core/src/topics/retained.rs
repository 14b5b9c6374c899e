//! What a topic retains for those who subscribe later: `topic "orders"(retain = 1_000);`.

use std::collections::VecDeque;

use crate::model::any_batch::{Selection, SharedBatch};

/// The newest items of a topic.
#[derive(Default)]
pub(super) struct Retained {
    limit: usize,
    batches: VecDeque<SharedBatch>,
    items: usize,
    bytes: usize,
}

/// How many bytes are retained at most, if they are several items.
const BYTES: usize = 16 << 20;

impl Retained {
    pub(super) fn new(limit: usize) -> Retained {
        Retained { limit, ..Retained::default() }
    }

    /// Returns true when anything is retained ever.
    pub(super) fn is_any(&self) -> bool {
        self.limit > 0
    }

    /// Keeps a batch; the oldest go that are not among the newest.
    pub(super) fn keep(&mut self, batch: &SharedBatch) {
        if self.limit == 0 {
            return;
        }
        self.items += batch.borrowed().len();
        self.bytes += batch.memory();
        self.batches.push_back(batch.clone());
        while let Some(oldest) = self.batches.front().filter(|_| self.batches.len() > 1) {
            let (items, bytes) = (oldest.borrowed().len(), oldest.memory());
            if self.items - items < self.limit && self.bytes <= BYTES {
                return;
            }
            self.batches.pop_front();
            self.items -= items;
            self.bytes -= bytes;
        }
    }

    /// Returns the newest items, as many as are to be retained, the oldest of them first.
    pub(super) fn newest(&self) -> Vec<SharedBatch> {
        let mut excess = self.items.saturating_sub(self.limit);
        let newest = |batch: &SharedBatch| {
            let skip = excess.min(batch.borrowed().len());
            excess -= skip;
            if skip == 0 { batch.clone() } else { Selection::all(batch.borrowed()).from(skip).copy() }
        };
        self.batches.iter().map(newest).collect()
    }
}
