//! `percentiles`, `quantiles`: the distribution of the metrics of an interval.

use std::fmt;

use sketches_ddsketch::{Config, DDSketch};

use super::fold::WindowFold as _;
use super::sample::SortedSample;
use super::timing::{LIMIT, Periodic};
use crate::chain::context::Context;
use crate::chain::flow::{Flow, Pipe};
use crate::chain::stage::{Emit, Stage};
use crate::chain::then::Then;
use crate::folds::{Point, Points};
use crate::model::arguments::{Count, Interval};
use crate::model::event::Event;
use crate::model::event::change::metric;
use crate::model::item::{IsEvent, Item};
use crate::model::time::Time;
use crate::model::window::Window;

/// Emits, every `interval`, for each of `points` the event of that interval whose metric is there, its service with the point
/// appended as Riemann writes it, `"api 0.5"`, `"api 1.0"`: `percentiles(5s, [0.5, 0.95, 1.0])`.
///
/// Takes events, emits by time only: the first time one interval after the first event, then every interval, nothing when
/// nothing came. The points are those of [`sorted_sample`](super::sorted_sample), and exact. It stops when the last event's ttl has run out (never
/// without a ttl), and goes on with what it holds when the next event comes; an expired event stops it too, and what the
/// interval brought is forgotten. Events without a metric are left out, as are those whose metric is NaN. Holds the events of
/// an interval, which a restart forgets and a drain does not emit.
///
/// At most `limit` events are held, 100,000 unless the option says otherwise; those that come then are left out. Where that may happen,
/// [`quantiles`] does with little memory.
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" { percentiles(5s, [0.5, 1.0]); fastts_core::testing::tap } }
/// let event = |seconds: i64, service, metric: i64| Event::new().with_time(seconds).with_service(service).with_metric(metric).with_ttl(5);
/// let out: Vec<Event> = testing::outputs(example(), [event(0, "api", 7), event(1, "api", 9), event(2, "api", 8)]);
/// assert_eq!(out, [event(2, "api 0.5", 8), event(1, "api 1.0", 9)]);
/// ```
///
/// # Differs from Riemann
/// Without a ttl an event never expires.
#[track_caller]
pub fn percentiles<I: Item, E: IsEvent, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(
    flow: F,
    interval: impl Interval,
    points: impl Points,
) -> Pipe<I, Then<S, Percentiles>> {
    let timer = Periodic::new(interval.interval());
    flow.into_pipe().then(Percentiles { timer, sample: SortedSample::new(points), window: Window::new(), limit: LIMIT })
}

/// The stage of [`percentiles`].
#[derive(Clone, Debug)]
pub struct Percentiles {
    timer: Periodic,
    sample: SortedSample,
    window: Window,
    limit: usize,
}

impl Percentiles {
    /// Sets how many events are held at most.
    #[track_caller]
    pub fn limit(mut self, events: impl Count) -> Percentiles {
        self.limit = events.count();
        self
    }
}

impl<I: Item> Stage<I> for Percentiles {
    type Out = Event;

    fn held(&self) -> usize {
        self.window.held()
    }

    #[inline]
    fn item(&mut self, item: I::View<'_>, cx: &mut Context, _out: &mut impl Emit<Event>) {
        let Some(event) = I::as_event(item) else { return };
        if !self.timer.event(event, cx) {
            self.window.clear();
        } else if !event.metric().is_missing() {
            match self.window.len() < self.limit {
                true => self.window.push(event),
                false => cx.services().lost.left_out.add(1),
            }
        }
    }

    #[inline]
    fn deadline(&self) -> Option<Time> {
        self.timer.deadline()
    }

    fn tick(&mut self, cx: &mut Context, out: &mut impl Emit<Event>) {
        if self.timer.is_due(cx) {
            self.sample.fold(&self.window, &mut |event| out.emit(event, cx));
            self.window.clear();
        }
    }
}

/// Emits, every `interval`, the quantiles of that interval's metrics, with an error of at most 1 %: `quantiles(5s, [0.5, 0.99])`.
///
/// Takes events, emits by time only, as [`percentiles`] does: for each point the last event of the interval that had a number, with the quantile as
/// metric and the point appended to its service. Where the exact quantile is `q`, what is emitted lies from `0.99 × q` to `1.01
/// × q`; 0 and 1 give the exact smallest and largest metric. Which metric is the exact one is said at
/// [`sorted_sample`](super::sorted_sample), give or take one place in the order. That holds for metrics from 1e-9 to 1e300 and
/// their negatives, as long as the largest is less than 1e17 times the smallest; smaller ones count as 0. Metrics that are no
/// finite numbers are left out. Holds one event and a [DDSketch](https://arxiv.org/abs/1908.10693), some kilobytes whatever
/// comes, which a restart forgets and a drain does not emit.
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" { quantiles(5s, [0.5, 1.0]); map(|e| e.metric().as_f64()); fastts_core::testing::tap } }
/// let event = |metric: i64| Event::new().with_time(0).with_metric(metric).with_ttl(5);
/// let out: Vec<Option<f64>> = testing::outputs(example(), (1..=1000).map(event));
/// assert!((495.0..=506.0).contains(&out[0].unwrap()));
/// assert_eq!(out[1], Some(1000.0));
/// ```
#[track_caller]
pub fn quantiles<I: Item, E: IsEvent, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(
    flow: F,
    interval: impl Interval,
    points: impl Points,
) -> Pipe<I, Then<S, Quantiles>> {
    let timer = Periodic::new(interval.interval());
    let sketch = empty_sketch();
    flow.into_pipe().then(Quantiles { timer, points: points.points(), sketch, last: Event::new(), name: String::new() })
}

/// The relative error of what is emitted.
const ERROR: f64 = 0.01;
/// How many buckets there are at most; each is 2 % wider than the one before.
const BUCKETS: u32 = 2048;
/// The smallest number that is told from 0.
const SMALLEST: f64 = 1e-9;

fn empty_sketch() -> DDSketch {
    DDSketch::new(Config::new(ERROR, BUCKETS, SMALLEST))
}

/// The stage of [`quantiles`].
#[derive(Clone)]
pub struct Quantiles {
    timer: Periodic,
    points: Box<[Point]>,
    sketch: DDSketch,
    last: Event,
    name: String,
}

impl fmt::Debug for Quantiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Quantiles").field("timer", &self.timer).field("count", &self.sketch.count()).finish_non_exhaustive()
    }
}

impl<I: Item> Stage<I> for Quantiles {
    type Out = Event;

    fn held(&self) -> usize {
        self.last.data_held()
    }

    #[inline]
    fn item(&mut self, item: I::View<'_>, cx: &mut Context, _out: &mut impl Emit<Event>) {
        let Some(event) = I::as_event(item) else { return };
        if !self.timer.event(event, cx) {
            self.sketch = empty_sketch();
        } else if let Some(value) = event.metric().as_f64().filter(|value| value.is_finite()) {
            self.sketch.add(value);
            self.last.assign(event);
        }
    }

    #[inline]
    fn deadline(&self) -> Option<Time> {
        self.timer.deadline()
    }

    fn tick(&mut self, cx: &mut Context, out: &mut impl Emit<Event>) {
        if !self.timer.is_due(cx) || self.sketch.count() == 0 {
            return;
        }
        for point in &self.points {
            // A point outside of 0 to 1 would be an error; none is.
            let Ok(Some(value)) = self.sketch.quantile(point.at) else { continue };
            self.last.view().changed(&[metric(value)], |event| point.name(event, &mut self.name, |event| out.emit(event, cx)));
        }
        self.sketch = empty_sketch();
    }
}
