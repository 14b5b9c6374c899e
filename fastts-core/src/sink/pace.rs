//! How many records may be sent in a time.

use std::collections::VecDeque;
use std::time::Duration;

use crate::clock::Stamp;

/// Lets so many records through within any time of this length, exactly.
#[derive(Debug)]
pub(super) struct Pace {
    rate: usize,
    per: Duration,
    /// When how many were sent, within the last `per`.
    sent: VecDeque<(Stamp, usize)>,
}

impl Pace {
    pub(super) fn new(rate: usize, per: Duration) -> Pace {
        Pace { rate, per, sent: VecDeque::new() }
    }

    /// Asks whether so many may be sent now, at most `rate`; if so they are counted, else returns how long to wait.
    pub(super) fn ask(&mut self, records: usize, now: Stamp) -> Option<Duration> {
        let age = |sent: Stamp| Duration::from_nanos(now.since(sent));
        while self.sent.front().is_some_and(|&(at, _)| age(at) >= self.per) {
            self.sent.pop_front();
        }
        let room = self.rate.saturating_sub(self.sent.iter().map(|(_, records)| records).sum());
        if records <= room {
            self.sent.push_back((now, records));
            return None;
        }
        self.sent.front().map(|&(at, _)| self.per - age(at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_than_the_rate_goes_within_any_time_of_that_length() {
        let at = |millis: u64| Stamp(millis * 1_000_000);
        let mut pace = Pace::new(10, Duration::from_secs(1));
        let rows = [
            (0, 4, None),
            (100, 6, None),
            (200, 1, Some(800)),
            (999, 4, Some(1)),
            (1_000, 4, None),
            (1_050, 1, Some(50)),
            (1_100, 6, None),
        ];
        for (time, records, wait) in rows {
            assert_eq!(pace.ask(records, at(time)), wait.map(Duration::from_millis), "{records} at {time} ms");
        }
    }
}
