//! Watching where an item goes in a chain: what `why` tells.
//!
//! A chain that is watched runs the same stages, but what they emit goes through a link that notes it. The links hide behind
//! `dyn Emit`, so that the code for it is small, and none of it is in the way of a chain that is not watched.

use std::any::type_name;

use crate::chain::context::Context;
use crate::chain::stage::{Emit, Stage};
use crate::model::event::{Event, EventView};
use crate::model::item::Item;
use crate::model::time::Time;

/// A stage of a chain as it was compiled.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Outline {
    /// The type of the items that go in, as Rust names it.
    pub item: &'static str,
    /// The type of the stage, as Rust names it.
    pub stage: &'static str,
    /// The chains in its blocks: that of a branch of `tee`, of `by` or of `top`, those of the arms of a `split`.
    pub blocks: Vec<Vec<Outline>>,
}

/// Returns the stages of a chain.
pub(crate) fn outline<I: Item, S: Stage<I>>() -> Vec<Outline> {
    let mut chain = Vec::new();
    (S::WIRING.outline)(&mut chain);
    chain
}

/// An item that arrived somewhere in a chain.
#[derive(Clone, Debug)]
pub struct Step {
    /// Where: the place of the stage in its chain, after that of the stage and the block around it, if there is one; the place
    /// behind the last stage is the end of that chain.
    pub path: Vec<usize>,
    /// Of which type it was, as Rust names it.
    pub item: &'static str,
    /// What it was, when it was an event.
    pub event: Option<Event>,
    /// The number of the first step that did not come of this one; all those between this one and that one did.
    pub end: usize,
    /// When the stage's next timer fires.
    pub due: Option<Time>,
    /// Whether the stage came back; it does not when it panics.
    pub done: bool,
}

/// How many steps are kept: one item can become many.
const STEPS: usize = 10_000;

/// What was seen of an item so far.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    steps: Vec<Step>,
    /// Where the item is now.
    path: Vec<usize>,
}

impl Watch {
    /// Notes that an item, of the type `item`, arrives at a place of a chain which is `depth` deep.
    fn enter(&mut self, place: usize, depth: usize, item: &'static str, event: Option<EventView<'_>>) -> Entered {
        let rest = self.path.split_off(depth.min(self.path.len()));
        self.path.push(place);
        let step = (self.steps.len() < STEPS).then(|| {
            let (path, event) = (self.path.clone(), event.map(Event::from_view));
            self.steps.push(Step { path, item, event, end: 0, due: None, done: false });
            self.steps.len() - 1
        });
        Entered { step, rest }
    }

    /// Returns the steps.
    pub(crate) fn into_steps(mut self) -> Vec<Step> {
        let len = self.steps.len();
        // Those that a panic left open.
        self.steps.iter_mut().filter(|step| !step.done).for_each(|step| step.end = len);
        self.steps
    }
}

/// Returns how deep inside blocks a watched item is.
pub(crate) fn depth(cx: &Context) -> usize {
    cx.watch.as_ref().map_or(0, |watch| watch.path.len())
}

/// Runs something inside a block of the stage where the item is.
pub(crate) fn inside<R>(block: usize, cx: &mut Context, run: impl FnOnce(&mut Context) -> R) -> R {
    if let Some(watch) = &mut cx.watch {
        watch.path.push(block);
    }
    let result = run(cx);
    if let Some(watch) = &mut cx.watch {
        watch.path.pop();
    }
    result
}

/// Where a watched item is: how many steps there are, and how deep inside blocks it is.
pub(crate) fn place(cx: &Context) -> (usize, usize) {
    cx.watch.as_ref().map_or((0, 0), |watch| (watch.steps.len(), watch.path.len()))
}

/// Leaves open the steps from a place on, of a block that has panicked and whose pipeline goes on.
pub(crate) fn give_up((from, depth): (usize, usize), cx: &mut Context) {
    let Some(watch) = &mut cx.watch else { return };
    watch.path.truncate(depth);
    let end = watch.steps.len();
    watch.steps[from..].iter_mut().filter(|step| !step.done).for_each(|step| step.end = end);
}

/// What the next link needs to go back to where it was.
#[derive(Default)]
struct Entered {
    step: Option<usize>,
    /// The rest of the path of whoever emitted.
    rest: Vec<usize>,
}

/// Notes that an item arrives at a place of a chain which is `depth` deep.
fn enter<I: Item>(place: usize, depth: usize, item: I::View<'_>, cx: &mut Context) -> Entered {
    cx.watch.as_mut().map_or_else(Entered::default, |watch| watch.enter(place, depth, type_name::<I>(), I::as_event(item)))
}

/// Notes that the stage came back.
fn leave(entered: Entered, depth: usize, due: Option<Time>, cx: &mut Context) {
    let Some(watch) = &mut cx.watch else { return };
    watch.path.truncate(depth);
    watch.path.extend(entered.rest);
    let end = watch.steps.len();
    if let Some(step) = entered.step.and_then(|step| watch.steps.get_mut(step)) {
        (step.end, step.due, step.done) = (end, due, true);
    }
}

/// Where a stage emits to whose own code wants a type.
pub(crate) struct Erased<'o, T: Item>(pub(crate) &'o mut dyn Emit<T>);

impl<T: Item> Emit<T> for Erased<'_, T> {
    fn emit(&mut self, item: T::View<'_>, cx: &mut Context) {
        self.0.emit(item, cx);
    }
}

/// The link before a stage of a chain.
pub(crate) struct Link<'s, B, O: Item> {
    pub(crate) stage: &'s mut B,
    pub(crate) out: &'s mut dyn Emit<O>,
    pub(crate) place: usize,
    pub(crate) depth: usize,
}

impl<I: Item, B: Stage<I>> Emit<I> for Link<'_, B, B::Out> {
    fn emit(&mut self, item: I::View<'_>, cx: &mut Context) {
        let entered = enter::<I>(self.place, self.depth, item, cx);
        (B::WIRING.watch)(self.stage, item, cx, self.out);
        leave(entered, self.depth, self.stage.deadline(), cx);
    }
}

/// The end of a chain.
pub(crate) struct End<'o, T: Item> {
    /// Where to from here; nowhere at the end of a pipeline or of a branch.
    out: Option<&'o mut dyn Emit<T>>,
    place: usize,
    depth: usize,
}

impl<T: Item> Emit<T> for End<'_, T> {
    fn emit(&mut self, item: T::View<'_>, cx: &mut Context) {
        let entered = enter::<T>(self.place, self.depth, item, cx);
        if let Some(out) = &mut self.out {
            out.emit(item, cx);
        }
        leave(entered, self.depth, None, cx);
    }
}

/// Gives an item to a chain, the next one inwards, that emits to `out`.
pub(crate) fn run<I: Item, S: Stage<I>>(chain: &mut S, item: I::View<'_>, cx: &mut Context, out: Option<&mut dyn Emit<S::Out>>) {
    let mut end = End { out: None, place: S::WIRING.length, depth: depth(cx) };
    match out {
        Some(out) => (S::WIRING.watch)(chain, item, cx, &mut End { out: Some(out), ..end }),
        None => (S::WIRING.watch)(chain, item, cx, &mut end),
    }
}
