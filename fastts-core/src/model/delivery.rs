//! A batch on its way to several who take it.

use std::sync::Arc;

use crate::model::any_batch::{AnyBatch, SharedBatch};
use crate::model::item::Item;
use crate::model::runs::Runs;

/// A batch, shared when somebody has to hold it longer, and which tokens its items travel with.
pub(crate) struct Delivery<I: Item> {
    held: Held<I>,
    runs: Runs,
}

enum Held<I: Item> {
    Own(I::Batch),
    Shared {
        batch: Arc<I::Batch>,
        /// The batch that came, when a smaller copy of it waits in its place.
        spare: Option<I::Batch>,
    },
    Gone,
}

impl<I: Item> Delivery<I> {
    /// Begins the delivery of a batch.
    pub(crate) fn new(batch: I::Batch, runs: Runs) -> Delivery<I> {
        Delivery { held: Held::Own(batch), runs }
    }

    /// Returns the batch.
    #[inline]
    pub(crate) fn get(&self) -> AnyBatch<'_> {
        let batch = match &self.held {
            Held::Own(batch) => AnyBatch::of::<I>(batch),
            Held::Shared { batch, .. } => AnyBatch::of::<I>(batch),
            Held::Gone => AnyBatch::nothing(),
        };
        batch.with_runs(&self.runs)
    }

    /// Returns the batch and its runs to be added to, `None` once it was shared.
    #[inline]
    pub(crate) fn own(&mut self) -> Option<(&mut I::Batch, &mut Runs)> {
        match &mut self.held {
            Held::Own(batch) => Some((batch, &mut self.runs)),
            _ => None,
        }
    }

    /// Shares the batch with whoever has to hold it longer.
    pub(crate) fn share(&mut self) -> SharedBatch {
        self.held = match std::mem::replace(&mut self.held, Held::Gone) {
            Held::Own(batch) => match I::compact(&batch) {
                Some(compact) => Held::Shared { batch: Arc::new(compact), spare: Some(batch) },
                None => Held::Shared { batch: Arc::new(batch), spare: None },
            },
            other => other,
        };
        match &self.held {
            Held::Shared { batch, .. } => SharedBatch::of::<I>(Arc::clone(batch), self.runs.clone()),
            // Gone is what take_back leaves, and that ends it.
            _ => SharedBatch::nothing(),
        }
    }

    /// Gives up the memory of a batch of which copies wait: they may wait for long, and with many others.
    pub(crate) fn drop_spare(&mut self) {
        match &mut self.held {
            Held::Shared { spare, .. } => *spare = None,
            Held::Own(_) | Held::Gone => self.held = Held::Gone,
        }
    }

    /// Ends the delivery; returns the batch when nobody holds it any more.
    #[inline(always)]
    pub(crate) fn take_back(self) -> Option<I::Batch> {
        match self.held {
            Held::Own(batch) => Some(batch),
            Held::Shared { spare: Some(batch), .. } => Some(batch),
            Held::Shared { batch, spare: None } => Arc::into_inner(batch),
            Held::Gone => None,
        }
    }
}
