//! A pipeline and its chain: calls whose panics are caught, and the chain built again.

use std::borrow::Borrow;
use std::cell::Cell;

use crate::chain::machine::{Due, Machine, Passed};
use crate::chain::services::Services;
use crate::chain::watch::Step;
use crate::engine::router::Pipeline;
use crate::model::any_batch::Selection;
use crate::model::panics::{Panic, catch};
use crate::model::time::Time;
use crate::topics::{Announced, Outbox};

/// Where a pipeline's chain sits while there is one; the live router and the replay both run chains by it.
#[derive(Debug)]
pub(crate) struct Seat {
    pipeline: Pipeline,
    /// `None` from a panic until the chain is built again.
    machine: Option<Machine>,
    /// Where the last call of the chain stopped, as a boundary has no room for more: at this place of this selection.
    stopped: Option<(usize, usize)>,
}

/// A call of a chain that ended in a panic.
#[derive(Debug)]
pub(crate) struct Fall {
    pub(crate) panic: Panic,
    pub(crate) during: During,
}

/// What the chain was doing when a stage panicked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum During {
    /// Firing timers, or flushing: no item of this call has run.
    Timers,
    /// Running the item at this place of this selection of the call.
    Item {
        /// Which of the selections.
        part: usize,
        /// The place in it.
        place: usize,
    },
    /// Saying when its next timer fires: all items of the call have run.
    After,
}

impl Seat {
    /// Builds the chain of a pipeline.
    ///
    /// # Errors
    /// When a constructor of a stage panics.
    pub(crate) fn build(pipeline: Pipeline, services: &Services, now: Time) -> Result<Seat, Panic> {
        let mut seat = Seat { pipeline, machine: None, stopped: None };
        seat.rebuild(services, now).map(|()| seat)
    }

    /// Builds the chain again; what is left of the last one is taken down.
    ///
    /// # Errors
    /// When a constructor of a stage panics: there is no chain then.
    pub(crate) fn rebuild(&mut self, services: &Services, now: Time) -> Result<(), Panic> {
        self.take_down();
        self.machine = Some(catch(|| self.pipeline.build(services, now))?);
        Ok(())
    }

    /// Takes the chain down; returns what went through its stages.
    ///
    /// After a panic the chain may be in any state, and so may what the user's code does when it is asked or dropped.
    pub(crate) fn take_down(&mut self) -> Vec<Passed> {
        let passed = self.passed();
        let machine = self.machine.take();
        let _ = catch(|| drop(machine));
        passed
    }

    /// Runs items now, after the timers that are due; returns what `after` says of the chain then, `None` without a chain.
    ///
    /// # Errors
    /// When a stage panics; the chain has to be built again then.
    #[inline]
    pub(crate) fn run<'b, R>(
        &mut self,
        now: Time,
        parts: impl Iterator<Item = impl Borrow<Selection<'b>>>,
        after: impl FnOnce(&Machine) -> R,
    ) -> Result<Option<R>, Box<Fall>> {
        let Some(machine) = &mut self.machine else { return Ok(None) };
        let at = Cell::new(During::Timers);
        let stopped = &mut self.stopped;
        *stopped = None;
        let result = catch(|| {
            machine.advance(now);
            for (part, selection) in parts.enumerate() {
                at.set(During::Item { part, place: 0 });
                let end = machine.run(selection.borrow());
                if end < selection.borrow().range().end {
                    *stopped = Some((part, end));
                    break;
                }
            }
            at.set(During::After);
            after(machine)
        });
        match result {
            Ok(after) => Ok(Some(after)),
            Err(panic) => Err(fall(panic, at.get(), machine)),
        }
    }

    /// Returns where the last call stopped, if a boundary had no room for more: at this place of this selection.
    #[inline]
    pub(crate) fn stopped(&self) -> Option<(usize, usize)> {
        self.stopped
    }

    /// Fires timers, or flushes; returns when the next timer fires.
    ///
    /// # Errors
    /// When a stage panics; the chain has to be built again then.
    pub(crate) fn call(&mut self, run: impl FnOnce(&mut Machine)) -> Result<Option<Due>, Box<Fall>> {
        let Some(machine) = &mut self.machine else { return Ok(None) };
        let result = catch(|| {
            run(machine);
            machine.due()
        });
        result.map_err(|panic| Box::new(Fall { panic, during: During::Timers }))
    }

    /// Runs one item now while watching where it goes; after a panic the steps go as far as it came.
    pub(crate) fn watch(&mut self, now: Time, item: &Selection<'_>) -> (Vec<Step>, Result<(), Box<Fall>>) {
        let Some(machine) = &mut self.machine else { return (Vec::new(), Ok(())) };
        let place = item.range().start;
        let result = catch(|| {
            machine.advance(now);
            machine.watch(item.batch(), item.index(place));
        });
        let steps = machine.take_steps();
        (steps, result.map_err(|panic| Box::new(Fall { panic, during: During::Item { part: 0, place } })))
    }

    /// Returns when the next timer fires.
    pub(crate) fn due(&self) -> Option<Due> {
        let machine = self.machine.as_ref()?;
        // A stage that panics in here does so again when the chain runs, and is dealt with there.
        catch(|| machine.due()).ok()?
    }

    /// Returns what went through the written stages of the chain so far.
    pub(crate) fn passed(&self) -> Vec<Passed> {
        self.machine.as_ref().and_then(|machine| catch(|| machine.passed()).ok()).unwrap_or_default()
    }

    /// Returns about how many bytes the stages of the chain hold.
    pub(crate) fn held(&self) -> usize {
        self.machine.as_ref().and_then(|machine| catch(|| machine.held()).ok()).unwrap_or(0)
    }

    /// Returns on which topics the chain publishes.
    pub(crate) fn announced(&self) -> &[Announced] {
        self.machine.as_ref().map_or(&[], Machine::announced)
    }

    /// Returns what the chain has published, if it has published anything.
    #[inline]
    pub(crate) fn published(&mut self) -> Option<&mut Outbox> {
        self.machine.as_mut().map(Machine::outbox).filter(|outbox| outbox.is_full())
    }

    /// Gives back an outbox that was taken and is empty again, so that its memory is used again.
    pub(crate) fn keep_outbox(&mut self, outbox: Outbox) {
        if let Some(machine) = &mut self.machine {
            *machine.outbox() = outbox;
        }
    }
}

/// Says which item a panic was at.
#[cold]
fn fall(panic: Panic, during: During, machine: &Machine) -> Box<Fall> {
    let during = match during {
        During::Item { part, .. } => During::Item { part, place: machine.at() },
        other => other,
    };
    Box::new(Fall { panic, during })
}
