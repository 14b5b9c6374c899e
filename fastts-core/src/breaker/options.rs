//! How many failures a breaker stands, and for how long it is blown.

use std::time::Duration;

use crate::model::arguments::{Count, Interval};

/// When something is no longer tried, and for how long: `Breaker::melts(2).within(10s).reset(60s)`.
///
/// Each attempt that fails melts the fuse. More than so many melts within a time blow it: nothing is tried until `reset` has
/// passed. Then all is forgotten, and as many may fail again. With [`probe`](Breaker::probe) a single attempt is made first, and
/// if that fails the fuse is blown again.
///
/// | | a melt while it is blown | after `reset` |
/// |---|---|---|
/// | without a probe | changes nothing: the time runs from the blow | as new |
/// | with a probe | as without | one attempt decides |
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Breaker {
    pub(super) melts: usize,
    pub(super) within: Duration,
    pub(super) reset: Duration,
    pub(super) probe: bool,
}

impl Breaker {
    /// Makes one that stands this many failures within ten seconds, and is blown for a minute by one more.
    pub fn melts(melts: usize) -> Breaker {
        Breaker { melts, within: Duration::from_secs(10), reset: Duration::from_secs(60), probe: false }
    }

    /// Sets in which time failures are counted.
    pub fn within(self, within: impl Interval) -> Breaker {
        Breaker { within: within.interval(), ..self }
    }

    /// Sets how long it stays blown.
    pub fn reset(self, reset: impl Interval) -> Breaker {
        Breaker { reset: reset.interval(), ..self }
    }

    /// Has a single attempt decide, after `reset`, whether it is blown again.
    pub fn probe(self) -> Breaker {
        Breaker { probe: true, ..self }
    }

    /// Gives every key a fuse of its own, such as every host that is asked: what one of them does blows no other's. Failures are kept
    /// in mind of `keys` keys at most, so that keys which never come again take no memory for ever: when there are as many, the one
    /// goes that is not blown and was used longest ago.
    pub fn per_key(self, keys: impl Count) -> KeyedBreaker {
        KeyedBreaker { breaker: self, keys: keys.count() }
    }
}

/// A breaker with a fuse for each key; made by [`Breaker::per_key`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyedBreaker {
    pub(super) breaker: Breaker,
    pub(super) keys: usize,
}

/// A breaker with one fuse, or with one for each key: what stages take that have a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guard {
    pub(super) breaker: Breaker,
    /// How many keys it knows at most; `None` when it has one fuse for all.
    pub(super) keys: Option<usize>,
}

impl Guard {
    /// Returns whether every key has a fuse of its own.
    pub fn is_keyed(&self) -> bool {
        self.keys.is_some()
    }
}

impl From<Breaker> for Guard {
    fn from(breaker: Breaker) -> Guard {
        Guard { breaker, keys: None }
    }
}

impl From<KeyedBreaker> for Guard {
    fn from(keyed: KeyedBreaker) -> Guard {
        Guard { breaker: keyed.breaker, keys: Some(keyed.keys) }
    }
}
