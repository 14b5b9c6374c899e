//! `predict_linear`: where the metric is going.

use std::collections::VecDeque;
use std::time::Duration;

use crate::chain::context::Context;
use crate::chain::flow::{Flow, Pipe};
use crate::chain::stage::{Emit, Stage};
use crate::chain::then::Then;
use crate::model::arguments::{Count, Interval};
use crate::model::event::Event;
use crate::model::item::{IsEvent, Item};
use crate::model::metric::Metric;
use crate::model::time::Time;

/// Replaces the metric by what it will be in `ahead`, if it goes on along the line through the last `n` events:
/// `predict_linear(100, 30m)`.
///
/// Takes and emits events; the line is that of least squares through their metrics over their own times (one without a time is
/// of now), and the metric becomes its value `ahead` after the event's time. An event is dropped whose metric is missing, NaN
/// or infinite, and as long as there are no two of different times; expired events are like any other. With
/// `predict_linear(100, 30m, refit = 1m)` the line is laid at most once in a minute of the clock, which is cheaper: laying it
/// reads all `n`. Emits nothing by time or at a drain. Holds `n` metrics and times, which a restart forgets.
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" { predict_linear(3, 10s); fastts_core::testing::tap } }
/// let event = |seconds: i64, metric: f64| Event::new().with_time(seconds).with_metric(metric);
/// let out: Vec<Event> = testing::outputs(example(), [event(0, 5.0), event(1, 6.0), event(2, 7.0), event(3, 5.0)]);
/// assert_eq!(out, [event(1, 16.0), event(2, 17.0), event(3, 0.5)]);
/// ```
///
/// # Panics
/// When the pipeline is built with an `n` of 1.
///
/// # Differs from Riemann
/// Events of one time, or without a metric, do not throw; the time between refits is the router's and not the system's.
#[track_caller]
pub fn predict_linear<I: Item, E: IsEvent, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(
    flow: F,
    n: impl Count,
    ahead: impl Interval,
) -> Pipe<I, Then<S, PredictLinear>> {
    let n = n.count();
    assert!(n > 1, "a line needs at least 2 events, found `1`");
    let ahead = ahead.interval().as_secs_f64();
    flow.into_pipe().then(PredictLinear { n, ahead, refit: None, points: VecDeque::new(), line: None, laid: Time::MIN })
}

/// The stage of [`predict_linear`].
#[derive(Clone, Debug)]
pub struct PredictLinear {
    n: usize,
    /// In seconds.
    ahead: f64,
    refit: Option<Duration>,
    points: VecDeque<(Time, f64)>,
    line: Option<Line>,
    /// When the line was laid.
    laid: Time,
}

#[derive(Clone, Copy, Debug)]
struct Line {
    /// The time and the metric of a point on it.
    time: Time,
    metric: f64,
    /// Per second.
    slope: f64,
}

impl PredictLinear {
    /// Sets how long a line is used before the next is laid; without it each event gets its own.
    #[track_caller]
    pub fn refit(mut self, refit: impl Interval) -> PredictLinear {
        self.refit = Some(refit.interval());
        self
    }

    /// Lays the line of least squares; the old one stays where there is none.
    fn lay(&mut self, newest: Time, now: Time) {
        let count = self.points.len() as f64;
        // As distances, which floats hold exactly.
        let x = |time: Time| time.micros_after(newest) as f64 / 1e6;
        let mean_x = self.points.iter().map(|&(time, _)| x(time)).sum::<f64>() / count;
        let mean_y = self.points.iter().map(|&(_, metric)| metric).sum::<f64>() / count;
        let (mut covariance, mut variance) = (0.0, 0.0);
        for &(time, metric) in &self.points {
            let distance = x(time) - mean_x;
            covariance += distance * (metric - mean_y);
            variance += distance * distance;
        }
        if variance > 0.0 {
            let slope = covariance / variance;
            self.line = Some(Line { time: newest, metric: mean_y - slope * mean_x, slope });
            self.laid = now;
        }
    }
}

impl<I: Item> Stage<I> for PredictLinear {
    type Out = Event;

    fn held(&self) -> usize {
        self.points.capacity() * size_of::<(Time, f64)>()
    }

    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<Event>) {
        let Some(event) = I::as_event(item) else { return };
        let Some(metric) = event.metric().as_f64().filter(|metric| metric.is_finite()) else { return };
        let time = cx.time_of(event);
        if self.points.len() == self.n {
            self.points.pop_front();
        }
        self.points.push_back((time, metric));
        let current = self.line.is_some() && self.refit.is_some_and(|refit| cx.now.since(self.laid) <= refit);
        if !current {
            self.lay(time, cx.now);
        }
        if let Some(line) = self.line {
            let seconds = time.micros_after(line.time) as f64 / 1e6 + self.ahead;
            event.measuring(Metric::Float(line.metric + line.slope * seconds), |event| out.emit(event, cx));
        }
    }
}
