//! Restart intensity and back-off of what stands in no group.

use std::time::Duration;

use crate::engine::groups::intensity::{Intensity, Rests};
use crate::engine::router::Policy;
use crate::model::time::Time;

/// How long a pipeline waits before its first restart; doubled for each that follows soon.
const FIRST: Duration = Duration::from_millis(100);
/// How long it waits at most.
const LONGEST: Duration = Duration::from_secs(5);

/// The restarts of a pipeline.
#[derive(Debug)]
pub(crate) struct Restarts {
    intensity: Intensity,
    backoff: Duration,
    rests: Rests,
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
        let intensity = Intensity::new(policy.restarts, policy.within);
        Restarts { intensity, backoff: FIRST, rests: Rests::new(now), born: now }
    }

    /// Says what to do after a panic at `now`.
    pub(crate) fn panicked(&mut self, now: Time) -> Verdict {
        if self.intensity.is_spent_by(now) {
            self.backoff = FIRST;
            return Verdict::Stop(self.rests.stop(now));
        }
        if now.since(self.born) >= self.intensity.within() {
            self.backoff = FIRST;
        }
        let wait = self.backoff;
        self.backoff = (wait * 2).min(LONGEST);
        Verdict::After(wait)
    }

    /// Notes that the pipeline came to life again.
    pub(crate) fn restarted(&mut self, now: Time) {
        self.born = now;
        self.rests.restarted(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::groups::intensity::{LONGEST_REST, REST};

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
