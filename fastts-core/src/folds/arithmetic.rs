//! Folds that reckon: sums, means, quotients.

use super::Folded;
use crate::model::event::{Event, EventView};
use crate::model::metric::Metric;
use crate::model::window::{Window, blank};

/// The metrics that are there.
fn metrics(window: &Window) -> impl Iterator<Item = Metric> + Clone {
    window.iter().map(EventView::metric).filter(|metric| !metric.is_missing())
}

/// The first event, with what `reckon` makes of the metrics.
fn of_metrics<'a>(window: &'a Window, reckon: impl FnOnce(&'a Window) -> Option<Metric>) -> Option<Folded<'a>> {
    let first = window.iter().next()?;
    Some(Folded::metric(first, reckon(window)?))
}

/// Adds up the metrics; 0 when no event has one.
pub fn sum(window: &Window) -> Option<Event> {
    find_sum(window).map(Folded::to_event)
}

pub(crate) fn find_sum(window: &Window) -> Option<Folded<'_>> {
    of_metrics(window, |window| Some(metrics(window).fold(Metric::Int(0), Metric::plus)))
}

/// Multiplies the metrics; 1 when no event has one.
pub fn product(window: &Window) -> Option<Event> {
    find_product(window).map(Folded::to_event)
}

pub(crate) fn find_product(window: &Window) -> Option<Folded<'_>> {
    of_metrics(window, |window| Some(metrics(window).fold(Metric::Int(1), Metric::times)))
}

/// Takes the arithmetic mean of the metrics; `None` when no event has one.
pub fn mean(window: &Window) -> Option<Event> {
    find_mean(window).map(Folded::to_event)
}

pub(crate) fn find_mean(window: &Window) -> Option<Folded<'_>> {
    of_metrics(window, |window| {
        let (count, sum) = metrics(window).fold((0, Metric::Int(0)), |(count, sum), metric| (count + 1, sum.plus(metric)));
        (count > 0).then(|| sum.over(Metric::Int(count)))
    })
}

/// Takes the standard deviation of the metrics, of the whole population (÷ n); `None` when no event has one.
pub fn std_dev(window: &Window) -> Option<Event> {
    find_std_dev(window).map(Folded::to_event)
}

pub(crate) fn find_std_dev(window: &Window) -> Option<Folded<'_>> {
    of_metrics(window, |window| {
        let values = || metrics(window).filter_map(Metric::as_f64);
        let count = values().count() as f64;
        let mean = values().sum::<f64>() / count;
        let variance = values().map(|value| (value - mean).powi(2)).sum::<f64>() / count;
        (count > 0.0).then(|| Metric::Float(variance.sqrt()))
    })
}

/// Counts the events, those without a metric too; a window without events gives an event with nothing but the metric 0.
pub fn count(window: &Window) -> Option<Event> {
    let mut counted = None;
    find_count(window, |event| counted = Some(event.to_owned()));
    counted
}

/// Calls `then` with what [`count`] finds.
pub(crate) fn find_count(window: &Window, then: impl FnOnce(EventView<'_>)) {
    let metric = Metric::from(window.iter().count());
    match window.iter().next() {
        Some(first) => Folded::metric(first, metric).show(then),
        None => blank(|blank| Folded::metric(blank, metric).show(then)),
    }
}

/// Folds the metrics into one by `f`, from the first on: `fold(&window, |a, b| …)`; `None` when no event has one.
pub fn fold(window: &Window, f: impl FnMut(Metric, Metric) -> Metric) -> Option<Event> {
    fold_metrics(window, f).map(Folded::to_event)
}

pub(crate) fn fold_metrics(window: &Window, f: impl FnMut(Metric, Metric) -> Metric) -> Option<Folded<'_>> {
    of_metrics(window, |window| metrics(window).reduce(f))
}

const MISSING: &str = "An event or metric was nil.";
const ZERO: &str = "Can't divide by zero";

/// Folds the metrics of all places, none of which may be missing: the first place must hold an event, or there is no result; where
/// another is empty or has no metric, the result has none either, and a description that says so.
fn of_all<'a>(window: &'a Window, mut f: impl FnMut(Metric, Metric) -> Result<Metric, &'static str>) -> Option<Folded<'a>> {
    let first = window.get(0)?;
    let mut result = first.metric();
    for place in window.places().skip(1) {
        match f(result, place.map_or(Metric::Missing, EventView::metric)) {
            Ok(metric) => result = metric,
            Err(why) => return Some(Folded::nothing(first, why)),
        }
    }
    Some(Folded::metric(first, result))
}

/// Subtracts from the first metric all others.
///
/// `None` when the first place is empty; when a metric is missing, the first event with no metric and a description that says
/// so.
pub fn difference(window: &Window) -> Option<Event> {
    find_difference(window).map(Folded::to_event)
}

pub(crate) fn find_difference(window: &Window) -> Option<Folded<'_>> {
    of_all(window, |a, b| match (a, b) {
        (Metric::Missing, _) | (_, Metric::Missing) => Err(MISSING),
        (a, b) => Ok(a.minus(b)),
    })
}

/// Divides the first metric by all others.
///
/// `None` when the first place is empty; when a metric is missing or a divisor is zero, the first event with no metric and a
/// description that says so.
pub fn quotient(window: &Window) -> Option<Event> {
    find_quotient(window).map(Folded::to_event)
}

pub(crate) fn find_quotient(window: &Window) -> Option<Folded<'_>> {
    of_all(window, |a, b| match (a, b) {
        (_, Metric::Missing) => Err(MISSING),
        (_, b) if b == 0 => Err(ZERO),
        (Metric::Missing, _) => Err(MISSING),
        (a, b) => Ok(a.over(b)),
    })
}

/// Divides the first metric by all others as [`quotient`] does, but is 0 as soon as any metric is.
pub fn quotient_sloppy(window: &Window) -> Option<Event> {
    find_quotient_sloppy(window).map(Folded::to_event)
}

pub(crate) fn find_quotient_sloppy(window: &Window) -> Option<Folded<'_>> {
    let first = window.get(0)?;
    match window.iter().any(|event| event.metric() == 0) {
        true => Some(Folded::metric(first, Metric::Int(0))),
        false => find_quotient(window),
    }
}
