//! How steps are fused.

use std::any::type_name;
use std::marker::PhantomData;

use crate::chain::context::Context;
use crate::chain::stage::{Emit, Stage};
use crate::chain::watch::{self, Outline};
use crate::chain::wiring::{Link, Shown, Wiring};
use crate::model::item::Item;
use crate::model::time::Time;

/// The empty chain: passes everything on.
#[derive(Clone, Copy, Debug, Default)]
pub struct Start;

impl<I: Item> Stage<I> for Start {
    type Out = I;

    #[inline]
    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<I>) {
        out.emit(item, cx);
    }

    const WIRING: Wiring<I, Start> = Wiring { look_ahead: Some(|_, item, next| next(item)), ..Wiring::alone().passes_all() };
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
        if !A::WIRING.passes_all {
            *self.passed += 1;
        }
        self.stage.item(item, cx, self.out);
    }
}

impl<I: Item, A: Stage<I>, B: Stage<A::Out>> Stage<I> for Then<A, B> {
    type Out = B::Out;

    fn held(&self) -> usize {
        self.first.held() + self.second.held()
    }

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

    fn arrive(&mut self, cx: &mut Context, out: &mut impl Emit<B::Out>) {
        if <Then<A, B> as Stage<I>>::WIRING.boundaries > 0 {
            // Downstream first, as timers.
            self.second.arrive(cx, out);
            let Then { first, second, passed } = self;
            first.arrive(cx, &mut Feed::<I, A, B, _> { stage: second, passed, out, first: PhantomData });
        }
    }

    const WIRING: Wiring<I, Then<A, B>> = Wiring {
        boundaries: A::WIRING.boundaries + B::WIRING.boundaries,
        passes_all: B::WIRING.passes_all,
        // The second stage is shown what the first is known to emit, if that is known.
        looks_ahead: A::WIRING.looks_ahead || A::WIRING.look_ahead.is_some() && B::WIRING.looks_ahead,
        look_ahead: match (A::WIRING.look_ahead, B::WIRING.look_ahead) {
            (Some(_), None) if !A::WIRING.looks_ahead => None,
            (Some(_), _) => Some(Then::<A, B>::look_ahead::<I>),
            (None, _) => None,
        },
        prefetch: |then| {
            (A::WIRING.prefetch)(&mut then.first);
            (B::WIRING.prefetch)(&mut then.second);
        },
        length: A::WIRING.length + 1,
        links: Then::links::<I>,
        outline: Then::<A, B>::outline::<I>,
        blocks: Vec::new,
        watch: |then, item, cx, out| {
            let depth = watch::depth(cx);
            (A::WIRING.watch)(&mut then.first, item, cx, &mut watch::Link { stage: &mut then.second, out, place: A::WIRING.length, depth });
        },
    };
}

impl<A, B> Then<A, B> {
    #[inline]
    fn look_ahead<I: Item>(&mut self, item: I::View<'_>, next: &mut Shown<'_, B::Out>)
    where
        A: Stage<I>,
        B: Stage<A::Out>,
    {
        let Then { first, second, .. } = self;
        let Some(first_looks) = A::WIRING.look_ahead else { return };
        first_looks(first, item, &mut |item| {
            if let Some(second_looks) = B::WIRING.look_ahead {
                second_looks(second, item, next);
            }
        });
    }

    fn links<I: Item>(&self, taken: u64, links: &mut Vec<Link>)
    where
        A: Stage<I>,
    {
        (A::WIRING.links)(&self.first, taken, links);
        let passed = match A::WIRING.passes_all {
            true => links.last().map_or(taken, |link| link.passed),
            false => self.passed,
        };
        links.push(Link { passed, item: type_name::<A::Out>() });
    }

    fn outline<I: Item>(chain: &mut Vec<Outline>)
    where
        A: Stage<I>,
        B: Stage<A::Out>,
    {
        (A::WIRING.outline)(chain);
        chain.push(Outline { item: type_name::<A::Out>(), stage: type_name::<B>(), blocks: (B::WIRING.blocks)() });
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
