//! One call of a chain: timed, counted, its panics caught.

use std::any::Any;
use std::cell::Cell;
use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use super::cost::{BUDGET, Cost};
use super::letters::{DeadLetter, KEPT, Reason};
use super::mailbox::Entry;
use super::publishing::{Blocked, DeliveryPass};
use super::restarts::{Restarts, Verdict};
use super::stats::add_passed;
use super::worker::Worker;
use crate::chain::machine::{Machine, Passed};
use crate::model::panics::{Panic, catch};
use crate::model::time::Time;

/// What the lock of a pipeline guards.
pub(crate) struct WorkerState {
    pub(crate) phase: Phase,
    pub(crate) cost: Cost,
    pub(crate) restarts: Restarts,
    /// What went through the stages of chains that are gone.
    pub(crate) passed: Vec<Passed>,
    /// The last timer took long: the next ones fire in the pipeline's own task.
    pub(crate) slow_timers: bool,
    /// Subscribers have no room for what it has published: nothing runs until they have.
    pub(crate) blocked: Option<Arc<Blocked>>,
}

/// Where a pipeline is in its life.
pub(crate) enum Phase {
    Live(Machine),
    BackingOff(Time),
    Stopped,
    Finished,
}

/// How far a call of a chain came.
#[derive(Clone, Copy)]
enum Step {
    Timers,
    /// Of which part.
    Items(usize),
    After,
}

/// Items of one batch in a chunk.
pub(crate) trait Part {
    fn batch(&self) -> &dyn Any;

    /// Returns what was picked of the batch, `None` for all of it.
    fn picks(&self) -> Option<&[u32]>;

    /// Returns which of them.
    fn range(&self) -> Range<usize>;
}

/// The items of a batch that a pipeline wants.
#[derive(Clone, Copy)]
pub(crate) struct Load<'b> {
    pub(crate) batch: &'b dyn Any,
    /// What was picked of it, `None` for all.
    pub(crate) picks: Option<&'b [u32]>,
    pub(crate) len: usize,
}

impl<'b> Load<'b> {
    /// Makes the load of a pipeline that wants these picks of a batch of `len` items, or all.
    pub(crate) fn new(batch: &'b dyn Any, picks: Option<&'b [u32]>, len: usize) -> Load<'b> {
        Load { batch, picks, len: picks.map_or(len, <[u32]>::len) }
    }
}

impl Part for Entry {
    #[inline]
    fn batch(&self) -> &dyn Any {
        self.batch.items()
    }

    #[inline]
    fn picks(&self) -> Option<&[u32]> {
        None
    }

    #[inline]
    fn range(&self) -> Range<usize> {
        self.range.clone()
    }
}

impl Part for (Load<'_>, Range<usize>) {
    #[inline]
    fn batch(&self) -> &dyn Any {
        self.0.batch
    }

    #[inline]
    fn picks(&self) -> Option<&[u32]> {
        self.0.picks
    }

    #[inline]
    fn range(&self) -> Range<usize> {
        self.1.clone()
    }
}

/// Where the rest of a chunk begins: so many items into one of its parts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rest {
    pub(crate) part: usize,
    pub(crate) skip: usize,
}

/// How long until a timer is tried again that does not move its deadline when it fires.
const STUCK: Duration = Duration::from_millis(1);

impl Worker {
    /// Runs a chunk that begins now; timers that are due fire first, and what it publishes is handed on last.
    ///
    /// # Errors
    /// After a panic: where the rest begins, which has to wait for the restart.
    #[inline]
    pub(crate) fn chunk<P: Part>(self: &Arc<Self>, core: &mut WorkerState, parts: &[P], visit: &mut DeliveryPass) -> Result<(), Rest> {
        let Phase::Live(machine) = &mut core.phase else { return Err(Rest { part: 0, skip: 0 }) };
        let (begin, events) = (visit.stamp, parts.iter().map(|part| part.range().len()).sum::<usize>());
        let now = self.env.clock.time(begin);
        self.counters.running.set(events as u64);
        self.counters.called.set(begin.0 + 1);
        let step = Cell::new(Step::Timers);
        let result = catch(|| {
            machine.advance(now);
            for (index, part) in parts.iter().enumerate() {
                step.set(Step::Items(index));
                machine.run(part.batch(), part.picks(), part.range());
            }
            step.set(Step::After);
            machine.deadline()
        });
        let end = self.env.clock.stamp();
        visit.stamp = end;
        self.counters.busy.add(end.since(begin));
        self.counters.running.set(0);
        self.counters.called.set(0);
        match result {
            Ok(deadline) => {
                core.cost.learn(events, end.since(begin));
                self.set_timer(deadline, now);
                self.settle(core, visit);
                // Last, so that whoever sees that all has run sees where what was published went.
                self.counters.ran.add(events as u64);
                Ok(())
            }
            Err(panic) => {
                let rest = match step.get() {
                    Step::Timers => Rest { part: 0, skip: 0 },
                    Step::Items(part) => {
                        let (at, index) = (machine.at(), machine.index());
                        let skip = at - parts[part].range().start;
                        let before: usize = parts[..part].iter().map(|part| part.range().len()).sum();
                        self.counters.ran.add((before + skip) as u64);
                        self.counters.dead.add_shared(1);
                        self.letter(parts[part].batch(), index, Reason::Panicked(panic.clone()));
                        Rest { part, skip: skip + 1 }
                    }
                    Step::After => {
                        self.counters.ran.add(events as u64);
                        Rest { part: parts.len(), skip: 0 }
                    }
                };
                let what =
                    if matches!(step.get(), Step::Items(_)) { "a stage panicked, its event is a dead letter" } else { "a timer panicked" };
                // What was published until then was published.
                self.settle(core, visit);
                self.fall(core, panic, what);
                Err(rest)
            }
        }
    }

    /// Fires the timers that are due.
    pub(crate) fn tick(self: &Arc<Self>, core: &mut WorkerState) {
        let Phase::Live(machine) = &mut core.phase else { return };
        let begin = self.env.clock.stamp();
        let now = self.env.clock.time(begin);
        self.counters.called.set(begin.0 + 1);
        let result = catch(|| {
            machine.advance(now);
            machine.deadline()
        });
        self.counters.called.set(0);
        let took = self.env.clock.stamp().since(begin);
        self.counters.busy.add(took);
        core.slow_timers = took > BUDGET;
        if let Ok(deadline) = &result {
            self.set_timer(*deadline, now);
        }
        self.settle(core, &mut DeliveryPass::new(self.env.clock.stamp()));
        if let Err(panic) = result {
            self.fall(core, panic, "a timer panicked");
        }
    }

    /// Builds the chain again.
    pub(crate) fn restart(self: &Arc<Self>, core: &mut WorkerState) {
        let now = self.env.clock.now();
        match catch(|| self.pipeline.build(&self.env.services, now)) {
            Ok(machine) => {
                self.check_topics(&machine);
                core.phase = Phase::Live(machine);
                core.restarts.restarted(now);
                core.cost = Cost::new();
                self.counters.restarts.add(1);
                self.tick(core);
            }
            Err(panic) => self.fall(core, panic, "the chain could not be built again"),
        }
        self.publish(core);
    }

    /// Flushes what the chain holds and takes it down.
    pub(crate) fn flush(self: &Arc<Self>, core: &mut WorkerState) {
        if let Phase::Live(machine) = &mut core.phase {
            let now = self.env.clock.now();
            let result = catch(|| {
                machine.advance(now);
                machine.finish();
            });
            if let Err(panic) = result {
                self.note(&panic);
                tracing::error!("pipeline {:?}: a stage panicked while flushing: {panic}", self.pipeline.name());
            }
            self.settle(core, &mut DeliveryPass::new(self.env.clock.stamp()));
        }
        self.take_down(core, Phase::Finished);
    }

    /// Takes the chain down after a panic, and plans its restart, if it may have one more.
    #[cold]
    fn fall(&self, core: &mut WorkerState, panic: Panic, what: &str) {
        let name = self.pipeline.name();
        let now = self.env.clock.now();
        match core.restarts.panicked(now) {
            Verdict::After(wait) => {
                tracing::error!("pipeline {name:?}: {what}: {panic}; it starts again in {wait:?}");
                self.take_down(core, Phase::BackingOff(now + wait));
                self.mailbox.park();
                self.env.timers.set(self.index, now + wait);
            }
            Verdict::Stop => {
                self.take_down(core, Phase::Stopped);
                let waiting = self.mailbox.stop();
                let dead: usize = waiting.iter().map(|entry| entry.range.len()).sum();
                let policy = self.pipeline.policy();
                tracing::error!(
                    "pipeline {name:?} is stopped: {what}: {panic}; that is more than {} restarts within {:?}; \
                     {dead} events that waited are dead letters, what comes is dropped; correct the stage and start the program again",
                    policy.restarts,
                    policy.within,
                );
                self.bury(waiting);
                self.env.idle.notify_waiters();
            }
        }
        // Last, so that whoever sees that there was a panic sees what came of it.
        self.note(&panic);
    }

    fn take_down(&self, core: &mut WorkerState, phase: Phase) {
        if let Phase::Live(machine) = std::mem::replace(&mut core.phase, phase) {
            // After a panic the chain may be in any state, and so may what the user's code does with it.
            if let Ok(passed) = catch(|| machine.passed()) {
                add_passed(&mut core.passed, &passed);
            }
            let _ = catch(|| drop(machine));
        }
        self.publish(core);
    }

    /// Makes dead letters of what waited in the mailbox of a pipeline that is stopped.
    pub(crate) fn bury(&self, entries: VecDeque<Entry>) {
        let dead: usize = entries.iter().map(|entry| entry.range.len()).sum();
        self.counters.dead.add_shared(dead as u64);
        let mut unseen = dead.saturating_sub(self.env.letters.limit());
        for entry in &entries {
            let skip = unseen.min(entry.range.len());
            unseen -= skip;
            for index in entry.range.start + skip..entry.range.end {
                self.letter(entry.batch.items(), index, Reason::Stopped);
            }
        }
    }

    fn letter(&self, batch: &dyn Any, index: usize, reason: Reason) {
        let event = self.pipeline.event(batch, index, KEPT);
        let (pipeline, item) = (self.pipeline.name(), self.pipeline.item());
        self.env.letters.push(DeadLetter { pipeline, time: self.env.clock.now(), reason, event, item });
    }

    /// Has the pipeline woken for its next timer, after those due at `now` have fired.
    #[inline]
    pub(crate) fn set_timer(&self, deadline: Option<Time>, now: Time) {
        if let Some(due) = deadline {
            self.env.timers.set(self.index, if due > now { due } else { now + STUCK });
        }
    }
}
