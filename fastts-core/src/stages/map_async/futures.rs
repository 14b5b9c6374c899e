//! The futures of a router that runs.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use super::yields::Yields;
use crate::breaker::Circuit;
use crate::chain::boundaries::{Boundaries, Boundary, BoundaryState, BoundaryStats};
use crate::model::event::Event;
use crate::model::item::Item;
use crate::model::mishap::Mishap;
use crate::model::panics::catch;
use crate::model::token::{Outcome, Token};
use crate::stages::boundary::{Desk, Done, Limits};

/// The futures of one `map_async`. They outlive the chain.
pub(super) struct Futures<O> {
    pub(super) desk: Desk<O>,
    most: usize,
}

impl<O: Item> Futures<O> {
    pub(super) fn start(boundaries: Arc<Boundaries>, limits: Limits, breaker: Option<Arc<Circuit>>) -> Arc<Futures<O>> {
        Arc::new(Futures { most: limits.most, desk: Desk::new(boundaries, limits, breaker) })
    }
}

impl<O: Item> Boundary for Futures<O> {
    fn stats(&self) -> BoundaryStats {
        let mut stats = BoundaryStats { stage: "map_async", size: self.most, ..BoundaryStats::default() };
        self.desk.stats(&mut stats);
        stats.busy = stats.under_way;
        stats.available = self.most.saturating_sub(stats.busy);
        stats.state = if stats.available == 0 { BoundaryState::Full } else { BoundaryState::Ready };
        stats
    }

    fn close(&self) {
        self.desk.close();
    }
}

/// An item whose future is under way.
pub(super) struct Flight<O: Item> {
    futures: Arc<Futures<O>>,
    number: u64,
    token: Token,
    /// A copy for the dead letter.
    event: Option<Box<Event>>,
    has_landed: bool,
}

impl<O: Item> Flight<O> {
    pub(super) fn new(futures: Arc<Futures<O>>, number: u64, token: Token, event: Option<Event>) -> Flight<O> {
        Flight { futures, number, token, event: event.map(Box::new), has_landed: false }
    }

    /// Runs the future on the router's run-time.
    pub(super) fn start<I: Item, T>(self, future: T, timeout: Duration)
    where
        T: Future<Output: Yields<Item = O>> + Send + 'static,
    {
        let handle = self.futures.desk.boundaries().handle.clone();
        handle.spawn(async move {
            let given = {
                // It is dropped at the end of this block: before anybody is told that it is over.
                let mut future = pin!(future);
                let caught = poll_fn(|cx| match catch(|| future.as_mut().poll(cx)) {
                    Ok(Poll::Pending) => Poll::Pending,
                    Ok(Poll::Ready(given)) => Poll::Ready(Ok(given)),
                    Err(panic) => Poll::Ready(Err(Mishap::Panicked(panic))),
                });
                tokio::time::timeout(timeout, caught).await.unwrap_or(Err(Mishap::TimedOut(timeout)))
            };
            match given.and_then(|given| given.into_result().map_err(Mishap::Failed)) {
                Ok(output) => self.land(output),
                Err(why) => self.fail::<I>(why),
            }
        });
    }

    fn land(mut self, output: O) {
        self.has_landed = true;
        let done = Done { outputs: vec![output], token: std::mem::take(&mut self.token), is_told: false };
        if self.futures.desk.land(self.number, "", done) {
            self.futures.desk.boundaries().wake();
        }
    }

    /// Takes in that the item came to nothing.
    pub(super) fn fail<I: Item>(mut self, why: Mishap) {
        self.has_landed = true;
        let event = self.event.take().map(|event| *event);
        let wakes = self.futures.desk.fail::<I>(self.number, "", why, event, &std::mem::take(&mut self.token));
        if wakes {
            self.futures.desk.boundaries().wake();
        }
    }
}

impl<O: Item> Drop for Flight<O> {
    /// The run-time was shut down before the future was done.
    fn drop(&mut self) {
        if !self.has_landed {
            self.token.note(Outcome::Unfinished);
        }
    }
}
