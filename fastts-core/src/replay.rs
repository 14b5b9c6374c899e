//! Pipelines under virtual time.

use std::any::Any;

use crate::chain::Machine;
use crate::dispatch::Dispatcher;
use crate::event::{Batch, Event, EventView};
use crate::item::Item;
use crate::router::{Pipeline, Router};
use crate::runtime::{Panic, StartError, catch};
use crate::time::Time;

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
        let mut pipelines = Vec::new();
        for pipeline in router.pipelines() {
            let machine = catch(|| pipeline.build(start)).map_err(|panic| StartError::Panicked { pipeline: pipeline.name(), panic })?;
            pipelines.push(Player { pipeline: pipeline.clone(), machine: Some(machine) });
        }
        Ok(Replay { pipelines, dispatcher: router.dispatcher(), now: start, panics: Vec::new(), panicked: 0 })
    }

    /// Returns the time.
    pub fn now(&self) -> Time {
        self.now
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
        self.now = self.now.max(now);
        let now = self.now;
        for index in 0..self.pipelines.len() {
            self.call(index, |machine| machine.advance(now), |_, _| None);
        }
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
            let next = |machine: &Machine, pipeline: &Pipeline| {
                from = machine.at() + 1;
                pipeline.event(batch, machine.index(), KEPT_BYTES)
            };
            if self.call(index, |machine| machine.run(batch, picks, begin..to), next) {
                break;
            }
        }
    }

    /// Flushes what the stages hold.
    pub fn finish(&mut self) {
        for index in 0..self.pipelines.len() {
            self.call(index, Machine::finish, |_, _| None);
        }
    }

    /// Calls a chain; after a panic builds it again and returns false. `event` says which event did it.
    fn call(&mut self, index: usize, run: impl FnOnce(&mut Machine), event: impl FnOnce(&Machine, &Pipeline) -> Option<Event>) -> bool {
        let Player { pipeline, machine } = &mut self.pipelines[index];
        let Some(running) = machine else { return true };
        let Err(panic) = catch(|| run(running)) else { return true };
        let name = pipeline.name();
        let event = event(running, pipeline);
        // What is left of the chain is the user's, and so is its drop.
        let _ = catch(|| *machine = None);
        let now = self.now;
        let built = catch(|| pipeline.build(now));
        let mut note = |event, panic| {
            self.panicked += 1;
            if self.panics.len() < KEPT {
                self.panics.push(ReplayPanic { pipeline: name, time: now, event, panic });
            }
        };
        note(event, panic);
        match built {
            Ok(built) => *machine = Some(built),
            Err(panic) => note(None, panic),
        }
        false
    }
}
