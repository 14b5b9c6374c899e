//! `throttle`: no more than so many.

use std::time::Duration;

use crate::chain::context::Context;
use crate::chain::flow::{Flow, Pipe};
use crate::chain::stage::{Emit, Stage};
use crate::chain::then::Then;
use crate::model::arguments::{Count, Interval};
use crate::model::item::Item;
use crate::model::time::Time;

/// Passes on at most `n` items per `interval`, and drops the rest: `throttle(3, 5s)`.
///
/// Takes and emits items of any type, delays nothing, holds a count. The windows follow one another from the moment the
/// pipeline (or, in `by`, its key) came to life, as a restart does again; the time is the clock's, not the event's. A window
/// of events counts as one item.
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" { throttle(1, 3s); fastts_core::testing::tap } }
/// let event = |seconds: i64| Event::new().with_time(seconds);
/// let out: Vec<Event> = testing::outputs(example(), [event(0), event(1), event(2), event(3), event(5)]);
/// assert_eq!(out, [event(0), event(3)]);
/// ```
#[track_caller]
pub fn throttle<I: Item, E: Item, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(
    flow: F,
    n: impl Count,
    interval: impl Interval,
) -> Pipe<I, Then<S, Throttle>> {
    flow.into_pipe().then(Throttle { n: n.count(), interval: interval.interval(), end: Time::MIN, passed: 0 })
}

/// The stage of [`throttle`].
#[derive(Clone, Copy, Debug)]
pub struct Throttle {
    n: usize,
    interval: Duration,
    /// When the current window ends.
    end: Time,
    passed: usize,
}

impl<I: Item> Stage<I> for Throttle {
    type Out = I;

    fn start(&mut self, cx: &mut Context) {
        self.end = cx.now + self.interval;
    }

    #[inline]
    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<I>) {
        if cx.now >= self.end {
            self.end = next_tick(self.end, self.interval, cx.now);
            self.passed = 0;
        }
        if self.passed < self.n {
            self.passed += 1;
            out.emit(item, cx);
        }
    }
}

/// Returns the first instant after `now` that is a whole number of intervals after `anchor`, which is not after `now`.
pub(super) fn next_tick(anchor: Time, interval: Duration, now: Time) -> Time {
    let step = interval.as_micros().max(1);
    let steps = now.since(anchor).as_micros() / step + 1;
    anchor + Duration::from_micros(u64::try_from(steps.saturating_mul(step)).unwrap_or(u64::MAX))
}
