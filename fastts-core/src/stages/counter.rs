//! `counter`: a running total.

use crate::chain::context::Context;
use crate::chain::flow::{Flow, Pipe};
use crate::chain::stage::{Emit, Stage};
use crate::chain::then::Then;
use crate::chain::wiring::Wiring;
use crate::model::arguments::Threshold;
use crate::model::event::Event;
use crate::model::item::{IsEvent, Item};
use crate::model::metric::Metric;

/// Replaces the metric by the sum of the metrics so far: `counter`, or `counter(500)` to begin elsewhere than at 0.
///
/// Takes and emits events, one for one, holds the sum, which is exact while whole numbers fit. An event with the tag `reset`
/// sets the sum to its metric. An event whose metric is missing, NaN or infinite passes unchanged and does not count; expired
/// events count like any other. Emits nothing by time. A restart begins anew, a drain emits nothing.
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" { counter; fastts_core::testing::tap } }
/// let event = |metric: i64| Event::new().with_metric(metric);
/// let out: Vec<Event> = testing::outputs(example(), [event(1), event(2), event(100).with_tags("reset"), event(5)]);
/// assert_eq!(out, [event(1), event(3), event(100).with_tags("reset"), event(105)]);
/// ```
///
/// # Differs from Riemann
/// A NaN does not make every sum after it NaN.
pub fn counter<I: Item, E: IsEvent, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(flow: F) -> Pipe<I, Then<S, Counter>> {
    counter_from(flow, 0)
}

/// Replaces the metric by the sum of the metrics so far and `start`; `counter(start)` in a router, otherwise as [`counter`].
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" { counter(500); fastts_core::testing::tap } }
/// let event = |metric: i64| Event::new().with_metric(metric);
/// let out: Vec<Event> = testing::outputs(example(), [event(1), event(2)]);
/// assert_eq!(out, [event(501), event(503)]);
/// ```
pub fn counter_from<I: Item, E: IsEvent, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(
    flow: F,
    start: impl Threshold,
) -> Pipe<I, Then<S, Counter>> {
    flow.into_pipe().then(Counter { sum: start.threshold() })
}

/// The stage of [`counter`].
#[derive(Clone, Copy, Debug)]
pub struct Counter {
    sum: Metric,
}

impl<I: Item> Stage<I> for Counter {
    type Out = Event;

    const WIRING: Wiring<I, Counter> = Wiring::alone().passes_all();

    #[inline]
    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<Event>) {
        let Some(event) = I::as_event(item) else { return };
        let metric = event.metric();
        if !metric.is_finite() {
            return out.emit(event, cx);
        }
        self.sum = if event.tagged("reset") { metric } else { self.sum.plus(metric) };
        event.measuring(self.sum, |event| out.emit(event, cx));
    }
}
