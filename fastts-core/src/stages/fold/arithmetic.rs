//! Sums, means and what is left of one metric by the others.

use super::{Fold, WindowFold};
use crate::chain::flow::{Flow, Pipe};
use crate::chain::stage::Stage;
use crate::chain::then::Then;
use crate::folds;
use crate::model::event::EventView;
use crate::model::item::Item;
use crate::model::window::{IsWindow, Window};

/// Emits the first event of each window with the sum of its metrics.
///
/// Takes windows, emits events, holds nothing. Events without a metric are left out; when none has one the sum is 0. Expired
/// events count like others. NaN makes the sum NaN. A window without events gives nothing.
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" { fixed_event_window(2); sum; fastts_core::testing::tap } }
/// let event = |metric: i64| Event::new().with_metric(metric);
/// let out: Vec<Event> = testing::outputs(example(), [1, 2].map(event));
/// assert_eq!(out, [event(3)]);
/// ```
pub fn sum<I: Item, E: IsWindow, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(flow: F) -> Pipe<I, Then<S, Fold<Sum>>> {
    flow.into_pipe().then(Fold(Sum))
}

/// The fold of [`sum`].
#[derive(Clone, Copy, Debug, Default)]
pub struct Sum;

impl WindowFold for Sum {
    #[inline]
    fn fold(&mut self, window: &Window, found: &mut impl FnMut(EventView<'_>)) {
        folds::find_sum(window).into_iter().for_each(|folded| folded.show(&mut *found));
    }
}

/// Emits the first event of each window with the product of its metrics.
///
/// Takes windows, emits events, holds nothing; where metrics are missing, events expired or numbers NaN it does what [`sum`]
/// does, but the product of no metric is 1.
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" { fixed_event_window(2); product; fastts_core::testing::tap } }
/// let event = |metric: i64| Event::new().with_metric(metric);
/// let out: Vec<Event> = testing::outputs(example(), [3, 4].map(event));
/// assert_eq!(out, [event(12)]);
/// ```
pub fn product<I: Item, E: IsWindow, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(
    flow: F,
) -> Pipe<I, Then<S, Fold<Product>>> {
    flow.into_pipe().then(Fold(Product))
}

/// The fold of [`product`].
#[derive(Clone, Copy, Debug, Default)]
pub struct Product;

impl WindowFold for Product {
    #[inline]
    fn fold(&mut self, window: &Window, found: &mut impl FnMut(EventView<'_>)) {
        folds::find_product(window).into_iter().for_each(|folded| folded.show(&mut *found));
    }
}

/// Emits the first event of each window with the mean of its metrics.
///
/// Takes windows, emits events, holds nothing. Events without a metric are left out; when none has one nothing is emitted.
/// Expired events count like others. NaN makes the mean NaN.
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" { fixed_event_window(2); mean; fastts_core::testing::tap } }
/// let event = |metric: i64| Event::new().with_metric(metric);
/// let out: Vec<Event> = testing::outputs(example(), [1, 3].map(event));
/// assert_eq!(out, [event(2)]);
/// ```
pub fn mean<I: Item, E: IsWindow, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(flow: F) -> Pipe<I, Then<S, Fold<Mean>>> {
    flow.into_pipe().then(Fold(Mean))
}

/// The fold of [`mean`].
#[derive(Clone, Copy, Debug, Default)]
pub struct Mean;

impl WindowFold for Mean {
    #[inline]
    fn fold(&mut self, window: &Window, found: &mut impl FnMut(EventView<'_>)) {
        folds::find_mean(window).into_iter().for_each(|folded| folded.show(&mut *found));
    }
}

/// Emits the first event of each window with the standard deviation of its metrics, that of the whole population (÷ n).
///
/// Takes windows, emits events, holds nothing; otherwise as [`mean`].
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" { fixed_event_window(2); std_dev; fastts_core::testing::tap } }
/// let event = |metric: i64| Event::new().with_metric(metric);
/// let out: Vec<Event> = testing::outputs(example(), [1, 3].map(event));
/// assert_eq!(out, [event(1)]);
/// ```
///
/// # Differs from Riemann
/// A window in which no event has a metric gives nothing; Riemann throws.
pub fn std_dev<I: Item, E: IsWindow, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(
    flow: F,
) -> Pipe<I, Then<S, Fold<StdDev>>> {
    flow.into_pipe().then(Fold(StdDev))
}

/// The fold of [`std_dev`].
#[derive(Clone, Copy, Debug, Default)]
pub struct StdDev;

impl WindowFold for StdDev {
    #[inline]
    fn fold(&mut self, window: &Window, found: &mut impl FnMut(EventView<'_>)) {
        folds::find_std_dev(window).into_iter().for_each(|folded| folded.show(&mut *found));
    }
}

/// Emits the first event of each window with the number of its events.
///
/// Takes windows, emits events, holds nothing. Events without a metric count, expired ones too. A window without events gives
/// an event with nothing but the metric 0.
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" { fixed_event_window(2); count; fastts_core::testing::tap } }
/// let event = |metric: i64| Event::new().with_metric(metric);
/// let out: Vec<Event> = testing::outputs(example(), [7, 9].map(event));
/// assert_eq!(out, [event(2)]);
/// ```
pub fn count<I: Item, E: IsWindow, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(
    flow: F,
) -> Pipe<I, Then<S, Fold<CountEvents>>> {
    flow.into_pipe().then(Fold(CountEvents))
}

/// The fold of [`count`].
#[derive(Clone, Copy, Debug, Default)]
pub struct CountEvents;

impl WindowFold for CountEvents {
    #[inline]
    fn fold(&mut self, window: &Window, found: &mut impl FnMut(EventView<'_>)) {
        folds::find_count(window, found);
    }
}

/// Emits the first event of each window with its metric less all others.
///
/// Takes windows, emits events, holds nothing. When a metric is missing, or a place of the window is empty, the event has no
/// metric and a description that says so; when the first place is empty nothing is emitted. Expired events count like others.
/// NaN makes the result NaN.
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" { fixed_event_window(2); difference; fastts_core::testing::tap } }
/// let event = |metric: i64| Event::new().with_metric(metric);
/// let out: Vec<Event> = testing::outputs(example(), [5, 3].map(event));
/// assert_eq!(out, [event(2)]);
/// ```
pub fn difference<I: Item, E: IsWindow, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(
    flow: F,
) -> Pipe<I, Then<S, Fold<Difference>>> {
    flow.into_pipe().then(Fold(Difference))
}

/// The fold of [`difference`].
#[derive(Clone, Copy, Debug, Default)]
pub struct Difference;

impl WindowFold for Difference {
    #[inline]
    fn fold(&mut self, window: &Window, found: &mut impl FnMut(EventView<'_>)) {
        folds::find_difference(window).into_iter().for_each(|folded| folded.show(&mut *found));
    }
}

/// Emits the first event of each window with its metric divided by all others.
///
/// Takes windows, emits events, holds nothing. When a metric is missing, a place of the window is empty or a divisor is zero,
/// the event has no metric and a description that says so; when the first place is empty nothing is emitted. Expired events
/// count like others.
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" { fixed_event_window(2); quotient; fastts_core::testing::tap } }
/// let event = |metric: i64| Event::new().with_metric(metric);
/// let out: Vec<Event> = testing::outputs(example(), [6, 3].map(event));
/// assert_eq!(out, [event(2)]);
/// ```
pub fn quotient<I: Item, E: IsWindow, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(
    flow: F,
) -> Pipe<I, Then<S, Fold<Quotient>>> {
    flow.into_pipe().then(Fold(Quotient))
}

/// The fold of [`quotient`].
#[derive(Clone, Copy, Debug, Default)]
pub struct Quotient;

impl WindowFold for Quotient {
    #[inline]
    fn fold(&mut self, window: &Window, found: &mut impl FnMut(EventView<'_>)) {
        folds::find_quotient(window).into_iter().for_each(|folded| folded.show(&mut *found));
    }
}

/// Emits the first event of each window with its metric divided by all others, or 0 as soon as any metric is 0.
///
/// Takes windows, emits events, holds nothing; otherwise as [`quotient`]. For ratios of rates, where nothing of nothing is 0.
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" { fixed_event_window(2); quotient_sloppy; fastts_core::testing::tap } }
/// let event = |metric: i64| Event::new().with_metric(metric);
/// let out: Vec<Event> = testing::outputs(example(), [6, 0].map(event));
/// assert_eq!(out, [event(0)]);
/// ```
pub fn quotient_sloppy<I: Item, E: IsWindow, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(
    flow: F,
) -> Pipe<I, Then<S, Fold<QuotientSloppy>>> {
    flow.into_pipe().then(Fold(QuotientSloppy))
}

/// The fold of [`quotient_sloppy`].
#[derive(Clone, Copy, Debug, Default)]
pub struct QuotientSloppy;

impl WindowFold for QuotientSloppy {
    #[inline]
    fn fold(&mut self, window: &Window, found: &mut impl FnMut(EventView<'_>)) {
        folds::find_quotient_sloppy(window).into_iter().for_each(|folded| folded.show(&mut *found));
    }
}
