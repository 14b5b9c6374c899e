//! The threads on which queries are answered.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use tokio::sync::oneshot;

use super::QUERY_TIMEOUT;
use crate::clock::{Limit, Rarely, yield_to_others};
use crate::model::panics::catch;
use crate::query::{Budget, OutOfBudget};

/// How many queries run at once, how many more wait, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct QueryOptions {
    /// How long a query may take, from when it was asked: five seconds by default.
    pub timeout: Duration,
    /// How many run at once, each on a thread of its own: as many as there are processors by default.
    pub running: usize,
    /// How many wait until one of them is done: 64 by default. One more is refused.
    pub waiting: usize,
}

impl Default for QueryOptions {
    fn default() -> QueryOptions {
        let running = thread::available_parallelism().map_or(1, usize::from);
        QueryOptions { timeout: QUERY_TIMEOUT, running, waiting: 64 }
    }
}

impl QueryOptions {
    /// Returns the default options.
    pub fn new() -> QueryOptions {
        QueryOptions::default()
    }

    /// Sets how long a query may take.
    pub fn timeout(self, timeout: Duration) -> QueryOptions {
        QueryOptions { timeout, ..self }
    }

    /// Sets how many run at once, at least one.
    pub fn running(self, running: usize) -> QueryOptions {
        QueryOptions { running: running.max(1), ..self }
    }

    /// Sets how many wait.
    pub fn waiting(self, waiting: usize) -> QueryOptions {
        QueryOptions { waiting, ..self }
    }
}

/// Why a query is not answered.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum QueryRefused {
    /// As many run and wait as may.
    TooMany {
        /// How many may run, and wait.
        limit: usize,
    },
    /// It took too long, or had to wait too long for others.
    TimedOut {
        /// How long it may take.
        limit: Duration,
        /// Whether it has run at all.
        has_run: bool,
    },
    /// A defect: what it ran has panicked.
    Failed,
}

/// What has become of queries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct QueryStats {
    /// How many were answered.
    pub answered: u64,
    /// How many took too long.
    pub timed_out: u64,
    /// How many were refused because there were too many.
    pub refused: u64,
    /// How many were given up because whoever had asked was gone.
    pub abandoned: u64,
    /// How many run now.
    pub running: usize,
    /// How many wait now.
    pub waiting: usize,
}

/// The threads on which queries are answered: neither connections nor pipelines wait for a query, however long it takes.
///
/// A handle; its copies are the same threads. They are started when they are needed, yield to all other threads where the system knows
/// that, and end with the last handle.
///
/// ```
/// use std::ops::ControlFlow;
///
/// use fastts_core::index::{Index, Queries, QueryOptions};
/// use fastts_core::query::Query;
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let (index, queries) = (Index::new(), Queries::new(QueryOptions::new()));
/// let text = r#"state = "critical""#;
/// let query = Query::parse(text)?;
/// let mut count = 0;
/// let counted = queries.run(text, queries.budget(), move |budget| {
///     index.visit_within(&query, budget, |_| { count += 1; ControlFlow::Continue(()) })?;
///     Ok(count)
/// });
/// assert_eq!(counted.await, Ok(0));
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Queries {
    jobs: Arc<Mutex<Sender<Job>>>,
    shared: Arc<Shared>,
}

struct Shared {
    options: QueryOptions,
    /// What waits; each thread takes from it in turn.
    jobs: Mutex<Receiver<Job>>,
    threads: AtomicUsize,
    /// How many run or wait.
    pending: AtomicUsize,
    running: AtomicUsize,
    answered: AtomicU64,
    timed_out: AtomicU64,
    refused: AtomicU64,
    abandoned: AtomicU64,
    slow: Rarely,
    full: Rarely,
}

type Job = Box<dyn FnOnce() + Send>;

/// From when on a query is slow, and is logged.
const SLOW: Duration = Duration::from_secs(1);

/// How much of its text is logged.
const SHOWN: usize = 200;

impl Queries {
    /// Makes the handle.
    pub fn new(options: QueryOptions) -> Queries {
        let (sender, receiver) = channel();
        let shared = Shared {
            options,
            jobs: Mutex::new(receiver),
            threads: AtomicUsize::new(0),
            pending: AtomicUsize::new(0),
            running: AtomicUsize::new(0),
            answered: AtomicU64::new(0),
            timed_out: AtomicU64::new(0),
            refused: AtomicU64::new(0),
            abandoned: AtomicU64::new(0),
            slow: Rarely::default(),
            full: Rarely::default(),
        };
        Queries { jobs: Arc::new(Mutex::new(sender)), shared: Arc::new(shared) }
    }

    /// Returns the options.
    pub fn options(&self) -> &QueryOptions {
        &self.shared.options
    }

    /// Returns the budget of a query that is asked now.
    pub fn budget(&self) -> Budget {
        Budget::lasting(self.shared.options.timeout)
    }

    /// Runs what answers a query, whose text is for the log; it should stop when its budget has run out. When this future is dropped before it is done, the budget
    /// runs out.
    ///
    /// # Errors
    /// When too many run and wait already, or the budget has run out before or while it ran.
    pub async fn run<T: Send + 'static>(
        &self,
        query: &str,
        budget: Budget,
        answer: impl FnOnce(&mut Budget) -> Result<T, OutOfBudget> + Send + 'static,
    ) -> Result<T, QueryRefused> {
        let shared = &self.shared;
        let QueryOptions { timeout, running, waiting, .. } = shared.options;
        let limit = running.saturating_add(waiting);
        let pending = Pending::new(shared, limit).ok_or_else(|| {
            shared.refused.fetch_add(1, Ordering::Relaxed);
            shared.full.say(|others| {
                tracing::warn!("too many queries: {limit} run or wait already; one more was refused (and so were {others} before it)");
            });
            QueryRefused::TooMany { limit }
        })?;
        let abandoned = Abandoned(Arc::default());
        let (sender, receiver) = oneshot::channel();
        let mut budget = budget.unless(Arc::clone(&abandoned.0));
        let (query, gone) = (shown(query), Arc::clone(&abandoned.0));
        let job = move || {
            let shared = Arc::clone(&pending.0);
            let Ok(()) = budget.look() else {
                shared.count(&shared.timed_out, &gone);
                drop(pending);
                // Whoever has asked may be gone.
                let _ = sender.send(Err(QueryRefused::TimedOut { limit: timeout, has_run: false }));
                return;
            };
            shared.running.fetch_add(1, Ordering::Relaxed);
            let begun = Limit::after(SLOW);
            let answer = catch(|| answer(&mut budget));
            shared.running.fetch_sub(1, Ordering::Relaxed);
            let in_time = !matches!(answer, Ok(Err(OutOfBudget::Time)));
            shared.count(if in_time { &shared.answered } else { &shared.timed_out }, &gone);
            if begun.left().is_zero() || !in_time {
                let ended = if in_time { "answered" } else { "given up" };
                shared.slow.say(|others| tracing::warn!("a slow query was {ended}: {} (and {others} others before it)", query));
            }
            drop(pending);
            let _ = sender.send(match answer {
                Ok(Ok(answer)) => Ok(answer),
                Ok(Err(OutOfBudget::Time)) => Err(QueryRefused::TimedOut { limit: timeout, has_run: true }),
                // Nobody hears of it.
                Ok(Err(OutOfBudget::Abandoned)) => Err(QueryRefused::Failed),
                Err(panic) => {
                    tracing::error!("a query has panicked, which is a defect: {panic}");
                    Err(QueryRefused::Failed)
                }
            });
        };
        self.send(Box::new(job));
        let answered = receiver.await;
        drop(abandoned);
        answered.unwrap_or(Err(QueryRefused::Failed))
    }

    /// Has a thread run a job, a new one when all are busy and there may be more.
    fn send(&self, job: Job) {
        let shared = &self.shared;
        // Nothing can panic under the lock.
        let sent = self.jobs.lock().unwrap_or_else(PoisonError::into_inner).send(job);
        debug_assert!(sent.is_ok(), "the receiver lives as long as the handle");
        let more =
            |threads: usize| (threads < shared.options.running && threads < shared.pending.load(Ordering::Relaxed)).then_some(threads + 1);
        if shared.threads.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).is_ok() {
            let worker = Arc::clone(shared);
            if let Err(error) = thread::Builder::new().name("fastts-query".to_owned()).spawn(move || work(&worker)) {
                shared.threads.fetch_sub(1, Ordering::Relaxed);
                tracing::error!("cannot start a thread for queries: {error}");
            }
        }
    }

    /// Returns what has become of queries.
    pub fn stats(&self) -> QueryStats {
        let shared = &self.shared;
        let running = shared.running.load(Ordering::Relaxed);
        QueryStats {
            answered: shared.answered.load(Ordering::Relaxed),
            timed_out: shared.timed_out.load(Ordering::Relaxed),
            refused: shared.refused.load(Ordering::Relaxed),
            abandoned: shared.abandoned.load(Ordering::Relaxed),
            running,
            waiting: shared.pending.load(Ordering::Relaxed).saturating_sub(running),
        }
    }
}

impl Shared {
    fn count(&self, counter: &AtomicU64, gone: &AtomicBool) {
        let counter = if gone.load(Ordering::Relaxed) { &self.abandoned } else { counter };
        counter.fetch_add(1, Ordering::Relaxed);
    }
}

/// Runs one job after the other.
fn work(shared: &Shared) {
    yield_to_others();
    loop {
        // Those that wait for the lock wait for a job, one after the other.
        let job = shared.jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = job else { return };
        job();
    }
}

/// One that runs or waits.
struct Pending(Arc<Shared>);

impl Pending {
    /// Finds room for one more; `None` when there are as many as may be.
    fn new(shared: &Arc<Shared>, limit: usize) -> Option<Pending> {
        let more = |pending: usize| (pending < limit).then_some(pending + 1);
        shared.pending.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).ok()?;
        Some(Pending(Arc::clone(shared)))
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        self.0.pending.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Tells a query that nobody waits for it.
struct Abandoned(Arc<AtomicBool>);

impl Drop for Abandoned {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Writes a text from a client for the log.
fn shown(text: &str) -> String {
    let cut = text.floor_char_boundary(SHOWN);
    format!("{:?}{}", &text[..cut], if cut < text.len() { "…" } else { "" })
}

impl fmt::Display for QueryRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            QueryRefused::TooMany { limit } => write!(f, "too many queries: {limit} run or wait already, ask again later"),
            QueryRefused::TimedOut { limit, has_run: true } => {
                write!(f, "the query took longer than {limit:?}: ask for fewer events, or in a simpler way, or raise --query-timeout")
            }
            QueryRefused::TimedOut { limit, has_run: false } => {
                write!(f, "the query had to wait longer than {limit:?} for others, ask again later")
            }
            QueryRefused::Failed => f.write_str("the query failed"),
        }
    }
}

impl std::error::Error for QueryRefused {}

impl fmt::Debug for Queries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Queries").field("options", &self.shared.options).field("stats", &self.stats()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
