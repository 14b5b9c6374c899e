//! One step of a chain.

use crate::chain::context::Context;
use crate::chain::wiring::Wiring;
use crate::model::item::Item;
use crate::model::time::Time;

/// Takes what a stage emits.
pub trait Emit<T: Item> {
    /// Passes an item on.
    fn emit(&mut self, item: T::View<'_>, cx: &mut Context);
}

/// One step of a chain.
///
/// A stage may call `out` any number of times for each call of its own. It should allocate nothing, lock nothing and wait for
/// nothing per item: the whole chain runs as one function, on the thread that decoded the batch.
///
/// Every stage is `Clone`, so that any of them, whoever wrote it, can stand in a block of `by`, which is copied for every key. What
/// cannot be cloned, or must be one for all keys, is shared with an `Arc`. What `by` copies was never started.
pub trait Stage<I: Item>: Clone + Send + 'static {
    /// What it emits.
    type Out: Item;

    /// Is called once, before anything else, when the chain (or the copy of it for a new key) comes to life.
    fn start(&mut self, cx: &mut Context) {
        let _ = cx;
    }

    /// Takes one item.
    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<Self::Out>);

    /// Returns when `tick` wants to be called, `None` for never.
    #[inline]
    fn deadline(&self) -> Option<Time> {
        None
    }

    /// Is called when `cx.now` has reached the deadline, before any item of that instant.
    ///
    /// A call before the deadline must do nothing: stages of one chain share their calls.
    #[inline]
    fn tick(&mut self, cx: &mut Context, out: &mut impl Emit<Self::Out>) {
        let _ = (cx, out);
    }

    /// Flushes what the stage holds; called once, when the chain is drained or its key goes.
    #[inline]
    fn finish(&mut self, cx: &mut Context, out: &mut impl Emit<Self::Out>) {
        let _ = (cx, out);
    }

    /// Emits what has come back to a boundary; a chain asks all its stages. A stage that holds a chain in a block need not: a boundary
    /// does not stand there.
    #[doc(hidden)]
    #[inline]
    fn arrive(&mut self, cx: &mut Context, out: &mut impl Emit<Self::Out>) {
        let _ = (cx, out);
    }

    /// Returns about how many bytes of what has come the stage holds, itself not counted.
    ///
    /// The run-time asks it now and then, so that it may look at all that it holds, and has the stages of a pipeline flush when they hold
    /// more than they may (`--max-held`). A stage that keeps items, or what grows with them, says it: `self.kept.iter().map(Item::held).sum()`
    /// for items, `self.lines.iter().map(String::capacity).sum()` for texts. One that keeps a few numbers has nothing to say.
    fn held(&self) -> usize {
        0
    }

    /// What the engine asks of a stage besides running it; a stage that holds no chain has nothing to say to that.
    #[doc(hidden)]
    const WIRING: Wiring<I, Self> = Wiring::alone();
}

/// Drops what it is given: the end of every chain.
#[derive(Clone, Copy, Debug, Default)]
pub struct Discard;

impl<T: Item> Emit<T> for Discard {
    #[inline]
    fn emit(&mut self, _item: T::View<'_>, _cx: &mut Context) {}
}
