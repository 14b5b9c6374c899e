//! Where sources bring what they read.

use fastts_core::runtime::Running;
use fastts_core::{Batch, Time};

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
}
