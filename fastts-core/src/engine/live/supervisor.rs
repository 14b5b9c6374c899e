//! What becomes of a pipeline whose chain has panicked: the pipeline reports it, the supervisor decides, the pipeline obeys.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::groups::Groups;
use super::lifecycle::{Phase, WorkerState};
use super::restarts::{Restarts, Verdict};
use super::worker::Worker;
use crate::engine::groups::decision::{End, Leaf};
use crate::engine::groups::policy::OnStop;
use crate::engine::groups::tree::Tree;
use crate::engine::router::Policy;
use crate::model::panics::Panic;
use crate::model::time::Time;

/// Decides what becomes of the pipelines of a router when one of them has panicked.
///
/// # Design
/// It knows its members by their index only, and what it decides is a value. What becomes of one that stands in a group, and of the others
/// there, is decided by the group, and not under the lock of who fell.
#[derive(Debug)]
pub(crate) struct Supervisor {
    /// `None` of those in groups.
    alone: Vec<Option<Mutex<Restarts>>>,
    pub(crate) groups: Arc<Groups>,
}

/// What a pipeline tells the supervisor.
pub(crate) struct Report {
    pub(crate) panic: Panic,
    /// What happened, in words.
    pub(crate) what: &'static str,
}

impl Supervisor {
    /// Supervises pipelines with these policies, which came to life at `now`, some of them in groups.
    pub(crate) fn new<'p>(policies: impl Iterator<Item = &'p Policy>, tree: Tree, now: Time) -> Supervisor {
        let alone = |(member, policy)| tree.home(Leaf::Pipeline(member)).is_none().then(|| Mutex::new(Restarts::new(policy, now)));
        Supervisor { alone: policies.enumerate().map(alone).collect(), groups: Arc::new(Groups::new(tree)) }
    }

    /// Decides what becomes of a member that panicked at `now`; `None` when its group does.
    fn fell(&self, member: usize, now: Time) -> Option<Verdict> {
        self.with(member, |restarts| restarts.panicked(now))
    }

    /// Is told that a member came to life again.
    pub(crate) fn restarted(&self, member: usize, now: Time) {
        self.with(member, |restarts| restarts.restarted(now));
    }

    fn with<R>(&self, member: usize, call: impl FnOnce(&mut Restarts) -> R) -> Option<R> {
        // Nothing of the user's runs under this lock.
        let restarts = self.alone[member].as_ref()?;
        Some(call(&mut restarts.lock().unwrap_or_else(PoisonError::into_inner)))
    }
}

impl Worker {
    /// Reports a panic, and does what the supervisor decides.
    #[cold]
    pub(crate) fn report(self: &Arc<Self>, core: &mut WorkerState, report: Report) {
        let now = self.env.clock.steady();
        match self.env.supervisor.fell(self.index, now) {
            None => {
                let (name, Report { panic, what }) = (self.pipeline.name(), &report);
                tracing::error!("pipeline {name:?}: {what}: {panic}; its group sees to it");
                self.take_down(core, Phase::HELD);
                self.mailbox.park();
                self.env.supervisor.groups.report(Leaf::Pipeline(self.index), End::Crashed);
            }
            Some(Verdict::After(wait)) => {
                let (name, Report { panic, what }) = (self.pipeline.name(), &report);
                tracing::error!("pipeline {name:?}: {what}: {panic}; it starts again in {wait:?}");
                self.take_down(core, Phase::BackingOff(now + wait));
                self.mailbox.park();
                self.env.timers.set(self.index, now + wait);
            }
            Some(Verdict::Stop(rest)) => self.stop(core, &report, now, rest),
        }
        // Last, so that whoever sees that there was a panic sees what came of it.
        self.note(&report.panic);
    }

    /// Stops the pipeline for a long while, or for good when the program is to end.
    fn stop(&self, core: &mut WorkerState, Report { panic, what }: &Report, now: Time, rest: Duration) {
        let exits = self.pipeline.policy().on_stop.unwrap_or(self.env.on_stop) == OnStop::Exit;
        let again = if exits { Time::MAX } else { now + rest };
        let dead = self.halt(core, again);
        let (name, policy) = (self.pipeline.name(), self.pipeline.policy());
        let then = if exits { "the program ends".to_owned() } else { format!("it is tried again in {rest:?}") };
        tracing::error!(
            "pipeline {name:?} is stopped: {what}: {panic}; that is more than {} restarts within {:?}; \
             {dead} events that waited are dead letters, what comes is dropped; {then}; correct the stage",
            policy.restarts,
            policy.within,
        );
        self.env.timers.set(self.index, again);
        self.env.idle.notify_waiters();
        if exits {
            self.env.failed.send_if_modified(|failed| failed.replace(name).is_none());
        }
    }

    /// Takes the chain down and makes dead letters of what waits, and drops what comes until `again`; returns how many there were.
    pub(super) fn halt(&self, core: &mut WorkerState, again: Time) -> usize {
        self.take_down(core, Phase::Stopped(again));
        let waiting = self.mailbox.stop();
        let dead = waiting.iter().map(|entry| entry.range.len()).sum();
        self.bury(waiting);
        dead
    }
}
