//! How much the index holds, and may hold.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use super::IndexOptions;
use crate::model::event::{Event, EventView};

/// Counts entries and their bytes, against what there may be.
#[derive(Debug, Default)]
pub(super) struct Room {
    entries: AtomicUsize,
    bytes: AtomicUsize,
    /// How many events there was no room for.
    left_out: AtomicU64,
}

/// What an entry takes besides its event and the lists that it stands in: its slot and its turn in the queue, and what is spare of both.
const ENTRY: usize = 224;
/// What it takes to stand in a list, at most: a node, and the list itself.
const LIST: usize = 96;

/// Returns how many bytes an entry takes.
pub(super) fn cost(event: &Event) -> usize {
    ENTRY + lists(event.view()) + event.data_held()
}

/// Returns how many bytes the lists take in which an event stands.
pub(super) fn lists(event: EventView<'_>) -> usize {
    LIST * (2 + event.tags().count())
}

impl Room {
    /// Takes room for an entry of so many bytes; false when there is none.
    pub(super) fn add(&self, bytes: usize, options: &IndexOptions) -> bool {
        let one_more = |entries: usize| (entries < options.limit).then_some(entries + 1);
        if self.entries.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more).is_err() {
            return false;
        }
        let added = self.grow(bytes, options);
        if !added {
            self.entries.fetch_sub(1, Ordering::Relaxed);
        }
        added
    }

    /// Takes room for so many bytes more; false when there is none.
    pub(super) fn grow(&self, bytes: usize, options: &IndexOptions) -> bool {
        let more = |held: usize| held.checked_add(bytes).filter(|&held| held <= options.bytes);
        self.bytes.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).is_ok()
    }

    /// Corrects what was taken by what is held.
    #[inline]
    pub(super) fn correct(&self, taken: usize, held: usize) {
        if taken > held {
            self.bytes.fetch_sub(taken - held, Ordering::Relaxed);
        } else if held > taken {
            self.bytes.fetch_add(held - taken, Ordering::Relaxed);
        }
    }

    /// Gives back entries with their bytes.
    pub(super) fn remove(&self, entries: usize, bytes: usize) {
        self.entries.fetch_sub(entries, Ordering::Relaxed);
        self.bytes.fetch_sub(bytes, Ordering::Relaxed);
    }

    /// Counts an event that there is no room for; the run-time says so in the log.
    #[cold]
    pub(super) fn leave_out(&self) {
        self.left_out.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn entries(&self) -> usize {
        self.entries.load(Ordering::Relaxed)
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes.load(Ordering::Relaxed)
    }

    pub(super) fn left_out(&self) -> u64 {
        self.left_out.load(Ordering::Relaxed)
    }
}
