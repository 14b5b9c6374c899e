//! One call of a chain: timed, counted, what it publishes handed on, and what went wrong reported.

use std::sync::Arc;

use super::cost::BUDGET;
use super::letters::Reason;
use super::lifecycle::{Phase, WorkerState};
use super::publishing::DeliveryPass;
use super::supervisor::Report;
use super::worker::Worker;
use crate::chain::machine::Machine;
use crate::engine::seat::{During, Fall};
use crate::model::any_batch::Selection;
use crate::model::reply::Failure;
use crate::model::time::Time;

/// Where the rest of a chunk begins, which has to wait: at this place of this one of its parts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rest {
    pub(crate) why: Wait,
    pub(crate) part: usize,
    /// `None` for all of the part.
    pub(crate) place: Option<usize>,
}

/// What the rest of a chunk waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wait {
    /// The restart: a stage panicked.
    Restart,
    /// Room in a pool, or in another boundary of the chain.
    Room,
}

impl Worker {
    /// Runs a chunk that begins now; timers that are due fire first, and what it publishes is handed on last.
    ///
    /// # Errors
    /// After a panic, and when a boundary has no room for more: where the rest begins.
    #[inline]
    pub(crate) fn chunk<'b>(
        self: &Arc<Self>,
        core: &mut WorkerState,
        parts: impl Iterator<Item = Selection<'b>> + Clone,
        pass: &mut DeliveryPass,
    ) -> Result<(), Rest> {
        let begin = pass.stamp;
        let (events, bytes) = parts.clone().fold((0, 0), |(events, bytes), part| (events + part.len(), bytes + part.memory()));
        let now = pass.instant.unwrap_or_else(|| self.env.clock.time(begin));
        self.counters.running.set(events as u64);
        self.counters.called.set(begin.0 + 1);
        let result = core.seat.run(now, parts.clone(), Machine::due);
        let end = self.env.clock.stamp();
        pass.stamp = end;
        self.counters.busy.add(end.since(begin));
        self.counters.running.set(0);
        self.counters.called.set(0);
        match result {
            Ok(due) => {
                core.cost.learn(events, end.since(begin));
                self.set_timer(due.flatten());
                self.settle(core, pass);
                self.weigh(core, bytes);
                let stopped = core.seat.stopped();
                let ran = stopped.map_or(events, |(part, place)| ran(parts.clone(), part, place));
                // Last, so that whoever sees that all has run sees where what was published went.
                self.counters.ran.add(ran as u64);
                match stopped {
                    Some((part, place)) => Err(Rest { why: Wait::Room, part, place: Some(place) }),
                    None if core.phase == Phase::Live => Ok(()),
                    // It has fallen while it flushed what was too much.
                    None => Err(Rest { why: Wait::Restart, part: parts.count(), place: None }),
                }
            }
            Err(fall) => Err(self.fell(core, parts, *fall, pass)),
        }
    }

    /// Accounts for a chunk that ended in a panic, and reports it; returns where its rest begins.
    #[cold]
    fn fell<'b>(
        self: &Arc<Self>,
        core: &mut WorkerState,
        mut parts: impl Iterator<Item = Selection<'b>> + Clone,
        Fall { panic, during }: Fall,
        pass: &mut DeliveryPass,
    ) -> Rest {
        let mut what = "a timer panicked";
        let rest = match during {
            During::Timers => Rest { why: Wait::Restart, part: 0, place: None },
            During::Item { part, place } => {
                self.counters.ran.add(ran(parts.clone(), part, place) as u64);
                if let Some(items) = parts.nth(part) {
                    items.batch().runs().token(items.index(place)).fail(Failure::Panicked(panic.clone()));
                    self.counters.dead.add_shared(1);
                    self.letter(items.batch(), items.index(place), Reason::Panicked(panic.clone()));
                }
                what = "a stage panicked, its event is a dead letter";
                Rest { why: Wait::Restart, part, place: Some(place + 1) }
            }
            During::After => {
                self.counters.ran.add(parts.clone().map(|part| part.len()).sum::<usize>() as u64);
                Rest { why: Wait::Restart, part: parts.count(), place: None }
            }
        };
        // What was published until then was published.
        self.settle(core, pass);
        self.report(core, Report { panic, what });
        rest
    }

    /// Fires the timers that are due, each at its own instant.
    pub(crate) fn tick(self: &Arc<Self>, core: &mut WorkerState) {
        self.call_timers(core, |machine, now| machine.advance(now), "a timer panicked");
        self.take_back(core);
    }

    /// Fires the timers that are due at `instant`, once; see `engine::rounds`.
    pub(crate) fn fire(self: &Arc<Self>, core: &mut WorkerState, instant: Time) {
        self.call_timers(core, |machine, _| machine.fire(instant), "a timer panicked");
    }

    /// Calls the chain for something else than items that come; `what` is what a panic is told as.
    pub(super) fn call_timers(self: &Arc<Self>, core: &mut WorkerState, call: impl FnOnce(&mut Machine, Time), what: &'static str) {
        if core.phase != Phase::Live {
            return;
        }
        let begin = self.env.clock.stamp();
        let now = self.env.clock.time(begin);
        self.counters.called.set(begin.0 + 1);
        let result = core.seat.call(|machine| call(machine, now));
        self.counters.called.set(0);
        let end = self.env.clock.stamp();
        let took = end.since(begin);
        self.counters.busy.add(took);
        core.slow_timers = took > BUDGET;
        if let Ok(due) = &result {
            self.set_timer(*due);
        }
        self.settle(core, &mut DeliveryPass::new(end));
        if let Err(fall) = result {
            self.report(core, Report { panic: fall.panic, what });
        }
    }
}

/// Returns how many items of the parts of a chunk have run when it stopped before this place of this part.
fn ran<'b>(mut parts: impl Iterator<Item = Selection<'b>>, part: usize, place: usize) -> usize {
    let before: usize = parts.by_ref().take(part).map(|part| part.len()).sum();
    before + parts.next().map_or(0, |items| place - items.range().start)
}
