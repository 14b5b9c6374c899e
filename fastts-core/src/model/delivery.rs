//! A batch on its way to several who take it.

use std::any::Any;
use std::ops::Range;
use std::sync::Arc;

use crate::model::event::{Batch, Event};
use crate::model::item::Item;

/// A batch, shared when somebody has to hold it longer.
pub(crate) enum Delivery<I: Item> {
    Own(I::Batch),
    Shared {
        batch: Arc<I::Batch>,
        /// The batch that came, when a smaller copy of it waits in its place.
        spare: Option<I::Batch>,
    },
    Gone,
}

impl<I: Item> Delivery<I> {
    #[inline]
    pub(crate) fn get(&self) -> &dyn Any {
        match self {
            Delivery::Own(batch) => batch,
            Delivery::Shared { batch, .. } => &**batch,
            Delivery::Gone => &(),
        }
    }

    pub(crate) fn share(&mut self) -> SharedBatch {
        match std::mem::replace(self, Delivery::Gone) {
            Delivery::Own(batch) => {
                *self = match I::compact(&batch) {
                    Some(compact) => Delivery::Shared { batch: Arc::new(compact), spare: Some(batch) },
                    None => Delivery::Shared { batch: Arc::new(batch), spare: None },
                }
            }
            other => *self = other,
        }
        match self {
            Delivery::Shared { batch, .. } => SharedBatch::new::<I>(Arc::clone(batch)),
            // Gone is what take_back leaves, and that ends it.
            _ => SharedBatch::nothing(),
        }
    }

    /// Gives up the memory of a batch of which copies wait: they may wait for long, and with many others.
    pub(crate) fn drop_spare(&mut self) {
        match self {
            Delivery::Shared { spare, .. } => *spare = None,
            Delivery::Own(_) | Delivery::Gone => *self = Delivery::Gone,
        }
    }

    /// Shares some events of the batch, as a copy: a pipeline that wants few of many should not hold them all, and the batch
    /// can be read into again.
    pub(crate) fn share_some(&self, picks: &[u32]) -> (SharedBatch, Range<usize>) {
        // Only events are picked.
        let batch = self.get().downcast_ref::<Batch>().map(|batch| batch.picked(picks)).unwrap_or_default();
        let range = 0..batch.len();
        (SharedBatch::new::<Event>(Arc::new(batch)), range)
    }

    pub(crate) fn take_back(self) -> Option<I::Batch> {
        match self {
            Delivery::Own(batch) => Some(batch),
            Delivery::Shared { spare: Some(batch), .. } => Some(batch),
            Delivery::Shared { batch, spare: None } => Arc::into_inner(batch),
            Delivery::Gone => None,
        }
    }
}

/// A batch that is shared by the pipelines it goes to.
#[derive(Clone)]
pub(crate) struct SharedBatch {
    pub(crate) items: Arc<dyn Any + Send + Sync>,
    /// How many bytes of memory an item takes, on average.
    pub(crate) each: usize,
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
