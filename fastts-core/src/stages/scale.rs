//! `scale`: the metric in another unit.

use crate::chain::context::Context;
use crate::chain::flow::{Flow, Pipe};
use crate::chain::stage::{Emit, Stage};
use crate::chain::then::Then;
use crate::chain::wiring::Wiring;
use crate::model::arguments::Threshold;
use crate::model::event::Event;
use crate::model::item::{IsEvent, Item};
use crate::model::metric::Metric;

/// Multiplies the metric by `factor`.
///
/// Takes and emits events, holds nothing. A whole metric times a whole factor stays whole while the product fits; an event
/// without a metric passes unchanged.
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" { scale(0.25); fastts_core::testing::tap } }
/// let out: Vec<Event> = testing::outputs(example(), [Event::new().with_metric(8), Event::new()]);
/// assert_eq!(out, [Event::new().with_metric(2.0), Event::new()]);
/// ```
pub fn scale<I: Item, E: IsEvent, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(
    flow: F,
    factor: impl Threshold,
) -> Pipe<I, Then<S, Scale>> {
    flow.into_pipe().then(Scale { factor: factor.threshold() })
}

/// The stage of [`scale`].
#[derive(Clone, Copy, Debug)]
pub struct Scale {
    factor: Metric,
}

impl<I: Item> Stage<I> for Scale {
    type Out = Event;

    const WIRING: Wiring<I, Scale> = Wiring::alone().passes_all();

    #[inline]
    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<Event>) {
        if let Some(event) = I::as_event(item) {
            event.measuring(event.metric().times(self.factor), |event| out.emit(event, cx));
        }
    }
}
