//! Folds as stages: one event of a window, `fixed_event_window(4); maximum; stdout`.

use crate::chain::context::Context;
use crate::chain::flow::{Flow, Pipe};
use crate::chain::stage::{Emit, Stage};
use crate::chain::then::Then;
use crate::folds::{self, Samples};
use crate::model::event::EventView;
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
    type Out = crate::model::event::Event;

    #[inline]
    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<crate::model::event::Event>) {
        if let Some(window) = I::as_window(item) {
            self.0.fold(window, &mut |event| out.emit(event, cx));
        }
    }
}

macro_rules! folds {
    ($($(#[$doc:meta])* $name:ident $stage:ident |$self:ident, $window:ident, $found:ident| $fold:expr;)*) => {$(
        $(#[$doc])*
        pub fn $name<I: Item, E: IsWindow, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(
            flow: F,
        ) -> Pipe<I, Then<S, Fold<$stage>>> {
            flow.into_pipe().then(Fold($stage::default()))
        }

        impl WindowFold for $stage {
            #[inline]
            fn fold(&mut $self, $window: &Window, $found: &mut impl FnMut(EventView<'_>)) {
                $fold
            }
        }
    )*};
}

macro_rules! without_state {
    ($($name:ident $stage:ident)*) => {$(
        #[doc = concat!("The fold of [`", stringify!($name), "`].")]
        #[derive(Clone, Copy, Debug, Default)]
        pub struct $stage;
    )*};
}
without_state! {
    sum Sum product Product mean Mean std_dev StdDev count CountEvents maximum Maximum minimum Minimum
    difference Difference quotient Quotient quotient_sloppy QuotientSloppy
}

/// The fold of [`median`].
#[derive(Clone, Debug, Default)]
pub struct Median(Samples);

/// The fold of [`mode`].
#[derive(Clone, Debug, Default)]
pub struct Mode(Samples);

/// The fold of [`modes`].
#[derive(Clone, Debug, Default)]
pub struct Modes(Samples);

folds! {
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
    sum Sum |self, window, found| folds::find_sum(window).into_iter().for_each(|folded| folded.show(&mut *found));
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
    product Product |self, window, found| folds::find_product(window).into_iter().for_each(|folded| folded.show(&mut *found));
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
    mean Mean |self, window, found| folds::find_mean(window).into_iter().for_each(|folded| folded.show(&mut *found));
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
    std_dev StdDev |self, window, found| folds::find_std_dev(window).into_iter().for_each(|folded| folded.show(&mut *found));
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
    count CountEvents |self, window, found| folds::find_count(window, found);
    /// Emits the event with the largest metric of each window; of several, the last.
    ///
    /// Takes windows, emits events, holds nothing. Events without a metric are left out, as are those whose metric is NaN; when
    /// none is left nothing is emitted. Expired events count like others.
    ///
    /// ```
    /// # use fastts_core::{testing, Event};
    /// # fastts_core::router! { pub fn example; pipeline "example" { fixed_event_window(2); maximum; fastts_core::testing::tap } }
    /// let event = |metric: i64| Event::new().with_metric(metric);
    /// let out: Vec<Event> = testing::outputs(example(), [1, 3].map(event));
    /// assert_eq!(out, [event(3)]);
    /// ```
    maximum Maximum |self, window, found| folds::find_extremum(window, |a, b| a >= b).into_iter().for_each(|folded| folded.show(&mut *found));
    /// Emits the event with the smallest metric of each window; of several, the last.
    ///
    /// Takes windows, emits events, holds nothing; otherwise as [`maximum`].
    ///
    /// ```
    /// # use fastts_core::{testing, Event};
    /// # fastts_core::router! { pub fn example; pipeline "example" { fixed_event_window(2); minimum; fastts_core::testing::tap } }
    /// let event = |metric: i64| Event::new().with_metric(metric);
    /// let out: Vec<Event> = testing::outputs(example(), [1, 3].map(event));
    /// assert_eq!(out, [event(1)]);
    /// ```
    minimum Minimum |self, window, found| folds::find_extremum(window, |a, b| a <= b).into_iter().for_each(|folded| folded.show(&mut *found));
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
    difference Difference |self, window, found| folds::find_difference(window).into_iter().for_each(|folded| folded.show(&mut *found));
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
    quotient Quotient |self, window, found| folds::find_quotient(window).into_iter().for_each(|folded| folded.show(&mut *found));
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
    quotient_sloppy QuotientSloppy |self, window, found| folds::find_quotient_sloppy(window).into_iter().for_each(|folded| folded.show(&mut *found));
    /// Emits the event of each window whose metric is in the middle, the upper of two; never a mean of two.
    ///
    /// Takes windows, emits events, holds a list of numbers that it uses again, which a restart frees. Events without a metric are
    /// left out, as are those whose metric is NaN; when none is left nothing is emitted. Expired events count like others.
    ///
    /// ```
    /// # use fastts_core::{testing, Event};
    /// # fastts_core::router! { pub fn example; pipeline "example" { fixed_event_window(2); median; fastts_core::testing::tap } }
    /// let event = |metric: i64| Event::new().with_metric(metric);
    /// let out: Vec<Event> = testing::outputs(example(), [1, 3].map(event));
    /// assert_eq!(out, [event(3)]);
    /// ```
    median Median |self, window, found| self.0.fill(window).at(0.5).into_iter().for_each(found);
    /// Emits an event with the most frequent metric of each window, the last that has it; of several such metrics, that which came first.
    ///
    /// Takes windows, emits events; otherwise as [`median`].
    ///
    /// ```
    /// # use fastts_core::{testing, Event};
    /// # fastts_core::router! { pub fn example; pipeline "example" { fixed_event_window(2); mode; fastts_core::testing::tap } }
    /// let event = |metric: i64| Event::new().with_metric(metric);
    /// let out: Vec<Event> = testing::outputs(example(), [4, 4].map(event));
    /// assert_eq!(out, [event(4)]);
    /// ```
    ///
    /// # Differs from Riemann
    /// Events without a metric are left out, and 1 and 1.0 are the same.
    mode Mode |self, window, found| self.0.fill(window).modes().next().into_iter().for_each(found);
    /// Emits, for each metric of a window that is as frequent as any, the last event that has it.
    ///
    /// Takes windows, emits events, in the order in which their metrics first came; otherwise as [`median`].
    ///
    /// ```
    /// # use fastts_core::{testing, Event};
    /// # fastts_core::router! { pub fn example; pipeline "example" { fixed_event_window(2); modes; fastts_core::testing::tap } }
    /// let event = |metric: i64| Event::new().with_metric(metric);
    /// let out: Vec<Event> = testing::outputs(example(), [4, 1].map(event));
    /// assert_eq!(out, [event(4), event(1)]);
    /// ```
    ///
    /// # Differs from Riemann
    /// Events without a metric are left out, and 1 and 1.0 are the same.
    modes Modes |self, window, found| self.0.fill(window).modes().for_each(found);
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
