//! The orderly end.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::running::{Running, Shared};
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

impl Running {
    /// Stops the sources, then accepts nothing any more, empties the mailboxes, lets the stages flush what they hold, and waits until
    /// the sinks have brought out what they hold; all within `limit`. A pipeline that others publish to comes after them, so that
    /// nothing is lost.
    ///
    /// A source that takes longer than a quarter of the time to stop is refused what it brings after that, and is cut off at the end.
    /// Deliveries that wait for room are let in. A pipeline that is backing off is waited for. What is not done in time is given up:
    /// each pipeline stops after the chunk that it runs, if that ever ends; so a program that shuts its tokio run-time down should do it
    /// in the background.
    pub async fn drain(&self, limit: Duration) -> Drained {
        let shared = self.shared();
        let limit = Limit::after(limit);
        shared.sources.stop();
        // What has arrived is still accepted. Sources that wait for a full mailbox are let in by what follows.
        let _ = tokio::time::timeout(limit.left() / 4, shared.sources.stopped()).await;
        shared.env.draining.store(true, Ordering::SeqCst);
        // Here, so that pipelines that finish side by side need not fire timers for one another.
        shared.workers.iter().for_each(|worker| worker.catch_up(|| shared.env.clock.steady()));
        let mut jobs = JoinSet::new();
        // Each is closed when its pipeline is done.
        let done: Arc<[Semaphore]> = shared.workers.iter().map(|_| Semaphore::new(0)).collect();
        for index in 0..shared.workers.len() {
            jobs.spawn(finish(Arc::clone(shared), index, Arc::clone(&done)));
        }
        let mut left = vec![true; shared.workers.len()];
        let all = async {
            while let Some(done) = jobs.join_next().await {
                if let Ok(index) = done {
                    left[index] = false;
                }
            }
        };
        let (done, _) = tokio::join!(tokio::time::timeout(limit.left(), all), tokio::time::timeout(limit.left(), shared.sources.stopped()));
        if done.is_err() {
            shared.env.abandoned.store(true, Ordering::SeqCst);
        }
        shared.sources.abort().await;
        shared.workers.iter().for_each(|worker| worker.mailbox.close());
        shared.env.services.topics.close();
        let sinks = shared.env.services.sinks.clone();
        let sinks = tokio::task::spawn_blocking(move || sinks.drain(limit)).await.unwrap_or_default();
        let left = shared.workers.iter().zip(left).filter(|(_, left)| *left).map(|(worker, _)| {
            let stats = worker.stats();
            Left { pipeline: stats.name, events: stats.depth + stats.running }
        });
        Drained { left: left.collect(), sinks }
    }
}

/// Waits until a pipeline is idle and flushes it, after all that publish to it; returns its index.
async fn finish(shared: Arc<Shared>, index: usize, done: Arc<[Semaphore]>) -> usize {
    let worker = &shared.workers[index];
    for (before, done) in done.iter().enumerate() {
        if shared.assembly.routes.behind(before).any(|taker| taker == index) {
            // It never has a permit: this waits for the end.
            let _ = done.acquire().await;
        }
    }
    loop {
        let idle = shared.env.idle.notified();
        tokio::pin!(idle);
        idle.as_mut().enable();
        if worker.is_idle() && shared.env.waiting.load(Ordering::SeqCst) == 0 {
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
