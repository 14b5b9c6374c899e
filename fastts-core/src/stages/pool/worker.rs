//! One thread of a pool.

use std::sync::Arc;
use std::thread;

use super::core::Core;
use crate::chain::context::Context;
use crate::chain::stage::{Emit, Stage};
use crate::model::item::Item;
use crate::model::panics::catch;

/// Starts the thread of a worker.
pub(super) fn start<I: Item, B: Stage<I>>(core: Arc<Core<I, B>>, place: usize) {
    let own = Arc::clone(&core);
    // A NUL cannot stand in the name of a thread.
    let name = format!("pool {}", core.desk.boundaries().pipeline.replace('\0', ""));
    if let Err(error) = thread::Builder::new().name(name).spawn(move || run(&own, place)) {
        core.not_started(place, &error);
    }
}

/// Takes items and runs the block on them, until the thread is to end.
fn run<I: Item, B: Stage<I>>(core: &Arc<Core<I, B>>, place: usize) {
    let boundaries = core.desk.boundaries();
    // What stages want of tokio they find.
    let _entered = boundaries.handle.enter();
    let mut cx = Context::within(&core.services, boundaries.clock.steady());
    let mut block: Option<B> = None;
    let mut taken = core.take(place, false);
    while let Some((item, token)) = taken {
        cx.set_now(boundaries.clock.steady());
        let result = catch(|| {
            let block = block.get_or_insert_with(|| {
                let mut block = core.block();
                block.start(&mut cx);
                block
            });
            cx.with_token(token, |cx| outputs(block, I::view(&item), cx))
        });
        // What the item was made of is the user's, and so is its drop.
        let _ = catch(|| drop(item));
        if result.is_err() {
            // It may be in any state, and so may be what it does when it is dropped.
            let broken = block.take();
            let _ = catch(|| drop(broken));
            cx = Context::within(&core.services, cx.now);
        }
        core.done(place, result);
        taken = core.take(place, true);
    }
}

/// Runs a block on one item; returns what it emits.
pub(super) fn outputs<I: Item, B: Stage<I>>(block: &mut B, item: I::View<'_>, cx: &mut Context) -> Vec<B::Out> {
    let mut outputs = Collect(Vec::new());
    // Timers fire when the next item comes; nobody wakes a worker for them.
    if block.deadline().is_some_and(|deadline| deadline <= cx.now) {
        cx.without_token(|cx| block.tick(cx, &mut outputs));
    }
    block.item(item, cx, &mut outputs);
    outputs.0
}

/// Keeps what a block emits.
struct Collect<O>(Vec<O>);

impl<O: Item> Emit<O> for Collect<O> {
    fn emit(&mut self, item: O::View<'_>, _cx: &mut Context) {
        self.0.push(O::keep(item));
    }
}
