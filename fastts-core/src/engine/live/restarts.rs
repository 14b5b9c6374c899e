//! Restart intensity, as in OTP, and back-off.

use std::collections::VecDeque;
use std::time::Duration;

use crate::engine::router::Policy;
use crate::model::time::Time;

/// How long a pipeline waits before its first restart; doubled for each that follows soon.
const FIRST: Duration = Duration::from_millis(100);
/// How long it waits at most.
const LONGEST: Duration = Duration::from_secs(5);
/// How long a pipeline that has panicked too often rests before it is tried again; doubled each time.
const REST: Duration = Duration::from_secs(60);
/// How long it rests at most.
const LONGEST_REST: Duration = Duration::from_secs(3600);

/// The restarts of a pipeline.
#[derive(Debug)]
pub(crate) struct Restarts {
    limit: usize,
    within: Duration,
    /// When the last panics were, those that count for the intensity.
    panics: VecDeque<Time>,
    backoff: Duration,
    /// How long it rests when it has panicked too often.
    rest: Duration,
    /// When it last began after a rest, or at the start.
    began: Option<Time>,
    /// When the pipeline last came to life.
    born: Time,
}

/// What to do after a panic.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Restart after a while.
    After(Duration),
    /// Stop, and try again after a long while.
    Stop(Duration),
}

impl Restarts {
    pub(crate) fn new(policy: &Policy, now: Time) -> Restarts {
        let limit = usize::try_from(policy.restarts).unwrap_or(usize::MAX);
        Restarts { limit, within: policy.within, panics: VecDeque::new(), backoff: FIRST, rest: REST, began: Some(now), born: now }
    }

    /// Says what to do after a panic at `now`.
    ///
    /// The window is exact to the microsecond and includes its ends, where OTP counts whole seconds.
    pub(crate) fn panicked(&mut self, now: Time) -> Verdict {
        while self.panics.front().is_some_and(|&old| now.since(old) > self.within) {
            self.panics.pop_front();
        }
        self.panics.push_back(now);
        if self.panics.len() > self.limit {
            return Verdict::Stop(self.stop(now));
        }
        if now.since(self.born) >= self.within {
            self.backoff = FIRST;
        }
        let wait = self.backoff;
        self.backoff = (wait * 2).min(LONGEST);
        Verdict::After(wait)
    }

    /// Returns how long to rest. It is a minute again once it has run for as long as it would rest.
    fn stop(&mut self, now: Time) -> Duration {
        self.panics.clear();
        self.backoff = FIRST;
        if self.began.take().is_some_and(|began| now.since(began) >= self.rest) {
            self.rest = REST;
        }
        let rest = self.rest;
        self.rest = (rest * 2).min(LONGEST_REST);
        rest
    }

    /// Notes that the pipeline came to life again.
    pub(crate) fn restarted(&mut self, now: Time) {
        self.born = now;
        self.began.get_or_insert(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn restarts(limit: u32, within: Duration) -> Restarts {
        Restarts::new(&Policy::new().restart(limit, within), Time::EPOCH)
    }

    #[test]
    fn as_many_panics_as_allowed_survive_and_one_more_stops() {
        let mut restarts = restarts(3, Duration::from_secs(5));
        for second in [0, 2, 5] {
            assert!(matches!(restarts.panicked(Time::from_secs(second)), Verdict::After(_)));
        }
        assert_eq!(restarts.panicked(Time::from_secs(5)), Verdict::Stop(REST), "the window includes its end");
    }

    #[test]
    fn panics_further_apart_than_the_window_never_stop() {
        let mut restarts = restarts(1, Duration::from_millis(1000));
        for panic in 0..100 {
            let now = Time::from_micros(panic * 1_000_001);
            assert!(matches!(restarts.panicked(now), Verdict::After(_)));
        }
    }

    #[test]
    fn none_allowed_stops_at_once() {
        assert_eq!(restarts(0, Duration::ZERO).panicked(Time::EPOCH), Verdict::Stop(REST));
    }

    #[test]
    fn rests_double_up_to_an_hour_and_start_over_after_a_good_while() {
        let mut restarts = restarts(0, Duration::from_secs(5));
        let (mut now, mut rests) = (Time::EPOCH, Vec::new());
        for _ in 0..8 {
            let Verdict::Stop(rest) = restarts.panicked(now) else { panic!("it goes on") };
            rests.push(rest.as_secs() / 60);
            now = now + rest;
            restarts.restarted(now);
            now = now + Duration::from_secs(30);
        }
        assert_eq!(rests, [1, 2, 4, 8, 16, 32, 60, 60]);
        assert_eq!(restarts.panicked(now + LONGEST_REST), Verdict::Stop(REST));
    }

    #[test]
    fn waits_double_up_to_five_seconds_and_start_over_after_a_good_while() {
        let mut restarts = restarts(100, Duration::from_secs(1));
        let mut now = Time::EPOCH;
        let mut waits = Vec::new();
        for _ in 0..8 {
            let Verdict::After(wait) = restarts.panicked(now) else { panic!("stopped") };
            waits.push(wait.as_millis());
            now = now + wait;
            restarts.restarted(now);
        }
        assert_eq!(waits, [100, 200, 400, 800, 1600, 3200, 5000, 5000]);
        assert_eq!(restarts.panicked(now + Duration::from_secs(1)), Verdict::After(FIRST));
    }
}
