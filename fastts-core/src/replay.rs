//! Pipelines under virtual time.

use crate::chain::Machine;
use crate::event::{Batch, Event, EventView};
use crate::router::Router;
use crate::time::Time;

/// The event pipelines of a router, run under a clock that the caller moves.
///
/// The order is that of the live router: timers that are due fire before the event of the same instant, and every pipeline
/// sees every event in order.
#[derive(Debug)]
pub struct Replay {
    machines: Vec<Machine>,
    now: Time,
}

impl Replay {
    /// Builds the pipelines that take events, at `start`.
    ///
    /// # Panics
    /// When a constructor of a stage does, as do the other methods when a stage does.
    pub fn new(router: &Router, start: Time) -> Replay {
        let events = router.pipelines().iter().filter(|pipeline| pipeline.takes::<Event>());
        Replay { machines: events.map(|pipeline| pipeline.build(start)).collect(), now: start }
    }

    /// Returns the time.
    pub fn now(&self) -> Time {
        self.now
    }

    /// Lets the time pass until `now`, firing timers; an earlier time does nothing.
    pub fn advance(&mut self, now: Time) {
        self.now = self.now.max(now);
        self.machines.iter_mut().for_each(|machine| machine.advance(self.now));
    }

    /// Runs one event, now.
    pub fn event(&mut self, event: EventView<'_>) {
        self.batch(&Batch::of([event]));
    }

    /// Runs a batch of events, now.
    pub fn batch(&mut self, batch: &Batch) {
        self.machines.iter_mut().for_each(|machine| machine.run(batch, 0..batch.len()));
    }

    /// Flushes what the stages hold.
    pub fn finish(&mut self) {
        self.machines.iter_mut().for_each(Machine::finish);
    }
}
