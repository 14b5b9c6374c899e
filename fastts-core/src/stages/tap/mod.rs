//! `tap`: a place that tests can look at.

pub(crate) mod recorder;

use std::panic::Location;

use crate::chain::context::Context;
use crate::chain::flow::{Flow, Pipe};
use crate::chain::stage::{Emit, Stage};
use crate::chain::then::Then;
use crate::chain::wiring::Wiring;
use crate::model::item::Item;

/// Names a place in a pipeline, so that a test can see what passes there: `tap("slow")`.
///
/// Takes and emits items of any type, holds nothing. A [`testing::Driver`](crate::testing::Driver) records what passes; elsewhere
/// the stage does nothing. `router!` writes it only where `cfg(any(test, debug_assertions))` holds for the crate that the router
/// is in: in a release build there is no such stage. Two taps of one name are an error when a driver is made, with both places.
///
/// ```
/// use fastts_core::prelude::*;
/// use fastts_core::{event, testing::Driver};
///
/// router! { pipeline "example" { under(12); tap("low"); stdout } }
///
/// let mut driver = Driver::new(router());
/// driver.inject_all([event! { metric: 11 }, event! { metric: 12 }]);
/// driver.assert_tapped("low", [(0, event! { time: 0, metric: 11 })]);
/// ```
#[track_caller]
pub fn tap<I: Item, E: Item, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(
    flow: F,
    name: &'static str,
) -> Pipe<I, Then<S, Tap>> {
    recorder::announce(name, Location::caller());
    flow.into_pipe().then(Tap { name })
}

/// The stage `tap` without a name: records every item for [`testing::outputs`](crate::testing::outputs) on the same thread, and
/// passes it on.
///
/// Takes and emits items of any type, holds nothing.
///
/// ```
/// use fastts_core::{Event, event, router, testing};
///
/// router! { pipeline "example" { under(12); tap } }
///
/// let out: Vec<Event> = testing::outputs(router(), [event! { metric: 11 }, event! { metric: 12 }]);
/// assert_eq!(out, [event! { metric: 11 }]);
/// ```
pub fn tap_unnamed<I: Item, E: Item, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(flow: F) -> Pipe<I, Then<S, Tap>> {
    flow.into_pipe().then(Tap { name: recorder::UNNAMED })
}

/// The stage of [`tap`].
#[derive(Clone, Copy, Debug)]
pub struct Tap {
    name: &'static str,
}

impl<I: Item> Stage<I> for Tap {
    type Out = I;

    const WIRING: Wiring<I, Tap> = Wiring::alone().passes_all();

    #[inline]
    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<I>) {
        recorder::record::<I>(self.name, cx.now, item);
        out.emit(item, cx);
    }
}
