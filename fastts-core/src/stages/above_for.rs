//! `above_for`, `below_for`, `between_for`: a metric that stays where it is.

use std::time::Duration;

use super::beat::NEVER;
use super::under::{Over, Test, Under, Within};
use crate::chain::context::Context;
use crate::chain::flow::{Flow, Pipe};
use crate::chain::stage::{Emit, Stage};
use crate::chain::then::Then;
use crate::chain::wiring::Wiring;
use crate::model::arguments::{Interval, Threshold};
use crate::model::event::Event;
use crate::model::item::{IsEvent, Item};
use crate::model::time::Time;

/// Passes on events once their metric has been above `limit` for `interval` without interruption: `above_for(90, 5m)`.
///
/// Takes and emits events. The time is the clock's: it begins with the first event above the limit; when the interval is over,
/// a timer emits the last event with the time of the tick, and from then on every event above the limit passes at once. Any
/// other event is dropped and begins it all anew: one at or below the limit, one without a metric or with NaN, and an expired
/// one. So does the ttl of the last event when it runs out before the next comes: nothing is known of the metric then (without
/// a ttl that never happens). Holds one event, which a restart forgets and a drain does not emit.
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" { above_for(90, 5s); fastts_core::testing::tap } }
/// let event = |seconds: i64, metric: i64| Event::new().with_time(seconds).with_metric(metric);
/// let out: Vec<Event> = testing::outputs(example(), [event(0, 95), event(2, 50), event(3, 97), event(6, 98), event(9, 96)]);
/// assert_eq!(out, [event(8, 98), event(9, 96)]);
/// ```
#[track_caller]
pub fn above_for<I: Item, E: IsEvent, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(
    flow: F,
    limit: impl Threshold,
    interval: impl Interval,
) -> Pipe<I, Then<S, Lasting<Over>>> {
    flow.into_pipe().then(Lasting::new(Over::new(limit), interval))
}

/// Passes on events once their metric has been below `limit` for `interval` without interruption: `below_for(10, 5m)`.
///
/// Takes and emits events; otherwise as [`above_for`].
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" { below_for(10, 5s); fastts_core::testing::tap } }
/// let event = |seconds: i64, metric: i64| Event::new().with_time(seconds).with_metric(metric);
/// let out: Vec<Event> = testing::outputs(example(), [event(0, 5), event(2, 10), event(3, 4), event(9, 3)]);
/// assert_eq!(out, [event(8, 4), event(9, 3)]);
/// ```
#[track_caller]
pub fn below_for<I: Item, E: IsEvent, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(
    flow: F,
    limit: impl Threshold,
    interval: impl Interval,
) -> Pipe<I, Then<S, Lasting<Under>>> {
    flow.into_pipe().then(Lasting::new(Under::new(limit), interval))
}

/// Passes on events once their metric has been between `low` and `high`, both included, for `interval` without interruption:
/// `between_for(1, 3, 5m)`.
///
/// Takes and emits events; otherwise as [`above_for`].
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" { between_for(1, 3, 5s); fastts_core::testing::tap } }
/// let event = |seconds: i64, metric: i64| Event::new().with_time(seconds).with_metric(metric);
/// let out: Vec<Event> = testing::outputs(example(), [event(0, 1), event(2, 3), event(6, 2), event(7, 4), event(8, 2)]);
/// assert_eq!(out, [event(5, 3), event(6, 2)]);
/// ```
#[track_caller]
pub fn between_for<I: Item, E: IsEvent, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(
    flow: F,
    low: impl Threshold,
    high: impl Threshold,
    interval: impl Interval,
) -> Pipe<I, Then<S, Lasting<Within>>> {
    flow.into_pipe().then(Lasting::new(Within::new(low, high), interval))
}

/// The stage of [`above_for`], [`below_for`] and [`between_for`].
#[derive(Clone, Debug)]
pub struct Lasting<T> {
    test: T,
    interval: Duration,
    /// When it will have lasted.
    due: Time,
    /// When the last event runs out.
    until: Time,
    /// Whether it has lasted.
    lasted: bool,
    last: Event,
}

impl<T> Lasting<T> {
    #[track_caller]
    fn new(test: T, interval: impl Interval) -> Lasting<T> {
        Lasting { test, interval: interval.interval(), due: NEVER, until: NEVER, lasted: false, last: Event::new() }
    }

    fn reset(&mut self) {
        (self.due, self.until, self.lasted) = (NEVER, NEVER, false);
    }
}

impl<I: Item, T: Test> Stage<I> for Lasting<T> {
    type Out = Event;

    fn held(&self) -> usize {
        self.last.data_held()
    }

    #[inline]
    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<Event>) {
        let Some(event) = I::as_event(item) else { return };
        if !self.test.passes(event.metric()) || event.is_expired(cx.wall()) {
            return self.reset();
        }
        if cx.wall() > self.until {
            self.reset();
        }
        self.until = cx.runs_out(event).unwrap_or(NEVER);
        if self.lasted {
            return out.emit(event, cx);
        }
        if self.due == NEVER {
            self.due = cx.now + self.interval;
        }
        self.last.assign(event);
    }

    #[inline]
    fn deadline(&self) -> Option<Time> {
        (self.due != NEVER).then_some(self.due)
    }

    const WIRING: Wiring<I, Lasting<T>> = Wiring::alone().prefetching(|stage| stage.last.prefetch());

    #[inline]
    fn tick(&mut self, cx: &mut Context, out: &mut impl Emit<Event>) {
        if self.due > cx.now || self.due == NEVER {
            return;
        }
        if cx.wall() > self.until {
            return self.reset();
        }
        (self.due, self.lasted) = (NEVER, true);
        self.last.view().at(cx.wall(), |event| out.emit(event, cx));
    }
}
