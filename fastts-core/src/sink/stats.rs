//! What a sink has done.

use std::time::Duration;

use crate::breaker::BreakerState;

/// What a sink has done, and how it is.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct SinkStats {
    /// Its name, such as `forward riemann2:5555`.
    pub name: String,
    /// How many records stages have given it.
    pub queued: u64,
    /// How many were delivered.
    pub sent: u64,
    /// How often a record was sent again.
    pub retried: u64,
    /// How many became dead letters: the target does not take them, or did not for too long.
    pub refused: u64,
    /// How many were dropped, as the queue was full or nobody was there any more.
    pub dropped: u64,
    /// How many wait in the queue.
    pub waiting: usize,
    /// How many bytes of memory those take.
    pub bytes: usize,
    /// How many are on their way.
    pub sending: usize,
    /// How many may wait.
    pub capacity: usize,
    /// For how long the oldest record that is not delivered has waited.
    pub lag: Duration,
    /// Whether the last attempt failed.
    pub away: bool,
    /// Whether it holds up a pipeline at the moment.
    pub blocking: bool,
    /// Whether nobody is there any more who could take anything.
    pub gone: bool,
    /// What its breaker lets through.
    pub breaker: BreakerState,
    /// Why records were last not delivered.
    pub reason: Option<String>,
}
