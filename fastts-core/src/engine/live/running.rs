//! A router that runs.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::TryStreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::runtime::Handle;
use tokio::sync::{Notify, watch};

use super::expiry;
use super::groups;
use super::letters::{self, DeadLetter, Letters};
use super::options::Options;
use super::publishing::{Blocked, DeliveryPass, Full};
use super::sources::Sources;
use super::stats::{PipelineStats, Stuck};
use super::supervisor::Supervisor;
use super::timers::Timers;
use super::watchdog;
use super::worker::{self, InlineOutcome, RuntimeShared, Worker};
use crate::breaker::Breakers;
use crate::chain::boundaries::Outside;
use crate::chain::services::Services;
use crate::engine::assembly::{Assembly, Feed};
use crate::engine::error::{Draining, SendError, StartError};
use crate::engine::groups::tree::Tree;
use crate::engine::router::{Pipeline, Router};
use crate::index::{Index, Queries};
use crate::losses::LossStats;
use crate::meters::Meters;
use crate::model::any_batch::{AnyBatch, Selection};
use crate::model::delivery::Delivery;
use crate::model::event::{Batch, Event, EventView};
use crate::model::item::Item;
use crate::model::runs::Runs;
use crate::model::time::Time;
use crate::model::token::Outcome;
use crate::query::Query;
use crate::sink::Sinks;
use crate::topics::{Backlog, Carried, Subscription, TopicStats, Wants};

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
    /// Where each pipeline is, by its name.
    pub(super) by_name: HashMap<&'static str, usize, foldhash::fast::RandomState>,
    /// Which of them take events.
    events: Vec<usize>,
    pub(crate) assembly: Assembly,
    pub(crate) sources: Sources,
    pub(crate) env: Arc<RuntimeShared>,
    /// The threads on which queries of the index are answered.
    queries: Queries,
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.env.services.topics.close();
        self.env.services.end_boundaries();
        self.env.timers.close();
        self.env.supervisor.groups.close();
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
        router.sound()?;
        let dispatcher = if options.dispatch { router.dispatcher() } else { None };
        let queries = Queries::new(options.queries);
        let groups = router.groups().to_vec();
        let now = options.clock.steady();
        let letters = Arc::new(Letters::new(options.dead_letters));
        let services = Services::new().falls(letters::of_falls(&letters, &options.clock)).meters(options.meters.clone());
        let services = services.clock(&options.clock).max_ahead(options.max_ahead).sinks(options.sinks()).index(options.index);
        let services = services.outside(Outside::new(options.clock.clone(), handle.clone())).retaining(router.topics());
        let (assembly, seats) = Assembly::build(router.into_pipelines(), dispatcher, services, now)?;
        let pipelines = assembly.pipelines();
        let env = Arc::new(RuntimeShared {
            services: assembly.services.clone(),
            timers: Arc::new(Timers::new(pipelines.len())),
            supervisor: Supervisor::new(pipelines.iter().map(Pipeline::policy), Tree::new(&groups, options.on_stop, now), now),
            letters,
            clock: options.clock,
            handle,
            idle: Notify::new(),
            draining: AtomicBool::new(false),
            on_stop: options.on_stop,
            reserve: options.reserve,
            failed: watch::Sender::new(None),
            max_held: options.max_held,
            abandoned: AtomicBool::new(false),
        });
        let workers = worker::start(&assembly, seats, &env);
        let events = assembly.takers::<Event>(Feed::Sources);
        // Stages may have set timers when they came to life.
        (0..workers.len()).for_each(|index| env.timers.set(index, now));
        let by_name = workers.iter().enumerate().map(|(index, worker)| (worker.pipeline.name(), index)).collect();
        let shared = Arc::new(Shared { workers, by_name, events, assembly, sources: Sources::default(), env, queries });
        let env = &shared.env;
        env.handle.spawn(Arc::clone(&env.timers).serve(env.clock.clone(), Arc::downgrade(&shared)));
        env.handle.spawn(env.services.sinks.clone().serve_letters());
        env.handle.spawn(expiry::serve(env.services.index.clone(), env.clock.clone(), Arc::downgrade(&shared)));
        if !groups.is_empty() {
            let groups = Arc::clone(&env.supervisor.groups);
            env.handle.spawn(groups::serve(groups, env.clock.clone(), Arc::downgrade(&shared)));
        }
        watchdog::start(Arc::downgrade(&shared), env.handle.clone());
        Ok(Running { shared })
    }

    /// Waits until a pipeline has panicked too often, or a group has restarted too often, and returns its name; for ever unless the program is
    /// to end then, see [`OnStop::Exit`](crate::runtime::OnStop::Exit).
    pub async fn failed(&self) -> &'static str {
        let mut failed = self.shared.env.failed.subscribe();
        // The sender is in here: it is not gone.
        let name = failed.wait_for(Option::is_some).await.ok().and_then(|name| *name);
        name.unwrap_or_default()
    }

    /// Returns what the router has lost: events that came late, keys that were forgotten, and what else there is a counter for that no
    /// pipeline, sink or source tells of. What nothing was lost of is left out.
    pub fn losses(&self) -> Vec<LossStats> {
        self.shared.env.services.losses().stats()
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
        self.deliver_with(batch, Runs::none()).await
    }

    /// Hands a batch out whose events travel with tokens; otherwise as [`Running::deliver`].
    ///
    /// The receipts tell what became of the events of each token once every pipeline is done with the whole batch, and with what they
    /// published of it.
    ///
    /// # Errors
    /// When the run-time is shutting down.
    pub async fn deliver_with(&self, batch: Batch, runs: Runs) -> Result<Option<Batch>, Draining> {
        self.hand_out::<Event>(batch, runs, &self.shared.events).await
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
        self.hand_out::<T>(T::collect(items), Runs::none(), &takers).await?;
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
        if let Some(channel) = env.services.topics.known(topic) {
            let items = AnyBatch::of::<T>(&batch);
            if channel.wants(items) {
                channel.hand_out(Selection::all(items).copy());
            }
        }
        self.hand_out::<T>(batch, Runs::none(), &takers).await?;
        Ok(())
    }

    /// Returns the threads on which queries of the index are answered.
    pub fn queries(&self) -> &Queries {
        &self.shared.queries
    }

    /// Subscribes to the events of a topic for which a query holds, from outside the pipelines: it gets those that are published
    /// from here on, and holds up to `backlog` of them, a number or a [`Backlog`], until they are read; then the oldest go, and are counted.
    /// Nobody waits for it: the query is tried when it reads, and ends the subscription when that takes too long. Items that are no events
    /// are not seen. On the topic "index" is every event that is put into the index or expires in it.
    pub fn subscribe(&self, topic: &str, query: Query, backlog: impl Into<Backlog>) -> Subscription {
        let wants = Wants::Query(query, self.shared.queries.clone());
        self.shared.env.services.topics.subscribe(topic, wants, backlog.into())
    }

    /// Returns what a topic carries; `None` when that is not known, as nothing that publishes on it has come to life.
    pub fn carries(&self, topic: &str) -> Option<Carried> {
        self.shared.env.services.topics.known(topic)?.carries()
    }

    /// Subscribes to the events of a topic for which `wants` holds; otherwise as [`Running::subscribe`].
    pub fn subscribe_where(
        &self,
        topic: &str,
        wants: impl Fn(EventView<'_>) -> bool + Send + Sync + 'static,
        backlog: impl Into<Backlog>,
    ) -> Subscription {
        self.shared.env.services.topics.subscribe(topic, Wants::Code(Box::new(wants)), backlog.into())
    }

    /// Returns what went through the topics on which something may be published, or to which somebody subscribes from outside, by
    /// name.
    pub fn topics(&self) -> Vec<TopicStats> {
        self.shared.env.services.topics.stats()
    }

    /// Returns the pipelines that take items of a type from the sources.
    pub(super) fn takers<T: Item>(&self) -> Vec<usize> {
        self.shared.assembly.takers::<T>(Feed::Sources)
    }

    pub(super) async fn hand_out<I: Item>(&self, batch: I::Batch, runs: Runs, takers: &[usize]) -> Result<Option<I::Batch>, Draining> {
        let env = &self.shared.env;
        let mut delivery = Delivery::<I>::new(batch, runs);
        if env.draining.load(Ordering::Relaxed) {
            Selection::all(delivery.get()).note(Outcome::Unfinished);
            return Err(Draining);
        }
        // Those whose mailbox is full come last: the others need not wait for them.
        let mut full: Vec<Full> = Vec::new();
        let blocked = self.hand_out_now(&mut delivery, takers, &mut full)?;
        if !full.is_empty() {
            delivery.drop_spare();
            // All at once: one that gets room must not wait for another that does not.
            let waits: FuturesUnordered<_> = full.into_iter().map(Full::wait).collect();
            waits.try_for_each(|()| std::future::ready(Ok(()))).await?;
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
        takers: &[usize],
        full: &mut Vec<Full>,
    ) -> Result<Vec<Arc<Blocked>>, Draining> {
        let Shared { workers, assembly, env, .. } = &*self.shared;
        let batch = delivery.get();
        let picked = if assembly.divides(takers) { assembly.share_out(batch, takers) } else { assembly.pick(batch) };
        let mut pass = DeliveryPass::new(env.clock.stamp());
        let mut busy: Vec<usize> = Vec::new();
        let mut hand_over = |delivery: &mut Delivery<I>, index: usize, here: InlineOutcome| {
            let share = |from: usize| {
                let wanted = picked.of(index, delivery.get());
                if wanted.len() < delivery.get().len() {
                    // A pipeline that wants few of many should not hold them all, and the batch can be read into again.
                    let copy = wanted.from(from).copy();
                    let len = copy.borrowed().len();
                    return (copy, 0..len);
                }
                let all = wanted.range().end;
                (delivery.share(), from..all)
            };
            workers[index].hand_over(here, share, full)
        };
        for &index in takers {
            let wanted = picked.of(index, delivery.get());
            if wanted.is_empty() {
                continue;
            }
            match workers[index].run_here(&wanted, &mut pass) {
                InlineOutcome::Done => {}
                InlineOutcome::Busy => busy.push(index),
                here => hand_over(delivery, index, here)?,
            }
        }
        for index in busy {
            let here = workers[index].try_again(&picked.of(index, delivery.get()), &mut pass);
            hand_over(delivery, index, here)?;
        }
        Ok(pass.blocked)
    }

    /// Returns what each pipeline has done so far, in the order in which they were written.
    pub fn stats(&self) -> Vec<PipelineStats> {
        self.shared.workers.iter().map(|worker| worker.stats()).collect()
    }

    /// Returns the pipelines whose chain was called longer than `limit` ago and has not come back. Looking costs them nothing.
    pub fn stuck(&self, limit: Duration) -> Vec<Stuck> {
        self.shared.workers.iter().filter_map(|worker| worker.stuck(limit)).collect()
    }

    /// Returns the pipelines that hold up the sources: their mailboxes are full, and for longer than `limit` nothing was accepted.
    pub fn refusing(&self, limit: Duration) -> Vec<&'static str> {
        self.shared.workers.iter().filter(|worker| worker.refuses(limit)).map(|worker| worker.pipeline.name()).collect()
    }

    /// Returns the newest dead letters, the oldest of them first.
    pub fn dead_letters(&self) -> Vec<DeadLetter> {
        self.shared.env.letters.newest()
    }

    /// Returns the sinks of the pipelines, to see what they have done.
    pub fn sinks(&self) -> &Sinks {
        &self.shared.env.services.sinks
    }

    /// Returns the breakers of sinks and stages, to see how they are and to switch them off and on.
    pub fn breakers(&self) -> &Breakers {
        self.shared.env.services.breakers()
    }

    /// Returns the meters and counters of the pipelines.
    pub fn meters(&self) -> &Meters {
        &self.shared.env.services.meters
    }

    /// Returns the index that the pipelines share.
    pub fn index(&self) -> &Index {
        &self.shared.env.services.index
    }

    /// Returns the time of day, as the pipelines see it: that of events which have none.
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
