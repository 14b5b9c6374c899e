//! When messages are due.

use std::time::{Duration, Instant};

use super::arguments::{Load, Rate};

/// When the messages of one connection are due, in order.
pub(super) struct Pace {
    begun: Instant,
    end: Instant,
    /// Seconds between two messages and before the first; `None` when each is due as soon as it can be sent.
    apart: Option<(f64, f64)>,
    next: u64,
}

impl Pace {
    /// Spreads the rate over the connections, so that their messages are due one after the other.
    pub(super) fn new(options: &Load, index: usize, begun: Instant) -> Pace {
        let apart = match options.rate {
            Rate::Max => None,
            Rate::Events(rate) => {
                let message = f64::from(options.batch) / rate;
                Some((message * f64::from(options.connections), message * index as f64))
            }
        };
        Pace { begun, end: begun + options.duration, apart, next: 0 }
    }

    /// Returns when the message is due that comes so many after the next; `None` when that is as soon as possible.
    pub(super) fn due(&self, after: usize) -> Option<Instant> {
        let (apart, first) = self.apart?;
        Some(self.begun + Duration::from_secs_f64(first + apart * (self.next + after as u64) as f64))
    }

    /// Returns how many are due at some time, at most so many; none after the end.
    pub(super) fn ready(&self, now: Instant, most: usize) -> usize {
        match self.apart {
            None => most,
            Some(_) => (0..most).take_while(|after| self.due(*after).is_some_and(|due| due <= now && due < self.end)).count(),
        }
    }

    /// Says that so many more were sent.
    pub(super) fn sent(&mut self, count: usize) {
        self.next += count as u64;
    }

    /// Returns how many were due before some time, or the end, and were not sent.
    pub(super) fn missed(&self, now: Instant) -> u64 {
        let Some((apart, first)) = self.apart else { return 0 };
        let until = now.min(self.end).saturating_duration_since(self.begun).as_secs_f64();
        let due = if until > first { ((until - first) / apart).ceil() as u64 } else { 0 };
        due.saturating_sub(self.next)
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        load: Load,
    }

    #[test]
    fn messages_of_all_connections_are_due_one_after_the_other() {
        let options = Line::parse_from(["load", "--rate", "1k", "--batch", "10", "--connections", "2", "--duration", "1s"]).load;
        let begun = Instant::now();
        let millis = |pace: &Pace, after| (pace.due(after).unwrap() - begun).as_millis();
        let [mut one, two] = [0, 1].map(|index| Pace::new(&options, index, begun));
        assert_eq!([millis(&one, 0), millis(&one, 1), millis(&one, 2)], [0, 20, 40]);
        assert_eq!([millis(&two, 0), millis(&two, 1)], [10, 30]);
        let at = |millis| begun + Duration::from_millis(millis);
        assert_eq!([one.ready(at(0), 9), one.ready(at(45), 9), one.ready(at(45), 2), two.ready(at(9), 9)], [1, 3, 2, 0]);
        one.sent(3);
        assert_eq!((millis(&one, 0), one.ready(at(59), 9)), (60, 0));
        assert_eq!((one.missed(at(101)), one.missed(at(5_000)), two.missed(at(11))), (3, 47, 1));
        assert_eq!(one.ready(at(9_000), 1_000), 47, "nothing is due after the end");
    }

    #[test]
    fn without_a_rate_everything_is_ready() {
        let options = Line::parse_from(["load"]).load;
        let pace = Pace::new(&options, 3, Instant::now());
        assert_eq!((pace.ready(Instant::now(), 7), pace.due(0), pace.missed(Instant::now())), (7, None, 0));
    }
}
