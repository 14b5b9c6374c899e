//! From a chain that publishes to the pipelines that subscribe.
//!
//! What a chain has published is handed over before anything else of it runs, with its lock held, so that subscribers see it in the
//! order in which it was published, whoever runs the chain. Nothing waits under the lock: what finds a mailbox full is carried by a
//! task, and until all of it is accepted the pipeline is *blocked*: nothing of it runs, what comes waits in its mailbox, and whoever
//! brought the items waits with it. Topics lead round in no circle, so locks are taken in one order, and somebody always goes on.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::sync::Semaphore;

use super::lifecycle::WorkerState;
use super::mailbox::Offer;
use super::worker::{InlineOutcome, Worker};
use crate::clock::Stamp;
use crate::engine::error::Draining;
use crate::engine::seat::Seat;
use crate::model::any_batch::{Selection, SharedBatch};
use crate::model::runs::Runs;
use crate::model::time::Time;
use crate::model::token::Outcome;
use crate::topics::Parcel;

/// A way through pipelines: from one to those that subscribe to what it publishes.
pub(crate) struct DeliveryPass {
    /// A fresh reading of the clock.
    pub(crate) stamp: Stamp,
    /// The instant at which what runs was published, `None` for what a source brings now.
    pub(crate) instant: Option<Time>,
    /// The pipelines on the way that cannot hand on yet what they have published.
    pub(crate) blocked: Vec<Arc<Blocked>>,
}

impl DeliveryPass {
    pub(crate) fn new(stamp: Stamp) -> DeliveryPass {
        DeliveryPass { stamp, instant: None, blocked: Vec::new() }
    }
}

/// Is there while subscribers have no room for what a pipeline has published.
#[derive(Debug)]
pub(crate) struct Blocked(Semaphore);

impl Blocked {
    fn new() -> Arc<Blocked> {
        Arc::new(Blocked(Semaphore::new(0)))
    }

    /// Waits until all of it is accepted.
    pub(crate) async fn gone(&self) {
        // It never has a permit: this waits for the end.
        let _ = self.0.acquire().await;
    }
}

/// Frees those who wait, also when the task that carries is dropped with its run-time.
struct Carried(Arc<Blocked>);

impl Drop for Carried {
    fn drop(&mut self) {
        self.0.0.close();
    }
}

/// What a pipeline is to get whose mailbox is full.
pub(crate) struct Full {
    worker: Arc<Worker>,
    batch: SharedBatch,
    range: Range<usize>,
}

impl Full {
    fn new(worker: Arc<Worker>, batch: SharedBatch, range: Range<usize>) -> Full {
        worker.waiters.fetch_add(1, Ordering::SeqCst);
        Full { worker, batch, range }
    }

    /// Waits for room, in turn.
    pub(crate) async fn wait(mut self) -> Result<(), Draining> {
        let start = self.worker.mailbox.wait(&self.batch, self.range.clone()).await?;
        // The mailbox knows now what becomes of it.
        self.batch.runs = Runs::none();
        if start {
            self.worker.spawn();
        }
        Ok(())
    }
}

impl Drop for Full {
    /// What nobody waits for any more found no room.
    fn drop(&mut self) {
        self.batch.runs.note(self.range.clone(), Outcome::Unfinished);
        if self.worker.waiters.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.worker.env.idle.notify_waiters();
        }
    }
}

/// How many times to look again for a pipeline that another connection runs: about as long as a full chunk of a cheap chain
/// takes, and less than the hop to another thread.
const SPINS: usize = 200;

impl Worker {
    /// Says so when a chain that was built again publishes on topics on which it did not at first: where those would go was never
    /// looked at, so they go nowhere.
    pub(crate) fn check_topics(&self, seat: &Seat) {
        for one in seat.announced().iter().filter(|one| !self.feeds_topic(&one.topic)) {
            let name = self.pipeline.name();
            tracing::error!(
                "pipeline {name:?} publishes on topic {:?} since it was built again, and did not before: no pipeline gets that; \
                 publish the same topics each time",
                one.topic
            );
        }
    }

    /// Hands what the chain has published to the subscribers.
    #[inline]
    pub(crate) fn settle(self: &Arc<Self>, core: &mut WorkerState, pass: &mut DeliveryPass) {
        if core.seat.published().is_some() {
            self.hand_on(core, pass);
        }
    }

    fn hand_on(self: &Arc<Self>, core: &mut WorkerState, pass: &mut DeliveryPass) {
        let Some(outbox) = core.seat.published() else { return };
        let (mut full, mut published, outer) = (Vec::new(), 0, pass.instant);
        outbox.empty(|topic, parcel| {
            published += parcel.len() as u64;
            for taker in self.takers(topic) {
                if let Some(partition) = taker.pipeline.partition() {
                    let share = partition.pick(parcel.items(), 0..parcel.len());
                    let share = Selection::picked(parcel.items(), Some(&share));
                    if !share.is_empty() {
                        let _ = taker.hand_over(InlineOutcome::Queue(0), |_| (share.copy(), 0..share.len()), &mut full);
                    }
                    continue;
                }
                let here = taker.run_instants(parcel, pass);
                // A router that was given up takes nothing more; who wants to know is told.
                let _ = taker.hand_over(here, |from| (parcel.share(), from..parcel.len()), &mut full);
            }
        });
        pass.instant = outer;
        self.counters.published.add(published);
        if !full.is_empty() {
            let blocked = Blocked::new();
            core.blocked = Some(Arc::clone(&blocked));
            self.blocked.store(true, Ordering::SeqCst);
            pass.blocked.push(Arc::clone(&blocked));
            self.carry(full, blocked);
        }
    }

    /// Runs what was published here, each item at its own instant, as far as that goes.
    fn run_instants(self: &Arc<Self>, parcel: &dyn Parcel, pass: &mut DeliveryPass) -> InlineOutcome {
        let all = Selection::all(parcel.items());
        for (instant, range) in (0..).map_while(|nth| parcel.instant(nth)) {
            pass.instant = Some(instant);
            let items = all.part(range);
            let mut here = self.run_here(&items, pass);
            if here == InlineOutcome::Busy {
                here = self.try_again(&items, pass);
            }
            if here != InlineOutcome::Done {
                return here;
            }
        }
        InlineOutcome::Done
    }

    /// Waits for room in the place of the pipeline, which goes on when all is accepted.
    fn carry(self: &Arc<Self>, full: Vec<Full>, blocked: Arc<Blocked>) {
        let worker = Arc::clone(self);
        let carried = Carried(blocked);
        self.env.handle.spawn(async move {
            // All at once: one that gets room must not wait for another that does not. It fails for what was given up.
            let mut waits: FuturesUnordered<_> = full.into_iter().map(Full::wait).collect();
            while waits.next().await.is_some() {}
            worker.unblock();
            drop(carried);
        });
    }

    fn unblock(self: &Arc<Self>) {
        let mut core = self.lock();
        core.blocked = None;
        self.blocked.store(false, Ordering::SeqCst);
        drop(core);
        // Timers that were due and what came meanwhile.
        self.start_job();
        self.env.idle.notify_waiters();
    }

    /// Returns what the pipeline waits for before it goes on, if it is blocked.
    pub(crate) fn blocked(&self) -> Option<Arc<Blocked>> {
        self.lock().blocked.clone()
    }

    /// Runs a pipeline that another connection was running.
    #[cold]
    pub(crate) fn try_again(self: &Arc<Self>, items: &Selection<'_>, pass: &mut DeliveryPass) -> InlineOutcome {
        for _ in 0..SPINS {
            pass.stamp = self.env.clock.stamp();
            match self.run_here(items, pass) {
                InlineOutcome::Busy => std::hint::spin_loop(),
                here => return here,
            }
        }
        InlineOutcome::Queue(items.range().start)
    }

    /// Puts into the mailbox what was not run where the data is; `share` gives it from some place on.
    pub(crate) fn hand_over(
        self: &Arc<Self>,
        here: InlineOutcome,
        share: impl FnOnce(usize) -> (SharedBatch, Range<usize>),
        full: &mut Vec<Full>,
    ) -> Result<(), Draining> {
        let from = match here {
            InlineOutcome::Done => return Ok(()),
            InlineOutcome::Busy => 0,
            InlineOutcome::Queue(from) | InlineOutcome::Panicked(from) => from,
        };
        let (batch, range) = share(from);
        if let InlineOutcome::Panicked(_) = here {
            // Accepted, as all of the batch is that waits at the front.
            self.put_back(batch, range);
            return Ok(());
        }
        match self.mailbox.offer(&batch, range.clone()).inspect_err(|_| batch.runs.note(range.clone(), Outcome::Unfinished))? {
            Offer::Accepted { start: true } => self.spawn(),
            Offer::Accepted { start: false } => {}
            Offer::Full => full.push(Full::new(Arc::clone(self), batch, range)),
        }
        Ok(())
    }
}
