//! Folds as stages: one event of a window, `fixed_event_window(4); maximum; stdout`.

mod arithmetic;
mod order;

pub use arithmetic::{
    CountEvents, Difference, Mean, Product, Quotient, QuotientSloppy, StdDev, Sum, count, difference, mean, product, quotient,
    quotient_sloppy, std_dev, sum,
};
pub use order::{Maximum, Median, Minimum, Mode, Modes, maximum, median, minimum, mode, modes};

use crate::chain::context::Context;
use crate::chain::flow::{Flow, Pipe};
use crate::chain::stage::{Emit, Stage};
use crate::chain::then::Then;
use crate::folds;
use crate::model::event::{Event, EventView};
use crate::model::item::Item;
use crate::model::metric::Metric;
use crate::model::window::{IsWindow, Window};

/// What a fold stage does with a window.
pub trait WindowFold: Clone + Send + 'static {
    /// Shows what it makes of the window to `found`.
    fn fold(&mut self, window: &Window, found: &mut impl FnMut(EventView<'_>));
}

/// The stage of a fold: of [`mean`], for one, it is `Fold<Mean>`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Fold<K>(pub(super) K);

impl<I: Item, K: WindowFold> Stage<I> for Fold<K> {
    type Out = Event;

    #[inline]
    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<Event>) {
        if let Some(window) = I::as_window(item) {
            self.0.fold(window, &mut |event| out.emit(event, cx));
        }
    }
}

/// Emits the event of each window that is better than all others: `extremum(|a, b| a >= b)`.
///
/// Takes windows, emits events, holds nothing but the closure, whose state a restart resets. The closure gets a metric and the best before
/// it, and says whether the new one is better. Events without a metric are left out, as are those whose metric is NaN.
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" { fixed_event_window(2); extremum(|a, b| a > b); fastts_core::testing::tap } }
/// let event = |metric: i64| Event::new().with_metric(metric);
/// let out: Vec<Event> = testing::outputs(example(), [3, 1].map(event));
/// assert_eq!(out, [event(3)]);
/// ```
pub fn extremum<I: Item, E: IsWindow, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>, P>(
    flow: F,
    better: P,
) -> Pipe<I, Then<S, Fold<Extremum<P>>>>
where
    P: FnMut(Metric, Metric) -> bool + Clone + Send,
{
    flow.into_pipe().then(Fold(Extremum(better)))
}

/// The fold of [`extremum`].
#[derive(Clone, Copy, Debug)]
pub struct Extremum<P>(P);

impl<P: FnMut(Metric, Metric) -> bool + Clone + Send + 'static> WindowFold for Extremum<P> {
    #[inline]
    fn fold(&mut self, window: &Window, found: &mut impl FnMut(EventView<'_>)) {
        folds::find_extremum(window, &mut self.0).into_iter().for_each(|folded| folded.show(&mut *found));
    }
}

/// Emits the first event of each window with its metrics folded into one: `fold(|a, b| a.plus(b))`.
///
/// Takes windows, emits events, holds nothing but the closure, whose state a restart resets. The closure gets the result so far, at first
/// the first metric, and the next metric. Events without a metric are left out; when none has one nothing is emitted.
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" { fixed_event_window(3); fold(|a, b| a.times(b)); fastts_core::testing::tap } }
/// let event = |metric: i64| Event::new().with_metric(metric);
/// let out: Vec<Event> = testing::outputs(example(), [2, 3, 4].map(event));
/// assert_eq!(out, [event(24)]);
/// ```
pub fn fold<I: Item, E: IsWindow, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>, P>(
    flow: F,
    f: P,
) -> Pipe<I, Then<S, Fold<FoldMetrics<P>>>>
where
    P: FnMut(Metric, Metric) -> Metric + Clone + Send,
{
    flow.into_pipe().then(Fold(FoldMetrics(f)))
}

/// The fold of [`fold`].
#[derive(Clone, Copy, Debug)]
pub struct FoldMetrics<P>(P);

impl<P: FnMut(Metric, Metric) -> Metric + Clone + Send + 'static> WindowFold for FoldMetrics<P> {
    #[inline]
    fn fold(&mut self, window: &Window, found: &mut impl FnMut(EventView<'_>)) {
        folds::fold_metrics(window, &mut self.0).into_iter().for_each(|folded| folded.show(&mut *found));
    }
}
