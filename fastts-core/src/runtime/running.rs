//! A router that runs.

use std::any::Any;
use std::fmt;
use std::future::poll_fn;
use std::ops::Range;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::Poll;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::Notify;

use super::chunk::Load;
use super::clock::Stamp;
use super::error::{Draining, SendError, StartError};
use super::expiry;
use super::letters::{DeadLetter, Letters};
use super::mailbox::{Offer, SharedBatch};
use super::options::Options;
use super::panics::catch;
use super::stats::{PipelineStats, Stuck};
use super::timers::Timers;
use super::worker::{Env, Here, Worker};
use crate::dispatch::Dispatcher;
use crate::event::{Batch, Event};
use crate::index::Index;
use crate::item::Item;
use crate::router::Router;
use crate::surroundings::Surroundings;
use crate::time::Time;

/// A handle to a router that runs.
///
/// Its copies are the same run-time; when the last one is dropped, timers fire no more, and nothing is flushed:
/// [`Running::drain`] is the orderly end.
///
/// ```
/// use fastts_core::event::Batch;
/// use fastts_core::prelude::*;
/// use fastts_core::runtime::{Options, Running};
///
/// router! {
///     pipeline "low" { under(12) }
/// }
///
/// #[tokio::main(flavor = "current_thread")]
/// async fn main() -> Result<(), Box<dyn std::error::Error>> {
///     let running = Running::start(router(), Options::new())?;
///     running.deliver(Batch::of([Event::new().with_metric(3).view()])).await?;
///     assert!(running.drain(Duration::from_secs(10)).await.is_complete());
///     assert_eq!(running.stats()[0].ran, 1);
///     Ok(())
/// }
/// ```
#[derive(Clone)]
pub struct Running {
    shared: Arc<Shared>,
}

pub(crate) struct Shared {
    pub(crate) workers: Vec<Arc<Worker>>,
    /// Which of them take events.
    events: Vec<usize>,
    /// Tells which events they want.
    dispatcher: Option<Dispatcher>,
    pub(crate) env: Arc<Env>,
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.env.timers.close();
        self.env.surroundings.index.alarm().ring();
    }
}

/// How many times to look again for a pipeline that another connection runs: about as long as a full chunk of a cheap chain
/// takes, and less than the hop to another thread.
const SPINS: usize = 200;

impl Running {
    /// Builds every chain and starts; needs a tokio run-time, which it stays with.
    ///
    /// # Errors
    /// When a constructor of a stage panics, or there is no tokio run-time.
    pub fn start(router: Router, options: Options) -> Result<Running, StartError> {
        let handle = Handle::try_current().map_err(|_| StartError::NoTokio)?;
        let dispatcher = if options.dispatch { router.dispatcher() } else { None };
        let pipelines = router.into_pipelines();
        let env = Arc::new(Env {
            surroundings: Surroundings::new().with_sinks().index(options.index),
            timers: Arc::new(Timers::new(pipelines.len())),
            letters: Letters::new(options.dead_letters),
            clock: options.clock,
            handle,
            idle: Notify::new(),
            waiting: AtomicUsize::new(0),
            draining: AtomicBool::new(false),
            abandoned: AtomicBool::new(false),
        });
        let now = env.clock.now();
        let mut workers = Vec::with_capacity(pipelines.len());
        for (index, pipeline) in pipelines.into_iter().enumerate() {
            let machine = catch(|| pipeline.build(&env.surroundings, now))
                .map_err(|panic| StartError::Panicked { pipeline: pipeline.name(), panic })?;
            workers.push(Arc::new(Worker::new(pipeline, index, machine, Arc::clone(&env))));
        }
        let events = (0..workers.len()).filter(|&index| workers[index].pipeline.takes::<Event>()).collect();
        // Stages may have set timers when they came to life.
        (0..workers.len()).for_each(|index| env.timers.set(index, now));
        let shared = Arc::new(Shared { workers, events, dispatcher, env });
        let env = &shared.env;
        env.handle.spawn(Arc::clone(&env.timers).serve(env.clock.clone(), Arc::downgrade(&shared)));
        env.handle.spawn(expiry::serve(env.surroundings.index.clone(), env.clock.clone(), Arc::downgrade(&shared)));
        Ok(Running { shared })
    }

    /// Hands a batch to every pipeline that takes events; returns when all of them have accepted it: have run it, or hold it in
    /// their mailbox (or dropped it, as their policy says). Gives the batch back when nobody holds it any more, so that its
    /// memory can be used again.
    ///
    /// Batches of one source keep their order when the next is delivered after the last was accepted. When the future is
    /// dropped before it is done, some pipelines may have accepted the batch and others not.
    ///
    /// # Errors
    /// When the run-time is shutting down.
    pub async fn deliver(&self, batch: Batch) -> Result<Option<Batch>, Draining> {
        let events = batch.len();
        self.hand_out::<Event>(batch, events, &self.shared.events).await
    }

    /// Hands items to every pipeline that takes their type; otherwise as [`Running::deliver`].
    ///
    /// # Errors
    /// When no pipeline takes items of this type, or the run-time is shutting down.
    pub async fn send<T: Item>(&self, items: Vec<T>) -> Result<(), SendError> {
        let workers = &self.shared.workers;
        let takers: Vec<usize> = (0..workers.len()).filter(|&index| workers[index].pipeline.takes::<T>()).collect();
        if takers.is_empty() {
            return Err(SendError::NoSuchPipeline { item: std::any::type_name::<T>() });
        }
        let batch = T::collect(items);
        let len = T::len(&batch);
        self.hand_out::<T>(batch, len, &takers).await?;
        Ok(())
    }

    async fn hand_out<I: Item>(&self, batch: I::Batch, len: usize, takers: &[usize]) -> Result<Option<I::Batch>, Draining> {
        let Shared { workers, env, .. } = &*self.shared;
        if env.draining.load(Ordering::Relaxed) {
            return Err(Draining);
        }
        let mut delivery = Delivery::<I>::Own(batch);
        if len == 0 {
            return Ok(delivery.take_back());
        }
        // Those whose mailbox is full come last: the others need not wait for them.
        let mut full: Vec<Full> = Vec::new();
        self.hand_out_now(&mut delivery, len, takers, &mut full)?;
        if !full.is_empty() {
            delivery.drop_spare();
            let _waiting = Waiting::new(env);
            // All at once: one that gets room must not wait for another that does not.
            let wait = |Full { index, batch, range }: Full| {
                let worker = &workers[index];
                Box::pin(async move {
                    if worker.mailbox.wait(&batch, range).await? {
                        worker.spawn();
                    }
                    Ok(())
                })
            };
            all(full.into_iter().map(wait).collect()).await?;
        }
        Ok(delivery.take_back())
    }

    /// Hands out what can be without waiting, and adds the others to `full`.
    fn hand_out_now<I: Item>(
        &self,
        delivery: &mut Delivery<I>,
        len: usize,
        takers: &[usize],
        full: &mut Vec<Full>,
    ) -> Result<(), Draining> {
        let Shared { workers, dispatcher, env, .. } = &*self.shared;
        let picks = dispatcher.as_ref().and_then(|dispatcher| dispatcher.pick(delivery.get()));
        let wanted = |index: usize| picks.as_ref().and_then(|picks| picks.of(index));
        let mut stamp = env.clock.stamp();
        let mut busy: Vec<usize> = Vec::new();
        for &index in takers {
            let load = Load::new(delivery.get(), wanted(index), len);
            if load.len == 0 {
                continue;
            }
            match workers[index].run_here(load, &mut stamp) {
                Here::Done => {}
                Here::Busy => busy.push(index),
                here => self.hand_over(delivery, len, index, wanted(index), here, full)?,
            }
        }
        for index in busy {
            let load = Load::new(delivery.get(), wanted(index), len);
            let here = self.try_again(load, index, &mut stamp);
            self.hand_over(delivery, len, index, wanted(index), here, full)?;
        }
        if let Some((dispatcher, picks)) = dispatcher.as_ref().zip(picks) {
            dispatcher.done(picks);
        }
        Ok(())
    }

    /// Runs a pipeline that another connection was running.
    #[cold]
    fn try_again(&self, load: Load<'_>, index: usize, stamp: &mut Stamp) -> Here {
        for _ in 0..SPINS {
            *stamp = self.shared.env.clock.stamp();
            match self.shared.workers[index].run_here(load, stamp) {
                Here::Busy => std::hint::spin_loop(),
                here => return here,
            }
        }
        Here::Queue(0)
    }

    /// Puts into the mailbox what was not run where the data is.
    fn hand_over<I: Item>(
        &self,
        delivery: &mut Delivery<I>,
        len: usize,
        index: usize,
        picks: Option<&[u32]>,
        here: Here,
        full: &mut Vec<Full>,
    ) -> Result<(), Draining> {
        let worker = &self.shared.workers[index];
        let from = match here {
            Here::Done => return Ok(()),
            Here::Busy => 0,
            Here::Queue(from) | Here::Panicked(from) => from,
        };
        let (batch, range) = match picks {
            Some(picks) if picks.len() < len => delivery.share_some(&picks[from..]),
            _ => (delivery.share(), from..len),
        };
        if let Here::Panicked(_) = here {
            // Accepted, as all of the batch is that waits at the front.
            worker.put_back(batch, range);
            return Ok(());
        }
        match worker.mailbox.offer(&batch, range.clone())? {
            Offer::Accepted { start: true } => worker.spawn(),
            Offer::Accepted { start: false } => {}
            Offer::Full => full.push(Full { index, batch, range }),
        }
        Ok(())
    }

    /// Returns what each pipeline has done so far, in the order in which they were written.
    pub fn stats(&self) -> Vec<PipelineStats> {
        self.shared.workers.iter().map(|worker| worker.stats()).collect()
    }

    /// Returns the pipelines whose chain was called longer than `limit` ago and has not come back. Looking costs them nothing.
    pub fn stuck(&self, limit: Duration) -> Vec<Stuck> {
        self.shared.workers.iter().filter_map(|worker| worker.stuck(limit)).collect()
    }

    /// Returns the newest dead letters, the oldest of them first.
    pub fn dead_letters(&self) -> Vec<DeadLetter> {
        self.shared.env.letters.newest()
    }

    /// Returns the index that the pipelines share.
    pub fn index(&self) -> &Index {
        &self.shared.env.surroundings.index
    }

    /// Returns the time, as the pipelines see it.
    pub fn now(&self) -> Time {
        self.shared.env.clock.now()
    }

    pub(super) fn of(shared: Arc<Shared>) -> Running {
        Running { shared }
    }

    pub(super) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }
}

impl fmt::Debug for Running {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.shared.workers.iter().map(|worker| worker.pipeline.name())).finish()
    }
}

/// Waits for all of them, or for the first error.
async fn all<E, F: Future<Output = Result<(), E>> + Unpin>(mut futures: Vec<F>) -> Result<(), E> {
    poll_fn(|cx| {
        let mut error = None;
        futures.retain_mut(|future| match Pin::new(future).poll(cx) {
            Poll::Pending => true,
            Poll::Ready(result) => {
                error = error.take().or(result.err());
                false
            }
        });
        match error {
            Some(error) => Poll::Ready(Err(error)),
            None if futures.is_empty() => Poll::Ready(Ok(())),
            None => Poll::Pending,
        }
    })
    .await
}

/// What a pipeline is to get whose mailbox is full.
struct Full {
    index: usize,
    batch: SharedBatch,
    range: Range<usize>,
}

/// A batch, shared when somebody has to hold it longer.
enum Delivery<I: Item> {
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
    fn get(&self) -> &dyn Any {
        match self {
            Delivery::Own(batch) => batch,
            Delivery::Shared { batch, .. } => &**batch,
            Delivery::Gone => &(),
        }
    }

    fn share(&mut self) -> SharedBatch {
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
    fn drop_spare(&mut self) {
        match self {
            Delivery::Shared { spare, .. } => *spare = None,
            Delivery::Own(_) | Delivery::Gone => *self = Delivery::Gone,
        }
    }

    /// Shares some events of the batch, as a copy: a pipeline that wants few of many should not hold them all, and the batch
    /// can be read into again.
    fn share_some(&self, picks: &[u32]) -> (SharedBatch, Range<usize>) {
        // Only events are picked.
        let batch = self.get().downcast_ref::<Batch>().map(|batch| batch.picked(picks)).unwrap_or_default();
        let range = 0..batch.len();
        (SharedBatch::new::<Event>(Arc::new(batch)), range)
    }

    fn take_back(self) -> Option<I::Batch> {
        match self {
            Delivery::Own(batch) => Some(batch),
            Delivery::Shared { spare: Some(batch), .. } => Some(batch),
            Delivery::Shared { batch, spare: None } => Arc::into_inner(batch),
            Delivery::Gone => None,
        }
    }
}

/// Counts a delivery that waits for room.
struct Waiting<'e>(&'e Env);

impl<'e> Waiting<'e> {
    fn new(env: &'e Env) -> Waiting<'e> {
        env.waiting.fetch_add(1, Ordering::SeqCst);
        Waiting(env)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::SeqCst);
        self.0.idle.notify_waiters();
    }
}
