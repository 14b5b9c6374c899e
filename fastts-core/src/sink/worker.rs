//! A sink, as its stages hold it.

use std::fmt;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tokio::runtime::{Builder, Handle, RuntimeFlavor};

use super::lane::{Lane, UNFINISHED};
use super::letters::{Letter, Revived};
use super::options::Options;
use super::recording::Recording;
use super::registry::{Sink, SinkServices};
use super::shared::{Kind, Shared, counted};
use super::stats::SinkStats;
use super::transport::{Adapter, Reason, Transport};
use crate::clock::Limit;
use crate::model::token::Token;

/// What brings the records of stages to one target; its copies are the same.
///
/// Stages copy what they have to say into a bounded queue; lanes take batches from there and have a [`Transport`] deliver them, again
/// and again if need be. [`Sinks::open`](super::Sinks::open) makes one.
///
/// It is one pointer: every stage moves those before it while a pipeline is built. There is none until the stage is started, and
/// where there are no sinks.
pub struct Worker<T: Transport>(Option<Arc<Open<T::Item>>>);

/// A sink that is open; its lanes end when it is dropped.
pub(super) enum Open<I> {
    Target(Arc<Shared<I>>),
    /// A test.
    Recording(Recording),
}

impl<T: Transport> Worker<T> {
    /// Makes one that drops what it is given: what a stage has until it is started.
    pub fn nobody() -> Worker<T> {
        Worker(None)
    }

    pub(super) fn recording(recording: Recording) -> Worker<T> {
        Worker(Some(Arc::new(Open::Recording(recording))))
    }

    pub(super) fn target(open: Arc<Open<T::Item>>) -> Worker<T> {
        Worker(Some(open))
    }

    /// Queues a record: an item, and the text that `write` appends. What becomes of it is told to `token`.
    ///
    /// Waits while the queue is full, if that is the policy. `write` may do nothing but append.
    #[inline]
    pub fn push(&self, token: &Token, item: T::Item, write: impl FnOnce(&mut Vec<u8>)) {
        match self.0.as_deref() {
            Some(Open::Target(shared)) => shared.push(token, item, write),
            None => {}
            Some(Open::Recording(recording)) => {
                let mut text = Vec::new();
                write(&mut text);
                recording.keep(|shown| T::show(&text, &item, shown));
            }
        }
    }
}

impl<T: Transport<Item = ()>> Worker<T> {
    /// Queues a text, which `write` appends. What becomes of it is told to `token`.
    ///
    /// Waits while the queue is full, if that is the policy. `write` may do nothing but append.
    #[inline]
    pub fn text(&self, token: &Token, write: impl FnOnce(&mut Vec<u8>)) {
        self.push(token, (), write);
    }
}

impl<T: Transport> Clone for Worker<T> {
    fn clone(&self) -> Worker<T> {
        Worker(self.0.clone())
    }
}

impl<T: Transport> fmt::Debug for Worker<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_deref() {
            None => f.write_str("Worker(nobody)"),
            Some(Open::Target(shared)) => write!(f, "Worker({:?})", shared.name),
            Some(Open::Recording(_)) => f.write_str("Worker(recording)"),
        }
    }
}

impl<I: Send + Sync + 'static> Open<I> {
    /// Starts the lanes.
    pub(super) fn start<T: Transport<Item = I>>(
        name: String,
        said: &str,
        options: Options,
        services: SinkServices,
        make: impl Fn() -> T + Send + Sync + 'static,
    ) -> Open<I> {
        let lanes = options.lanes;
        let shared = Arc::new(Shared::new(name, said, options, services, Kind::of::<T>(), Box::new(move || Box::new(Adapter(make())))));
        for number in 0..lanes {
            run(Lane::new(Arc::clone(&shared), number), &shared);
        }
        Open::Target(shared)
    }
}

/// Runs a lane: as a task where that can go on while a stage waits for room, else on a thread of its own.
fn run<I: Send + Sync + 'static>(lane: Lane<I>, shared: &Shared<I>) {
    if !shared.kind.blocks
        && let Ok(handle) = Handle::try_current()
        && handle.runtime_flavor() == RuntimeFlavor::MultiThread
    {
        handle.spawn(lane.run());
        return;
    }
    let name = format!("sink {}", shared.name);
    let lane = move || match Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime.block_on(lane.run()),
        Err(error) => tracing::error!("a sink cannot be started, what it is given is dropped: {error}"),
    };
    if let Err(error) = thread::Builder::new().name(name).spawn(lane) {
        tracing::error!("cannot start the thread of sink {}, what it is given is dropped: {error}", shared.name);
    }
}

/// How long lanes have, after a drain, to put down what they have: one whose target blocks it may never come back.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// The registry holds no sinks that record.
impl<I: Send + Sync + 'static> Sink for Open<I> {
    fn hurry(&self) {
        if let Open::Target(shared) = self {
            shared.hurry();
        }
    }

    fn wait(&self, limit: Limit) -> Option<String> {
        let Open::Target(shared) = self else { return None };
        let left = shared.wait(limit);
        (left > 0).then(|| format!("{} for {}", counted(left, shared.kind.unit), shared.target))
    }

    fn end(&self) {
        if let Open::Target(shared) = self {
            shared.end();
            shared.bury(Limit::after(LAST_WORDS), &Reason::from(UNFINISHED));
        }
    }

    fn revive(&self, letter: &Letter) -> Revived {
        let Open::Target(shared) = self else { return Revived::Later };
        let (token, receipt) = Token::new();
        match shared.revive(letter.content.as_bytes(), &token) {
            Some(true) => Revived::Queued(receipt),
            Some(false) => Revived::Later,
            None => Revived::Never("its sink cannot read it"),
        }
    }

    fn stats(&self) -> SinkStats {
        match self {
            Open::Target(shared) => shared.stats(),
            Open::Recording(_) => SinkStats::default(),
        }
    }
}

impl<I> Drop for Open<I> {
    fn drop(&mut self) {
        if let Open::Target(shared) = self {
            shared.end();
        }
    }
}
