//! Options of an index.

use std::time::Duration;

use super::keep::Keep;
use crate::model::event::{Event, EventView};
use crate::model::time::Time;

/// Options of an [`Index`](super::Index).
///
/// ```
/// use std::time::Duration;
///
/// use fastts_core::index::{Index, IndexOptions, Keep};
///
/// let options = IndexOptions::new().default_ttl(Duration::from_secs(60)).keep(Keep::All);
/// let index = Index::with(options);
/// assert!(index.is_empty());
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct IndexOptions {
    /// The ttl of events that come without one; none by default: they stay until another event or `delete_from_index` removes them.
    pub default_ttl: Option<Duration>,
    /// What is left of an event that expires.
    pub keep: Keep,
    /// How many entries there may be: 5,000,000 by default. An event of one host and service more is left out, and counted; those
    /// that are there are kept up to date as before, and room comes back when one expires or is deleted.
    pub limit: usize,
    /// How many bytes they may take, with all that is needed to find them: 2 GiB by default. An event for which there is no room is left
    /// out and counted, also when it would take the place of a smaller one, which then stays as it is.
    pub bytes: usize,
}

impl Default for IndexOptions {
    fn default() -> IndexOptions {
        IndexOptions { default_ttl: None, keep: Keep::default(), limit: 5_000_000, bytes: 2 << 30 }
    }
}

/// How long an event that comes when its ttl has run out is kept at least; in Riemann, which looks every ten seconds, at most.
const LATE: Duration = Duration::from_secs(10);

impl IndexOptions {
    /// Returns the default options.
    pub fn new() -> IndexOptions {
        IndexOptions::default()
    }

    /// Sets the ttl of events that come without one.
    pub fn default_ttl(self, ttl: Duration) -> IndexOptions {
        IndexOptions { default_ttl: Some(ttl), ..self }
    }

    /// Sets what is left of an event that expires.
    pub fn keep(self, keep: Keep) -> IndexOptions {
        IndexOptions { keep, ..self }
    }

    /// Sets how many entries there may be, at least one.
    pub fn limit(self, limit: usize) -> IndexOptions {
        IndexOptions { limit: limit.max(1), ..self }
    }

    /// Sets how many bytes the entries may take.
    pub fn bytes(self, bytes: usize) -> IndexOptions {
        IndexOptions { bytes, ..self }
    }

    /// Returns the last instant at which an event that comes now holds; `None` when it holds for ever.
    ///
    /// One whose ttl has run out came late, from a clock that is behind as a rule: it would never be there otherwise.
    #[inline]
    pub(super) fn holds_until(&self, event: EventView<'_>, happened: Option<Time>, now: Time) -> Option<Time> {
        let happened = happened?;
        let until = match (event.ttl(), self.default_ttl) {
            (None, Some(ttl)) => Some(happened + ttl),
            _ => event.runs_out_after(happened),
        };
        // Nothing comes after the end of time.
        let until = until.filter(|&until| until < Time::MAX)?;
        if until >= now { Some(until) } else { Some(now + until.since(happened).max(LATE)) }
    }

    /// Makes the event that says that another has expired.
    pub(super) fn expired(&self, event: Event, now: Time) -> Event {
        self.keep.expired(event, now)
    }
}
