//! Where sources bring what they read.

use std::time::Duration;

use fastts_core::runtime::{Running, Stuck};
use fastts_core::{Batch, Index, Time};

/// How long a query waits for pipelines that are behind.
const CATCH_UP: Duration = Duration::from_secs(1);

/// Takes batches of events from sources.
pub trait Destination: Clone + Send + Sync + 'static {
    /// Takes a batch, and returns when it may be acknowledged.
    ///
    /// The batch comes back when nobody holds it any more, so that the source can use its memory again.
    ///
    /// # Errors
    /// When it was not accepted; the source then says so to whoever sent it.
    fn deliver(&self, batch: Batch) -> impl Future<Output = Result<Option<Batch>, Refused>> + Send;

    /// Returns the time that events get which have none.
    fn now(&self) -> Time;

    /// Returns the index that queries are answered from; without one they are refused.
    fn index(&self) -> Option<&Index> {
        None
    }

    /// Waits until what was accepted has run, so that a query is answered with what came of it; not for ever.
    fn caught_up(&self) -> impl Future<Output = ()> + Send {
        std::future::ready(())
    }

    /// Returns the pipelines that have not come back from their events for longer than `limit`: the log names them.
    fn stuck(&self, limit: Duration) -> Vec<Stuck> {
        let _ = limit;
        Vec::new()
    }
}

/// A batch was not accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Why, for whoever sent it.
    pub reason: String,
}

impl Destination for Running {
    async fn deliver(&self, batch: Batch) -> Result<Option<Batch>, Refused> {
        Running::deliver(self, batch).await.map_err(|draining| Refused { reason: draining.to_string() })
    }

    fn now(&self) -> Time {
        Running::now(self)
    }

    fn index(&self) -> Option<&Index> {
        Some(Running::index(self))
    }

    async fn caught_up(&self) {
        // A pipeline that is far behind must not keep queries from being answered.
        Running::caught_up(self, CATCH_UP).await;
    }

    fn stuck(&self, limit: Duration) -> Vec<Stuck> {
        Running::stuck(self, limit)
    }
}
