//! `ddt`: how fast the metric changes.

use super::beat::Beat;
use crate::chain::context::Context;
use crate::chain::flow::{Flow, Pipe};
use crate::chain::stage::{Emit, Stage};
use crate::chain::then::Then;
use crate::chain::wiring::Wiring;
use crate::model::arguments::Interval;
use crate::model::event::change::Kind;
use crate::model::event::{Change, Event};
use crate::model::item::{IsEvent, Item};
use crate::model::metric::Metric;
use crate::model::time::Time;

/// Replaces the metric by how much it has changed per second since the event before: `ddt`, or `ddt(5s)` to tell it every so
/// often.
///
/// Takes and emits events, holds a metric and a time, which a restart forgets. The time between two events is that of their own
/// times (one without a time is of now); of two that have the same, the second is dropped, but the next is compared with it.
/// The first event is dropped, and so is one whose metric is missing, NaN or infinite, with which nothing is compared. Expired
/// events are like any other. Emits nothing by time or at a drain.
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" { ddt; fastts_core::testing::tap } }
/// let event = |seconds: i64, metric: i64| Event::new().with_time(seconds).with_metric(metric);
/// let out: Vec<Event> = testing::outputs(example(), [event(1, 2), event(2, 4), event(4, 0)]);
/// assert_eq!(out, [event(2, 2), event(4, -2)]);
/// ```
///
/// # Differs from Riemann
/// An event without a time does not throw.
pub fn ddt<I: Item, E: IsEvent, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(flow: F) -> Pipe<I, Then<S, Ddt>> {
    flow.into_pipe().then(Ddt { before: None })
}

/// Emits, every `interval`, by how much the metric has changed per second; `ddt(interval)` in a router.
///
/// Takes events, emits by time only: at the end of the instant of the first event, then every interval. Each time it compares
/// the last event of the interval with the one that it compared last, by their own times (one without a time is of now), and
/// emits that last event with the change per second as metric and the time of the tick; 0 when none came or both have one time.
/// So nothing is emitted before there are two. Events whose metric is missing, NaN or infinite are not compared. It stops when
/// the last event's ttl has run out (never without a ttl) or when an expired event comes, and goes on with the next event.
/// Holds two events, which a restart forgets and a drain does not emit.
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" { ddt(2s); fastts_core::testing::tap } }
/// let event = |seconds: i64, metric: i64| Event::new().with_time(seconds).with_metric(metric).with_ttl(3);
/// let out: Vec<Event> = testing::outputs(example(), [event(0, 2), event(1, 9), event(3, 5)]);
/// assert_eq!(out, [event(2, 7), event(4, -2), event(6, 0)]);
/// ```
///
/// # Differs from Riemann
/// An event without a time does not throw.
#[track_caller]
pub fn ddt_every<I: Item, E: IsEvent, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(
    flow: F,
    interval: impl Interval,
) -> Pipe<I, Then<S, DdtEvery>> {
    let beat = Beat::new(interval.interval());
    flow.into_pipe().then(DdtEvery { beat, new: Sample::default(), fresh: false, last: None })
}

/// The stage of [`ddt`].
#[derive(Clone, Copy, Debug)]
pub struct Ddt {
    before: Option<Point>,
}

/// A metric at a time.
#[derive(Clone, Copy, Debug, Default)]
struct Point {
    time: Time,
    metric: Metric,
}

impl Point {
    /// Returns the change per second since `before`, `None` when both are of one time.
    #[inline]
    fn slope_since(self, before: Point) -> Option<Metric> {
        match self.time.micros_after(before.time) {
            0 => None,
            micros => Some(self.metric.minus(before.metric).over(Metric::seconds(micros))),
        }
    }
}

impl<I: Item> Stage<I> for Ddt {
    type Out = Event;

    #[inline]
    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<Event>) {
        let Some(event) = I::as_event(item).filter(|event| event.metric().is_finite()) else { return };
        let point = Point { time: cx.time_of(event), metric: event.metric() };
        if let Some(before) = self.before.replace(point)
            && let Some(slope) = point.slope_since(before)
        {
            event.measuring(slope, |event| out.emit(event, cx));
        }
    }
}

/// The stage of [`ddt_every`].
#[derive(Clone, Debug)]
pub struct DdtEvery {
    beat: Beat,
    /// The last event of this interval.
    new: Sample,
    /// Whether there was one.
    fresh: bool,
    /// The one that was compared last.
    last: Option<Sample>,
}

#[derive(Clone, Debug, Default)]
struct Sample {
    event: Event,
    point: Point,
}

impl<I: Item> Stage<I> for DdtEvery {
    type Out = Event;

    fn held(&self) -> usize {
        self.new.event.data_held() + self.last.as_ref().map_or(0, |last| last.event.data_held())
    }

    #[inline]
    fn item(&mut self, item: I::View<'_>, cx: &mut Context, _out: &mut impl Emit<Event>) {
        let Some(event) = I::as_event(item) else { return };
        if event.metric().is_finite() {
            self.new.point = Point { time: cx.time_of(event), metric: event.metric() };
            self.new.event.assign(event);
            self.fresh = true;
        }
        self.beat.event(event, cx);
    }

    #[inline]
    fn deadline(&self) -> Option<Time> {
        self.beat.deadline()
    }

    const WIRING: Wiring<I, DdtEvery> = Wiring::alone().prefetching(|stage| stage.new.event.prefetch());

    fn tick(&mut self, cx: &mut Context, out: &mut impl Emit<Event>) {
        if !self.beat.tick(cx) {
            return;
        }
        let mut slope = None;
        if std::mem::take(&mut self.fresh) {
            match &mut self.last {
                Some(last) => {
                    slope = self.new.point.slope_since(last.point);
                    std::mem::swap(last, &mut self.new);
                }
                None => {
                    self.last = Some(std::mem::take(&mut self.new));
                    return;
                }
            }
        }
        let Some(last) = &self.last else { return };
        let changes = [Change(Kind::Metric(slope.unwrap_or(Metric::Int(0)))), Change(Kind::Time(Some(cx.wall())))];
        last.event.view().changed(&changes, |event| out.emit(event, cx));
    }
}
