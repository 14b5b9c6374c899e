//! How many restarts there may be in a time, as in OTP, and how long what was stopped rests.

use std::collections::VecDeque;
use std::time::Duration;

use crate::model::time::Time;

/// How long what has fallen too often rests before it is tried again; doubled each time.
pub(crate) const REST: Duration = Duration::from_secs(60);
/// How long it rests at most.
pub(crate) const LONGEST_REST: Duration = Duration::from_secs(3600);

/// Counts the falls of the last while.
///
/// The window is exact to the microsecond and includes its ends, where OTP counts whole seconds.
#[derive(Clone, Debug)]
pub(crate) struct Intensity {
    limit: usize,
    within: Duration,
    /// When the last ones were.
    falls: VecDeque<Time>,
}

impl Intensity {
    /// Allows so many falls within a time.
    pub(crate) fn new(limit: u32, within: Duration) -> Intensity {
        Intensity { limit: usize::try_from(limit).unwrap_or(usize::MAX), within, falls: VecDeque::new() }
    }

    /// Counts a fall at `now`; returns true when that was one too many. The count begins anew then.
    pub(crate) fn is_spent_by(&mut self, now: Time) -> bool {
        while self.falls.front().is_some_and(|&old| now.since(old) > self.within) {
            self.falls.pop_front();
        }
        self.falls.push_back(now);
        let is_spent = self.falls.len() > self.limit;
        if is_spent {
            self.forget();
        }
        is_spent
    }

    /// Forgets the falls so far.
    pub(crate) fn forget(&mut self) {
        self.falls.clear();
    }

    /// Returns in which time falls are counted.
    pub(crate) fn within(&self) -> Duration {
        self.within
    }
}

/// How long what has fallen too often rests.
#[derive(Clone, Debug)]
pub(crate) struct Rests {
    next: Duration,
    /// When it last began after a rest, or at the start; `None` while it rests.
    began: Option<Time>,
}

impl Rests {
    /// Begins with what starts at `now`.
    pub(crate) fn new(now: Time) -> Rests {
        Rests { next: REST, began: Some(now) }
    }

    /// Returns how long to rest from `now` on. It is a minute again once it has run for as long as it would rest.
    pub(crate) fn stop(&mut self, now: Time) -> Duration {
        if self.began.take().is_some_and(|began| now.since(began) >= self.next) {
            self.next = REST;
        }
        let rest = self.next;
        self.next = (rest * 2).min(LONGEST_REST);
        rest
    }

    /// Notes that it runs again.
    pub(crate) fn restarted(&mut self, now: Time) {
        self.began.get_or_insert(now);
    }
}
