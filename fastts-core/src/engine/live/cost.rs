//! Whether a pipeline is cheap enough to run where its data is.

/// Above this average, in nanoseconds an event, a pipeline lives in its own task.
const SLOW: f64 = 20_000.0;
/// Below this one it may come back; lower, so that a pipeline in between does not go to and fro.
const FAST: f64 = 10_000.0;
/// That average is over about so many events: one event of 10 ms after many fast ones is enough to leave, a thread that lost
/// its processor for 3 ms is not.
const SOON: f64 = 256.0;
/// Below this average over many events it may come back. It tells a pipeline that is slow now and then, and would cost the
/// connections a chunk after each return, from a machine that takes threads off their processors now and then: that hits a
/// pipeline as often as it runs, and so one event of very many.
const CALM: f64 = 5_000.0;
const LATE: f64 = 16_384.0;
/// Above this, in nanoseconds, for a chunk of the usual size, a pipeline lives in its own task too: what is not slow for one event holds up
/// the connection's others when many come at once. It looks at many events, as `CALM` does.
const LONG: f64 = 500_000.0;
/// Below this for such a chunk it may come back.
const SHORT: f64 = 250_000.0;
/// How many events one call of a chain takes at most.
pub(crate) const CHUNK: usize = 128;
/// How long, in nanoseconds, a chunk should take at most, and a pipeline may hold up the connection for one batch: what a full
/// chunk of a pipeline that is nearly slow takes.
pub(crate) const BUDGET: u64 = (SLOW as u64) * (CHUNK as u64);

/// What a pipeline has cost lately.
#[derive(Debug)]
pub(crate) struct Cost {
    soon: Average,
    late: Average,
    /// How many events the chunks have in which events come, on average over the same.
    size: Average,
    /// How many events the next chunk takes, unless they are too dear.
    next: usize,
    slow: bool,
}

/// A moving average of nanoseconds an event.
#[derive(Debug, Default)]
struct Average {
    value: f64,
    /// How many events it knows, up to its window.
    weight: f64,
}

impl Average {
    #[inline]
    fn learn(&mut self, events: f64, nanos: f64, window: f64) {
        self.weight += events;
        self.value += (nanos - self.value * events) / self.weight;
        self.weight = self.weight.min(window);
    }
}

impl Cost {
    pub(crate) fn new() -> Cost {
        Cost { soon: Average::default(), late: Average::default(), size: Average::default(), next: 1, slow: false }
    }

    /// Returns true while the pipeline should live in its own task.
    #[inline]
    pub(crate) fn is_slow(&self) -> bool {
        self.slow
    }

    /// Returns true while nothing is known: the chain is new, was built again, or has changed its pace.
    #[inline]
    pub(crate) fn is_unknown(&self) -> bool {
        self.next == 1
    }

    /// Returns how many events the next chunk should take: few while the cost is unknown, as nothing stops a chunk.
    #[inline]
    pub(crate) fn chunk(&self) -> usize {
        let fits = (BUDGET as f64 / self.soon.value.max(1.0)) as usize;
        self.next.min(fits).max(1)
    }

    /// Learns what a chunk of `events` took.
    #[inline]
    pub(crate) fn learn(&mut self, events: usize, nanos: u64) {
        let (events, nanos) = (events.max(1) as f64, nanos as f64);
        self.soon.learn(events, nanos, SOON);
        self.late.learn(events, nanos, LATE);
        self.next = (self.next * 2).min(CHUNK);
        // Nearly all are cheap, whatever the size of their chunks, and need not know it.
        if self.slow || self.soon.value > SLOW || self.late.value > LONG / CHUNK as f64 {
            self.judge(events);
        }
    }

    /// Decides whether the pipeline is slow, after a chunk of so many events.
    #[cold]
    fn judge(&mut self, events: f64) {
        self.size.learn(events, events * events, SOON);
        let (soon, late, chunk) = (self.soon.value, self.late.value, self.late.value * self.size.value);
        let slow = if self.slow { soon > FAST || late > CALM || chunk > SHORT } else { soon > SLOW || chunk > LONG };
        if slow != self.slow {
            self.slow = slow;
            self.next = 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Feeds chunks as the run-time does, each event taking `nanos`; returns the longest chunk.
    fn feed(cost: &mut Cost, events: usize, nanos: u64) -> usize {
        let (mut left, mut longest) = (events, 0);
        while left > 0 {
            let chunk = cost.chunk().min(left);
            cost.learn(chunk, nanos * chunk as u64);
            longest = longest.max(chunk);
            left -= chunk;
        }
        longest
    }

    /// Returns after how many fast events it comes back.
    fn away(cost: &mut Cost) -> usize {
        (0..).take_while(|_| cost.is_slow() && feed(cost, 1, 50) == 1).count()
    }

    #[test]
    fn the_first_chunks_are_small() {
        let (mut cost, mut sizes) = (Cost::new(), Vec::new());
        for _ in 0..9 {
            sizes.push(cost.chunk());
            feed(&mut cost, *sizes.last().unwrap(), 50);
        }
        assert_eq!(sizes, [1, 2, 4, 8, 16, 32, 64, 128, 128]);
    }

    #[test]
    fn one_slow_event_is_enough_at_first_and_after_many_fast_ones() {
        let mut cost = Cost::new();
        feed(&mut cost, 1, 10_000_000);
        assert!(cost.is_slow());

        let mut cost = Cost::new();
        feed(&mut cost, 100_000, 50);
        feed(&mut cost, 1, 10_000_000);
        assert!(cost.is_slow());
    }

    #[test]
    fn a_thread_that_lost_its_processor_for_a_moment_is_not_slow() {
        let mut cost = Cost::new();
        feed(&mut cost, 100_000, 50);
        feed(&mut cost, 1, 3_000_000);
        assert!(!cost.is_slow());
    }

    #[test]
    fn one_whose_thread_loses_its_processor_again_and_again_comes_back_soon_each_time() {
        let mut cost = Cost::new();
        for _ in 0..100 {
            feed(&mut cost, 30_000, 300);
            feed(&mut cost, 1, 20_000_000);
            assert!(cost.is_slow());
            assert!(away(&mut cost) < 1_000);
        }
    }

    #[test]
    fn one_that_is_not_slow_for_an_event_leaves_when_many_come_at_once() {
        // Nanoseconds an event, events that come at once, whether it lives in its own task then.
        for (nanos, at_once, leaves) in
            [(15_000, CHUNK, true), (15_000, 8, false), (5_000, CHUNK, true), (1_000, CHUNK, false), (15_000, 1, false)]
        {
            for before in [0, 100_000] {
                let mut cost = Cost::new();
                feed(&mut cost, before, 50);
                for _ in 0..60_000 / at_once {
                    feed(&mut cost, at_once, nanos);
                }
                assert_eq!(cost.is_slow(), leaves, "{nanos} ns, {at_once} at once, after {before}");
            }
        }
    }

    #[test]
    fn one_that_left_for_its_chunks_does_not_go_to_and_fro() {
        let (mut cost, mut changes) = (Cost::new(), 0);
        for _ in 0..10_000 {
            let before = cost.is_slow();
            feed(&mut cost, CHUNK, 4_500);
            changes += usize::from(before != cost.is_slow());
        }
        assert_eq!(changes, 1);
    }

    #[test]
    fn it_comes_back_when_it_is_fast_again_and_starts_small() {
        let mut cost = Cost::new();
        feed(&mut cost, 300, 10_000_000);
        assert_eq!(cost.chunk(), 1, "a chunk of a slow pipeline is short");
        assert!((1_000..200_000).contains(&away(&mut cost)));
        assert_eq!(cost.chunk(), 1);
        assert_eq!(feed(&mut cost, 10_000, 50), CHUNK);
    }

    #[test]
    fn one_that_is_slow_now_and_then_stays_away() {
        let mut cost = Cost::new();
        let mut left = 0;
        for _ in 0..1_000 {
            let before = cost.is_slow();
            feed(&mut cost, 1, 10_000_000);
            left += usize::from(!before && cost.is_slow());
            feed(&mut cost, 999, 50);
        }
        assert!(left <= 2, "it came back {left} times");
    }
}
