//! Functions that make one event of a window; Riemann's `folds`.
//!
//! Each is also a stage of the same name on windows, which emits nothing where the function returns `None`:
//! `fixed_event_window(4); maximum; stdout`. As functions they serve `combine(folds::mean)`, `map(folds::mean)` (which emits
//! `Option`s), closures and tests.
//!
//! What is not said otherwise: the result is the first event of the window with another metric; events without a metric, and
//! empty places of a window, are left out; a window without events gives `None`. Whole numbers are exact while they fit, as in
//! [`Metric::plus`]. NaN is a number to arithmetic, whose result it makes NaN, and no number to what compares, which leaves it
//! out. No fold throws, so Riemann's strict variants (`sum*` and its like) are not here: put `where(metric != None)` before the
//! window to let no other event in.
//!
//! ```
//! use fastts_core::{Event, Window, folds};
//!
//! let window: Window = [1, 2, 6].map(|metric| Event::new().with_metric(metric)).into_iter().collect();
//! assert_eq!(folds::mean(&window), Some(Event::new().with_metric(3)));
//! assert_eq!(folds::mean(&Window::new()), None);
//! ```

mod arithmetic;
mod order;

pub(crate) use arithmetic::fold_metrics;
pub use arithmetic::{count, difference, fold, mean, product, quotient, quotient_sloppy, std_dev, sum};
pub(crate) use arithmetic::{
    find_count, find_difference, find_mean, find_product, find_quotient, find_quotient_sloppy, find_std_dev, find_sum,
};
pub use order::{MixedPoint, Number, Points, extremum, maximum, median, minimum, mode, modes, point, sorted_sample, sorted_sample_extract};
pub(crate) use order::{Point, Samples, find_extremum};

use crate::model::event::change::{self, Kind};
use crate::model::event::{Change, Event, EventView};
use crate::model::metric::Metric;

/// What a fold found: an event of the window, and what is different about it.
#[derive(Clone, Copy)]
pub(crate) struct Folded<'a> {
    event: EventView<'a>,
    metric: Option<Metric>,
    /// Says why there is no metric.
    description: Option<&'static str>,
}

impl<'a> Folded<'a> {
    /// An event as it is.
    pub(crate) fn whole(event: EventView<'a>) -> Folded<'a> {
        Folded { event, metric: None, description: None }
    }

    /// An event with another metric.
    pub(crate) fn metric(event: EventView<'a>, metric: Metric) -> Folded<'a> {
        Folded { event, metric: Some(metric), description: None }
    }

    /// An event that says why it has no metric.
    pub(crate) fn nothing(event: EventView<'a>, why: &'static str) -> Folded<'a> {
        Folded { event, metric: Some(Metric::Missing), description: Some(why) }
    }

    /// Calls `then` with the event that was found.
    #[inline]
    pub(crate) fn show<R>(self, then: impl FnOnce(EventView<'_>) -> R) -> R {
        let none = || Change(Kind::None);
        let metric = self.metric.map_or_else(none, change::metric);
        let description = self.description.map_or_else(none, change::description);
        self.event.changed(&[metric, description], then)
    }

    /// Makes an owned event of what was found.
    pub(crate) fn to_event(self) -> Event {
        self.show(|event| event.to_owned())
    }
}
