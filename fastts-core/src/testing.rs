//! Runs routers under virtual time and shows what comes out.

use std::any::Any;
use std::cell::RefCell;

use crate::event::Event;
use crate::flow::{Flow, Pipe};
use crate::item::Item;
use crate::replay::Replay;
use crate::router::Router;
use crate::stage::{Context, Emit, Stage, Then};
use crate::time::Time;

thread_local! {
    static TAPPED: RefCell<Vec<(Time, Box<dyn Any>)>> = const { RefCell::new(Vec::new()) };
}

/// Records every item for [`outputs`] and [`Replay`]s of the same thread, and passes it on.
pub fn tap<I: Item, E: Item, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(flow: F) -> Pipe<I, Then<S, Tap>> {
    flow.into_pipe().then(Tap)
}

/// The stage of [`tap`].
#[derive(Clone, Copy, Debug)]
pub struct Tap;

impl<I: Item> Stage<I> for Tap {
    type Out = I;

    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<I>) {
        TAPPED.with_borrow_mut(|tapped| tapped.push((cx.now, Box::new(I::keep(item)))));
        out.emit(item, cx);
    }
}

/// Takes what [`tap`] recorded on this thread since the last call: the items of type `T`, with when they came.
pub fn take_tapped<T: Item>() -> Vec<(Time, T)> {
    let tapped = TAPPED.take();
    tapped.into_iter().filter_map(|(time, item)| Some((time, *item.downcast::<T>().ok()?))).collect()
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
        if let Some(panicked) = replay.panics().first() {
            panic!("pipeline {:?}: {}", panicked.pipeline, panicked.panic);
        }
    }
    take_tapped().into_iter().map(|(_, item)| item).collect()
}
