//! One step of a chain, and how steps are fused.

use std::any::type_name;
use std::marker::PhantomData;

use crate::index::Index;
use crate::item::Item;
use crate::sink::Sinks;
use crate::surroundings::Surroundings;
use crate::time::Time;
use crate::topics::{Outbox, Topics};
use crate::watch::{self, Erased, Outline, Watch};

/// What a stage may know of its surroundings while it runs.
#[derive(Debug)]
#[non_exhaustive]
pub struct Context {
    /// The time. Live it is the clock's, under virtual time and in a replay that of the input; stages never ask the system.
    pub now: Time,
    /// True while what runs was picked by the pipeline's heads; see [`WhereHead`](crate::stages::types::WhereHead).
    pub(crate) picked: bool,
    /// What is seen of the item on its way, when somebody watches.
    pub(crate) watch: Option<Box<Watch>>,
    surroundings: Surroundings,
    /// What the chain has published.
    outbox: Outbox,
}

impl Context {
    /// Makes the context of a chain that starts at `now`, in surroundings of its own.
    pub fn new(now: Time) -> Context {
        Context::within(&Surroundings::new(), now)
    }

    /// Makes the context of a chain that starts at `now` in these surroundings.
    pub fn within(surroundings: &Surroundings, now: Time) -> Context {
        Context { now, picked: false, watch: None, surroundings: surroundings.clone(), outbox: Outbox::default() }
    }

    /// Returns what the chain shares with the others of its router.
    #[inline]
    pub fn surroundings(&self) -> &Surroundings {
        &self.surroundings
    }

    /// Returns what the chain has published, and the topics of the router.
    #[inline]
    pub(crate) fn outbox(&mut self) -> (&mut Outbox, &Topics) {
        (&mut self.outbox, &self.surroundings.topics)
    }

    /// Returns the index of the router.
    #[inline]
    pub fn index(&self) -> &Index {
        &self.surroundings.index
    }

    /// Returns the sinks of the router when it runs, and `None` in a replay and a test: there a sink does nothing, or
    /// [records](crate::sink::record) what it was given.
    pub fn sinks(&self) -> Option<&Sinks> {
        self.surroundings.sinks.as_ref()
    }
}

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

/// The empty chain: passes everything on.
#[derive(Clone, Copy, Debug, Default)]
pub struct Start;

impl<I: Item> Stage<I> for Start {
    type Out = I;

    const PASSES_ALL: bool = true;

    #[inline]
    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<I>) {
        out.emit(item, cx);
    }

    #[inline]
    fn preview<'a>(&mut self, item: I::View<'a>) -> Option<I::View<'a>> {
        Some(item)
    }
}

/// Two stages, fused: what the first emits goes into the second by a direct call.
#[derive(Clone, Debug)]
pub struct Then<A, B> {
    first: A,
    second: B,
    /// How many items went from the first to the second, unless that is known from how many the first took.
    passed: u64,
}

impl<A, B> Then<A, B> {
    /// Fuses two stages.
    pub fn new(first: A, second: B) -> Then<A, B> {
        Then { first, second, passed: 0 }
    }

    /// Replaces the last stage by what `set` makes of it.
    pub(crate) fn map_last<C>(self, set: impl FnOnce(B) -> C) -> Then<A, C> {
        Then::new(self.first, set(self.second))
    }
}

/// Feeds the second of two fused stages with what the first, `A` over `I`, emits.
struct Feed<'s, I, A, B, O> {
    stage: &'s mut B,
    passed: &'s mut u64,
    out: &'s mut O,
    first: PhantomData<fn(I, A)>,
}

impl<I: Item, A: Stage<I>, B: Stage<A::Out>, O: Emit<B::Out>> Emit<A::Out> for Feed<'_, I, A, B, O> {
    #[inline]
    fn emit(&mut self, item: <A::Out as Item>::View<'_>, cx: &mut Context) {
        if !A::PASSES_ALL {
            *self.passed += 1;
        }
        self.stage.item(item, cx, self.out);
    }
}

impl<I: Item, A: Stage<I>, B: Stage<A::Out>> Stage<I> for Then<A, B> {
    type Out = B::Out;

    fn start(&mut self, cx: &mut Context) {
        self.first.start(cx);
        self.second.start(cx);
    }

    #[inline]
    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<B::Out>) {
        let Then { first, second, passed } = self;
        first.item(item, cx, &mut Feed::<I, A, B, _> { stage: second, passed, out, first: PhantomData });
    }

    #[inline]
    fn deadline(&self) -> Option<Time> {
        earlier(self.first.deadline(), self.second.deadline())
    }

    #[inline]
    fn tick(&mut self, cx: &mut Context, out: &mut impl Emit<B::Out>) {
        // Downstream first: what an upstream timer emits is an item of this instant, and timers fire before those.
        self.second.tick(cx, out);
        let Then { first, second, passed } = self;
        first.tick(cx, &mut Feed::<I, A, B, _> { stage: second, passed, out, first: PhantomData });
    }

    #[inline]
    fn finish(&mut self, cx: &mut Context, out: &mut impl Emit<B::Out>) {
        let Then { first, second, passed } = self;
        first.finish(cx, &mut Feed::<I, A, B, _> { stage: second, passed, out, first: PhantomData });
        second.finish(cx, out);
    }

    const PASSES_ALL: bool = B::PASSES_ALL;

    const LOOKS_AHEAD: bool = A::LOOKS_AHEAD || B::LOOKS_AHEAD;

    #[inline]
    fn look_ahead(&mut self, item: I::View<'_>) {
        self.first.look_ahead(item);
        if B::LOOKS_AHEAD
            && let Some(item) = self.first.preview(item)
        {
            self.second.look_ahead(item);
        }
    }

    #[inline]
    fn preview<'a>(&mut self, item: I::View<'a>) -> Option<<B::Out as Item>::View<'a>> {
        let item = self.first.preview(item)?;
        self.second.preview(item)
    }

    #[inline]
    fn fetch(&mut self) {
        self.first.fetch();
        self.second.fetch();
    }

    fn links(&self, taken: u64, links: &mut Vec<Link>) {
        self.first.links(taken, links);
        let passed = match A::PASSES_ALL {
            true => links.last().map_or(taken, |link| link.passed),
            false => self.passed,
        };
        links.push(Link { passed, item: type_name::<A::Out>() });
    }

    const LENGTH: usize = A::LENGTH + 1;

    fn watch(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut dyn Emit<B::Out>) {
        let depth = watch::depth(cx);
        self.first.watch(item, cx, &mut watch::Link { stage: &mut self.second, out, place: A::LENGTH, depth });
    }

    fn outline(chain: &mut Vec<Outline>) {
        A::outline(chain);
        chain.push(Outline { item: type_name::<A::Out>(), stage: type_name::<B>(), blocks: B::blocks() });
    }
}

/// Returns the earlier of two deadlines.
#[inline]
pub(crate) fn earlier(a: Option<Time>, b: Option<Time>) -> Option<Time> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

/// Drops what it is given: the end of every chain.
#[derive(Clone, Copy, Debug, Default)]
pub struct Discard;

impl<T: Item> Emit<T> for Discard {
    #[inline]
    fn emit(&mut self, _item: T::View<'_>, _cx: &mut Context) {}
}
