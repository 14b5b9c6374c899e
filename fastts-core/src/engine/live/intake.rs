//! Where a source hands over what it brings.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio_util::task::AbortOnDropHandle;

use super::running::Running;
use crate::engine::error::Draining;
use crate::engine::source::Refused;
use crate::index::{Index, Queries};
use crate::model::event::Event;
use crate::model::item::Item;
use crate::model::runs::Runs;
use crate::model::time::Time;

/// How long a query waits for pipelines that are behind: one that is far behind must not keep queries from being answered.
const CATCH_UP: Duration = Duration::from_secs(1);

/// Takes what a source brings to the pipelines that want it, and counts it.
///
/// Its copies are the same intake. It keeps the router alive.
pub struct Intake<I: Item = Event> {
    to: To<I>,
    counts: Arc<Counts>,
}

enum To<I: Item> {
    Router {
        running: Running,
        takers: Arc<[usize]>,
    },
    /// A test that looks at what a source does.
    Probe(Arc<dyn Accept<I>>),
}

/// What a batch comes to when it was offered: itself, when nobody holds it any more.
type Accepted<I> = Result<Option<<I as Item>::Batch>, Refused>;

/// What accepts batches in the place of a router.
trait Accept<I: Item>: Send + Sync {
    fn accept(&self, batch: I::Batch) -> Pin<Box<dyn Future<Output = Accepted<I>> + Send + '_>>;

    fn now(&self) -> Time;
}

/// A function that accepts batches, and the time that it is.
struct Probe<F>(F, Time);

impl<I: Item, F, R> Accept<I> for Probe<F>
where
    F: Fn(I::Batch) -> R + Send + Sync,
    R: Future<Output = Accepted<I>> + Send + 'static,
{
    fn accept(&self, batch: I::Batch) -> Pin<Box<dyn Future<Output = Accepted<I>> + Send + '_>> {
        Box::pin((self.0)(batch))
    }

    fn now(&self) -> Time {
        self.1
    }
}

impl<I: Item> Intake<I> {
    pub(super) fn of(running: Running, takers: Vec<usize>, counts: Arc<Counts>) -> Intake<I> {
        Intake { to: To::Router { running, takers: takers.into() }, counts }
    }

    /// Makes an intake that hands batches to a function.
    pub(crate) fn probe<F, R>(now: Time, accept: F) -> Intake<I>
    where
        F: Fn(I::Batch) -> R + Send + Sync + 'static,
        R: Future<Output = Accepted<I>> + Send + 'static,
    {
        Intake { to: To::Probe(Arc::new(Probe(accept, now))), counts: Arc::default() }
    }

    /// Hands a batch to every pipeline that takes it; returns when all of them have accepted it, which may be acknowledged then: they
    /// have run it, or hold it in their mailbox (or dropped it, as their policy says). Gives the batch back when nobody holds it any
    /// more, so that its memory can be used again.
    ///
    /// Pipelines see batches in the order in which they were delivered when each is delivered after the last was accepted. When the
    /// future is dropped before it is done, some pipelines may have accepted the batch and others not.
    ///
    /// # Errors
    /// When nothing is accepted any more, as the router is shutting down.
    pub async fn deliver(&self, batch: I::Batch) -> Result<Option<I::Batch>, Refused> {
        self.deliver_with(batch, Runs::none()).await
    }

    /// Hands over a batch whose items travel with tokens, which tell what became of them later; otherwise as [`Intake::deliver`].
    ///
    /// # Errors
    /// When nothing is accepted any more.
    pub async fn deliver_with(&self, batch: I::Batch, runs: Runs) -> Result<Option<I::Batch>, Refused> {
        let items = I::len(&batch);
        let offer = Offer::new(&self.counts);
        let back = match &self.to {
            To::Router { running, takers } => running.hand_out::<I>(batch, runs, takers).await?,
            To::Probe(probe) => probe.accept(batch).await?,
        };
        offer.accepted(items);
        Ok(back)
    }

    /// Hands a batch over as [`Intake::deliver`] does, on the run-time of the router: for a source that lives on another one, whose threads
    /// must not run pipelines.
    ///
    /// # Errors
    /// When nothing is accepted any more.
    pub async fn deliver_from_outside(&self, batch: I::Batch) -> Result<Option<I::Batch>, Refused> {
        let To::Router { running, .. } = &self.to else { return self.deliver(batch).await };
        let intake = self.clone();
        // When whoever waits for it goes away, so does the delivery, and takes no room along.
        let delivery = AbortOnDropHandle::new(running.shared().env.handle.spawn(async move { intake.deliver(batch).await }));
        delivery.await.unwrap_or_else(|_| Err(Draining.into()))
    }

    /// Hands items over, as [`Intake::deliver`] does a batch.
    ///
    /// # Errors
    /// When nothing is accepted any more.
    pub async fn send(&self, items: Vec<I>) -> Result<(), Refused> {
        self.deliver(I::collect(items)).await.map(drop)
    }

    /// Returns the time as the pipelines see it: that of events which have none.
    pub fn now(&self) -> Time {
        match &self.to {
            To::Router { running, .. } => running.now(),
            To::Probe(probe) => probe.now(),
        }
    }

    /// Returns the router, for a source that calls its pipelines; there is none in a test without a router.
    pub fn running(&self) -> Option<&Running> {
        match &self.to {
            To::Router { running, .. } => Some(running),
            To::Probe(_) => None,
        }
    }

    /// Returns the index from which queries are answered; there is none in a test without a router.
    pub fn index(&self) -> Option<&Index> {
        match &self.to {
            To::Router { running, .. } => Some(running.index()),
            To::Probe(_) => None,
        }
    }

    /// Returns the threads on which queries of the index are answered; there are none in a test without a router.
    pub fn queries(&self) -> Option<&Queries> {
        match &self.to {
            To::Router { running, .. } => Some(running.queries()),
            To::Probe(_) => None,
        }
    }

    /// Waits until what was accepted has run, for a second at most: a query is then answered with what came of it.
    pub async fn caught_up(&self) {
        if let To::Router { running, .. } = &self.to {
            running.caught_up(CATCH_UP).await;
        }
    }
}

impl<I: Item> Clone for Intake<I> {
    fn clone(&self) -> Intake<I> {
        let to = match &self.to {
            To::Router { running, takers } => To::Router { running: running.clone(), takers: Arc::clone(takers) },
            To::Probe(probe) => To::Probe(Arc::clone(probe)),
        };
        Intake { to, counts: Arc::clone(&self.counts) }
    }
}

impl<I: Item> fmt::Debug for Intake<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Intake").field("counts", &self.counts).finish_non_exhaustive()
    }
}

/// What a source has brought, restarts included. It is told of batches and not of each item.
#[derive(Debug, Default)]
pub(super) struct Counts {
    begun: AtomicU64,
    ended: AtomicU64,
    /// Batches that were not accepted; of those that were given up while they waited it is not known.
    failed: AtomicU64,
    items: AtomicU64,
}

impl Counts {
    /// Returns how many batches were offered so far, and for how many that is over.
    pub(super) fn begun_and_ended(&self) -> (u64, u64) {
        // In this order, so that what begins in between is not taken for something that is stuck.
        let ended = self.ended.load(Ordering::Acquire);
        (self.begun.load(Ordering::Acquire), ended)
    }

    /// Returns how many batches were accepted.
    pub(super) fn batches(&self) -> u64 {
        let failed = self.failed.load(Ordering::Relaxed);
        self.ended.load(Ordering::Acquire).saturating_sub(failed)
    }

    /// Returns how many items they had.
    pub(super) fn items(&self) -> u64 {
        self.items.load(Ordering::Relaxed)
    }
}

/// A batch that is offered, until it is accepted or not.
struct Offer<'c> {
    counts: &'c Counts,
    failed: bool,
}

impl<'c> Offer<'c> {
    fn new(counts: &'c Counts) -> Offer<'c> {
        counts.begun.fetch_add(1, Ordering::AcqRel);
        Offer { counts, failed: true }
    }

    fn accepted(mut self, items: usize) {
        self.failed = false;
        self.counts.items.fetch_add(items as u64, Ordering::Relaxed);
    }
}

impl Drop for Offer<'_> {
    fn drop(&mut self) {
        if self.failed {
            self.counts.failed.fetch_add(1, Ordering::Relaxed);
        }
        self.counts.ended.fetch_add(1, Ordering::AcqRel);
    }
}
