//! Looks after the sources: starts them again, stops them in time, tells what they do.

use std::any::TypeId;
use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::Duration;

use tokio::task::AbortHandle;
use tokio_util::task::TaskTracker;

use super::intake::{Counts, Intake};
use super::restarts::{Restarts, Verdict};
use super::running::Running;
use crate::clock::Clock;
use crate::engine::error::SendError;
use crate::engine::router::Policy;
use crate::engine::source::{Description, Source, SourceError, Stop};
use crate::model::event::Event;
use crate::model::item::Item;
use crate::model::panics::catch;

/// How long a source that is cut off may take to go.
const CUT_OFF: Duration = Duration::from_millis(100);

/// What a source has done so far.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SourceStats {
    /// The name under which it was added.
    pub name: Arc<str>,
    /// What it is, and where its items come from.
    pub description: Description,
    /// What it is doing.
    pub state: SourceState,
    /// How many batches of it were accepted.
    pub batches: u64,
    /// How many events, or other items, these had.
    pub events: u64,
    /// How often it was made again after an error or a panic.
    pub restarts: u64,
    /// The last error or panic.
    pub last_error: Option<String>,
}

/// What a source is doing; it is written in words, such as `backing off`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SourceState {
    /// It runs.
    Running,
    /// It waits for its restart after an error or a panic.
    BackingOff,
    /// It failed too often, and is tried again after a long while.
    Stopped,
    /// It had no more to bring, or was stopped by the drain.
    Ended,
}

impl fmt::Display for SourceState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            SourceState::Running => "running",
            SourceState::BackingOff => "backing off",
            SourceState::Stopped => "stopped",
            SourceState::Ended => "ended",
        })
    }
}

/// The sources of a router.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    stop: Stop,
    tasks: TaskTracker,
    all: Mutex<Vec<Arc<Seat>>>,
}

/// A source as others see it.
#[derive(Debug)]
struct Seat {
    name: Arc<str>,
    counts: Arc<Counts>,
    seen: Mutex<Seen>,
    task: Mutex<Option<AbortHandle>>,
}

#[derive(Debug)]
struct Seen {
    description: Description,
    state: SourceState,
    restarts: u64,
    error: Option<String>,
}

impl Seat {
    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn stats(&self) -> SourceStats {
        let seen = self.seen();
        SourceStats {
            name: Arc::clone(&self.name),
            description: seen.description.clone(),
            state: seen.state,
            batches: self.counts.batches(),
            events: self.counts.items(),
            restarts: seen.restarts,
            last_error: seen.error.clone(),
        }
    }
}

impl Sources {
    fn all(&self) -> MutexGuard<'_, Vec<Arc<Seat>>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks all of them to stop; no more can be added.
    pub(super) fn stop(&self) {
        self.stop.request();
        self.tasks.close();
    }

    /// Waits until all of them have stopped.
    pub(super) async fn stopped(&self) {
        self.tasks.wait().await;
    }

    /// Ends those that have not stopped in time.
    pub(super) async fn abort(&self) {
        for seat in self.all().iter().filter(|seat| seat.seen().state != SourceState::Ended) {
            let Some(task) = seat.task.lock().unwrap_or_else(PoisonError::into_inner).take() else { continue };
            if !task.is_finished() {
                tracing::warn!("source {:?} did not stop in time, and is aborted", seat.name);
                task.abort();
                seat.seen().state = SourceState::Ended;
            }
        }
        // A source that never comes back from a call cannot be cut off, and must not keep the others from the end.
        let _ = tokio::time::timeout(CUT_OFF, self.stopped()).await;
    }

    /// Returns how many batches were offered so far, and for how many that is over.
    pub(super) fn begun_and_ended(&self) -> (u64, u64) {
        let add = |(begun, ended), (more, over)| (begun + more, ended + over);
        self.all().iter().map(|seat| seat.counts.begun_and_ended()).fold((0, 0), add)
    }
}

impl Running {
    /// Runs a source and looks after it until the drain, which stops the sources first.
    ///
    /// It is made by `make`, and again after each error and panic: after 100 ms, doubled each time up to 5 s. After more than three
    /// failures within five seconds it is stopped for a minute, doubled each time up to an hour. What must survive a restart, such as a socket that is bound, `make` gives
    /// to each in turn: an `Arc` of it.
    ///
    /// # Errors
    /// When no pipeline takes items of its type, or the run-time is shutting down.
    pub fn add_source<S: Source>(&self, name: &str, make: impl Fn() -> S + Send + Sync + 'static) -> Result<(), SendError> {
        let counts = Arc::<Counts>::default();
        let out = self.intake_with::<S::Item>(Arc::clone(&counts))?;
        let shared = self.shared();
        let sources = &shared.sources;
        if sources.stop.is_requested() {
            return Err(SendError::Draining);
        }
        // One that cannot even be made is told like one that fails later.
        let first = catch(&make).map_err(|panic| SourceError::new(panic.to_string()));
        let description = first.as_ref().map_or_else(|_| Description::new("unknown"), Source::describe);
        let seat = Arc::new(Seat {
            name: name.into(),
            counts,
            seen: Mutex::new(Seen { description, state: SourceState::Running, restarts: 0, error: None }),
            task: Mutex::default(),
        });
        let env = &shared.env;
        let supervised = Supervised { seat: Arc::clone(&seat), out, stop: sources.stop.clone(), make };
        let task = sources.tasks.spawn_on(supervised.run(first, env.clock.clone()), &env.handle);
        *seat.task.lock().unwrap_or_else(PoisonError::into_inner) = Some(task.abort_handle());
        sources.all().push(seat);
        Ok(())
    }

    /// Returns where a source hands over what it brings, for those who run one themselves: it is neither looked after, nor stopped by
    /// the drain, nor counted.
    ///
    /// # Errors
    /// When no pipeline takes items of this type.
    pub fn intake<I: Item>(&self) -> Result<Intake<I>, SendError> {
        self.intake_with(Arc::default())
    }

    fn intake_with<I: Item>(&self, counts: Arc<Counts>) -> Result<Intake<I>, SendError> {
        let takers = self.takers::<I>();
        // Events are accepted where no pipeline wants them, too: listeners cannot know what pipelines there are.
        if takers.is_empty() && TypeId::of::<I>() != TypeId::of::<Event>() {
            return Err(SendError::NoSuchPipeline { item: std::any::type_name::<I>() });
        }
        Ok(Intake::of(self.clone(), takers, counts))
    }

    /// Returns what each source has done so far, in the order in which they were added.
    pub fn sources(&self) -> Vec<SourceStats> {
        self.shared().sources.all().iter().map(|seat| seat.stats()).collect()
    }
}

/// A source, and what is needed to make it again.
struct Supervised<S: Source, F> {
    seat: Arc<Seat>,
    out: Intake<S::Item>,
    stop: Stop,
    make: F,
}

impl<S: Source, F: Fn() -> S> Supervised<S, F> {
    async fn run(self, mut source: Result<S, SourceError>, clock: Clock) {
        let mut restarts = Restarts::new(&Policy::default(), clock.steady());
        let name = &self.seat.name;
        loop {
            let ended = match source {
                Ok(mut source) => caught(source.run(self.out.clone(), self.stop.clone())).await,
                Err(error) => Err(error),
            };
            let Err(error) = ended else { break };
            self.seat.seen().error = Some(error.to_string());
            if self.stop.is_requested() {
                tracing::warn!("source {name:?} failed while it was stopping: {error}");
                break;
            }
            let wait = match restarts.panicked(clock.steady()) {
                Verdict::After(wait) => {
                    tracing::error!("source {name:?} failed: {error}; it starts again in {wait:?}");
                    self.seat.seen().state = SourceState::BackingOff;
                    wait
                }
                Verdict::Stop(rest) => {
                    tracing::error!("source {name:?} is stopped: {error}; it has failed too often, and is tried again in {rest:?}");
                    self.seat.seen().state = SourceState::Stopped;
                    rest
                }
            };
            tokio::select! {
                () = clock.sleep_until(clock.steady() + wait) => {}
                () = self.stop.requested() => {
                    if self.seat.seen().state == SourceState::Stopped {
                        return;
                    }
                    break;
                }
            }
            source = catch(&self.make).map_err(|panic| SourceError::new(panic.to_string()));
            restarts.restarted(clock.steady());
            let mut seen = self.seat.seen();
            (seen.state, seen.restarts) = (SourceState::Running, seen.restarts + 1);
        }
        self.seat.seen().state = SourceState::Ended;
    }
}

/// Runs a future, and makes an error of its panic.
async fn caught(run: impl Future<Output = Result<(), SourceError>> + Send) -> Result<(), SourceError> {
    let mut run = pin!(run);
    poll_fn(|cx| match catch(|| run.as_mut().poll(cx)) {
        Ok(poll) => poll,
        Err(panic) => Poll::Ready(Err(SourceError::new(format!("it panicked: {panic}")))),
    })
    .await
}
