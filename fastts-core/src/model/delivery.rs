//! A batch on its way to several who take it.

use std::sync::Arc;

use crate::model::any_batch::{AnyBatch, SharedBatch};
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
    /// Returns the batch.
    #[inline]
    pub(crate) fn get(&self) -> AnyBatch<'_> {
        match self {
            Delivery::Own(batch) => AnyBatch::of::<I>(batch),
            Delivery::Shared { batch, .. } => AnyBatch::of::<I>(batch),
            Delivery::Gone => AnyBatch::nothing(),
        }
    }

    /// Shares the batch with whoever has to hold it longer.
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
            Delivery::Shared { batch, .. } => SharedBatch::of::<I>(Arc::clone(batch)),
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

    /// Ends the delivery; returns the batch when nobody holds it any more.
    pub(crate) fn take_back(self) -> Option<I::Batch> {
        match self {
            Delivery::Own(batch) => Some(batch),
            Delivery::Shared { spare: Some(batch), .. } => Some(batch),
            Delivery::Shared { batch, spare: None } => Arc::into_inner(batch),
            Delivery::Gone => None,
        }
    }
}
