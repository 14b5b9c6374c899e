//! Runs routers under virtual time and shows what comes out.

use std::any::Any;
use std::cell::RefCell;

use crate::chain::Machine;
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
    let pipelines = router.pipelines().iter().filter(|pipeline| pipeline.takes::<I>());
    let mut machines: Vec<Machine> = pipelines.map(|pipeline| pipeline.build(start)).collect();
    for (time, item) in items {
        let batch = I::collect(vec![item]);
        for machine in &mut machines {
            machine.advance(time);
            machine.run(&batch, None, 0..1);
        }
    }
    for machine in &mut machines {
        machine.advance(until);
        machine.finish();
    }
    take_tapped()
}
