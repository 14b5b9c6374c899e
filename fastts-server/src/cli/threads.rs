//! The threads of a server.

use std::io;

use fastts_core::runtime::Reserve;
use tokio::runtime::{Builder, Handle, Runtime};

/// How many threads answer HTTP requests; one of them may be at work on a long answer.
const WATCHERS: usize = 2;
/// How many threads are kept back at least, and at most, for when stages keep others; as many as there are workers in between.
const KEPT_BACK: (usize, usize) = (4, 16);

/// The threads of a server.
///
/// Pipelines and the connections that feed them have one tokio run-time. HTTP, and so `/healthz`, and the drain have another, which
/// runs no stage: whatever a stage does, it can be asked how the server is, and the server can be ended.
pub(super) struct Threads {
    work: Runtime,
    watch: Runtime,
    reserve: Reserve,
}

impl Threads {
    /// Starts them: so many to run pipelines and connections, or one for each processor.
    ///
    /// # Errors
    /// When the system refuses.
    pub(super) fn start(workers: Option<u16>) -> io::Result<Threads> {
        let workers = workers.map_or_else(|| std::thread::available_parallelism().map_or(1, usize::from), usize::from);
        let kept_back = workers.clamp(KEPT_BACK.0, KEPT_BACK.1);
        let work = Builder::new_multi_thread().enable_all().thread_name("fastts").worker_threads(workers + kept_back).build()?;
        let watch = Builder::new_multi_thread().enable_all().thread_name("fastts-http").worker_threads(WATCHERS).build()?;
        let reserve = Reserve::keep(work.handle(), kept_back);
        Ok(Threads { work, watch, reserve })
    }

    /// Returns those that are kept back.
    pub(super) fn reserve(&self) -> Reserve {
        self.reserve.clone()
    }

    /// Returns the run-time on which no stage runs.
    pub(super) fn watch(&self) -> &Handle {
        self.watch.handle()
    }

    /// Starts something where pipelines and connections run.
    pub(super) fn start_work<R>(&self, start: impl Future<Output = R>) -> R {
        self.work.block_on(start)
    }

    /// Waits for something, whatever stages do meanwhile.
    pub(super) fn wait<R>(&self, end: impl Future<Output = R>) -> R {
        self.watch.block_on(end)
    }

    /// Ends without waiting for stages that never end.
    pub(super) fn end(self) {
        self.work.shutdown_background();
        self.watch.shutdown_background();
    }
}
