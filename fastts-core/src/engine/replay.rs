//! Pipelines under virtual time.

mod calls;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::chain::falls::{Fallen, Falls};
use crate::chain::machine::{Due, Machine};
use crate::chain::services::Services;
use crate::chain::watch::Step;
use crate::dispatch::Dispatcher;
use crate::engine::assembly::{Assembly, Feed};
use crate::engine::error::StartError;
use crate::engine::groups::decision::{Decision, End, Leaf};
use crate::engine::groups::tree::Tree;
use crate::engine::rounds::{self, Timers};
use crate::engine::router::{Pipeline, Router};
use crate::engine::seat::{During, Fall, Seat};
use crate::index::Index;
use crate::meters::Meters;
use crate::model::any_batch::{AnyBatch, Selection};
use crate::model::event::{Batch, Event, EventView};
use crate::model::item::Item;
use crate::model::panics::Panic;
use crate::model::reply::Failure;
use crate::model::time::Time;
use crate::topics::{INDEX, Outbox};

/// The pipelines of a router, run under a clock that the caller moves.
///
/// The order is that of the live router: timers that are due fire before the event of the same instant, those of several pipelines
/// as docs/time.md says, and every pipeline sees every event in order. A panic is survived as it is live: the event that did it is left out, the chain is built again,
/// the others go on. But there is no back-off, which would move events to other times, and no panic too many: a replay shows
/// all of them. Only a chain that cannot be built again stops. In a group, the pipelines that fall with one are built again with it, at that
/// instant; no group restarts too often.
#[derive(Debug)]
pub struct Replay {
    assembly: Arc<Assembly>,
    /// Who is built again with whom.
    groups: Tree,
    seats: Vec<Seat>,
    now: Time,
    /// Where items go in each pipeline, while somebody watches.
    journeys: Option<Vec<Option<Journey>>>,
    panics: Vec<ReplayPanic>,
    panicked: u64,
    /// What panics of blocks of keys were told.
    survived: Arc<Survived>,
}

/// Panics of blocks of keys that were not noted yet.
#[derive(Debug, Default)]
struct Survived {
    any: AtomicBool,
    all: Mutex<Vec<Fallen>>,
}

/// A panic during a replay.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ReplayPanic {
    /// The pipeline's name.
    pub pipeline: &'static str,
    /// When it was.
    pub time: Time,
    /// The event that did it; `None` for a timer, a constructor, or an event of many kilobytes.
    pub event: Option<Event>,
    /// What it said, and where it was.
    pub panic: Panic,
}

/// Where an event, and what was published of it on the topic of the pipeline, went in a pipeline.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Journey {
    /// Where it arrived, in order, and what the stages made of it.
    pub steps: Vec<Step>,
    /// The panic that it ended with.
    pub panic: Option<Panic>,
}

impl Journey {
    /// Adds where another item went.
    fn add(&mut self, steps: Vec<Step>, panic: Option<Panic>) {
        let before = self.steps.len();
        self.steps.extend(steps.into_iter().map(|step| Step { end: step.end + before, ..step }));
        self.panic = self.panic.take().or(panic);
    }
}

/// How many panics are kept to be looked at; all are counted.
const KEPT: usize = 1_000;
/// How many bytes of an event are kept.
const KEPT_BYTES: usize = 64 << 10;

impl Replay {
    /// Builds the pipelines, at `start`.
    ///
    /// # Panics
    /// When a constructor of a stage does; [`Replay::start`] tells it as an error.
    pub fn new(router: &Router, start: Time) -> Replay {
        match Replay::start(router, start) {
            Ok(replay) => replay,
            Err(error) => panic!("{error}"),
        }
    }

    /// Builds the pipelines, at `start`.
    ///
    /// # Errors
    /// When a constructor of a stage panics, or topics do not fit together.
    pub fn start(router: &Router, start: Time) -> Result<Replay, StartError> {
        Replay::within(Services::new(), router, start)
    }

    /// Builds the pipelines in these services, at `start`.
    ///
    /// # Errors
    /// When a constructor of a stage panics.
    pub fn within(services: Services, router: &Router, start: Time) -> Result<Replay, StartError> {
        router.sound()?;
        let replay = Replay::build(router.pipelines().to_vec(), router.dispatcher(), services, start)?;
        Ok(Replay { groups: Tree::patient(router.groups(), start), ..replay })
    }

    /// Builds some of a router's pipelines, at `start`; each looks at every event by itself.
    ///
    /// # Errors
    /// When a constructor of a stage panics.
    pub fn of<'p>(wanted: impl IntoIterator<Item = &'p Pipeline>, start: Time) -> Result<Replay, StartError> {
        Replay::build(wanted.into_iter().cloned().collect(), None, Services::new(), start)
    }

    fn build(pipelines: Vec<Pipeline>, dispatcher: Option<Dispatcher>, services: Services, start: Time) -> Result<Replay, StartError> {
        let survived = Arc::<Survived>::default();
        let told = Arc::clone(&survived);
        let services = services.falls(Falls::to(move |fallen| {
            told.all.lock().unwrap_or_else(PoisonError::into_inner).push(fallen);
            told.any.store(true, Ordering::Relaxed);
        }));
        let (assembly, seats) = Assembly::build(pipelines, dispatcher, services, start)?;
        Ok(Replay {
            assembly: Arc::new(assembly),
            groups: Tree::default(),
            seats,
            now: start,
            journeys: None,
            panics: Vec::new(),
            panicked: 0,
            survived,
        })
    }

    /// Returns the time.
    pub fn now(&self) -> Time {
        self.now
    }

    /// Returns the index that the pipelines share.
    pub fn index(&self) -> &Index {
        &self.assembly.services.index
    }

    /// Returns the meters and counters of the pipelines, as they are now.
    pub fn meters(&self) -> &Meters {
        let meters = &self.assembly.services.meters;
        meters.is_now(self.now);
        meters
    }

    /// Returns the first thousand panics.
    pub fn panics(&self) -> &[ReplayPanic] {
        &self.panics
    }

    /// Returns how many panics there were.
    pub fn panicked(&self) -> u64 {
        self.panicked
    }

    /// Lets the time pass until `now`, firing timers; an earlier time does nothing.
    pub fn advance(&mut self, now: Time) {
        let now = self.now.max(now);
        let assembly = Arc::clone(&self.assembly);
        rounds::advance(&mut Advance { replay: self, until: now }, assembly.timer_order(), now);
        self.pass_until(now);
    }

    /// Lets the time pass in every pipeline.
    fn pass_until(&mut self, now: Time) {
        self.now = now;
        for index in 0..self.seats.len() {
            self.flush_or_fire(index, |machine| machine.advance(now));
        }
    }

    /// Removes from the index what has expired by then, and tells every pipeline.
    fn expire(&mut self, due: Time) {
        self.pass_until(self.now.max(due));
        let expired = Batch::of(self.index().expire(self.now).iter().map(Event::view));
        self.batch(&expired);
        self.run::<Event>(&expired, Feed::Topic(INDEX));
    }

    /// Runs one event, now.
    pub fn event(&mut self, event: EventView<'_>) {
        self.batch(&Batch::of([event]));
    }

    /// Runs a batch of events, now.
    pub fn batch(&mut self, batch: &Batch) {
        self.run::<Event>(batch, Feed::Sources);
    }

    /// Runs an item of any type, now, in the pipelines that take it; false when none does.
    pub fn item<I: Item>(&mut self, item: I) -> bool {
        self.run::<I>(&I::collect(vec![item]), Feed::Sources)
    }

    /// Publishes an item on a topic, now, as `publish` in a pipeline does; false when no pipeline that takes it subscribes.
    pub fn publish<I: Item>(&mut self, topic: &str, item: I) -> bool {
        self.run::<I>(&I::collect(vec![item]), Feed::Topic(topic))
    }

    /// Runs an item in the pipeline of this name; false when there is none that takes it.
    pub fn item_into<I: Item>(&mut self, pipeline: &str, item: I) -> bool {
        self.run::<I>(&I::collect(vec![item]), Feed::Into(pipeline))
    }

    /// Runs a batch in the pipelines that get it by a feed; false when there is none.
    fn run<I: Item>(&mut self, batch: &I::Batch, feed: Feed<'_>) -> bool {
        let (batch, assembly) = (AnyBatch::of::<I>(batch), Arc::clone(&self.assembly));
        let takers = if feed == Feed::Sources { Vec::new() } else { assembly.takers::<I>(feed) };
        let picked = if assembly.divides(&takers) { assembly.share_out(batch, &takers) } else { assembly.pick(batch) };
        let mut taken = false;
        for index in 0..self.seats.len() {
            if assembly.feeds::<I>(index, feed) {
                taken = true;
                let items = picked.of(index, batch);
                if !items.is_empty() {
                    self.run_one(index, self.now, items);
                }
            }
        }
        taken
    }

    /// Runs some items in one pipeline, at an instant that it may have passed already.
    fn run_one(&mut self, index: usize, instant: Time, mut items: Selection<'_>) {
        while !items.is_empty() {
            if self.journeys.is_some() {
                let first = items.range().start;
                self.watch_one(index, instant, &items.part(first..first + 1));
                items = items.from(first + 1);
                continue;
            }
            let Err(fall) = self.seats[index].run(instant, std::iter::once(&items), |_| ()) else {
                return self.hand_on(index);
            };
            let rest = match fall.during {
                During::Item { place, .. } => items.from(place + 1),
                During::Timers => items,
                During::After => items.from(items.range().end),
            };
            self.fell(index, *fall, Some(&items));
            items = rest;
        }
    }

    /// Runs one item in one pipeline, and notes where it goes.
    fn watch_one(&mut self, index: usize, instant: Time, item: &Selection<'_>) {
        let (steps, result) = self.seats[index].watch(instant, item);
        let panic = result.as_ref().err().map(|fall| fall.panic.clone());
        match result {
            Ok(()) => self.hand_on(index),
            Err(fall) => self.fell(index, *fall, Some(item)),
        }
        if let Some(journeys) = &mut self.journeys {
            journeys[index].get_or_insert_default().add(steps, panic);
        }
    }

    /// Runs one event, now, and tells for each pipeline that takes events where it went, and what was published of it.
    ///
    /// What timers emit, and what comes later of a stage that holds the event, is not seen.
    pub fn watch(&mut self, event: EventView<'_>) -> Vec<Journey> {
        let journeys = self.watch_all(event).into_iter().zip(self.assembly.pipelines());
        journeys.filter(|(_, pipeline)| pipeline.takes::<Event>()).map(|(journey, _)| journey.unwrap_or_default()).collect()
    }

    /// Runs one event, now, and tells for each pipeline where it went, and what was published of it; `None` for those to which
    /// nothing came.
    ///
    /// What timers emit, and what comes later of a stage that holds the event, is not seen.
    pub fn watch_all(&mut self, event: EventView<'_>) -> Vec<Option<Journey>> {
        let batch = Batch::of([event]);
        self.journeys = Some(self.seats.iter().map(|_| None).collect());
        for index in self.assembly.takers::<Event>(Feed::Sources) {
            self.run_one(index, self.now, Selection::all(AnyBatch::of::<Event>(&batch)));
        }
        self.journeys.take().unwrap_or_default()
    }

    /// Flushes what the stages hold, of a pipeline that publishes before that of those that subscribe.
    pub fn finish(&mut self) {
        for index in self.assembly.routes.publishers_first() {
            self.flush_or_fire(index, Machine::finish);
        }
    }

    /// Fires timers of a pipeline, or flushes it.
    fn flush_or_fire(&mut self, index: usize, run: impl FnOnce(&mut Machine)) {
        match self.seats[index].call(run) {
            Ok(_) => self.hand_on(index),
            Err(fall) => self.fell(index, *fall, None),
        }
    }

    /// Gives what a pipeline has published to those that subscribe.
    #[inline]
    fn hand_on(&mut self, index: usize) {
        if self.survived.any.load(Ordering::Relaxed) {
            self.note_survived();
        }
        if self.seats[index].published().is_some() {
            self.hand_on_what_is_there(index);
        }
    }

    fn hand_on_what_is_there(&mut self, index: usize) {
        let Some(outbox) = self.seats[index].published() else { return };
        let mut outbox = std::mem::take(outbox);
        self.empty(index, &mut outbox);
        // Its memory can be used again.
        self.seats[index].keep_outbox(outbox);
    }

    /// Gives what an outbox holds to those that subscribe, each item at its own instant.
    fn empty(&mut self, index: usize, outbox: &mut Outbox) {
        let assembly = Arc::clone(&self.assembly);
        outbox.empty(|topic, parcel| {
            for &taker in assembly.routes.of(index, topic) {
                for (instant, range) in (0..).map_while(|nth| parcel.instant(nth)) {
                    match assembly.pipelines()[taker].partition().map(|partition| partition.pick(parcel.items(), range.clone())) {
                        Some(share) => self.run_one(taker, instant, Selection::picked(parcel.items(), Some(&share))),
                        None => self.run_one(taker, instant, Selection::all(parcel.items()).part(range)),
                    }
                }
            }
        });
    }

    /// Notes a panic, and builds the chain again. What was published before it is handed on.
    #[cold]
    fn fell(&mut self, index: usize, fall: Fall, items: Option<&Selection<'_>>) {
        let pipeline = self.assembly.pipelines()[index].name();
        let event = match (fall.during, items) {
            (During::Item { place, .. }, Some(items)) => {
                let (batch, at) = (items.batch(), items.index(place));
                batch.runs().token(at).fail(Failure::Panicked(fall.panic.clone()));
                batch.copy_event(at, KEPT_BYTES)
            }
            _ => None,
        };
        let outbox = self.seats[index].published().map(std::mem::take);
        self.note(ReplayPanic { pipeline, time: self.now, event, panic: fall.panic });
        self.rebuild(index);
        if let Some(mut outbox) = outbox {
            self.empty(index, &mut outbox);
        }
    }

    /// Builds the chain of a pipeline again, and of those that fall with it.
    fn rebuild(&mut self, index: usize) {
        let decision = self.groups.ended(Leaf::Pipeline(index), End::Crashed, &[], self.now);
        let Decision { stops, starts, .. } =
            decision.unwrap_or_else(|| Decision { starts: vec![Leaf::Pipeline(index)], ..Decision::default() });
        let pipelines =
            |leaves: Vec<Leaf>| leaves.into_iter().filter_map(|leaf| if let Leaf::Pipeline(index) = leaf { Some(index) } else { None });
        for index in pipelines(stops) {
            self.seats[index].take_down();
        }
        for index in pipelines(starts) {
            if let Err(panic) = self.seats[index].rebuild(&self.assembly.services, self.now) {
                let pipeline = self.assembly.pipelines()[index].name();
                self.note(ReplayPanic { pipeline, time: self.now, event: None, panic });
            }
        }
    }

    /// Notes the panics that stages have survived: the pipeline goes on.
    #[cold]
    fn note_survived(&mut self) {
        self.survived.any.store(false, Ordering::Relaxed);
        let all = std::mem::take(&mut *self.survived.all.lock().unwrap_or_else(PoisonError::into_inner));
        for Fallen { pipeline, panic, event, .. } in all {
            self.note(ReplayPanic { pipeline, time: self.now, event, panic });
        }
    }

    fn note(&mut self, panic: ReplayPanic) {
        self.panicked += 1;
        if self.panics.len() < KEPT {
            self.panics.push(panic);
        }
    }
}

/// A replay on its way to a time.
struct Advance<'r> {
    replay: &'r mut Replay,
    until: Time,
}

impl Timers for Advance<'_> {
    fn due(&mut self, pipeline: usize) -> Option<Due> {
        self.replay.seats[pipeline].due()
    }

    fn fire(&mut self, pipeline: usize, instant: Time) {
        self.replay.now = self.replay.now.max(instant);
        self.replay.flush_or_fire(pipeline, |machine| machine.fire(instant));
    }

    /// What expires in the index comes after the timers of its instant, and before the items that follow from it.
    fn something_before(&mut self, timer: Option<Due>) -> bool {
        let expiry = self.replay.index().deadline().filter(|&expiry| expiry <= self.until);
        let expiry = expiry.filter(|&expiry| timer.is_none_or(|timer| timer > Due { instant: expiry, is_late: false }));
        expiry.inspect(|&expiry| self.replay.expire(expiry)).is_some()
    }
}
