//! What there is to look at.

use std::sync::Arc;
use std::time::{Duration, Instant};

use fastts_core::runtime::Running;

use super::meter::Meter;

/// A server as it sees itself: its pipelines, and the meters of its listeners.
#[derive(Clone, Debug)]
pub struct Inside {
    running: Running,
    meters: Arc<[Arc<Meter>]>,
    started: Instant,
}

impl Inside {
    /// Puts together what runs.
    pub fn new(running: Running, meters: impl IntoIterator<Item = Arc<Meter>>) -> Inside {
        Inside { running, meters: meters.into_iter().collect(), started: Instant::now() }
    }

    /// Returns the pipelines.
    pub fn running(&self) -> &Running {
        &self.running
    }

    /// Returns the meter of each listener.
    pub fn meters(&self) -> &[Arc<Meter>] {
        &self.meters
    }

    /// Returns for how long it has run.
    pub fn uptime(&self) -> Duration {
        self.started.elapsed()
    }
}
