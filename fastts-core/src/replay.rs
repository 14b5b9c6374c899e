//! Pipelines under virtual time.

use std::any::Any;

use crate::chain::Machine;
use crate::dispatch::Dispatcher;
use crate::event::{Batch, Event, EventView};
use crate::index::Index;
use crate::item::Item;
use crate::router::{Pipeline, Router};
use crate::runtime::{Panic, StartError, catch};
use crate::surroundings::Surroundings;
use crate::time::Time;
use crate::watch::Step;

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
    surroundings: Surroundings,
    now: Time,
    panics: Vec<ReplayPanic>,
    panicked: u64,
}

#[derive(Debug)]
struct Player {
    pipeline: Pipeline,
    /// `None` when it could not be built again.
    machine: Option<Machine>,
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

/// Where an event went in a pipeline.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Journey {
    /// Where it arrived, in order, and what the stages made of it.
    pub steps: Vec<Step>,
    /// The panic that it ended with.
    pub panic: Option<Panic>,
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
    /// When a constructor of a stage panics.
    pub fn start(router: &Router, start: Time) -> Result<Replay, StartError> {
        Replay::within(Surroundings::new(), router, start)
    }

    /// Builds the pipelines in these surroundings, at `start`.
    ///
    /// # Errors
    /// When a constructor of a stage panics.
    pub fn within(surroundings: Surroundings, router: &Router, start: Time) -> Result<Replay, StartError> {
        Ok(Replay { dispatcher: router.dispatcher(), ..Replay::build(surroundings, router.pipelines(), start)? })
    }

    /// Builds some of a router's pipelines, at `start`; each looks at every event by itself.
    ///
    /// # Errors
    /// When a constructor of a stage panics.
    pub fn of<'p>(wanted: impl IntoIterator<Item = &'p Pipeline>, start: Time) -> Result<Replay, StartError> {
        Replay::build(Surroundings::new(), wanted, start)
    }

    fn build<'p>(surroundings: Surroundings, wanted: impl IntoIterator<Item = &'p Pipeline>, start: Time) -> Result<Replay, StartError> {
        let mut pipelines = Vec::new();
        for pipeline in wanted {
            let built = catch(|| pipeline.build(&surroundings, start));
            let machine = built.map_err(|panic| StartError::Panicked { pipeline: pipeline.name(), panic })?;
            pipelines.push(Player { pipeline: pipeline.clone(), machine: Some(machine) });
        }
        Ok(Replay { pipelines, dispatcher: None, surroundings, now: start, panics: Vec::new(), panicked: 0 })
    }

    /// Returns the time.
    pub fn now(&self) -> Time {
        self.now
    }

    /// Returns the index that the pipelines share.
    pub fn index(&self) -> &Index {
        &self.surroundings.index
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
        // Timers of all pipelines in one order, so that what several of them print is in the order of time.
        loop {
            let timer = self.next_timer(now);
            let expiry = self.index().deadline().filter(|&due| due <= now);
            match (timer, expiry) {
                // Before the events of the instant, also before those that the index makes.
                (Some((due, index)), expiry) if expiry.is_none_or(|expiry| due <= expiry) => {
                    self.now = self.now.max(due);
                    self.call(index, |machine| machine.advance(due), |_, _| None);
                    if self.deadline(index).is_some_and(|next| next <= due) {
                        // Its deadline does not move; it goes on by itself, and will be stopped there.
                        self.now = now;
                        self.call(index, |machine| machine.advance(now), |_, _| None);
                        break;
                    }
                }
                (_, Some(due)) => self.expire(due),
                (_, None) => break,
            }
        }
        self.pass_until(now);
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
        let expired = self.index().expire(self.now);
        self.batch(&Batch::of(expired.iter().map(Event::view)));
    }

    fn deadline(&self, index: usize) -> Option<Time> {
        let machine = self.pipelines[index].machine.as_ref()?;
        // One that panics does so again when the time passes, and is told then.
        catch(|| machine.deadline()).ok()?
    }

    /// Returns the next timer that is due by `now`, and whose it is: of those of one instant, the first pipeline's.
    fn next_timer(&self, now: Time) -> Option<(Time, usize)> {
        let due = (0..self.pipelines.len()).filter_map(|index| Some((self.deadline(index)?, index)));
        due.min().filter(|&(due, _)| due <= now)
    }

    /// Runs one event, now.
    pub fn event(&mut self, event: EventView<'_>) {
        self.batch(&Batch::of([event]));
    }

    /// Runs a batch of events, now.
    pub fn batch(&mut self, batch: &Batch) {
        self.run::<Event>(batch, batch.len(), |_| true);
    }

    /// Runs an item of any type, now, in the pipelines that take it; false when none does.
    pub fn item<I: Item>(&mut self, item: I) -> bool {
        self.run::<I>(&I::collect(vec![item]), 1, |_| true)
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
                self.run_one(index, batch, len, picked.as_ref().and_then(|picked| picked.of(index)));
            }
        }
        if let Some((dispatcher, picked)) = dispatcher.as_ref().zip(picked) {
            dispatcher.done(picked);
        }
        self.dispatcher = dispatcher;
        taken
    }

    /// Runs a batch in one pipeline: what was picked for it, or all.
    fn run_one(&mut self, index: usize, batch: &dyn Any, len: usize, picks: Option<&[u32]>) {
        let (mut from, to) = (0, picks.map_or(len, <[u32]>::len));
        while from < to {
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

    /// Runs one event, now, and tells for each pipeline that takes events where it went.
    ///
    /// What timers emit, and what comes later of a stage that holds the event, is not seen.
    pub fn watch(&mut self, event: EventView<'_>) -> Vec<Journey> {
        let batch = Batch::of([event]);
        let mut journeys = Vec::new();
        for index in 0..self.pipelines.len() {
            if !self.pipelines[index].pipeline.takes::<Event>() {
                continue;
            }
            let mut seen = Vec::new();
            let until_then = |machine: &mut Machine, _: &Pipeline| {
                seen = machine.take_steps();
                None
            };
            let panic = self.call(index, |machine| machine.watch(&batch, 0), until_then);
            if let Some(machine) = self.pipelines[index].machine.as_mut().filter(|_| panic.is_none()) {
                seen = machine.take_steps();
            }
            journeys.push(Journey { steps: seen, panic });
        }
        journeys
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
        let Player { pipeline, machine } = &mut self.pipelines[index];
        let running = machine.as_mut()?;
        let panic = catch(|| run(running)).err()?;
        let name = pipeline.name();
        let event = event(running, pipeline);
        // What is left of the chain is the user's, and so is its drop.
        let _ = catch(|| *machine = None);
        let (surroundings, now) = (&self.surroundings, self.now);
        let built = catch(|| pipeline.build(surroundings, now));
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
        Some(panic)
    }
}
