//! `fill_in`, `fill_in_last`, `interpolate_constant`: events where none came.

use std::sync::Arc;
use std::time::Duration;

use super::beat::{Beat, NEVER};
use crate::chain::context::Context;
use crate::chain::flow::{Flow, Pipe};
use crate::chain::stage::{Emit, Stage};
use crate::chain::then::Then;
use crate::chain::wiring::Wiring;
use crate::model::arguments::Interval;
use crate::model::event::{Change, Event, EventView};
use crate::model::item::{IsEvent, Item};
use crate::model::time::Time;

/// Passes on every event, and emits `event` whenever nothing came for `interval`: `fill_in(2s, Event::new().with_metric(0))`.
///
/// Takes and emits events, whatever their metrics. Emits by time: one interval after the last event or fill, or after the
/// pipeline (in `by`, its key) came to life, a copy of `event` with the time of the tick. An expired event passes and stops the
/// filling until an event comes that is not; otherwise it never stops. Holds nothing but the event. A restart begins a new
/// interval, a drain emits nothing.
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" { fill_in(2s, Event::new().with_service("filled")); fastts_core::testing::tap } }
/// let event = |seconds: i64| Event::new().with_time(seconds);
/// let out: Vec<Event> = testing::outputs(example(), [event(1), event(2), event(7)]);
/// assert_eq!(out, [event(1), event(2), event(4).with_service("filled"), event(6).with_service("filled"), event(7)]);
/// ```
#[track_caller]
pub fn fill_in<I: Item, E: IsEvent, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(
    flow: F,
    interval: impl Interval,
    event: Event,
) -> Pipe<I, Then<S, FillIn>> {
    flow.into_pipe().then(FillIn { interval: interval.interval(), due: NEVER, fill: Arc::new(event) })
}

/// Passes on every event, and emits the last one again, changed, whenever nothing came for `interval`:
/// `fill_in_last(2s, state = "filled")`.
///
/// Takes and emits events, whatever their metrics; the fields are written as in `with`, and their values see the last event.
/// Emits by time: one interval after the last event or fill a copy of the last event, changed, with the time of the tick;
/// never before the first event. An expired event passes and stops the filling until an event comes that is not; that the last
/// event's ttl runs out does not stop it. Holds one event, which a restart forgets; a drain emits nothing.
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" { fill_in_last(2s, state = "filled", metric = metric + 1); fastts_core::testing::tap } }
/// let event = |seconds: i64, metric: i64| Event::new().with_time(seconds).with_metric(metric);
/// let out: Vec<Event> = testing::outputs(example(), [event(1, 5), event(4, 7)]);
/// assert_eq!(out, [event(1, 5), event(3, 6).with_state("filled"), event(4, 7)]);
/// ```
#[track_caller]
pub fn fill_in_last<I: Item, E: IsEvent, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>, P, const N: usize>(
    flow: F,
    interval: impl Interval,
    changes: P,
) -> Pipe<I, Then<S, FillInLast<P>>>
where
    P: for<'a> FnMut(EventView<'a>) -> [Change<'a>; N] + Clone + Send,
{
    flow.into_pipe().then(FillInLast { interval: interval.interval(), due: NEVER, last: Event::new(), changes })
}

/// Emits the last event every `interval`: `interpolate_constant(1s)`.
///
/// Takes events, emits by time only: at the end of the instant of the first event, then every interval, the last event with the
/// time of the tick, whatever its metric. It stops when the last event's ttl has run out (never without a ttl) or when an
/// expired event comes, which passes at once, and begins anew with the next event. Holds one event, which a restart forgets
/// and a drain does not emit.
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" { interpolate_constant(2s); fastts_core::testing::tap } }
/// let event = |seconds: i64, metric: i64| Event::new().with_time(seconds).with_metric(metric);
/// let out: Vec<Event> = testing::outputs(example(), [event(1, 5), event(4, 7), event(6, 9)]);
/// assert_eq!(out, [event(1, 5), event(3, 5), event(5, 7)]);
/// ```
#[track_caller]
pub fn interpolate_constant<I: Item, E: IsEvent, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(
    flow: F,
    interval: impl Interval,
) -> Pipe<I, Then<S, InterpolateConstant>> {
    flow.into_pipe().then(InterpolateConstant { beat: Beat::new(interval.interval()), last: Event::new() })
}

/// The stage of [`fill_in`].
#[derive(Clone, Debug)]
pub struct FillIn {
    interval: Duration,
    due: Time,
    /// Shared, because `by` copies its block for every key.
    fill: Arc<Event>,
}

impl<I: Item> Stage<I> for FillIn {
    type Out = Event;

    fn start(&mut self, cx: &mut Context) {
        self.due = cx.now + self.interval;
    }

    #[inline]
    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<Event>) {
        let Some(event) = I::as_event(item) else { return };
        self.due = if event.is_expired(cx.wall()) { NEVER } else { cx.now + self.interval };
        out.emit(event, cx);
    }

    #[inline]
    fn deadline(&self) -> Option<Time> {
        (self.due != NEVER).then_some(self.due)
    }

    #[inline]
    fn tick(&mut self, cx: &mut Context, out: &mut impl Emit<Event>) {
        if self.due <= cx.now && self.due != NEVER {
            self.due = self.due + self.interval;
            Event::view(&self.fill).at(cx.wall(), |event| out.emit(event, cx));
        }
    }
}

/// The stage of [`fill_in_last`].
#[derive(Clone, Debug)]
pub struct FillInLast<P> {
    interval: Duration,
    due: Time,
    last: Event,
    changes: P,
}

impl<I: Item, P: for<'a> FnMut(EventView<'a>) -> [Change<'a>; N] + Clone + Send + 'static, const N: usize> Stage<I> for FillInLast<P> {
    type Out = Event;

    fn held(&self) -> usize {
        self.last.data_held()
    }

    #[inline]
    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<Event>) {
        let Some(event) = I::as_event(item) else { return };
        self.due = NEVER;
        if !event.is_expired(cx.wall()) {
            self.due = cx.now + self.interval;
            self.last.assign(event);
        }
        out.emit(event, cx);
    }

    #[inline]
    fn deadline(&self) -> Option<Time> {
        (self.due != NEVER).then_some(self.due)
    }

    const WIRING: Wiring<I, FillInLast<P>> = Wiring::alone().prefetching(|stage| stage.last.prefetch());

    #[inline]
    fn tick(&mut self, cx: &mut Context, out: &mut impl Emit<Event>) {
        if self.due <= cx.now && self.due != NEVER {
            self.due = self.due + self.interval;
            let last = self.last.view();
            last.changed(&(self.changes)(last), |event| event.at(cx.wall(), |event| out.emit(event, cx)));
        }
    }
}

/// The stage of [`interpolate_constant`].
#[derive(Clone, Debug)]
pub struct InterpolateConstant {
    beat: Beat,
    last: Event,
}

impl<I: Item> Stage<I> for InterpolateConstant {
    type Out = Event;

    fn held(&self) -> usize {
        self.last.data_held()
    }

    #[inline]
    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<Event>) {
        let Some(event) = I::as_event(item) else { return };
        if self.beat.event(event, cx) {
            self.last.assign(event);
        } else {
            out.emit(event, cx);
        }
    }

    #[inline]
    fn deadline(&self) -> Option<Time> {
        self.beat.deadline()
    }

    const WIRING: Wiring<I, InterpolateConstant> = Wiring::alone().prefetching(|stage| stage.last.prefetch());

    #[inline]
    fn tick(&mut self, cx: &mut Context, out: &mut impl Emit<Event>) {
        if self.beat.tick(cx) {
            self.last.view().at(cx.wall(), |event| out.emit(event, cx));
        }
    }
}
