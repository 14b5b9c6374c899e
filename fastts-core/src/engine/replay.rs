//! Pipelines under virtual time.

use std::any::Any;
use std::ops::Range;

use crate::chain::machine::Machine;
use crate::chain::services::Services;
use crate::chain::watch::Step;
use crate::dispatch::Dispatcher;
use crate::engine::error::StartError;
use crate::engine::router::{Pipeline, Router};
use crate::index::Index;
use crate::model::event::{Batch, Event, EventView};
use crate::model::item::Item;
use crate::model::panics::Panic;
use crate::model::panics::catch;
use crate::model::time::Time;
use crate::topics::{INDEX, Outbox, Routes, plan};

/// The pipelines of a router, run under a clock that the caller moves.
///
/// The order is that of the live router: timers that are due fire before the event of the same instant, and every pipeline
/// sees every event in order. A panic is survived as it is live: the event that did it is left out, the chain is built again,
/// the others go on. But there is no back-off, which would move events to other times, and no panic too many: a replay shows
/// all of them. Only a chain that cannot be built again stops.
#[derive(Debug)]
pub struct Replay {
    pipelines: Vec<Player>,
    dispatcher: Option<Dispatcher>,
    /// Where what the pipelines publish goes.
    routes: Routes,
    services: Services,
    now: Time,
    /// Where items go in each pipeline, while somebody watches.
    journeys: Option<Vec<Option<Journey>>>,
    panics: Vec<ReplayPanic>,
    panicked: u64,
}

#[derive(Debug)]
struct Player {
    pipeline: Pipeline,
    /// `None` when it could not be built again.
    machine: Option<Machine>,
}

/// The next timer of a pipeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Due {
    /// When it fires.
    instant: Time,
    /// It was set for an instant that the pipeline has come to already.
    set_late: bool,
    index: usize,
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
        Ok(Replay { dispatcher: router.dispatcher(), ..Replay::build(services, router.pipelines(), start)? })
    }

    /// Builds some of a router's pipelines, at `start`; each looks at every event by itself.
    ///
    /// # Errors
    /// When a constructor of a stage panics.
    pub fn of<'p>(wanted: impl IntoIterator<Item = &'p Pipeline>, start: Time) -> Result<Replay, StartError> {
        Replay::build(Services::new(), wanted, start)
    }

    fn build<'p>(services: Services, wanted: impl IntoIterator<Item = &'p Pipeline>, start: Time) -> Result<Replay, StartError> {
        let wanted: Vec<&Pipeline> = wanted.into_iter().collect();
        let services = services.subscribing(wanted.iter().filter_map(|pipeline| pipeline.topic()));
        let mut pipelines = Vec::new();
        for pipeline in wanted {
            let built = catch(|| pipeline.build(&services, start));
            let machine = built.map_err(|panic| StartError::Panicked { pipeline: pipeline.name(), panic })?;
            pipelines.push(Player { pipeline: pipeline.clone(), machine: Some(machine) });
        }
        let hears = pipelines.iter().map(|one| one.pipeline.topics(one.machine.as_ref().map_or(&[], Machine::announced)));
        let routes = plan(&hears.collect::<Vec<_>>())?;
        Ok(Replay { pipelines, dispatcher: None, routes, services, now: start, journeys: None, panics: Vec::new(), panicked: 0 })
    }

    /// Returns the time.
    pub fn now(&self) -> Time {
        self.now
    }

    /// Returns the index that the pipelines share.
    pub fn index(&self) -> &Index {
        &self.services.index
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
        // Timers of all pipelines in one order, so that what several of them print, and what one publishes for another, is in the
        // order of time.
        let mut stuck = Vec::new();
        loop {
            let expiry = self.index().deadline().filter(|&due| due <= now);
            // Before the events of the instant, also before those that the index makes.
            let first = |timer: &Due| expiry.is_none_or(|expiry| (timer.instant, timer.set_late) <= (expiry, false));
            match (self.next_timer(now, &stuck).filter(first), expiry) {
                (Some(timer), expiry) => self.fire(timer, expiry.unwrap_or(now), &mut stuck),
                (None, Some(due)) => self.expire(due),
                (None, None) => break,
            }
        }
        self.pass_until(now);
    }

    /// Fires a timer; one that was set for the very instant at which it was fires when the time goes on, by `then` at the latest.
    fn fire(&mut self, Due { instant, set_late, index }: Due, then: Time, stuck: &mut Vec<usize>) {
        self.now = self.now.max(instant);
        if !set_late {
            self.call(index, |machine| machine.advance(instant), |_, _| None);
            return;
        }
        let before = self.deadline(index);
        let others = (0..self.pipelines.len()).filter(|other| *other != index && !stuck.contains(other));
        let next = others.filter_map(|other| Some(self.due(other)?.instant)).filter(|&next| next > instant).min();
        self.call(index, |machine| machine.advance(next.unwrap_or(then).min(then)), |_, _| None);
        if self.deadline(index).is_some_and(|after| Some(after) <= before) {
            // Its deadline does not move; it goes on by itself, and will be stopped there.
            stuck.push(index);
        }
    }

    /// Lets the time pass in every pipeline.
    fn pass_until(&mut self, now: Time) {
        self.now = now;
        for index in 0..self.pipelines.len() {
            self.call(index, |machine| machine.advance(now), |_, _| None);
        }
    }

    /// Removes from the index what has expired by then, and tells every pipeline.
    fn expire(&mut self, due: Time) {
        self.pass_until(self.now.max(due));
        let expired = Batch::of(self.index().expire(self.now).iter().map(Event::view));
        self.batch(&expired);
        self.run::<Event>(&expired, expired.len(), |pipeline| pipeline.topic() == Some(INDEX));
    }

    fn deadline(&self, index: usize) -> Option<Time> {
        let machine = self.pipelines[index].machine.as_ref()?;
        // One that panics does so again when the time passes, and is told then.
        catch(|| machine.deadline()).ok()?
    }

    /// Returns when the next timer of a pipeline fires.
    fn due(&self, index: usize) -> Option<Due> {
        let (due, at) = (self.deadline(index)?, self.pipelines[index].machine.as_ref()?.now());
        Some(Due { instant: due.max(at), set_late: due <= at, index })
    }

    /// Returns the next timer that is due by `now`: of those of one instant, the first pipeline's.
    fn next_timer(&self, now: Time, stuck: &[usize]) -> Option<Due> {
        let due = (0..self.pipelines.len()).filter(|index| !stuck.contains(index)).filter_map(|index| self.due(index));
        due.filter(|due| due.instant <= now && !(due.set_late && due.instant == now)).min()
    }

    /// Runs one event, now.
    pub fn event(&mut self, event: EventView<'_>) {
        self.batch(&Batch::of([event]));
    }

    /// Runs a batch of events, now.
    pub fn batch(&mut self, batch: &Batch) {
        self.run::<Event>(batch, batch.len(), |pipeline| pipeline.topic().is_none());
    }

    /// Runs an item of any type, now, in the pipelines that take it; false when none does.
    pub fn item<I: Item>(&mut self, item: I) -> bool {
        self.run::<I>(&I::collect(vec![item]), 1, |pipeline| pipeline.topic().is_none())
    }

    /// Publishes an item on a topic, now, as `publish` in a pipeline does; false when no pipeline that takes it subscribes.
    pub fn publish<I: Item>(&mut self, topic: &str, item: I) -> bool {
        self.run::<I>(&I::collect(vec![item]), 1, |pipeline| pipeline.topic() == Some(topic))
    }

    /// Runs an item in the pipeline of this name; false when there is none that takes it.
    pub fn item_into<I: Item>(&mut self, pipeline: &str, item: I) -> bool {
        self.run::<I>(&I::collect(vec![item]), 1, |one| one.name() == pipeline)
    }

    /// Runs a batch in those of the pipelines that take its items that `chosen` says; false when there is none.
    fn run<I: Item>(&mut self, batch: &I::Batch, len: usize, chosen: impl Fn(&Pipeline) -> bool) -> bool {
        let mut taken = false;
        let dispatcher = self.dispatcher.take();
        let picked = dispatcher.as_ref().and_then(|dispatcher| dispatcher.pick(batch));
        for index in 0..self.pipelines.len() {
            let pipeline = &self.pipelines[index].pipeline;
            if pipeline.takes::<I>() && chosen(pipeline) {
                taken = true;
                let picks = picked.as_ref().and_then(|picked| picked.of(index));
                self.run_one(index, batch, picks, 0..picks.map_or(len, <[u32]>::len));
            }
        }
        if let Some((dispatcher, picked)) = dispatcher.as_ref().zip(picked) {
            dispatcher.done(picked);
        }
        self.dispatcher = dispatcher;
        taken
    }

    /// Runs a range of a batch in one pipeline: of what was picked for it, or of all.
    fn run_one(&mut self, index: usize, batch: &dyn Any, picks: Option<&[u32]>, range: Range<usize>) {
        let Range { start: mut from, end: to } = range;
        while from < to {
            if self.journeys.is_some() {
                self.watch_one(index, batch, from);
                from += 1;
                continue;
            }
            let begin = from;
            let next = |machine: &mut Machine, pipeline: &Pipeline| {
                from = machine.at() + 1;
                pipeline.event(batch, machine.index(), KEPT_BYTES)
            };
            if self.call(index, |machine| machine.run(batch, picks, begin..to), next).is_none() {
                break;
            }
        }
    }

    /// Runs one item of a batch in one pipeline, and notes where it goes.
    fn watch_one(&mut self, index: usize, batch: &dyn Any, item: usize) {
        let mut seen = Vec::new();
        let until_then = |machine: &mut Machine, _: &Pipeline| {
            seen = machine.take_steps();
            None
        };
        let panic = self.call(index, |machine| machine.watch(batch, item), until_then);
        if let Some(machine) = self.pipelines[index].machine.as_mut().filter(|_| panic.is_none()) {
            seen = machine.take_steps();
        }
        if let Some(journeys) = &mut self.journeys {
            journeys[index].get_or_insert_default().add(seen, panic);
        }
    }

    /// Runs one event, now, and tells for each pipeline that takes events where it went, and what was published of it.
    ///
    /// What timers emit, and what comes later of a stage that holds the event, is not seen.
    pub fn watch(&mut self, event: EventView<'_>) -> Vec<Journey> {
        let journeys = self.watch_all(event).into_iter().zip(&self.pipelines);
        journeys.filter(|(_, player)| player.pipeline.takes::<Event>()).map(|(journey, _)| journey.unwrap_or_default()).collect()
    }

    /// Runs one event, now, and tells for each pipeline where it went, and what was published of it; `None` for those to which
    /// nothing came.
    ///
    /// What timers emit, and what comes later of a stage that holds the event, is not seen.
    pub fn watch_all(&mut self, event: EventView<'_>) -> Vec<Option<Journey>> {
        let batch = Batch::of([event]);
        self.journeys = Some(self.pipelines.iter().map(|_| None).collect());
        for index in 0..self.pipelines.len() {
            if self.pipelines[index].pipeline.hears::<Event>() {
                self.run_one(index, &batch, None, 0..1);
            }
        }
        self.journeys.take().unwrap_or_default()
    }

    /// Flushes what the stages hold.
    pub fn finish(&mut self) {
        for index in 0..self.pipelines.len() {
            self.call(index, Machine::finish, |_, _| None);
        }
    }

    /// Calls a chain; after a panic, which it returns, it is built again. `event` says which event did it.
    fn call(
        &mut self,
        index: usize,
        run: impl FnOnce(&mut Machine),
        event: impl FnOnce(&mut Machine, &Pipeline) -> Option<Event>,
    ) -> Option<Panic> {
        let running = self.pipelines[index].machine.as_mut()?;
        let panic = catch(|| run(running)).err();
        let mut outbox = running.outbox().is_full().then(|| std::mem::take(running.outbox()));
        if let Some(outbox) = &mut outbox {
            let told = panic.map(|panic| self.fell(index, panic, event));
            self.deliver(index, outbox);
            if told.is_none()
                && let Some(machine) = &mut self.pipelines[index].machine
            {
                // Its memory can be used again.
                *machine.outbox() = std::mem::take(outbox);
            }
            return told;
        }
        panic.map(|panic| self.fell(index, panic, event))
    }

    /// Gives what a pipeline has published to those that subscribe, at once, each item at its own instant.
    fn deliver(&mut self, index: usize, outbox: &mut Outbox) {
        outbox.empty(|topic, parcel| {
            let mut turns = 0..;
            while let Some(&taker) = turns.next().and_then(|turn| self.routes.of(index, topic).get(turn)) {
                let mut instants = 0..;
                while let Some((time, range)) = instants.next().and_then(|nth| parcel.instant(nth)) {
                    self.call(taker, |machine| machine.advance(time), |_, _| None);
                    self.run_one(taker, parcel.items(), None, range);
                }
            }
        });
    }

    /// Builds a chain again that has panicked; returns the panic.
    fn fell(&mut self, index: usize, panic: Panic, event: impl FnOnce(&mut Machine, &Pipeline) -> Option<Event>) -> Panic {
        let Player { pipeline, machine } = &mut self.pipelines[index];
        let name = pipeline.name();
        let event = machine.as_mut().and_then(|running| event(running, pipeline));
        // What is left of the chain is the user's, and so is its drop.
        let _ = catch(|| *machine = None);
        let (services, now) = (&self.services, self.now);
        let built = catch(|| pipeline.build(services, now));
        let mut note = |event, panic| {
            self.panicked += 1;
            if self.panics.len() < KEPT {
                self.panics.push(ReplayPanic { pipeline: name, time: now, event, panic });
            }
        };
        note(event, panic.clone());
        match built {
            Ok(built) => *machine = Some(built),
            Err(panic) => note(None, panic),
        }
        panic
    }
}
