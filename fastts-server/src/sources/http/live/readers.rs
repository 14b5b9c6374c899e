//! The threads on which events are written to those who only look.

use std::future::Future;
use std::sync::OnceLock;

use fastts_core::runtime::{background_threads, yield_to_others};
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;

/// The threads on which events are written to subscribers, made when the first one comes.
///
/// To write an event to a hundred readers costs far more than to run it. Where there are not processors enough, it is the readers who get
/// what is left, and lose events that nobody has read in time; nobody who sends events waits for them.
#[derive(Debug, Default)]
pub(in crate::sources::http) struct Readers(OnceLock<Option<Runtime>>);

impl Readers {
    /// Runs what writes to a reader to its end; it ends as well when this future is dropped.
    pub(super) async fn run(&self, write: impl Future<Output = ()> + Send + 'static) {
        match self.0.get_or_init(|| start().inspect_err(|error| tracing::warn!("no threads for readers: {error}")).ok()) {
            Some(runtime) => {
                let mut writing = JoinSet::new();
                writing.spawn_on(write, runtime.handle());
                writing.join_next().await;
            }
            None => write.await,
        }
    }
}

fn start() -> std::io::Result<Runtime> {
    Builder::new_multi_thread()
        .enable_all()
        .thread_name("fastts-readers")
        .worker_threads(background_threads())
        .on_thread_start(yield_to_others)
        .build()
}

impl Drop for Readers {
    fn drop(&mut self) {
        // This may be on a thread that must not wait.
        if let Some(runtime) = self.0.take().flatten() {
            runtime.shutdown_background();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn they_stand_behind_others() {
        let (here, (sender, receiver)) = (fastts_testkit::threads::nice(), tokio::sync::oneshot::channel());
        let readers = Readers::default();
        readers.run(async { sender.send(fastts_testkit::threads::nice()).unwrap() }).await;
        assert!(receiver.await.unwrap() > here);
    }
}
