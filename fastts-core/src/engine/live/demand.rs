//! How many items a pipeline has taken and is not done with: `from subscribe("topic", demand = 50)`.

use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::Poll;

use atomic_waker::AtomicWaker;

use super::mailbox::Entry;
use super::worker::Worker;
use crate::model::runs::Runs;
use crate::model::token::Lender;

/// The demand of a pipeline.
///
/// # Design
/// Every item that it takes travels with a token which stands for the one it came with, and comes back when the last clone is dropped:
/// when the chain is through with it, or the pool, future or sink that it is in. What is not taken waits in the mailbox.
#[derive(Debug)]
pub(crate) struct Demand {
    most: usize,
    ledger: Arc<Ledger>,
}

#[derive(Debug, Default)]
struct Ledger {
    /// How many items are taken and not done.
    taken: AtomicUsize,
    /// The pipeline goes on when one comes back.
    waits: AtomicBool,
    /// One has come back since, or the pipeline is gone.
    look: AtomicBool,
    waker: AtomicWaker,
}

impl Ledger {
    fn wake(&self) {
        self.look.store(true, Ordering::SeqCst);
        self.waker.wake();
    }
}

impl Ledger {
    /// Waits until one has come back for which the pipeline waits.
    async fn comes_back(&self) {
        poll_fn(|cx| {
            self.waker.register(cx.waker());
            if self.look.swap(false, Ordering::SeqCst) { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }
}

impl Lender for Ledger {
    fn given_back(&self) {
        self.taken.fetch_sub(1, Ordering::SeqCst);
        if self.waits.swap(false, Ordering::SeqCst) {
            self.wake();
        }
    }
}

impl Demand {
    pub(crate) fn new(most: usize) -> Demand {
        Demand { most, ledger: Arc::default() }
    }

    /// Returns how many items are taken and not done.
    pub(crate) fn taken(&self) -> usize {
        self.ledger.taken.load(Ordering::SeqCst)
    }

    /// Returns how many more may be taken. When that is none, the pipeline's job is started again once there are.
    fn room(&self) -> usize {
        let room = || self.most.saturating_sub(self.taken());
        if room() == 0 {
            self.ledger.waits.store(true, Ordering::SeqCst);
        }
        // One may have come back in between.
        room()
    }

    /// Gives each item of the entries a token that comes back; returns those with which they came.
    fn lend(&self, entries: &mut [Entry]) -> Vec<Runs> {
        let lend = |entry: &mut Entry| {
            self.ledger.taken.fetch_add(entry.range.len(), Ordering::SeqCst);
            let mut lent = Runs::none();
            for index in entry.range.clone() {
                let token = entry.batch.runs.token(index).clone();
                lent.push(index, &token.lent(Arc::clone(&self.ledger) as Arc<dyn Lender>));
            }
            std::mem::replace(&mut entry.batch.runs, lent)
        };
        entries.iter_mut().map(lend).collect()
    }
}

impl Drop for Demand {
    fn drop(&mut self) {
        self.ledger.wake();
    }
}

impl Worker {
    /// Sees to it that the pipeline goes on when it waits for what it has taken to be done.
    pub(super) fn meet_demand(self: &Arc<Self>) {
        let Some(demand) = &self.demand else { return };
        let (ledger, worker) = (Arc::clone(&demand.ledger), Arc::downgrade(self));
        self.env.handle.spawn(async move {
            loop {
                ledger.comes_back().await;
                let Some(worker) = worker.upgrade() else { return };
                worker.start_job();
            }
        });
    }

    /// Returns how many items of a chunk may be taken now; `None` when no more than it has taken may be under way.
    pub(super) fn may_take(&self, chunk: usize) -> Option<usize> {
        match self.demand() {
            None => Some(chunk),
            Some(demand) => Some(demand.room().min(chunk)).filter(|&room| room > 0),
        }
    }

    /// Has the entries count as taken until they are done; returns the tokens that they came with, if that is so.
    pub(super) fn lend(&self, entries: &mut [Entry]) -> Option<Vec<Runs>> {
        self.demand().map(|demand| demand.lend(entries))
    }

    /// Returns its demand. A router that is drained brings everything to an end, whatever its sinks wait for.
    fn demand(&self) -> Option<&Demand> {
        self.demand.as_ref().filter(|_| !self.env.draining.load(Ordering::SeqCst))
    }
}
