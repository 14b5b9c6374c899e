//! How long something may take.

use std::time::{Duration, Instant};

/// The end of a time that somebody granted, on the system's clock.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limit(Option<Instant>);

impl Limit {
    /// Grants `limit` from now on.
    pub(crate) fn after(limit: Duration) -> Limit {
        Limit(Instant::now().checked_add(limit))
    }

    /// Returns what is left of it.
    pub(crate) fn left(self) -> Duration {
        self.0.map_or(Duration::MAX, |end| end.saturating_duration_since(Instant::now()))
    }
}
