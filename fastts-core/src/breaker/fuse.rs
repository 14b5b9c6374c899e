//! One fuse: it melts, blows and heals.

use std::collections::VecDeque;
use std::sync::Arc;

use super::options::Breaker;
use crate::model::time::Time;

/// A fuse; what it stands is said by the breaker that it is part of.
#[derive(Debug, Default)]
pub(super) struct Fuse {
    melts: VecDeque<Time>,
    blown: Option<Time>,
    /// Since when an attempt that decides is under way.
    probing: Option<Time>,
    /// When it was blown last, and why the last attempt failed.
    since: Time,
    why: Arc<str>,
}

/// Why something may not be tried.
#[derive(Debug)]
pub(super) struct Refused {
    pub(super) since: Time,
    /// Until when; `None` while somebody else's attempt decides.
    pub(super) until: Option<Time>,
    pub(super) why: Arc<str>,
}

/// What a fuse lets through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FuseState {
    Closed,
    Blown,
    Probing,
}

impl Fuse {
    /// Asks whether something may be tried; what is tried must be told to be done or to have melted it.
    pub(super) fn ask(&mut self, breaker: &Breaker, now: Time) -> Result<(), Refused> {
        if let Some(blown) = self.blown {
            let until = blown + breaker.reset;
            if now < until {
                return Err(self.refuse(Some(until)));
            }
            (self.blown, self.probing) = (None, breaker.probe.then_some(now));
            self.melts.clear();
            return Ok(());
        }
        match self.probing {
            // Whoever tried never came back: somebody else may.
            Some(since) if now.since(since) >= breaker.reset => {
                self.probing = Some(now);
                Ok(())
            }
            Some(_) => Err(self.refuse(None)),
            None => Ok(()),
        }
    }

    fn refuse(&self, until: Option<Time>) -> Refused {
        Refused { since: self.since, until, why: Arc::clone(&self.why) }
    }

    /// Notes that an attempt failed; returns whether that has blown the fuse.
    pub(super) fn melt(&mut self, breaker: &Breaker, now: Time, why: Arc<str>) -> bool {
        if self.blown.is_some_and(|blown| now < blown + breaker.reset) {
            return false;
        }
        // Nobody has asked since its time was over: then one that fails decides, too.
        let decides = self.probing.is_some() || self.blown.take().is_some() && breaker.probe;
        self.why = why;
        self.melts.push_back(now);
        while self.melts.front().is_some_and(|&melt| now.since(melt) >= breaker.within) {
            self.melts.pop_front();
        }
        let blows = self.melts.len() > breaker.melts || decides;
        if blows {
            (self.blown, self.probing, self.since) = (Some(now), None, now);
            // What blew it is not counted again.
            self.melts.clear();
        }
        blows
    }

    /// Notes that an attempt did not fail.
    pub(super) fn done(&mut self) {
        self.probing = None;
    }

    /// Returns whether there is nothing to keep in mind: it is as a new one.
    pub(super) fn is_new(&self, breaker: &Breaker, now: Time) -> bool {
        let counts = |&melt: &Time| now.since(melt) < breaker.within;
        self.state(breaker, now) == FuseState::Closed && !self.melts.back().is_some_and(counts)
    }

    pub(super) fn state(&self, breaker: &Breaker, now: Time) -> FuseState {
        match self.blown {
            Some(blown) if now < blown + breaker.reset => FuseState::Blown,
            Some(_) if breaker.probe => FuseState::Probing,
            _ if self.probing.is_some() => FuseState::Probing,
            _ => FuseState::Closed,
        }
    }

    /// Returns since when it is blown, until when, and why; `None` when it is not.
    pub(super) fn blown(&self, breaker: &Breaker, now: Time) -> Option<Refused> {
        let blown = self.blown.filter(|&blown| now < blown + breaker.reset)?;
        Some(self.refuse(Some(blown + breaker.reset)))
    }
}
