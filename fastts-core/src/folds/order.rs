//! Folds that compare: extremes, quantiles, the most frequent.

use std::cmp::Ordering;

use smol_str::{SmolStr, format_smolstr};

use super::Folded;
use crate::model::event::change::service;
use crate::model::event::{Event, EventView};
use crate::model::metric::Metric;
use crate::model::window::Window;

/// Returns the event with the largest metric; of several, the last.
pub fn maximum(window: &Window) -> Option<Event> {
    extremum(window, |a, b| a >= b)
}

/// Returns the event with the smallest metric; of several, the last.
pub fn minimum(window: &Window) -> Option<Event> {
    extremum(window, |a, b| a <= b)
}

/// Returns the event that is better than all others: `better(metric, best)` says whether a metric is better than the best of
/// those before it.
pub fn extremum(window: &Window, better: impl FnMut(Metric, Metric) -> bool) -> Option<Event> {
    find_extremum(window, better).map(Folded::to_event)
}

pub(crate) fn find_extremum(window: &Window, mut better: impl FnMut(Metric, Metric) -> bool) -> Option<Folded<'_>> {
    let mut best: Option<EventView<'_>> = None;
    for event in window.iter().filter(|event| is_comparable(event.metric())) {
        if best.is_none_or(|best| better(event.metric(), best.metric())) {
            best = Some(event);
        }
    }
    best.map(Folded::whole)
}

/// Tells numbers from what is missing and from NaN, which has no place in any order.
fn is_comparable(metric: Metric) -> bool {
    metric.partial_cmp(&metric).is_some()
}

/// Returns the event whose metric is in the middle, the upper of two; never a mean of two.
pub fn median(window: &Window) -> Option<Event> {
    Samples::default().fill(window).at(0.5).map(EventView::to_owned)
}

/// Returns, for each of `points`, the event whose metric is there in the order of all metrics, from 0 for the smallest to 1 for
/// the largest; none when no event has a metric.
///
/// With `n` metrics a point takes the one of index `floor(n × point)`, or the last.
pub fn sorted_sample_extract(window: &Window, points: impl Points) -> Vec<Event> {
    let mut samples = Samples::default();
    let mut samples = samples.fill(window);
    points.points().iter().filter_map(|point| samples.at(point.at)).map(EventView::to_owned).collect()
}

/// Returns the events of [`sorted_sample_extract`], with the point appended to the service: `"api 0.95"`.
pub fn sorted_sample(window: &Window, points: impl Points) -> Vec<Event> {
    let mut samples = Samples::default();
    let mut samples = samples.fill(window);
    let mut events = Vec::new();
    for point in points.points().iter() {
        if let Some(event) = samples.at(point.at) {
            point.name(event, &mut String::new(), |event| events.push(event.to_owned()));
        }
    }
    events
}

/// Returns an event with the most frequent metric, the last of those; when several metrics are, the one that came first.
pub fn mode(window: &Window) -> Option<Event> {
    Samples::default().fill(window).modes().next().map(EventView::to_owned)
}

/// Returns the last event of each metric that is as frequent as any, in the order in which the metrics first came.
pub fn modes(window: &Window) -> Vec<Event> {
    Samples::default().fill(window).modes().map(EventView::to_owned).collect()
}

/// The metrics of a window that have an order; its memory is reused for the next window.
#[derive(Clone, Debug, Default)]
pub(crate) struct Samples {
    /// The metrics and the places of their events.
    metrics: Vec<(Metric, usize)>,
    /// The first and the last place of each of the most frequent metrics.
    modes: Vec<(usize, usize)>,
}

/// [`Samples`] and their window.
pub(crate) struct Filled<'s, 'w> {
    samples: &'s mut Samples,
    window: &'w Window,
    /// All metrics before this one are smaller than those behind it.
    parted: usize,
}

/// The order of metrics, all of which are comparable; since places differ, there is only one.
fn order(a: &(Metric, usize), b: &(Metric, usize)) -> Ordering {
    a.0.partial_cmp(&b.0).unwrap_or(Ordering::Equal).then(a.1.cmp(&b.1))
}

impl Samples {
    pub(crate) fn fill<'s, 'w>(&'s mut self, window: &'w Window) -> Filled<'s, 'w> {
        let places = window.places().enumerate().filter_map(|(place, event)| Some((event?.metric(), place)));
        self.metrics.clear();
        self.metrics.extend(places.filter(|(metric, _)| is_comparable(*metric)));
        Filled { samples: self, window, parted: 0 }
    }
}

impl<'w> Filled<'_, 'w> {
    /// Returns the event at a point from 0 to 1; points that follow one another upwards take the least time.
    pub(crate) fn at(&mut self, point: f64) -> Option<EventView<'w>> {
        let metrics = &mut self.samples.metrics;
        let index = ((metrics.len() as f64 * point).floor() as usize).min(metrics.len().checked_sub(1)?);
        let from = if self.parted <= index { self.parted } else { 0 };
        // Not sorted: few points are asked for.
        let (_, (_, place), _) = metrics.get_mut(from..)?.select_nth_unstable_by(index - from, order);
        self.parted = index;
        self.window.get(*place)
    }

    /// Returns the last event of each of the most frequent metrics.
    pub(crate) fn modes(self) -> impl Iterator<Item = EventView<'w>> {
        let Samples { metrics, modes } = self.samples;
        metrics.sort_unstable_by(order);
        modes.clear();
        let mut most = 0;
        for run in metrics.chunk_by(|a, b| a.0 == b.0) {
            if run.len() > most {
                most = run.len();
                modes.clear();
            }
            if let ([(_, first), ..], [.., (_, last)]) = (run, run)
                && run.len() == most
            {
                modes.push((*first, *last));
            }
        }
        modes.sort_unstable();
        modes.iter().filter_map(move |(_, last)| self.window.get(*last))
    }
}

/// A point of a distribution, and what is appended to the service of what is there.
#[derive(Clone, Debug)]
pub(crate) struct Point {
    pub(crate) at: f64,
    suffix: SmolStr,
}

impl Point {
    #[track_caller]
    fn new(at: f64, suffix: SmolStr) -> Point {
        assert!((0.0..=1.0).contains(&at), "a point must be a number from 0 to 1, found `{at}`");
        Point { at, suffix }
    }

    /// Calls `then` with the event under its new name, which is written into `name`.
    pub(crate) fn name<R>(&self, event: EventView<'_>, name: &mut String, then: impl FnOnce(EventView<'_>) -> R) -> R {
        name.clear();
        name.push_str(event.service().unwrap_or_default());
        name.push_str(&self.suffix);
        event.changed(&[service(name.as_str())], then)
    }
}

/// Points of a distribution, from 0 for the smallest to 1 for the largest: a list of numbers, or of numbers with what is to be
/// appended to the service there.
#[diagnostic::on_unimplemented(
    message = "points must be a list of numbers from 0 to 1, found `{Self}`",
    label = "expected a list such as `[0.5, 0.95, 1.0]`",
    note = "to name them, write `[(0.5, \" median\"), (1.0, \" max\")]`"
)]
pub trait Points {
    /// Returns the points and their names, each of which is a blank and the number as Riemann writes it unless it was given.
    ///
    /// # Panics
    /// When a point is below 0 or above 1.
    #[doc(hidden)]
    #[allow(private_interfaces)]
    fn points(self) -> Box<[Point]>;
}

/// Returns what Riemann appends for a fraction: the number as Java writes it, `0.0`, `0.95`, `1.0E-4`.
fn fraction(at: &f64) -> String {
    let tiny = *at != 0.0 && at.abs() < 1e-3;
    if !tiny {
        return format!("{at:?}");
    }
    let text = format!("{at:E}");
    match text.split_once('E') {
        Some((digits, exponent)) if !digits.contains('.') => format!("{digits}.0E{exponent}"),
        _ => text,
    }
}

/// Returns what Riemann appends for a whole number.
fn whole(at: &i32) -> String {
    at.to_string()
}

macro_rules! points {
    ($($number:ty, $name:ident;)*) => {$(
        impl Number for $number {
            #[track_caller]
            #[allow(private_interfaces)]
            fn point(self) -> Point {
                Point::new(f64::from(self), format_smolstr!(" {}", $name(&self)))
            }
        }

        impl<const N: usize> Points for [$number; N] {
            #[track_caller]
            #[allow(private_interfaces)]
            fn points(self) -> Box<[Point]> {
                let mut points = Vec::with_capacity(N);
                // no closure, so that a panic names the place of the caller
                for at in &self {
                    points.push(Point::new(f64::from(*at), format_smolstr!(" {}", $name(at))));
                }
                points.into()
            }
        }

        impl<T: Into<String>, const N: usize> Points for [($number, T); N] {
            #[track_caller]
            #[allow(private_interfaces)]
            fn points(self) -> Box<[Point]> {
                let mut points = Vec::with_capacity(N);
                for (at, name) in self {
                    points.push(Point::new(f64::from(at), SmolStr::new(name.into())));
                }
                points.into()
            }
        }
    )*};
}
points! { f64, fraction; i32, whole; }

/// Makes a point of a number, for a list in which whole numbers and fractions stand together; what `router!` writes.
#[doc(hidden)]
#[track_caller]
pub fn point(at: impl Number) -> MixedPoint {
    MixedPoint(at.point())
}

/// A point of a list in which whole numbers and fractions stand together.
#[doc(hidden)]
#[derive(Clone, Debug)]
pub struct MixedPoint(Point);

/// A number that can be a point.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "points must be a list of numbers from 0 to 1, `{Self}` is in it",
    label = "expected a number such as `0.5`"
)]
pub trait Number {
    /// Returns the point.
    #[doc(hidden)]
    #[allow(private_interfaces)]
    fn point(self) -> Point;
}

impl<const N: usize> Points for [MixedPoint; N] {
    #[allow(private_interfaces)]
    fn points(self) -> Box<[Point]> {
        self.into_iter().map(|MixedPoint(point)| point).collect()
    }
}

impl Points for Vec<f64> {
    #[track_caller]
    #[allow(private_interfaces)]
    fn points(self) -> Box<[Point]> {
        let mut points = Vec::with_capacity(self.len());
        for at in &self {
            points.push(Point::new(*at, format_smolstr!(" {}", fraction(at))));
        }
        points.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_named_as_riemann_names_them() {
        let names = |points: Box<[Point]>| points.iter().map(|point| point.suffix.to_string()).collect::<Vec<_>>();
        assert_eq!(names([0.0, 0.5, 0.95, 0.999, 1.0].points()), [" 0.0", " 0.5", " 0.95", " 0.999", " 1.0"]);
        assert_eq!(names([0.001, 0.0005, 0.00025].points()), [" 0.001", " 5.0E-4", " 2.5E-4"]);
        assert_eq!(names([0, 1].points()), [" 0", " 1"]);
        assert_eq!(names(vec![1.0].points()), [" 1.0"]);
        assert_eq!(names([(0.5, " median")].points()), [" median"]);
    }
}
