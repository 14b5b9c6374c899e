//! A fuse: what fails too often is left alone for a while.

use std::collections::VecDeque;
use std::time::Duration;

use crate::clock::Stamp;
use crate::model::arguments::Interval;

/// When a sink stops trying, and for how long: `Breaker::melts(2).within(10s).reset(60s)`.
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
    melts: usize,
    within: Duration,
    reset: Duration,
    probe: bool,
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
}

/// What a breaker lets through.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum BreakerState {
    /// Everything, or there is no breaker.
    #[default]
    Closed,
    /// Nothing, until it is reset.
    Blown,
    /// One attempt, which decides.
    Probing,
}

/// A breaker at work.
#[derive(Debug)]
pub(crate) struct Fuse {
    breaker: Breaker,
    melts: VecDeque<Stamp>,
    blown: Option<Stamp>,
    /// An attempt that decides is under way.
    probing: bool,
}

/// What whoever wants to try is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ask {
    Go,
    /// Ask again when so much time has passed.
    Wait(Duration),
}

impl Fuse {
    pub(crate) fn new(breaker: Breaker) -> Fuse {
        Fuse { breaker, melts: VecDeque::new(), blown: None, probing: false }
    }

    /// Asks whether something may be tried; what is tried must be told to be done or to have melted it.
    pub(crate) fn ask(&mut self, now: Stamp) -> Ask {
        let reset = self.breaker.reset;
        if let Some(blown) = self.blown {
            let passed = Duration::from_nanos(now.since(blown));
            if passed < reset {
                return Ask::Wait(reset - passed);
            }
            (self.blown, self.probing) = (None, self.breaker.probe);
            self.melts.clear();
            return Ask::Go;
        }
        // Somebody else's attempt decides.
        if self.probing { Ask::Wait(PROBED) } else { Ask::Go }
    }

    /// Notes that an attempt failed.
    pub(crate) fn melt(&mut self, now: Stamp) {
        if self.blown.is_some() {
            return;
        }
        self.melts.push_back(now);
        let within = self.breaker.within;
        while self.melts.front().is_some_and(|&melt| Duration::from_nanos(now.since(melt)) >= within) {
            self.melts.pop_front();
        }
        if self.melts.len() > self.breaker.melts || self.probing {
            (self.blown, self.probing) = (Some(now), false);
        }
    }

    /// Notes that an attempt did not fail.
    pub(crate) fn done(&mut self) {
        self.probing = false;
    }

    pub(crate) fn state(&self, now: Stamp) -> BreakerState {
        match self.blown {
            Some(blown) if Duration::from_nanos(now.since(blown)) < self.breaker.reset => BreakerState::Blown,
            Some(_) if self.breaker.probe => BreakerState::Probing,
            _ if self.probing => BreakerState::Probing,
            _ => BreakerState::Closed,
        }
    }
}

/// How long a lane waits before it looks again whether the attempt of another has decided.
const PROBED: Duration = Duration::from_millis(100);

#[cfg(test)]
mod tests {
    use super::*;

    /// What happens to a fuse at some time, and what it says then.
    #[derive(Clone, Copy)]
    enum Step {
        Melt(u64),
        Done,
        Ok(u64),
        Blown(u64),
    }
    use Step::{Blown, Done, Melt, Ok};

    fn at(millis: u64) -> Stamp {
        Stamp(millis * 1_000_000)
    }

    /// fuse's answers, of `{{standard, 2, 10_000}, {reset, 60_000}}` unless the row says otherwise.
    #[test]
    fn it_blows_and_heals_as_fuse_does() {
        let usual = Breaker::melts(2);
        let rows: &[(&str, Breaker, &[Step])] = &[
            ("new", usual, &[Ok(0)]),
            ("two melts are stood", usual, &[Melt(0), Melt(1), Ok(2)]),
            ("the third within 10 s blows it", usual, &[Melt(0), Melt(1), Melt(2), Blown(2)]),
            ("the third at 9,999 ms is within", usual, &[Melt(0), Melt(1), Melt(9_999), Blown(9_999)]),
            ("one that is 10 s old is out", usual, &[Melt(0), Melt(1), Melt(10_000), Ok(10_000)]),
            ("and the fourth counts what is left", usual, &[Melt(0), Melt(1), Melt(10_000), Melt(10_000), Blown(10_000)]),
            ("it stays blown until the reset", usual, &[Melt(0), Melt(0), Melt(0), Blown(59_999), Ok(60_000)]),
            (
                "melting while it is blown neither extends nor restarts the time",
                usual,
                &[Melt(0), Melt(0), Melt(0), Melt(30_000), Melt(59_999), Blown(59_999), Ok(60_000)],
            ),
            (
                "the history is cleared, and there is no half-open",
                usual,
                &[Melt(0), Melt(0), Melt(0), Ok(60_000), Melt(60_001), Melt(60_002), Ok(60_003), Melt(60_004), Blown(60_004)],
            ),
            (
                "healed after a second",
                usual.reset(Duration::from_secs(1)),
                &[Melt(0), Melt(0), Melt(0), Blown(999), Ok(1_006), Melt(1_007), Melt(1_008), Ok(1_009)],
            ),
            ("none is stood", Breaker::melts(0), &[Ok(0), Melt(0), Blown(0)]),
            ("what works in between changes nothing", usual, &[Melt(0), Done, Melt(2), Done, Melt(4), Blown(4)]),
            (
                "a probe decides: it fails",
                usual.probe(),
                &[Melt(0), Melt(0), Melt(0), Ok(60_000), Blown(60_001), Melt(60_002), Blown(60_100), Blown(120_001), Ok(120_002)],
            ),
            (
                "a probe decides: it works",
                usual.probe(),
                &[Melt(0), Melt(0), Melt(0), Ok(60_000), Blown(60_001), Done, Ok(60_003), Melt(60_004), Melt(60_004), Ok(60_005)],
            ),
        ];
        for (name, breaker, steps) in rows {
            let mut fuse = Fuse::new(*breaker);
            for (index, step) in steps.iter().enumerate() {
                match *step {
                    Melt(time) => fuse.melt(at(time)),
                    Done => fuse.done(),
                    Ok(time) => assert_eq!(fuse.ask(at(time)), Ask::Go, "{name}: step {index}"),
                    Blown(time) => assert!(matches!(fuse.ask(at(time)), Ask::Wait(_)), "{name}: step {index}"),
                }
            }
        }
    }

    #[test]
    fn it_says_what_it_lets_through_without_being_asked() {
        let mut fuse = Fuse::new(Breaker::melts(0).probe());
        assert_eq!(fuse.state(at(0)), BreakerState::Closed);
        fuse.melt(at(0));
        assert_eq!((fuse.state(at(59_999)), fuse.state(at(60_000))), (BreakerState::Blown, BreakerState::Probing));
        assert_eq!(fuse.ask(at(60_000)), Ask::Go);
        assert_eq!(fuse.state(at(60_000)), BreakerState::Probing);
        fuse.done();
        assert_eq!(fuse.state(at(60_000)), BreakerState::Closed);
        fuse.melt(at(60_001));
        assert_eq!(fuse.ask(at(60_002)), Ask::Wait(Duration::from_millis(59_999)));
    }
}
