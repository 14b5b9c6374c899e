//! A router that runs.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::Poll;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::Notify;

use super::chunk::Load;
use super::expiry;
use super::letters::{DeadLetter, Letters};
use super::options::Options;
use super::publishing::{Blocked, DeliveryPass, Full};
use super::sources::Sources;
use super::stats::{PipelineStats, Stuck};
use super::timers::Timers;
use super::worker::{InlineOutcome, RuntimeShared, Worker};
use crate::chain::services::Services;
use crate::dispatch::Dispatcher;
use crate::engine::error::{Draining, SendError, StartError};
use crate::engine::router::{Pipeline, Router};
use crate::index::Index;
use crate::model::delivery::Delivery;
use crate::model::event::{Batch, Event, EventView};
use crate::model::item::Item;
use crate::model::panics::catch;
use crate::model::time::Time;
use crate::query::Query;
use crate::sink::Sinks;
use crate::topics::{Routes, Subscription, TopicStats, plan};

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
    /// Where what they publish goes.
    pub(crate) routes: Routes,
    pub(crate) sources: Sources,
    pub(crate) env: Arc<RuntimeShared>,
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.env.services.topics.close();
        self.env.timers.close();
        self.env.services.index.alarm().ring();
    }
}

impl Running {
    /// Builds every chain and starts; needs a tokio run-time, which it stays with.
    ///
    /// # Errors
    /// When a constructor of a stage panics, or there is no tokio run-time.
    pub fn start(router: Router, options: Options) -> Result<Running, StartError> {
        let handle = Handle::try_current().map_err(|_| StartError::NoTokio)?;
        let dispatcher = if options.dispatch { router.dispatcher() } else { None };
        let pipelines = router.into_pipelines();
        let env = Arc::new(RuntimeShared {
            services: Services::new().sinks(options.sinks()).index(options.index).subscribing(pipelines.iter().filter_map(Pipeline::topic)),
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
        let mut machines = Vec::with_capacity(pipelines.len());
        for pipeline in &pipelines {
            let machine =
                catch(|| pipeline.build(&env.services, now)).map_err(|panic| StartError::Panicked { pipeline: pipeline.name(), panic })?;
            machines.push(machine);
        }
        let routes =
            plan(&pipelines.iter().zip(&machines).map(|(pipeline, machine)| pipeline.topics(machine.announced())).collect::<Vec<_>>())?;
        let worker = |(index, (pipeline, machine))| Arc::new(Worker::new(pipeline, index, machine, Arc::clone(&env)));
        let workers: Vec<Arc<Worker>> = pipelines.into_iter().zip(machines).enumerate().map(worker).collect();
        for (index, worker) in workers.iter().enumerate() {
            let takers = |takers: &[usize]| takers.iter().map(|&taker| Arc::clone(&workers[taker])).collect();
            worker.feeds(routes.from(index).map(|(topic, to)| (Arc::clone(topic), takers(to))).collect());
        }
        let events = (0..workers.len()).filter(|&index| workers[index].pipeline.hears::<Event>()).collect();
        // Stages may have set timers when they came to life.
        (0..workers.len()).for_each(|index| env.timers.set(index, now));
        let shared = Arc::new(Shared { workers, events, dispatcher, routes, sources: Sources::default(), env });
        let env = &shared.env;
        env.handle.spawn(Arc::clone(&env.timers).serve(env.clock.clone(), Arc::downgrade(&shared)));
        env.handle.spawn(env.services.sinks.clone().serve_letters());
        env.handle.spawn(expiry::serve(env.services.index.clone(), env.clock.clone(), Arc::downgrade(&shared)));
        Ok(Running { shared })
    }

    /// Hands a batch to every pipeline that takes events from the sources; returns when all of them have accepted it: have run it, or hold it in
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
        let takers = self.takers::<T>();
        if takers.is_empty() {
            return Err(SendError::NoSuchPipeline { item: std::any::type_name::<T>() });
        }
        let batch = T::collect(items);
        let len = T::len(&batch);
        self.hand_out::<T>(batch, len, &takers).await?;
        Ok(())
    }

    /// Publishes items on a topic, as `publish` in a pipeline does; returns when every pipeline that subscribes has accepted them.
    /// What nobody subscribes to goes nowhere.
    ///
    /// # Errors
    /// When a pipeline that subscribes takes items of another type, or the run-time is shutting down.
    pub async fn publish<T: Item>(&self, topic: &str, items: Vec<T>) -> Result<(), SendError> {
        let Shared { workers, env, .. } = &*self.shared;
        let takers: Vec<usize> = (0..workers.len()).filter(|&index| workers[index].pipeline.topic() == Some(topic)).collect();
        if let Some(&other) = takers.iter().find(|&&index| !workers[index].pipeline.takes::<T>()) {
            let (wanted, item) = (workers[other].pipeline.item(), std::any::type_name::<T>());
            return Err(SendError::OtherType { topic: topic.to_owned(), wanted, item });
        }
        if env.draining.load(Ordering::Relaxed) {
            return Err(SendError::Draining);
        }
        let batch = T::collect(items);
        let len = T::len(&batch);
        if let Some(channel) = env.services.topics.known(topic) {
            channel.hand_out_events(len, &|each| (0..len).filter_map(|index| T::as_event(T::get(&batch, index))).for_each(each));
        }
        self.hand_out::<T>(batch, len, &takers).await?;
        Ok(())
    }

    /// Subscribes to the events of a topic for which a query holds, from outside the pipelines: it gets those that are published
    /// from here on, and holds up to `capacity` of them until they are read; then the oldest go, and are counted. Nobody waits for
    /// it. Items that are no events are not seen. On the topic "index" is every event that is put into the index or expires in it.
    pub fn subscribe(&self, topic: &str, query: Query, capacity: usize) -> Subscription {
        self.subscribe_where(topic, move |event| query.matches(event), capacity)
    }

    /// Subscribes to the events of a topic for which `wants` holds; otherwise as [`Running::subscribe`].
    pub fn subscribe_where(
        &self,
        topic: &str,
        wants: impl Fn(EventView<'_>) -> bool + Send + Sync + 'static,
        capacity: usize,
    ) -> Subscription {
        self.shared.env.services.topics.subscribe(topic, Box::new(wants), capacity)
    }

    /// Returns what went through the topics on which something may be published, or to which somebody subscribes from outside, by
    /// name.
    pub fn topics(&self) -> Vec<TopicStats> {
        self.shared.env.services.topics.stats()
    }

    /// Returns the pipelines that take items of a type from the sources.
    pub(super) fn takers<T: Item>(&self) -> Vec<usize> {
        let workers = &self.shared.workers;
        (0..workers.len()).filter(|&index| workers[index].pipeline.hears::<T>()).collect()
    }

    pub(super) async fn hand_out<I: Item>(&self, batch: I::Batch, len: usize, takers: &[usize]) -> Result<Option<I::Batch>, Draining> {
        let env = &self.shared.env;
        if env.draining.load(Ordering::Relaxed) {
            return Err(Draining);
        }
        let mut delivery = Delivery::<I>::Own(batch);
        if len == 0 {
            return Ok(delivery.take_back());
        }
        // Those whose mailbox is full come last: the others need not wait for them.
        let mut full: Vec<Full> = Vec::new();
        let blocked = self.hand_out_now(&mut delivery, len, takers, &mut full)?;
        if !full.is_empty() {
            delivery.drop_spare();
            let _waiting = Waiting::new(env);
            // All at once: one that gets room must not wait for another that does not.
            all(full.into_iter().map(|one| Box::pin(one.wait())).collect()).await?;
        }
        for blocked in blocked {
            blocked.gone().await;
        }
        Ok(delivery.take_back())
    }

    /// Hands out what can be without waiting, and adds the others to `full`; returns the pipelines that wait until what they have
    /// published is accepted.
    fn hand_out_now<I: Item>(
        &self,
        delivery: &mut Delivery<I>,
        len: usize,
        takers: &[usize],
        full: &mut Vec<Full>,
    ) -> Result<Vec<Arc<Blocked>>, Draining> {
        let Shared { workers, dispatcher, env, .. } = &*self.shared;
        let picks = dispatcher.as_ref().and_then(|dispatcher| dispatcher.pick(delivery.get()));
        let wanted = |index: usize| picks.as_ref().and_then(|picks| picks.of(index));
        let mut visit = DeliveryPass::new(env.clock.stamp());
        let mut busy: Vec<usize> = Vec::new();
        let mut hand_over = |delivery: &mut Delivery<I>, index: usize, here: InlineOutcome| {
            let share = |from: usize| match wanted(index) {
                Some(picks) if picks.len() < len => delivery.share_some(&picks[from..]),
                _ => (delivery.share(), from..len),
            };
            workers[index].hand_over(here, share, full)
        };
        for &index in takers {
            let load = Load::new(delivery.get(), wanted(index), len);
            if load.len == 0 {
                continue;
            }
            match workers[index].run_here(load, &mut visit) {
                InlineOutcome::Done => {}
                InlineOutcome::Busy => busy.push(index),
                here => hand_over(delivery, index, here)?,
            }
        }
        for index in busy {
            let load = Load::new(delivery.get(), wanted(index), len);
            let here = workers[index].try_again(load, &mut visit);
            hand_over(delivery, index, here)?;
        }
        if let Some((dispatcher, picks)) = dispatcher.as_ref().zip(picks) {
            dispatcher.done(picks);
        }
        Ok(visit.blocked)
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

    /// Returns the sinks of the pipelines, to see what they have done.
    pub fn sinks(&self) -> &Sinks {
        &self.shared.env.services.sinks
    }

    /// Returns the index that the pipelines share.
    pub fn index(&self) -> &Index {
        &self.shared.env.services.index
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

/// Counts a delivery that waits for room.
struct Waiting<'e>(&'e RuntimeShared);

impl<'e> Waiting<'e> {
    fn new(env: &'e RuntimeShared) -> Waiting<'e> {
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
