//! How steps are fused.

use std::any::type_name;
use std::marker::PhantomData;

use crate::chain::context::Context;
use crate::chain::stage::{Emit, Link, Stage};
use crate::chain::watch::{self, Outline};
use crate::model::item::Item;
use crate::model::time::Time;

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
