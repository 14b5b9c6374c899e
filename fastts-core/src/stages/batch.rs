//! `batch`, `rollup`: many events as few windows.

use super::timing::{LIMIT, Slots};
use crate::chain::context::Context;
use crate::chain::flow::{Flow, Pipe};
use crate::chain::stage::{Emit, Stage};
use crate::chain::then::Then;
use crate::model::arguments::{Count, Interval};
use crate::model::item::{IsEvent, Item};
use crate::model::time::Time;
use crate::model::window::Window;

/// Collects events, and emits them as one window when `n` have come or the interval is over: `batch(100, 5s)`.
///
/// Takes events, emits windows, never empty ones; holds up to `n` events, which a restart forgets and a drain emits. The intervals
/// follow one another from the moment the pipeline (or, in `by`, its key) came to life; the time is the clock's, not the
/// event's. Events without a metric, expired ones and NaN are events like others.
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" { batch(2, 5s); count; fastts_core::testing::tap } }
/// let event = |seconds: i64| Event::new().with_time(seconds).with_ttl(5);
/// let out: Vec<Event> = testing::outputs(example(), [event(0), event(1), event(2)]);
/// assert_eq!(out, [event(0).with_metric(2), event(2).with_metric(1)]);
/// ```
#[track_caller]
pub fn batch<I: Item, E: IsEvent, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(
    flow: F,
    n: impl Count,
    interval: impl Interval,
) -> Pipe<I, Then<S, Batch>> {
    flow.into_pipe().then(Batch { n: n.count(), slots: Slots::new(interval.interval()), window: Window::new() })
}

/// The stage of [`batch`].
#[derive(Clone, Debug)]
pub struct Batch {
    n: usize,
    slots: Slots,
    window: Window,
}

impl Batch {
    fn flush(&mut self, cx: &mut Context, out: &mut impl Emit<Window>) {
        if !self.window.is_empty() {
            out.emit(&self.window, cx);
            self.window.clear();
        }
    }
}

impl<I: Item> Stage<I> for Batch {
    type Out = Window;

    fn held(&self) -> usize {
        self.window.held()
    }

    fn start(&mut self, cx: &mut Context) {
        self.slots.start(cx.now);
    }

    #[inline]
    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<Window>) {
        let Some(event) = I::as_event(item) else { return };
        self.slots.item(cx.now);
        self.window.push(event);
        if self.window.len() >= self.n {
            self.flush(cx, out);
        }
    }

    #[inline]
    fn deadline(&self) -> Option<Time> {
        self.slots.deadline()
    }

    fn tick(&mut self, cx: &mut Context, out: &mut impl Emit<Window>) {
        if self.slots.has_ended(cx.now) {
            self.flush(cx, out);
        }
    }

    fn finish(&mut self, cx: &mut Context, out: &mut impl Emit<Window>) {
        self.flush(cx, out);
    }
}

/// Emits the first `n` events of an interval at once, each as a window of one, and the rest as one window at its end:
/// `rollup(5, 1h)`, or with `rollup(0, 1m)` all as one window a minute.
///
/// Takes events, emits windows, never empty ones; holds the rest of an interval, which a restart forgets and a drain emits. A
/// window that was emitted at the end of an interval counts as one of the `n` of the next interval in which something comes.
/// The intervals follow one another from the moment the pipeline (or, in `by`, its key) came to life; the time is the clock's,
/// not the event's. Events without a metric, expired ones and NaN are events like others.
///
/// At most `limit` events are held, 100,000 unless the option says otherwise; those that come then are left out, and
/// [`Window::left_out`](crate::Window::left_out) says how many.
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" { rollup(1, 5s); count; fastts_core::testing::tap } }
/// let event = |seconds: i64| Event::new().with_time(seconds).with_ttl(5);
/// let out: Vec<Event> = testing::outputs(example(), [event(0), event(1), event(2)]);
/// assert_eq!(out, [event(0).with_metric(1), event(1).with_metric(2)]);
/// ```
#[track_caller]
pub fn rollup<I: Item, E: IsEvent, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(
    flow: F,
    n: impl Count,
    interval: impl Interval,
) -> Pipe<I, Then<S, Rollup>> {
    let slots = Slots::new(interval.interval());
    flow.into_pipe().then(Rollup { n: n.count_or_none(), slots, passed: 0, single: Window::new(), rest: Window::new(), limit: LIMIT })
}

/// The stage of [`rollup`].
#[derive(Clone, Debug)]
pub struct Rollup {
    n: usize,
    slots: Slots,
    passed: usize,
    single: Window,
    rest: Window,
    limit: usize,
}

impl Rollup {
    /// Sets how many events are held at most.
    #[track_caller]
    pub fn limit(mut self, events: impl Count) -> Rollup {
        self.limit = events.count();
        self
    }

    fn flush(&mut self, cx: &mut Context, out: &mut impl Emit<Window>) {
        self.passed = 0;
        if !self.rest.is_empty() {
            self.passed = 1;
            out.emit(&self.rest, cx);
            self.rest.clear();
        }
    }
}

impl<I: Item> Stage<I> for Rollup {
    type Out = Window;

    fn held(&self) -> usize {
        self.single.held() + self.rest.held()
    }

    fn start(&mut self, cx: &mut Context) {
        self.slots.start(cx.now);
    }

    #[inline]
    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<Window>) {
        let Some(event) = I::as_event(item) else { return };
        self.slots.item(cx.now);
        if self.passed < self.n {
            self.passed += 1;
            self.single.clear();
            self.single.push(event);
            out.emit(&self.single, cx);
        } else if self.rest.len() < self.limit {
            self.rest.push(event);
        } else {
            self.rest.add_left_out();
            cx.services().lost.left_out.add(1);
        }
    }

    #[inline]
    fn deadline(&self) -> Option<Time> {
        self.slots.deadline()
    }

    fn tick(&mut self, cx: &mut Context, out: &mut impl Emit<Window>) {
        if self.slots.has_ended(cx.now) {
            self.flush(cx, out);
        }
    }

    fn finish(&mut self, cx: &mut Context, out: &mut impl Emit<Window>) {
        self.flush(cx, out);
    }
}
