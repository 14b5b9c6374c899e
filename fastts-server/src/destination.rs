//! Where sources bring what they read.

use fastts_core::Batch;

/// Takes batches of events from sources.
pub trait Destination: Clone + Send + Sync + 'static {
    /// Takes a batch, and returns when it may be acknowledged.
    ///
    /// The batch comes back when nobody holds it any more, so that the source can use its memory again.
    fn deliver(&self, batch: Batch) -> impl Future<Output = Option<Batch>> + Send;
}
