//! Probes: routers built by hand, stages with gates, a clock that stands still until it is moved.

use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Condvar, Mutex, mpsc};
use std::task::{Context as TaskContext, Poll, Waker};
use std::time::Duration;

use fastts_core::__private::{Builder, Info, Sealed, seal, start};
use fastts_core::runtime::{ManualClock, Options, PipelineStats, Running};
use fastts_core::{Batch, Context, Emit, Event, EventView, Item, Policy, Router, Run, Stage, Time};

/// Long enough for any machine; a test that needs it has failed.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// Builds a router.
#[derive(Default)]
pub(crate) struct Pipelines(Builder);

impl Pipelines {
    pub(crate) fn new() -> Pipelines {
        Pipelines::default()
    }

    /// Adds a pipeline.
    pub(crate) fn with<I: Item>(
        mut self,
        name: &'static str,
        policy: Policy,
        factory: impl Fn() -> Sealed<I> + Send + Sync + 'static,
    ) -> Pipelines {
        self.0.pipeline(Info::new(name, "", "0\t1\t1\t\teach\t\t\t\teach", file!()), policy, factory);
        self
    }

    /// Adds a pipeline that subscribes to a topic.
    pub(crate) fn with_from<I: Item>(
        mut self,
        topic: &'static str,
        name: &'static str,
        policy: Policy,
        factory: impl Fn() -> Sealed<I> + Send + Sync + 'static,
    ) -> Pipelines {
        self.0.pipeline(Info::new(name, "", "0\t1\t1\t\teach\t\t\t\teach", file!()).from_topic(topic), policy, factory);
        self
    }

    /// Adds a pipeline that subscribes to a topic and calls `each` with the number of each event.
    pub(crate) fn each_from(
        self,
        topic: &'static str,
        name: &'static str,
        policy: Policy,
        each: impl Fn(i64) + Send + Sync + 'static,
    ) -> Pipelines {
        let each = Arc::new(each);
        self.with_from(topic, name, policy, move || {
            let each = Arc::clone(&each);
            seal(start::<Event>().then(Each(move |number: i64| each(number))))
        })
    }

    /// Adds a pipeline that calls `each` with the number of each event.
    pub(crate) fn each(self, name: &'static str, policy: Policy, each: impl Fn(i64) + Send + Sync + 'static) -> Pipelines {
        let each = Arc::new(each);
        self.with(name, policy, move || {
            let each = Arc::clone(&each);
            seal(start::<Event>().then(Each(move |number: i64| each(number))))
        })
    }

    /// Divides what comes to the pipeline that was added last among copies of it, by host.
    pub(crate) fn divided(mut self, copies: usize) -> Pipelines {
        self.0.divide::<Event, _>(copies, "host", |event, key| key.part(event.host()));
        self
    }

    pub(crate) fn build(self) -> Router {
        self.0.build()
    }

    pub(crate) fn start(self, clock: &ManualClock) -> Running {
        Running::start(self.build(), Options::new().clock(clock.clock())).unwrap()
    }

    /// Starts with the system's clock.
    pub(crate) fn start_live(self) -> Running {
        Running::start(self.build(), Options::new()).unwrap()
    }
}

/// Calls a function with the number of each event, and passes it on.
#[derive(Clone)]
pub(crate) struct Each<F>(pub(crate) F);

impl<F: FnMut(i64) + Clone + Send + 'static> Stage<Event> for Each<F> {
    type Out = Event;

    fn item(&mut self, item: EventView<'_>, cx: &mut Context, out: &mut impl Emit<Event>) {
        (self.0)(number(item));
        out.emit(item, cx);
    }
}

/// Ticks every second from its start on, and at the drain; calls a function with the time each time.
#[derive(Clone)]
pub(crate) struct Ticking<F> {
    pub(crate) next: Option<Time>,
    pub(crate) call: F,
}

/// What a [`Ticking`] stage was called with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    Start(Time),
    Tick(Time),
    Item(Time, i64),
    Finish(Time),
}

impl<F: FnMut(Call) + Clone + Send + 'static> Stage<Event> for Ticking<F> {
    type Out = Event;

    fn start(&mut self, cx: &mut Context) {
        self.next = Some(cx.now + Duration::from_secs(1));
        (self.call)(Call::Start(cx.now));
    }

    fn item(&mut self, item: EventView<'_>, cx: &mut Context, _out: &mut impl Emit<Event>) {
        (self.call)(Call::Item(cx.now, number(item)));
    }

    fn deadline(&self) -> Option<Time> {
        self.next
    }

    fn tick(&mut self, cx: &mut Context, _out: &mut impl Emit<Event>) {
        if self.next.is_some_and(|next| next <= cx.now) {
            self.next = Some(cx.now + Duration::from_secs(1));
            (self.call)(Call::Tick(cx.now));
        }
    }

    fn finish(&mut self, cx: &mut Context, _out: &mut impl Emit<Event>) {
        (self.call)(Call::Finish(cx.now));
    }
}

/// Makes a chain of one [`Ticking`] stage.
pub(crate) fn ticking(call: impl Fn(Call) + Clone + Send + 'static) -> Sealed<Event> {
    seal(start::<Event>().then(Ticking { next: None, call }))
}

/// Holds up whoever comes, until it is opened.
#[derive(Clone, Default)]
pub(crate) struct Gate(Arc<(Mutex<bool>, Condvar)>);

impl Gate {
    pub(crate) fn open(&self) {
        *self.0.0.lock().unwrap() = true;
        self.0.1.notify_all();
    }

    pub(crate) fn pass(&self) {
        let closed = self.0.0.lock().unwrap();
        let (_open, timeout) = self.0.1.wait_timeout_while(closed, PATIENCE, |open| !*open).unwrap();
        assert!(!timeout.timed_out(), "nobody opened the gate");
    }
}

/// The half of a probe that goes into a stage.
pub(crate) struct Probe<T>(mpsc::Sender<T>);

impl<T> Probe<T> {
    /// Tells the test, if it still listens.
    pub(crate) fn send(&self, value: T) {
        let _ = self.0.send(value);
    }
}

impl<T> Clone for Probe<T> {
    fn clone(&self) -> Probe<T> {
        Probe(self.0.clone())
    }
}

/// What stages were called with, in order.
pub(crate) struct Seen<T>(pub(crate) mpsc::Receiver<T>);

/// Makes a probe: its first half goes into a stage.
pub(crate) fn probe<T>() -> (Probe<T>, Seen<T>) {
    let (sender, receiver) = mpsc::channel();
    (Probe(sender), Seen(receiver))
}

impl<T> Seen<T> {
    /// Waits for the next one, on a thread that may block.
    pub(crate) fn next(&self) -> T {
        self.0.recv_timeout(PATIENCE).expect("nothing came")
    }

    /// Waits for so many.
    pub(crate) fn take(&self, count: usize) -> Vec<T> {
        (0..count).map(|_| self.next()).collect()
    }

    /// Returns what has come until now.
    pub(crate) fn now(&self) -> Vec<T> {
        self.0.try_iter().collect()
    }
}

/// Makes a batch of events with these numbers.
pub(crate) fn batch(numbers: impl IntoIterator<Item = i64>) -> Batch {
    numbers.into_iter().map(|number| Event::new().with_metric(number)).collect::<Vec<_>>().iter().collect()
}

/// Returns the number of an event.
pub(crate) fn number(event: EventView<'_>) -> i64 {
    event.metric().as_f64().unwrap() as i64
}

/// Makes a clock.
pub(crate) fn clock() -> ManualClock {
    ManualClock::new(Time::EPOCH)
}

/// Returns the time so many milliseconds after the clock's start.
pub(crate) fn at(millis: i64) -> Time {
    Time::from_micros(millis * 1000)
}

pub(crate) fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// A policy that runs in its own task, with a mailbox of so many events.
pub(crate) fn task() -> Policy {
    Policy::new().run(Run::Task)
}

/// Returns the figures of a pipeline.
pub(crate) fn stats(running: &Running, name: &str) -> PipelineStats {
    running.stats().into_iter().find(|stats| stats.name == name).unwrap()
}

/// Asserts that every event received is accounted for.
pub(crate) fn assert_adds_up(running: &Running) {
    for stats in running.stats() {
        assert_eq!(stats.received, stats.ran + stats.dropped + stats.dead + (stats.depth + stats.running) as u64, "{stats:#?}");
    }
}

/// Polls a future once; returns true when it is ready.
pub(crate) fn poll_once<F: Future>(future: &mut std::pin::Pin<Box<F>>) -> bool {
    matches!(future.as_mut().poll(&mut TaskContext::from_waker(Waker::noop())), Poll::Ready(_))
}

/// Waits for a future with patience.
pub(crate) async fn patiently<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(PATIENCE, pin!(future)).await.expect("it took too long")
}
