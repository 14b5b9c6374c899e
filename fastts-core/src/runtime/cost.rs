//! Whether a pipeline is cheap enough to run where its data is.

use super::clock::Stamp;

/// Above this average, in nanoseconds an event, a pipeline lives in its own task.
const SLOW: f64 = 20_000.0;
/// Below this one it may come back; lower, so that a pipeline in between does not go to and fro.
const FAST: f64 = 10_000.0;
/// The average is over about so many events: one event of 10 ms after many fast ones is enough to leave, a thread that lost
/// its processor for 3 ms is not.
const WINDOW: f64 = 256.0;
/// How many events one call of a chain takes at most.
pub(crate) const CHUNK: usize = 128;
/// How long, in nanoseconds, a chunk should take at most, and a pipeline may hold up the connection for one batch: what a full
/// chunk of a pipeline that is nearly slow takes.
pub(crate) const BUDGET: u64 = (SLOW as u64) * (CHUNK as u64);
/// How long a pipeline stays away at least, in nanoseconds, the first time that it comes back too early; doubled each time.
const AWAY: u64 = 1_000_000;
const AWAY_DOUBLINGS: u32 = 13;
/// After how many nanoseconds at home its earlier returns are forgotten.
const FORGET: u64 = 10_000_000_000;

/// What a pipeline has cost lately.
#[derive(Debug)]
pub(crate) struct Cost {
    /// Nanoseconds an event.
    average: f64,
    /// How many events the average knows, up to the window.
    weight: f64,
    /// How many events the next chunk takes, unless they are too dear.
    next: usize,
    slow: bool,
    /// When it was last told from fast or slow.
    since: Stamp,
    returns: u32,
}

impl Cost {
    pub(crate) fn new() -> Cost {
        Cost { average: 0.0, weight: 0.0, next: 1, slow: false, since: Stamp::default(), returns: 0 }
    }

    /// Returns true while the pipeline should live in its own task.
    #[inline]
    pub(crate) fn is_slow(&self) -> bool {
        self.slow
    }

    /// Returns how many events the next chunk should take: few while the cost is unknown, as nothing stops a chunk.
    #[inline]
    pub(crate) fn chunk(&self) -> usize {
        let fits = (BUDGET as f64 / self.average.max(1.0)) as usize;
        self.next.min(fits).max(1)
    }

    /// Learns what a chunk of `events` took; `now` is its end.
    #[inline]
    pub(crate) fn learn(&mut self, events: usize, nanos: u64, now: Stamp) {
        let (events, nanos) = (events.max(1) as f64, nanos as f64);
        self.weight += events;
        self.average += (nanos - self.average * events) / self.weight;
        self.weight = self.weight.min(WINDOW);
        self.next = (self.next * 2).min(CHUNK);
        if self.slow != (self.average > if self.slow { FAST } else { SLOW }) {
            self.turn(now);
        }
    }

    #[cold]
    fn turn(&mut self, now: Stamp) {
        let stayed = now.since(self.since);
        if self.slow {
            // One that turns slow whenever it is let back costs the connections a chunk each time.
            if self.returns > 0 && stayed < AWAY << self.returns.min(AWAY_DOUBLINGS) {
                return;
            }
        } else {
            self.returns = if stayed < FORGET { self.returns + 1 } else { 0 };
        }
        self.slow = !self.slow;
        self.since = now;
        self.next = 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Feeds chunks as the run-time does, each event taking `nanos`; returns the longest chunk.
    fn feed(cost: &mut Cost, now: &mut Stamp, events: usize, nanos: u64) -> usize {
        let (mut left, mut longest) = (events, 0);
        while left > 0 {
            let chunk = cost.chunk().min(left);
            now.0 += nanos * chunk as u64;
            cost.learn(chunk, nanos * chunk as u64, *now);
            longest = longest.max(chunk);
            left -= chunk;
        }
        longest
    }

    #[test]
    fn the_first_chunks_are_small() {
        let (mut cost, mut now, mut sizes) = (Cost::new(), Stamp(0), Vec::new());
        for _ in 0..9 {
            sizes.push(cost.chunk());
            feed(&mut cost, &mut now, *sizes.last().unwrap(), 50);
        }
        assert_eq!(sizes, [1, 2, 4, 8, 16, 32, 64, 128, 128]);
    }

    #[test]
    fn one_slow_event_is_enough_at_first_and_after_many_fast_ones() {
        let (mut cost, mut now) = (Cost::new(), Stamp(0));
        feed(&mut cost, &mut now, 1, 10_000_000);
        assert!(cost.is_slow());

        let (mut cost, mut now) = (Cost::new(), Stamp(0));
        feed(&mut cost, &mut now, 100_000, 50);
        feed(&mut cost, &mut now, 1, 10_000_000);
        assert!(cost.is_slow());
    }

    #[test]
    fn a_thread_that_lost_its_processor_once_is_not_slow() {
        let (mut cost, mut now) = (Cost::new(), Stamp(0));
        feed(&mut cost, &mut now, 100_000, 50);
        feed(&mut cost, &mut now, 1, 3_000_000);
        assert!(!cost.is_slow());
    }

    #[test]
    fn it_comes_back_when_it_is_fast_again_and_starts_small() {
        let (mut cost, mut now) = (Cost::new(), Stamp(0));
        feed(&mut cost, &mut now, 300, 10_000_000);
        assert_eq!(cost.chunk(), 1, "a chunk of a slow pipeline is short");
        while cost.is_slow() {
            feed(&mut cost, &mut now, 1, 50);
        }
        assert_eq!(cost.chunk(), 1);
        assert!(feed(&mut cost, &mut now, 10_000, 50) == CHUNK);
    }

    #[test]
    fn one_that_turns_slow_again_and_again_stays_away_longer_and_longer() {
        let (mut cost, mut now, mut away) = (Cost::new(), Stamp(0), Vec::new());
        for _ in 0..8 {
            feed(&mut cost, &mut now, 1, 100_000_000);
            assert!(cost.is_slow());
            let left = now;
            while cost.is_slow() {
                feed(&mut cost, &mut now, 1, 1_000);
            }
            away.push(now.since(left));
        }
        assert!(away.last().unwrap() > &(AWAY << 6), "{away:?}");
    }
}
