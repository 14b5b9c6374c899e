//! `under`, `over`, `within`, `without`: what the metric is.

use crate::chain::context::Context;
use crate::chain::flow::{Flow, Pipe};
use crate::chain::stage::{Emit, Stage};
use crate::chain::then::Then;
use crate::model::arguments::Threshold;
use crate::model::event::{Event, EventView};
use crate::model::item::{IsEvent, Item};
use crate::model::metric::Metric;

/// Passes on events whose metric compares in one way with bounds.
#[derive(Clone, Copy, Debug)]
pub struct Compare<T>(T);

/// A test of a metric.
pub trait Test: Copy + Send + 'static {
    /// Returns true for a metric whose event is passed on.
    fn passes(self, metric: Metric) -> bool;
}

impl<I: Item, T: Test> Stage<I> for Compare<T> {
    type Out = Event;

    #[inline]
    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<Event>) {
        if let Some(event) = I::as_event(item)
            && self.0.passes(EventView::metric(event))
        {
            out.emit(event, cx);
        }
    }
}

/// Passes on events whose metric is below `limit`.
///
/// Takes and emits events, holds nothing. An event without a metric is dropped, as is one whose metric is NaN; numbers
/// compare by value, whatever their type, and exactly.
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" { under(12); fastts_core::testing::tap } }
/// let out: Vec<Event> = testing::outputs(example(), [Event::new().with_metric(11), Event::new().with_metric(12), Event::new()]);
/// assert_eq!(out, [Event::new().with_metric(11)]);
/// ```
pub fn under<I: Item, E: IsEvent, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(
    flow: F,
    limit: impl Threshold,
) -> Pipe<I, Then<S, Compare<Under>>> {
    flow.into_pipe().then(Compare(Under::new(limit)))
}

/// The test of [`under`].
#[derive(Clone, Copy, Debug)]
pub struct Under {
    limit: Metric,
}

impl Under {
    pub(super) fn new(limit: impl Threshold) -> Under {
        Under { limit: limit.threshold().as_bound() }
    }
}

impl Test for Under {
    #[inline(always)]
    fn passes(self, metric: Metric) -> bool {
        metric < self.limit
    }
}

/// Passes on events whose metric is above `limit`.
///
/// Takes and emits events, holds nothing; otherwise as [`under`].
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" { over(12); fastts_core::testing::tap } }
/// let event = |metric: f64| Event::new().with_metric(metric);
/// let out: Vec<Event> = testing::outputs(example(), [event(12.5), event(12.0), event(f64::NAN), Event::new()]);
/// assert_eq!(out, [event(12.5)]);
/// ```
pub fn over<I: Item, E: IsEvent, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(
    flow: F,
    limit: impl Threshold,
) -> Pipe<I, Then<S, Compare<Over>>> {
    flow.into_pipe().then(Compare(Over::new(limit)))
}

/// The test of [`over`].
#[derive(Clone, Copy, Debug)]
pub struct Over {
    limit: Metric,
}

impl Over {
    pub(super) fn new(limit: impl Threshold) -> Over {
        Over { limit: limit.threshold().as_bound() }
    }
}

impl Test for Over {
    #[inline(always)]
    fn passes(self, metric: Metric) -> bool {
        metric > self.limit
    }
}

/// Passes on events whose metric is between `low` and `high`, both included.
///
/// Takes and emits events, holds nothing; otherwise as [`under`]. Bounds that cross let nothing through.
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" { within(1, 3); fastts_core::testing::tap } }
/// let event = |metric: i64| Event::new().with_metric(metric);
/// let out: Vec<Event> = testing::outputs(example(), [event(0), event(1), event(3), event(4), Event::new()]);
/// assert_eq!(out, [event(1), event(3)]);
/// ```
pub fn within<I: Item, E: IsEvent, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(
    flow: F,
    low: impl Threshold,
    high: impl Threshold,
) -> Pipe<I, Then<S, Compare<Within>>> {
    flow.into_pipe().then(Compare(Within::new(low, high)))
}

/// The test of [`within`].
#[derive(Clone, Copy, Debug)]
pub struct Within {
    low: Metric,
    high: Metric,
}

impl Within {
    pub(super) fn new(low: impl Threshold, high: impl Threshold) -> Within {
        Within { low: low.threshold().as_bound(), high: high.threshold().as_bound() }
    }
}

impl Test for Within {
    #[inline(always)]
    fn passes(self, metric: Metric) -> bool {
        metric >= self.low && metric <= self.high
    }
}

/// Passes on events whose metric is below `low` or above `high`.
///
/// Takes and emits events, holds nothing; otherwise as [`under`]: an event without a metric is dropped here as well.
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" { without(1, 3); fastts_core::testing::tap } }
/// let event = |metric: i64| Event::new().with_metric(metric);
/// let out: Vec<Event> = testing::outputs(example(), [event(0), event(1), event(3), event(4), Event::new()]);
/// assert_eq!(out, [event(0), event(4)]);
/// ```
pub fn without<I: Item, E: IsEvent, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(
    flow: F,
    low: impl Threshold,
    high: impl Threshold,
) -> Pipe<I, Then<S, Compare<Without>>> {
    flow.into_pipe().then(Compare(Without::new(low, high)))
}

/// The test of [`without`].
#[derive(Clone, Copy, Debug)]
pub struct Without {
    low: Metric,
    high: Metric,
}

impl Without {
    pub(super) fn new(low: impl Threshold, high: impl Threshold) -> Without {
        Without { low: low.threshold().as_bound(), high: high.threshold().as_bound() }
    }
}

impl Test for Without {
    #[inline(always)]
    fn passes(self, metric: Metric) -> bool {
        metric < self.low || metric > self.high
    }
}
