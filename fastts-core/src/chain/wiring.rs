//! What the engine asks of a stage besides running it: how many items pass, what is worth loading ahead of time, what is inside.
//!
//! A stage of its own has nothing to say to that, so `Stage` has one hidden constant for it with a default: [`Wiring::alone`]. `Then`
//! and the stages that hold blocks give another. All of it is a constant, so that what a stage says costs nothing while items run.

use std::fmt;

use crate::chain::context::Context;
use crate::chain::stage::{Emit, Stage};
use crate::chain::watch::{Erased, Outline};
use crate::model::item::Item;

/// What the engine wants to know of a stage.
pub struct Wiring<I: Item, S: Stage<I>> {
    /// True if every input yields exactly one output at once, and nothing comes by time: what passes behind the stage need not be
    /// counted. Of a chain it says this of the last stage.
    pub(crate) passes_all: bool,
    /// True if the stage, or one in it, wants to be shown items ahead of time.
    pub(crate) looks_ahead: bool,
    pub(crate) look_ahead: Option<LookAhead<I, S>>,
    /// Asks for the memory that the stage needs next; called when all items of a group were shown, before the first of them comes,
    /// and in a block of `by` before the turn of its key.
    pub(crate) prefetch: fn(&mut S),
    /// How many boundaries stand at the top of a chain; of a single stage, whether it is one.
    pub(crate) boundaries: usize,
    /// How many stages a chain has; a single stage is no chain and has none.
    pub(crate) length: usize,
    /// Appends the number of items that passed each link of a chain, which took so many, and the type that passed it.
    pub(crate) links: fn(&S, u64, &mut Vec<Link>),
    /// Appends the stages of a chain.
    pub(crate) outline: fn(&mut Vec<Outline>),
    /// Returns the chains in the blocks of a stage.
    pub(crate) blocks: fn() -> Vec<Vec<Outline>>,
    pub(crate) watch: Watch<I, S>,
}

/// Shows a stage an item some time before it comes, so that a stage with much state can ask for the memory that it will need; gives
/// the last argument the item that the stage will emit for it, where that can be told without running the stage.
///
/// Nothing that the stage does may depend on it: the item may never come.
type LookAhead<I, S> = fn(&mut S, <I as Item>::View<'_>, &mut Shown<'_, <S as Stage<I>>::Out>);

/// Takes an item that is shown ahead of time.
pub(crate) type Shown<'s, O> = dyn FnMut(<O as Item>::View<'_>) + 's;

/// Takes one item, as `Stage::item` does, while somebody watches where it goes: a stage with blocks lets what happens inside be seen.
type Watch<I, S> = fn(&mut S, <I as Item>::View<'_>, &mut Context, &mut dyn Emit<<S as Stage<I>>::Out>);

impl<I: Item, S: Stage<I>> Wiring<I, S> {
    /// Describes a stage that holds no chain.
    pub const fn alone() -> Wiring<I, S> {
        Wiring {
            passes_all: false,
            looks_ahead: false,
            look_ahead: None,
            prefetch: |_| (),
            boundaries: 0,
            length: 0,
            links: |_, _, _| (),
            outline: |_| (),
            blocks: Vec::new,
            watch: |stage, item, cx, out| stage.item(item, cx, &mut Erased(out)),
        }
    }

    /// Says that every input yields exactly one output at once, and that nothing comes by time.
    pub const fn passes_all(self) -> Wiring<I, S> {
        Wiring { passes_all: true, ..self }
    }

    /// Says how the stage asks for the memory that it needs next.
    pub(crate) const fn prefetching(self, prefetch: fn(&mut S)) -> Wiring<I, S> {
        Wiring { prefetch, ..self }
    }

    /// Says which chains the stage has in its blocks, and how what happens there can be seen.
    pub(crate) const fn holding(self, blocks: fn() -> Vec<Vec<Outline>>, watch: Watch<I, S>) -> Wiring<I, S> {
        Wiring { blocks, watch, ..self }
    }
}

impl<I: Item, S: Stage<I>> fmt::Debug for Wiring<I, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Wiring { passes_all, looks_ahead, length, .. } = self;
        f.debug_struct("Wiring")
            .field("passes_all", passes_all)
            .field("looks_ahead", looks_ahead)
            .field("length", length)
            .finish_non_exhaustive()
    }
}

/// What passed between two stages of a chain.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Link {
    /// How many items.
    pub(crate) passed: u64,
    /// Of which type, as Rust names it.
    pub(crate) item: &'static str,
}
