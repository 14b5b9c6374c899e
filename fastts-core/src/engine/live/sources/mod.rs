//! Looks after the sources: starts them again, stops them in time, tells what they do.
//!
//! | file | what it is |
//! |---|---|
//! | `supervised` | the life of a source that stands in no group |
//! | `grouped` | the life of one that stands in a group |

mod grouped;
mod supervised;

use std::any::TypeId;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::AbortHandle;
use tokio_util::task::TaskTracker;

use self::grouped::Turn;
use self::supervised::Supervised;
use super::intake::{Counts, Intake};
use super::running::Running;
use crate::engine::error::SendError;
use crate::engine::groups::decision::Leaf;
use crate::engine::groups::policy::Lifetime;
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
    /// Whose turn it is, of one that stands in a group.
    turn: watch::Sender<Turn>,
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

    fn seat(&self, source: usize) -> Arc<Seat> {
        Arc::clone(&self.all()[source])
    }

    /// Returns the name of a source.
    pub(super) fn name(&self, source: usize) -> Arc<str> {
        Arc::clone(&self.seat(source).name)
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
        self.add(None, name, make)
    }

    /// Runs a source as the last member of a group: it starts after the others, stops before them, and when it or one of them falls, the group decides
    /// what becomes of both. Its lifetime says when it is started again; there is no back-off.
    ///
    /// ```
    /// # use fastts_core::prelude::*;
    /// # use fastts_core::runtime::{Description, Intake, Lifetime, Options, Running, Source, SourceError, Stop};
    /// # struct Ticker;
    /// # impl Source for Ticker {
    /// #     type Item = Event;
    /// #     fn describe(&self) -> Description { Description::new("ticker") }
    /// #     async fn run(&mut self, _: Intake, stop: Stop) -> Result<(), SourceError> { stop.requested().await; Ok(()) }
    /// # }
    /// router! {
    ///     #[one_for_all]
    ///     group "ticks" {
    ///         pipeline "count" { counter; stdout }
    ///     }
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let running = Running::start(router(), Options::new())?;
    /// running.add_source_to("ticks", Lifetime::Permanent, "ticker", || Ticker)?;
    /// assert_eq!(&*running.groups()[0].members[1].name, "ticker");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Running::add_source`], and when there is no such group.
    pub fn add_source_to<S: Source>(
        &self,
        group: &str,
        lifetime: Lifetime,
        name: &str,
        make: impl Fn() -> S + Send + Sync + 'static,
    ) -> Result<(), SendError> {
        let found = self.shared().env.supervisor.groups.tree().find(group);
        let Some(found) = found else { return Err(SendError::NoSuchGroup { group: group.to_owned() }) };
        self.add(Some((found, lifetime)), name, make)
    }

    fn add<S: Source>(
        &self,
        group: Option<(usize, Lifetime)>,
        name: &str,
        make: impl Fn() -> S + Send + Sync + 'static,
    ) -> Result<(), SendError> {
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
            turn: watch::Sender::new(Turn::Run),
        });
        let env = &shared.env;
        let supervised = Supervised { seat: Arc::clone(&seat), out, stop: sources.stop.clone(), make, clock: env.clock.clone() };
        let mut all = sources.all();
        all.push(Arc::clone(&seat));
        let leaf = Leaf::Source(all.len() - 1);
        drop(all);
        let task = match group {
            None => sources.tasks.spawn_on(supervised.run(first), &env.handle),
            Some((group, lifetime)) => {
                let groups = Arc::clone(&env.supervisor.groups);
                if !groups.tree().add(group, leaf, lifetime) {
                    seat.turn.send_replace(Turn::Held);
                    seat.seen().state = SourceState::Stopped;
                }
                sources.tasks.spawn_on(supervised.run_in_group(first, groups, leaf), &env.handle)
            }
        };
        *seat.task.lock().unwrap_or_else(PoisonError::into_inner) = Some(task.abort_handle());
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
