//! How a pool is set.

use std::time::Duration;

use crate::breaker::Guard;
use crate::stages::boundary::{Limits, Order};

/// How a pool is set.
#[derive(Clone, Debug)]
pub(super) struct Options {
    pub(super) workers: usize,
    pub(super) overflow: usize,
    pub(super) queue: usize,
    pub(super) timeout: Duration,
    pub(super) order: Order,
    pub(super) breaker: Option<Guard>,
}

impl Options {
    pub(super) fn new(workers: usize) -> Options {
        Options { workers, overflow: 0, queue: 100, timeout: Duration::from_secs(5), order: Order::default(), breaker: None }
    }

    /// Returns how many threads there may be.
    pub(super) fn threads(&self) -> usize {
        self.workers.saturating_add(self.overflow)
    }

    pub(super) fn limits(&self) -> Limits {
        Limits { most: self.threads().saturating_add(self.queue), slack: (self.queue / 2).max(1), order: self.order }
    }
}
