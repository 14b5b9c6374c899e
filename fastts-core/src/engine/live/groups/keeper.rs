//! The task that keeps groups: one decision after the other, each done before the next is made.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};
use std::time::Duration;

use super::Groups;
use crate::clock::Clock;
use crate::engine::groups::decision::{Decision, End, Leaf, Stopped};
use crate::engine::live::running::Shared;
use crate::engine::live::worker::Worker;
use crate::model::panics::Panic;
use crate::model::time::Time;

/// How long a member that is to be stopped is waited for, as OTP waits for a child.
const PATIENCE: Duration = Duration::from_secs(5);

/// Keeps the groups until the run-time is dropped.
pub(in crate::engine::live) async fn serve(groups: Arc<Groups>, clock: Clock, shared: Weak<Shared>) {
    while !groups.closed.load(Ordering::SeqCst) {
        let retry = groups.tree().next_retry().unwrap_or(Time::MAX);
        tokio::select! {
            biased;
            () = groups.changed.notified() => {}
            () = clock.sleep_until(retry) => {}
        }
        let Some(shared) = shared.upgrade() else { return };
        let keeper = Keeper { groups: &groups, clock: &clock, shared: &shared };
        keeper.look().await;
    }
}

struct Keeper<'k> {
    groups: &'k Arc<Groups>,
    clock: &'k Clock,
    shared: &'k Arc<Shared>,
}

impl Keeper<'_> {
    /// Deals with everybody who has come to its end, then with the groups that are tried again.
    async fn look(&self) {
        loop {
            let next = self.groups.reports().pop_front();
            let Some((leaf, end)) = next else { break };
            self.deal(leaf, end, &[]).await;
        }
        let now = self.clock.steady();
        let rested = self.groups.tree().rested(now);
        for group in rested {
            if self.shared.env.draining.load(Ordering::SeqCst) {
                // A drain wakes nobody who is stopped.
                return;
            }
            let (name, starts) = {
                let mut tree = self.groups.tree();
                (tree.nodes()[group].name, tree.retry(group, now))
            };
            tracing::info!("group {name:?} was stopped and is tried again");
            self.start(starts).await;
        }
    }

    /// Deals with one that has come to its end while others were about to be started.
    async fn deal(&self, leaf: Leaf, end: End, pending: &[Leaf]) {
        let decision = self.groups.tree().ended(leaf, end, pending, self.clock.steady());
        let Some(decision) = decision else { return };
        let Decision { spent, stops, starts, stopped } = decision;
        for &group in &spent {
            let tree = self.groups.tree();
            let node = &tree.nodes()[group];
            if let Some(parent) = node.parent {
                tracing::error!("group {:?} has restarted too often; group {:?} starts it again", node.name, tree.nodes()[parent].name);
            }
        }
        self.stop(stops.clone()).await;
        for leaf in stops.into_iter().chain([leaf]) {
            if let Leaf::Source(source) = leaf
                && self.groups.tree().home(leaf).is_none()
            {
                self.shared.sources.is_over(source);
            }
        }
        match stopped {
            Some(stopped) => self.stopped(stopped).await,
            None => self.start(starts).await,
        }
    }

    /// Stops some, one after the other.
    async fn stop(&self, leaves: Vec<Leaf>) {
        let mut rest = leaves.into_iter().peekable();
        while let Some(leaf) = rest.next() {
            match leaf {
                Leaf::Source(source) => self.hold_source(source).await,
                Leaf::Pipeline(first) => {
                    // Those that are free in one go: what the user's code does when it is dropped may take long.
                    let mut workers = vec![self.worker(first)];
                    while let Some(Leaf::Pipeline(next)) = rest.peek() {
                        workers.push(self.worker(*next));
                        rest.next();
                    }
                    self.hold(workers).await;
                }
            }
        }
    }

    async fn hold_source(&self, source: usize) {
        self.shared.sources.hold(source, self.clock).await;
        self.groups.forget(Leaf::Source(source));
    }

    fn worker(&self, pipeline: usize) -> Arc<Worker> {
        Arc::clone(&self.shared.workers[pipeline])
    }

    /// Holds pipelines, one after the other; waits for one that is busy.
    async fn hold(&self, workers: Vec<Arc<Worker>>) {
        let mut from = 0;
        while from < workers.len() {
            let free: Vec<Arc<Worker>> = workers[from..].to_vec();
            let held = blocking(move || free.iter().take_while(|worker| worker.try_hold()).count()).await.unwrap_or(0);
            workers[from..from + held].iter().for_each(|worker| self.groups.forget(Leaf::Pipeline(worker.index)));
            from += held;
            let Some(busy) = workers.get(from) else { return };
            self.hold_busy(busy).await;
            from += 1;
        }
    }

    /// Holds a pipeline after the chunk that it runs. One that does not come back is held, and begins anew, when it does.
    async fn hold_busy(&self, worker: &Arc<Worker>) {
        if !worker.is_told_to_hold() {
            worker.tell_to_hold();
            let late = Arc::clone(worker);
            let held = blocking(move || late.hold_late());
            tokio::select! {
                biased;
                _ = held => return self.groups.forget(Leaf::Pipeline(worker.index)),
                () = self.clock.sleep_until(self.clock.steady() + PATIENCE) => {}
            }
        }
        worker.is_late();
        tracing::warn!(
            "pipeline {:?} does not come back from its events; its group goes on without it, and starts it again when it does",
            worker.pipeline.name()
        );
    }

    /// Starts some, one after the other, until one falls: what becomes of the rest is decided anew then.
    async fn start(&self, leaves: Vec<Leaf>) {
        let mut from = 0;
        while let Some(&leaf) = leaves.get(from) {
            match leaf {
                Leaf::Source(source) => {
                    self.shared.sources.start(source);
                    from += 1;
                }
                Leaf::Pipeline(_) => {
                    let pipelines = leaves[from..].iter().map_while(|leaf| match leaf {
                        Leaf::Pipeline(pipeline) => Some(self.worker(*pipeline)),
                        Leaf::Source(_) => None,
                    });
                    let workers: Vec<Arc<Worker>> = pipelines.collect();
                    let Ok(begun) = blocking(move || begin(&workers)).await else { return };
                    from += begun.count;
                    let Some(panic) = begun.fell else { continue };
                    let Some((&fallen, pending)) = leaves[from..].split_first() else { return };
                    if let Leaf::Pipeline(pipeline) = fallen {
                        let worker = &self.shared.workers[pipeline];
                        let name = worker.pipeline.name();
                        tracing::error!("pipeline {name:?}: the chain could not be built again: {panic}; its group sees to it");
                        worker.note(&panic);
                    }
                    return Box::pin(self.deal(fallen, End::Crashed, pending)).await;
                }
            }
        }
    }

    /// Stops a group at the top for a long while, or for good when the program is to end.
    async fn stopped(&self, Stopped { group, rest }: Stopped) {
        let (name, leaves) = {
            let tree = self.groups.tree();
            (tree.nodes()[group].name, tree.leaves(group))
        };
        let mut workers = Vec::new();
        for (leaf, _) in leaves {
            match leaf {
                Leaf::Pipeline(pipeline) => workers.push(self.worker(pipeline)),
                Leaf::Source(source) => self.shared.sources.halted(source),
            }
        }
        let halted = blocking(move || workers.iter().map(|worker| worker.halt_held()).sum::<usize>());
        let dead = halted.await.unwrap_or_default();
        let then = rest.map_or_else(|| "the program ends".to_owned(), |rest| format!("it is tried again in {rest:?}"));
        tracing::error!(
            "group {name:?} is stopped: it has restarted too often; {dead} events that waited are dead letters, what comes to its \
             pipelines is dropped; {then}; correct what fell last"
        );
        self.shared.env.idle.notify_waiters();
        if rest.is_none() {
            self.shared.env.failed.send_if_modified(|failed| failed.replace(name).is_none());
        }
    }
}

/// How far a start came.
struct Begun {
    count: usize,
    fell: Option<Panic>,
}

fn begin(workers: &[Arc<Worker>]) -> Begun {
    for (count, worker) in workers.iter().enumerate() {
        if let Err(panic) = worker.begin() {
            return Begun { count, fell: Some(panic) };
        }
    }
    Begun { count: workers.len(), fell: None }
}

/// Runs what may block, or take long.
async fn blocking<R: Send + 'static>(run: impl FnOnce() -> R + Send + 'static) -> Result<R, tokio::task::JoinError> {
    tokio::task::spawn_blocking(run).await
}
