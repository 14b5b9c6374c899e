//! What lies in a mailbox.

use std::any::Any;
use std::ops::Range;
use std::sync::Arc;

use crate::item::Item;

/// A batch that is shared by the pipelines it goes to.
#[derive(Clone)]
pub(crate) struct SharedBatch {
    pub(super) items: Arc<dyn Any + Send + Sync>,
    /// How many bytes of memory an item takes, on average.
    pub(super) each: usize,
}

impl SharedBatch {
    pub(crate) fn new<I: Item>(batch: Arc<I::Batch>) -> SharedBatch {
        let each = I::memory(&batch).div_ceil(I::len(&batch).max(1));
        SharedBatch { items: batch, each }
    }

    /// Makes one without items.
    pub(crate) fn nothing() -> SharedBatch {
        SharedBatch { items: Arc::new(()), each: 0 }
    }

    #[inline]
    pub(crate) fn items(&self) -> &dyn Any {
        &*self.items
    }
}

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
}
