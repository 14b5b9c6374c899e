//! The largest, the smallest, the middle and the most frequent metric.

use super::{Fold, WindowFold};
use crate::chain::flow::{Flow, Pipe};
use crate::chain::stage::Stage;
use crate::chain::then::Then;
use crate::folds::{self, Samples};
use crate::model::event::EventView;
use crate::model::item::Item;
use crate::model::window::{IsWindow, Window};

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
pub fn maximum<I: Item, E: IsWindow, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(
    flow: F,
) -> Pipe<I, Then<S, Fold<Maximum>>> {
    flow.into_pipe().then(Fold(Maximum))
}

/// The fold of [`maximum`].
#[derive(Clone, Copy, Debug, Default)]
pub struct Maximum;

impl WindowFold for Maximum {
    #[inline]
    fn fold(&mut self, window: &Window, found: &mut impl FnMut(EventView<'_>)) {
        folds::find_extremum(window, |a, b| a >= b).into_iter().for_each(|folded| folded.show(&mut *found));
    }
}

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
pub fn minimum<I: Item, E: IsWindow, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(
    flow: F,
) -> Pipe<I, Then<S, Fold<Minimum>>> {
    flow.into_pipe().then(Fold(Minimum))
}

/// The fold of [`minimum`].
#[derive(Clone, Copy, Debug, Default)]
pub struct Minimum;

impl WindowFold for Minimum {
    #[inline]
    fn fold(&mut self, window: &Window, found: &mut impl FnMut(EventView<'_>)) {
        folds::find_extremum(window, |a, b| a <= b).into_iter().for_each(|folded| folded.show(&mut *found));
    }
}

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
pub fn median<I: Item, E: IsWindow, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(flow: F) -> Pipe<I, Then<S, Fold<Median>>> {
    flow.into_pipe().then(Fold(Median::default()))
}

/// The fold of [`median`].
#[derive(Clone, Debug, Default)]
pub struct Median(Samples);

impl WindowFold for Median {
    #[inline]
    fn fold(&mut self, window: &Window, found: &mut impl FnMut(EventView<'_>)) {
        self.0.fill(window).at(0.5).into_iter().for_each(found);
    }
}

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
pub fn mode<I: Item, E: IsWindow, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(flow: F) -> Pipe<I, Then<S, Fold<Mode>>> {
    flow.into_pipe().then(Fold(Mode::default()))
}

/// The fold of [`mode`].
#[derive(Clone, Debug, Default)]
pub struct Mode(Samples);

impl WindowFold for Mode {
    #[inline]
    fn fold(&mut self, window: &Window, found: &mut impl FnMut(EventView<'_>)) {
        self.0.fill(window).modes().next().into_iter().for_each(found);
    }
}

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
pub fn modes<I: Item, E: IsWindow, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(flow: F) -> Pipe<I, Then<S, Fold<Modes>>> {
    flow.into_pipe().then(Fold(Modes::default()))
}

/// The fold of [`modes`].
#[derive(Clone, Debug, Default)]
pub struct Modes(Samples);

impl WindowFold for Modes {
    #[inline]
    fn fold(&mut self, window: &Window, found: &mut impl FnMut(EventView<'_>)) {
        self.0.fill(window).modes().for_each(found);
    }
}
