//! What becomes of a pipeline whose chain has panicked: the pipeline reports it, the supervisor decides, the pipeline obeys.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::lifecycle::{Phase, WorkerState};
use super::options::OnStop;
use super::restarts::{Restarts, Verdict};
use super::worker::Worker;
use crate::engine::router::Policy;
use crate::model::panics::Panic;
use crate::model::time::Time;

/// Decides what becomes of the pipelines of a router when one of them has panicked.
///
/// # Design
/// It knows its members by their index only, and what it decides is a value, so that a supervisor with other members, or one that
/// decides about the siblings of who fell, is another value of the same kind.
#[derive(Debug)]
pub(crate) struct Supervisor {
    members: Vec<Mutex<Restarts>>,
}

/// What a pipeline tells the supervisor.
pub(crate) struct Report {
    pub(crate) panic: Panic,
    /// What happened, in words.
    pub(crate) what: &'static str,
}

impl Supervisor {
    /// Supervises pipelines with these policies, which came to life at `now`.
    pub(crate) fn new<'p>(policies: impl Iterator<Item = &'p Policy>, now: Time) -> Supervisor {
        Supervisor { members: policies.map(|policy| Mutex::new(Restarts::new(policy, now))).collect() }
    }

    /// Decides what becomes of a member that panicked at `now`.
    fn fell(&self, member: usize, now: Time) -> Verdict {
        self.with(member, |restarts| restarts.panicked(now))
    }

    /// Is told that a member came to life again.
    pub(crate) fn restarted(&self, member: usize, now: Time) {
        self.with(member, |restarts| restarts.restarted(now));
    }

    fn with<R>(&self, member: usize, call: impl FnOnce(&mut Restarts) -> R) -> R {
        // Nothing of the user's runs under this lock.
        call(&mut self.members[member].lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Worker {
    /// Reports a panic, and does what the supervisor decides.
    #[cold]
    pub(crate) fn report(self: &Arc<Self>, core: &mut WorkerState, report: Report) {
        let now = self.env.clock.steady();
        match self.env.supervisor.fell(self.index, now) {
            Verdict::After(wait) => {
                let (name, Report { panic, what }) = (self.pipeline.name(), &report);
                tracing::error!("pipeline {name:?}: {what}: {panic}; it starts again in {wait:?}");
                self.take_down(core, Phase::BackingOff(now + wait));
                self.mailbox.park();
                self.env.timers.set(self.index, now + wait);
            }
            Verdict::Stop(rest) => self.stop(core, &report, now, rest),
        }
        // Last, so that whoever sees that there was a panic sees what came of it.
        self.note(&report.panic);
    }

    /// Stops the pipeline for a long while, or for good when the program is to end.
    fn stop(&self, core: &mut WorkerState, Report { panic, what }: &Report, now: Time, rest: Duration) {
        let exits = self.env.on_stop == OnStop::Exit;
        let again = if exits { Time::MAX } else { now + rest };
        self.take_down(core, Phase::Stopped(again));
        let waiting = self.mailbox.stop();
        let dead: usize = waiting.iter().map(|entry| entry.range.len()).sum();
        let (name, policy) = (self.pipeline.name(), self.pipeline.policy());
        let then = if exits { "the program ends".to_owned() } else { format!("it is tried again in {rest:?}") };
        tracing::error!(
            "pipeline {name:?} is stopped: {what}: {panic}; that is more than {} restarts within {:?}; \
             {dead} events that waited are dead letters, what comes is dropped; {then}; correct the stage",
            policy.restarts,
            policy.within,
        );
        self.bury(waiting);
        self.env.timers.set(self.index, again);
        self.env.idle.notify_waiters();
        if exits {
            self.env.failed.send_if_modified(|failed| failed.replace(name).is_none());
        }
    }
}
