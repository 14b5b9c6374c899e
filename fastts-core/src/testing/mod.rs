//! Tests of routers: virtual time, taps, recorders in the place of sinks.
//!
//! [`Driver`] is what a test of a route crate uses; [`outputs`] and [`outputs_of`] are shorter where one list goes in and one
//! comes out. Everything runs on the test's thread, as fast as the chains run.

mod diff;
mod driver;
mod source;

pub use driver::Driver;
pub use source::{SourceRun, comply, intake};

#[doc(inline)]
pub use crate::stages::tap_unnamed as tap;

use crate::engine::replay::Replay;
use crate::engine::router::Router;
use crate::model::event::Event;
use crate::model::item::Item;
use crate::model::time::Time;
use crate::stages::tap::recorder;

/// Takes what [`tap`] recorded on this thread since the last call: the items of type `T`, with when they came.
pub fn take_tapped<T: Item>() -> Vec<(Time, T)> {
    recorder::take_unnamed()
}

/// Runs events through a router and returns what its [`tap`] recorded.
///
/// The clock begins at the first event's time and follows the latest time seen; an event without a time is of now. Timers
/// that are due by the last event's time plus its ttl fire.
///
/// # Panics
/// When a stage does.
pub fn outputs<T: Item>(router: Router, events: impl IntoIterator<Item = Event>) -> Vec<T> {
    take_tapped::<T>();
    let mut replay: Option<Replay> = None;
    let mut until = Time::EPOCH;
    for event in events {
        let time = event.time().unwrap_or(replay.as_ref().map_or(Time::EPOCH, Replay::now));
        let replay = replay.get_or_insert_with(|| Replay::new(&router, time));
        replay.advance(time);
        replay.event(event.view());
        until = until.max(time + std::time::Duration::try_from_secs_f64(event.ttl().unwrap_or(0.0)).unwrap_or_default());
    }
    if let Some(mut replay) = replay {
        replay.advance(until);
        replay.finish();
        told(&replay);
    }
    take_tapped().into_iter().map(|(_, item)| item).collect()
}

/// Runs items of any type, each at its time, through the pipelines of a router that take them, and returns what [`tap`]
/// recorded, and when.
///
/// The clock begins at the first item's time and goes on to `until` after the last; then the stages are flushed.
///
/// ```
/// use fastts_core::{Item, Time, router, testing};
///
/// #[derive(Clone, Debug, PartialEq, Item)]
/// struct Order { total: f64 }
///
/// router! { pipeline "large": Order { where(total > 100); testing::tap } }
///
/// let orders = [50.0, 150.0].map(|total| (Time::EPOCH, Order { total }));
/// let out: Vec<(Time, Order)> = testing::outputs_of(&router(), orders, Time::EPOCH);
/// assert_eq!(out, [(Time::EPOCH, Order { total: 150.0 })]);
/// ```
///
/// # Panics
/// When a stage does.
pub fn outputs_of<I: Item, T: Item>(router: &Router, items: impl IntoIterator<Item = (Time, I)>, until: Time) -> Vec<(Time, T)> {
    take_tapped::<T>();
    let mut items = items.into_iter().peekable();
    let start = items.peek().map_or(until, |(time, _)| *time);
    let mut replay = Replay::new(router, start);
    for (time, item) in items {
        replay.advance(time);
        replay.item(item);
    }
    replay.advance(until);
    replay.finish();
    told(&replay);
    take_tapped()
}

/// Panics as the first stage that did.
fn told(replay: &Replay) {
    if let Some(panicked) = replay.panics().first() {
        panic!("pipeline {:?}: {}", panicked.pipeline, panicked.panic);
    }
}
