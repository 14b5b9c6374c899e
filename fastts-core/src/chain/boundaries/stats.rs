//! What a boundary has done, and how it is.

use std::fmt;

use crate::breaker::BreakerState;

/// What a boundary of a pipeline has done, `pool` or `map_async`, and how it is.
///
/// `accepted = done + timed_out + panicked + failed + unfinished + under_way` whenever nothing moves. What the breaker kept out,
/// `blown`, was not accepted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct BoundaryStats {
    /// Which stage it is: `pool` or `map_async`.
    pub stage: &'static str,
    /// How many workers, or futures, there are at once.
    pub size: usize,
    /// How many workers more there may be while all are busy.
    pub overflow: usize,
    /// How many items may wait.
    pub queue: usize,
    /// Whether there is a worker for what comes next.
    pub state: BoundaryState,
    /// How many workers, or futures, are at work on an item that is waited for.
    pub busy: usize,
    /// How many threads of a pool wait for work.
    pub idle: usize,
    /// How many workers could take an item at once, those that are not made yet included, without any overflow.
    pub available: usize,
    /// How many of the busy workers are there beyond the size.
    pub overflow_workers: usize,
    /// How many workers were timed out and have not come back.
    pub lost: usize,
    /// How many items wait for a worker.
    pub waiting: usize,
    /// How many items were accepted that the chain has not taken back.
    pub under_way: usize,
    /// How many were accepted.
    pub accepted: u64,
    /// How many came back, whatever was made of them.
    pub done: u64,
    /// How many took too long.
    pub timed_out: u64,
    /// How many made a worker or a future panic, or the stages behind it.
    pub panicked: u64,
    /// For how many a future gave an error.
    pub failed: u64,
    /// How many were kept out as the breaker was blown.
    pub blown: u64,
    /// How many were given up when the router ended.
    pub unfinished: u64,
    /// How many results came after their item had been timed out.
    pub late: u64,
    /// What the breaker lets through.
    pub breaker: BreakerState,
    /// Why an item last came to nothing.
    pub reason: Option<String>,
}

impl fmt::Display for BoundaryState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            BoundaryState::Ready => "ready",
            BoundaryState::Overflow => "overflow",
            BoundaryState::Full => "full",
        })
    }
}

/// Whether there is a worker for what comes next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum BoundaryState {
    /// There is.
    #[default]
    Ready,
    /// One of the overflow would have to be made.
    Overflow,
    /// All are busy, and no more may be made.
    Full,
}
