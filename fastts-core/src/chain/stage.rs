//! One step of a chain.

use crate::chain::context::Context;
use crate::chain::watch::{Erased, Outline};
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

    /// Says that the stage (of several, the last) emits one item for each that it takes, then and there, and none by time; what
    /// passes behind it need not be counted.
    const PASSES_ALL: bool = false;

    /// Says whether the stage, or one in it, wants to look ahead.
    const LOOKS_AHEAD: bool = false;

    /// Is shown an item some time before it comes, so that a stage with much state can ask for the memory that it will need.
    ///
    /// Nothing that the stage does may depend on it: the item may never come.
    #[inline]
    fn look_ahead(&mut self, item: I::View<'_>) {
        let _ = item;
    }

    /// Returns the item that the stage will most likely emit for `item`, when it can be told without running the stage; used
    /// to show it to the next stage ahead of time.
    #[inline]
    fn preview<'a>(&mut self, item: I::View<'a>) -> Option<<Self::Out as Item>::View<'a>> {
        let _ = item;
        None
    }

    /// Is called when all items of a group were shown, before the first of them comes, and in a block of `by` before its key's
    /// turn: the time to ask for memory.
    #[inline]
    fn fetch(&mut self) {}

    /// Appends the number of items that passed each link of the chain, which took `taken`, and the type that passed it.
    fn links(&self, taken: u64, links: &mut Vec<Link>) {
        let _ = (taken, links);
    }

    /// How many stages a chain has; a single stage is none.
    const LENGTH: usize = 0;

    /// Takes one item, as `item` does, while somebody watches where it goes.
    ///
    /// Stages with blocks have their own, so that what happens inside can be seen; for others there is nothing to see.
    fn watch(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut dyn Emit<Self::Out>) {
        self.item(item, cx, &mut Erased(out));
    }

    /// Appends the stages of a chain.
    fn outline(chain: &mut Vec<Outline>) {
        let _ = chain;
    }

    /// Returns the chains in the blocks of a stage.
    fn blocks() -> Vec<Vec<Outline>> {
        Vec::new()
    }
}

/// What passed between two stages of a chain.
#[derive(Clone, Copy, Debug)]
pub struct Link {
    /// How many items.
    pub passed: u64,
    /// Of which type, as Rust names it.
    pub item: &'static str,
}

/// Drops what it is given: the end of every chain.
#[derive(Clone, Copy, Debug, Default)]
pub struct Discard;

impl<T: Item> Emit<T> for Discard {
    #[inline]
    fn emit(&mut self, _item: T::View<'_>, _cx: &mut Context) {}
}
