//! The orderly end.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::groups;
use super::running::{Running, Shared};
use super::worker::Worker;
use crate::clock::Limit;

/// What a drain left.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Drained {
    /// The pipelines that were not done in time.
    pub left: Vec<Left>,
    /// What sinks held still, in words: `12 events for riemann2:5555`. It became dead letters.
    pub sinks: Vec<String>,
}

/// What was left of a pipeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    /// Its name.
    pub pipeline: &'static str,
    /// How many events it had accepted and not run; none when all it did not manage was to flush what its stages held.
    pub events: usize,
}

impl Drained {
    /// Returns true when nothing was left.
    pub fn is_complete(&self) -> bool {
        self.left.is_empty() && self.sinks.is_empty()
    }
}

impl fmt::Display for Drained {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_complete() {
            return f.write_str("everything was drained");
        }
        f.write_str("left behind:")?;
        let mut separator = " ";
        for Left { pipeline, events } in &self.left {
            match events {
                0 => write!(f, "{separator}what the stages of pipeline {pipeline:?} held")?,
                1 => write!(f, "{separator}1 event of pipeline {pipeline:?}")?,
                events => write!(f, "{separator}{events} events of pipeline {pipeline:?}")?,
            }
            separator = ", ";
        }
        for what in &self.sinks {
            write!(f, "{separator}{what}")?;
            separator = ", ";
        }
        Ok(())
    }
}

/// What of the time, a tenth of it and no more than this, is kept for what others kept from flushing, and for the sinks.
const KEPT: Duration = Duration::from_secs(1);

impl Running {
    /// Stops the sources, those in groups the last first, then accepts nothing any more, empties the mailboxes, lets the stages flush what they hold, and waits until
    /// the sinks have brought out what they hold; all within `limit`. A pipeline that others publish to comes after them, so that
    /// nothing is lost.
    ///
    /// A source that takes longer than a quarter of the time to stop is refused what it brings after that, and is cut off at the end.
    /// Deliveries that wait for room are let in. A pipeline waits for those that publish to it, and for those below it in its group, and for no other: one that is stuck keeps
    /// no other from flushing, and a little before the end those flush as well that had waited for it. A pipeline that is backing off is waited for. What is not done in time is given up:
    /// each pipeline stops after the chunk that it runs, if that ever ends; so a program that shuts its tokio run-time down should do it
    /// in the background.
    pub async fn drain(&self, limit: Duration) -> Drained {
        let shared = self.shared();
        let kept = (limit / 10).min(KEPT);
        let limit = Limit::after(limit);
        shared.sources.stop();
        // What has arrived is still accepted. Sources that wait for a full mailbox are let in by what follows.
        let in_order = shared.sources.stop_grouped(&shared.env.supervisor.groups, &shared.env.clock);
        let _ = tokio::time::timeout(limit.left() / 4, async { tokio::join!(in_order, shared.sources.stopped()) }).await;
        shared.env.draining.store(true, Ordering::SeqCst);
        // Here, so that pipelines that finish side by side need not fire timers for one another.
        shared.workers.iter().for_each(|worker| worker.catch_up(|| shared.env.clock.steady()));
        // Those that wait for what they have taken to be done wait no more.
        shared.workers.iter().filter(|worker| worker.demand.is_some()).for_each(Worker::start_job);
        let mut jobs = JoinSet::new();
        // Each is closed when its pipeline is done.
        let done: Arc<[Semaphore]> = shared.workers.iter().map(|_| Semaphore::new(0)).collect();
        let before = groups::before_each(&shared.assembly, &shared.env.supervisor.groups.tree());
        for (index, before) in before.into_iter().enumerate() {
            jobs.spawn(finish(Arc::clone(shared), index, before, Arc::clone(&done)));
        }
        let mut left = vec![true; shared.workers.len()];
        let all = async {
            while let Some(done) = jobs.join_next().await {
                if let Ok(index) = done {
                    left[index] = false;
                }
            }
        };
        let wait = limit.left().saturating_sub(kept);
        let (done, _) = tokio::join!(tokio::time::timeout(wait, all), tokio::time::timeout(wait, shared.sources.stopped()));
        if done.is_err() {
            flush_idle(shared, &mut left, limit).await;
            shared.env.abandoned.store(true, Ordering::SeqCst);
        }
        let left = shared.workers.iter().zip(left).filter(|(_, left)| *left).map(|(worker, _)| {
            let stats = worker.stats();
            Left { pipeline: stats.name, events: stats.depth + stats.running + worker.under_way() }
        });
        let left = left.collect();
        shared.env.services.end_boundaries();
        shared.sources.abort().await;
        shared.workers.iter().for_each(|worker| worker.mailbox.close());
        shared.env.services.topics.close();
        let sinks = shared.env.services.sinks.clone();
        let sinks = tokio::task::spawn_blocking(move || sinks.drain(limit)).await.unwrap_or_default();
        Drained { left, sinks }
    }
}

/// Returns true when nothing waits in a pipeline, or for room in it.
fn is_done(worker: &Worker) -> bool {
    worker.is_idle() && worker.waiters.load(Ordering::SeqCst) == 0
}

/// Flushes those that have nothing to do but to wait for a pipeline that publishes to them; what is flushed is `left` no more.
async fn flush_idle(shared: &Arc<Shared>, left: &mut [bool], limit: Limit) {
    for &index in shared.assembly.timer_order().iter().rev() {
        let worker = Arc::clone(&shared.workers[index]);
        if !left[index] || !is_done(&worker) || worker.try_lock().is_none() {
            continue;
        }
        let flush = tokio::task::spawn_blocking(move || worker.finish() && worker.blocked().is_none());
        // One that does not come back must leave some time to the others.
        if let Ok(Ok(true)) = tokio::time::timeout(limit.left() / 2, flush).await {
            left[index] = false;
        }
    }
}

/// Waits until a pipeline is idle and flushes it, after those that come before it; returns its index.
async fn finish(shared: Arc<Shared>, index: usize, before: Vec<usize>, done: Arc<[Semaphore]>) -> usize {
    let worker = &shared.workers[index];
    for before in before {
        // It never has a permit: this waits for the end.
        let _ = done[before].acquire().await;
    }
    loop {
        let idle = shared.env.idle.notified();
        tokio::pin!(idle);
        idle.as_mut().enable();
        if is_done(worker) {
            let worker = Arc::clone(worker);
            // Flushing may take long, too.
            let flushed = Arc::clone(&worker);
            if tokio::task::spawn_blocking(move || worker.finish()).await.unwrap_or(true) {
                // What it flushed may wait for room.
                if let Some(blocked) = flushed.blocked() {
                    blocked.gone().await;
                }
                done[index].close();
                return index;
            }
        }
        idle.await;
    }
}
