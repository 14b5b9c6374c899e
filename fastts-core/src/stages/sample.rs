//! `sorted_sample`, `sorted_sample_extract`, `sflatten`, `combine`: what else is made of windows.

use super::fold::{Fold, WindowFold};
use crate::chain::context::Context;
use crate::chain::flow::{Flow, Pipe};
use crate::chain::stage::{Emit, Stage};
use crate::chain::then::Then;
use crate::folds::{Point, Points, Samples};
use crate::model::event::EventView;
use crate::model::item::Item;
use crate::model::window::{IsWindow, Window};

/// Emits, for each of `points`, the event of a window whose metric is there, its service with the point appended:
/// `sorted_sample([0.5, 0.95, 1.0])`.
///
/// Takes windows, emits events, holds a list of numbers that it uses again, which a restart frees. The points go from 0, the smallest
/// metric, to 1, the largest; of `n` metrics a point takes that of index `floor(n × point)`, or the last. To say what is
/// appended, give pairs: `[(0.5, " median"), (1.0, " max")]`. Events without a metric are left out, as are those whose metric
/// is NaN; when none is left nothing is emitted. Expired events count like others.
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" { fixed_event_window(3); sorted_sample([0, 1]); fastts_core::testing::tap } }
/// let event = |service, metric: i64| Event::new().with_service(service).with_metric(metric);
/// let out: Vec<Event> = testing::outputs(example(), [event("a", 2), event("b", 3), event("c", 1)]);
/// assert_eq!(out, [event("c 0", 1), event("b 1", 3)]);
/// ```
#[track_caller]
pub fn sorted_sample<I: Item, E: IsWindow, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(
    flow: F,
    points: impl Points,
) -> Pipe<I, Then<S, Fold<SortedSample>>> {
    flow.into_pipe().then(Fold(SortedSample::new(points)))
}

/// Emits, for each of `points`, the event of a window whose metric is there, as it is.
///
/// Takes windows, emits events; otherwise as [`sorted_sample`].
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" { fixed_event_window(3); sorted_sample_extract([0.5]); fastts_core::testing::tap } }
/// let event = |metric: i64| Event::new().with_metric(metric);
/// let out: Vec<Event> = testing::outputs(example(), [event(2), event(3), event(1)]);
/// assert_eq!(out, [event(2)]);
/// ```
#[track_caller]
pub fn sorted_sample_extract<I: Item, E: IsWindow, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(
    flow: F,
    points: impl Points,
) -> Pipe<I, Then<S, Fold<SortedSample>>> {
    flow.into_pipe().then(Fold(SortedSample { names: false, ..SortedSample::new(points) }))
}

/// The fold of [`sorted_sample`] and [`sorted_sample_extract`].
#[derive(Clone, Debug)]
pub struct SortedSample {
    points: Box<[Point]>,
    samples: Samples,
    name: String,
    /// Whether points are appended to services.
    names: bool,
}

impl SortedSample {
    #[track_caller]
    pub(super) fn new(points: impl Points) -> SortedSample {
        SortedSample { points: points.points(), samples: Samples::default(), name: String::new(), names: true }
    }
}

impl WindowFold for SortedSample {
    fn fold(&mut self, window: &Window, found: &mut impl FnMut(EventView<'_>)) {
        let mut filled = self.samples.fill(window);
        for point in &self.points {
            let Some(event) = filled.at(point.at) else { return };
            match self.names {
                true => point.name(event, &mut self.name, &mut *found),
                false => found(event),
            }
        }
    }
}

/// Emits the events of each window, one by one.
///
/// Takes windows, emits events, holds nothing. Empty places of a window are left out. For lists of other items there is
/// `flat_map(|list| list.clone())`.
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" { moving_event_window(2); sflatten; fastts_core::testing::tap } }
/// let event = |metric: i64| Event::new().with_metric(metric);
/// let out: Vec<Event> = testing::outputs(example(), [event(1), event(2)]);
/// assert_eq!(out, [event(1), event(1), event(2)]);
/// ```
pub fn sflatten<I: Item, E: IsWindow, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(
    flow: F,
) -> Pipe<I, Then<S, Fold<Sflatten>>> {
    flow.into_pipe().then(Fold(Sflatten))
}

/// The fold of [`sflatten`].
#[derive(Clone, Copy, Debug)]
pub struct Sflatten;

impl WindowFold for Sflatten {
    #[inline]
    fn fold(&mut self, window: &Window, found: &mut impl FnMut(EventView<'_>)) {
        window.iter().for_each(found);
    }
}

/// Makes one item of each window by a function, and passes on what it returns: `combine(folds::mean)`, `combine(|window| …)`.
///
/// Takes windows, emits items of any type, holds nothing but the function, whose state a restart resets. `None` emits nothing. For the folds of
/// [`folds`](crate::folds) there are stages of the same names.
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" {
/// fixed_event_window(2);
/// combine(|window| window.get(1).map(|last| last.to_owned().with_description("the last of two")));
/// # fastts_core::testing::tap } }
/// let out: Vec<Event> = testing::outputs(example(), [Event::new(), Event::new().with_metric(1)]);
/// assert_eq!(out, [Event::new().with_metric(1).with_description("the last of two")]);
/// ```
///
/// # Differs from Riemann
/// What is missing is not passed on, as with `smap`, which it became there.
pub fn combine<I: Item, E: IsWindow, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>, O: Item, P>(
    flow: F,
    f: P,
) -> Pipe<I, Then<S, Combine<P>>>
where
    P: for<'a> FnMut(&'a Window) -> Option<O> + Clone + Send,
{
    flow.into_pipe().then(Combine(f))
}

/// The stage of [`combine`].
#[derive(Clone, Copy, Debug)]
pub struct Combine<P>(P);

impl<I: Item, O: Item, P: for<'a> FnMut(&'a Window) -> Option<O> + Clone + Send + 'static> Stage<I> for Combine<P> {
    type Out = O;

    #[inline]
    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<O>) {
        if let Some(item) = I::as_window(item).and_then(|window| (self.0)(window)) {
            out.emit(item.view(), cx);
        }
    }
}
