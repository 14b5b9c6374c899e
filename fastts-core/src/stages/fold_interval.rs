//! `fold_interval`, `fold_interval_metric`: a function of what an interval brought.

use super::timing::{LIMIT, Periodic};
use super::with::{FieldOf, IntoField};
use crate::chain::context::Context;
use crate::chain::flow::{Flow, Pipe};
use crate::chain::stage::{Emit, Stage};
use crate::chain::then::Then;
use crate::model::arguments::{Count, Interval};
use crate::model::event::change::metric;
use crate::model::event::{Event, EventView, IntoMetric};
use crate::model::item::{IsEvent, Item};
use crate::model::time::Time;
use crate::model::window::{Window, blank};

/// Emits, every `interval`, the last event of the interval with one field set to what a function makes of the events that had
/// it: `fold_interval(5s, state, |window| …)`.
///
/// Takes events, emits by time only: the first time one interval after the first event, then every interval. The function gets the
/// window of the events that have the field, empty when none came; then the event that is emitted has no other field. It stops
/// when the last event's ttl has run out (never without a ttl), and goes on with what it holds when the next event comes; an
/// expired event stops it too, and what the interval brought is forgotten. NaN is a metric. Holds the events of an interval,
/// which a restart forgets and a drain does not emit.
///
/// At most `limit` events are held, 100,000 unless the option says otherwise; those that come then are left out, and
/// [`Window::left_out`](crate::Window::left_out) says how many.
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" {
/// fold_interval(5s, description, |window| window.iter().filter_map(|event| event.description()).collect::<Vec<_>>().join(", "));
/// # fastts_core::testing::tap } }
/// let event = |seconds: i64, text| Event::new().with_time(seconds).with_description(text).with_ttl(5);
/// let out: Vec<Event> = testing::outputs(example(), [event(0, "disk full"), event(1, "disk gone")]);
/// assert_eq!(out, [event(1, "disk full, disk gone")]);
/// ```
///
/// # Differs from Riemann
/// The function gets events, not the values of the field.
#[track_caller]
pub fn fold_interval<I: Item, E: IsEvent, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>, A: FieldOf, R: IntoField<A>, P>(
    flow: F,
    interval: impl Interval,
    field: A,
    f: P,
) -> Pipe<I, Then<S, FoldInterval<A, P>>>
where
    P: for<'a> FnMut(&'a Window) -> R + Clone + Send,
{
    flow.into_pipe().then(FoldInterval { timer: Periodic::new(interval.interval()), field, f, window: Window::new(), limit: LIMIT })
}

/// The stage of [`fold_interval`].
#[derive(Clone, Debug)]
pub struct FoldInterval<A, P> {
    timer: Periodic,
    field: A,
    f: P,
    window: Window,
    limit: usize,
}

impl<A, P> FoldInterval<A, P> {
    /// Sets how many events are held at most.
    #[track_caller]
    pub fn limit(mut self, events: impl Count) -> FoldInterval<A, P> {
        self.limit = events.count();
        self
    }
}

impl<I: Item, A: FieldOf, R: IntoField<A>, P: for<'a> FnMut(&'a Window) -> R + Clone + Send + 'static> Stage<I> for FoldInterval<A, P> {
    type Out = Event;

    fn held(&self) -> usize {
        self.window.held()
    }

    #[inline]
    fn item(&mut self, item: I::View<'_>, cx: &mut Context, _out: &mut impl Emit<Event>) {
        let Some(event) = I::as_event(item) else { return };
        if !self.timer.event(event, cx) {
            self.window.clear();
        } else if self.field.is_in(event) {
            match self.window.len() < self.limit {
                true => self.window.push(event),
                false => {
                    self.window.add_left_out();
                    cx.services().lost.left_out.add(1);
                }
            }
        }
    }

    #[inline]
    fn deadline(&self) -> Option<Time> {
        self.timer.deadline()
    }

    fn tick(&mut self, cx: &mut Context, out: &mut impl Emit<Event>) {
        if self.timer.is_due(cx) {
            let change = [(self.f)(&self.window).into_change()];
            show_last(&self.window, |last| last.changed(&change, |event| out.emit(event, cx)));
            self.window.clear();
        }
    }
}

/// Calls `then` with the last event of a window, an event without fields when there is none.
fn show_last(window: &Window, then: impl FnOnce(EventView<'_>)) {
    match window.iter().next_back() {
        Some(last) => then(last),
        None => blank(then),
    }
}

/// Emits, every `interval`, the last event of the interval with what a function makes of its metrics:
/// `fold_interval_metric(5s, |metrics| metrics.iter().sum::<f64>())`.
///
/// Takes events, emits by time only; otherwise as [`fold_interval`] with `metric`. The function gets the metrics as a slice of floats, in the
/// order in which they came. Holds them and the last event, which a restart forgets.
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" {
/// fold_interval_metric(5s, |metrics| metrics.iter().copied().fold(0.0, f64::max));
/// # fastts_core::testing::tap } }
/// let event = |seconds: i64, metric: i64| Event::new().with_time(seconds).with_metric(metric).with_ttl(5);
/// let out: Vec<Event> = testing::outputs(example(), [event(0, 7), event(1, 3)]);
/// assert_eq!(out, [event(1, 7)]);
/// ```
#[track_caller]
pub fn fold_interval_metric<I: Item, E: IsEvent, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>, R: IntoMetric, P>(
    flow: F,
    interval: impl Interval,
    f: P,
) -> Pipe<I, Then<S, FoldIntervalMetric<P>>>
where
    P: for<'a> FnMut(&'a [f64]) -> R + Clone + Send,
{
    let timer = Periodic::new(interval.interval());
    flow.into_pipe().then(FoldIntervalMetric { timer, f, metrics: Vec::new(), last: Event::new(), limit: LIMIT })
}

/// The stage of [`fold_interval_metric`].
#[derive(Clone, Debug)]
pub struct FoldIntervalMetric<P> {
    timer: Periodic,
    f: P,
    metrics: Vec<f64>,
    last: Event,
    limit: usize,
}

impl<P> FoldIntervalMetric<P> {
    /// Sets how many metrics are held at most.
    #[track_caller]
    pub fn limit(mut self, metrics: impl Count) -> FoldIntervalMetric<P> {
        self.limit = metrics.count();
        self
    }
}

impl<I: Item, R: IntoMetric, P: for<'a> FnMut(&'a [f64]) -> R + Clone + Send + 'static> Stage<I> for FoldIntervalMetric<P> {
    type Out = Event;

    fn held(&self) -> usize {
        self.metrics.capacity() * size_of::<f64>() + self.last.data_held()
    }

    #[inline]
    fn item(&mut self, item: I::View<'_>, cx: &mut Context, _out: &mut impl Emit<Event>) {
        let Some(event) = I::as_event(item) else { return };
        if !self.timer.event(event, cx) {
            self.metrics.clear();
        } else if let Some(value) = event.metric().as_f64() {
            if self.metrics.len() >= self.limit {
                return cx.services().lost.left_out.add(1);
            }
            self.metrics.push(value);
            self.last.assign(event);
        }
    }

    #[inline]
    fn deadline(&self) -> Option<Time> {
        self.timer.deadline()
    }

    fn tick(&mut self, cx: &mut Context, out: &mut impl Emit<Event>) {
        if !self.timer.is_due(cx) {
            return;
        }
        let change = [metric((self.f)(&self.metrics))];
        match self.metrics.is_empty() {
            true => blank(|blank| blank.changed(&change, |event| out.emit(event, cx))),
            false => self.last.view().changed(&change, |event| out.emit(event, cx)),
        }
        self.metrics.clear();
    }
}
