//! Listeners in this process, for as long as it lives.

use std::sync::OnceLock;
use std::time::Duration;

use fastts_core::{Batch, Time};
use fastts_server::{Destination, Refused};
use tokio::runtime::Runtime;

/// How long an answer may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// Where events end.
#[derive(Clone)]
pub(crate) struct Nowhere;

impl Destination for Nowhere {
    async fn deliver(&self, batch: Batch) -> Result<Option<Batch>, Refused> {
        Ok(Some(batch))
    }

    fn now(&self) -> Time {
        Time::from_secs(1_000_000_000)
    }
}

/// Returns what the listeners run on.
pub(crate) fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap())
}
