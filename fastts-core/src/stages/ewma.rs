//! `ewma_timeless`, `ewma`: moving averages that weigh what is recent more.

use crate::chain::context::Context;
use crate::chain::flow::{Flow, Pipe};
use crate::chain::stage::{Emit, Stage};
use crate::chain::then::Then;
use crate::chain::wiring::Wiring;
use crate::model::arguments::{Interval, Threshold};
use crate::model::event::Event;
use crate::model::item::{IsEvent, Item};
use crate::model::metric::Metric;
use crate::model::time::Time;

/// Replaces the metric by the exponentially weighted moving average of the metrics so far: `ewma_timeless(0.25)`.
///
/// Takes and emits events, one for one, holds one number. `share` is the weight of the newest event, above 0 and at most 1: the
/// average becomes `(1 - share) * average + share * metric`, and begins at 0. When events come does not matter, nothing is
/// emitted by time. An event whose metric is missing, NaN or infinite passes unchanged and does not count; expired events count
/// like any other. A restart begins at 0 again, a drain emits nothing.
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" { ewma_timeless(0.5); fastts_core::testing::tap } }
/// let event = |metric: f64| Event::new().with_metric(metric);
/// let out: Vec<Event> = testing::outputs(example(), [event(10.0), event(10.0), Event::new(), event(10.0)]);
/// assert_eq!(out, [event(5.0), event(7.5), Event::new(), event(8.75)]);
/// ```
///
/// # Panics
/// When the pipeline is built with another share.
///
/// # Differs from Riemann
/// A NaN does not make every average after it NaN.
#[track_caller]
pub fn ewma_timeless<I: Item, E: IsEvent, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(
    flow: F,
    share: impl Threshold,
) -> Pipe<I, Then<S, EwmaTimeless>> {
    let share = share.threshold().as_f64().unwrap_or(f64::NAN);
    assert!(share > 0.0 && share <= 1.0, "a share must be above 0 and at most 1, found `{share}`");
    flow.into_pipe().then(EwmaTimeless { share, average: 0.0 })
}

/// Replaces the metric by the exponentially weighted moving average of the metrics so far, in which what was fades with the
/// time between events: `ewma(1m)`.
///
/// Takes and emits events, one for one, holds a number and a time. The average begins at 0 and halves in every `half_life`
/// between events, by their own times (one without a time is of now); to it is added each metric, with the weight that makes
/// one event per second come out right. So feed it about one event per second, behind `rate(1)` for instance: of ten per
/// second the average comes out ten times too high. A late event counts for what is left of it by the time of the newest.
/// An event whose metric is missing, NaN or infinite passes unchanged and does not count; expired events count like any other.
/// Emits nothing by time. A restart begins at 0 again, a drain emits nothing.
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" { ewma(1s); fastts_core::testing::tap } }
/// let event = |seconds: i64, metric: f64| Event::new().with_time(seconds).with_metric(metric);
/// let out: Vec<Event> = testing::outputs(example(), [event(1, 16.0), event(2, 16.0), event(5, 0.0)]);
/// assert_eq!(out, [event(1, 8.0), event(2, 12.0), event(5, 1.5)]);
/// ```
///
/// # Differs from Riemann
/// A late event keeps its own time, one without a time is of now, not of 1970, and a NaN does not make every average after it NaN.
#[track_caller]
pub fn ewma<I: Item, E: IsEvent, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(
    flow: F,
    half_life: impl Interval,
) -> Pipe<I, Then<S, Ewma>> {
    let half_life = half_life.interval().as_secs_f64();
    let share = 1.0 - (-1.0 / half_life).exp2();
    flow.into_pipe().then(Ewma { half_life, share, average: 0.0, newest: None })
}

/// The stage of [`ewma_timeless`].
#[derive(Clone, Copy, Debug)]
pub struct EwmaTimeless {
    share: f64,
    average: f64,
}

impl<I: Item> Stage<I> for EwmaTimeless {
    type Out = Event;

    const WIRING: Wiring<I, EwmaTimeless> = Wiring::alone().passes_all();

    #[inline]
    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<Event>) {
        let Some(event) = I::as_event(item) else { return };
        let Some(metric) = event.metric().as_f64().filter(|metric| metric.is_finite()) else {
            return out.emit(event, cx);
        };
        self.average = within_floats((1.0 - self.share) * self.average + self.share * metric);
        event.measuring(Metric::Float(self.average), |event| out.emit(event, cx));
    }
}

/// The stage of [`ewma`].
#[derive(Clone, Copy, Debug)]
pub struct Ewma {
    /// In seconds.
    half_life: f64,
    /// The weight of a metric at its time.
    share: f64,
    /// Of the time of the newest event.
    average: f64,
    newest: Option<Time>,
}

impl<I: Item> Stage<I> for Ewma {
    type Out = Event;

    const WIRING: Wiring<I, Ewma> = Wiring::alone().passes_all();

    #[inline]
    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<Event>) {
        let Some(event) = I::as_event(item) else { return };
        let Some(metric) = event.metric().as_f64().filter(|metric| metric.is_finite()) else {
            return out.emit(event, cx);
        };
        let time = cx.time_of(event);
        let gap = time.micros_after(*self.newest.get_or_insert(time));
        let left = (-(gap.unsigned_abs() as f64) / (1e6 * self.half_life)).exp2();
        let average = if gap > 0 {
            self.newest = Some(time);
            self.share * metric + self.average * left
        } else {
            self.average + self.share * metric * left
        };
        self.average = within_floats(average);
        event.measuring(Metric::Float(self.average), |event| out.emit(event, cx));
    }
}

/// Keeps a sum of finite numbers finite: an average that is infinite once would be so for ever.
#[inline]
fn within_floats(average: f64) -> f64 {
    average.clamp(f64::MIN, f64::MAX)
}
