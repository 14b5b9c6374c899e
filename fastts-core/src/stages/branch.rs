//! `tee` and `split`: several ways.

use std::marker::PhantomData;

use crate::chain::context::Context;
use crate::chain::flow::{Flow, Pipe};
use crate::chain::marks::Marks;
use crate::chain::stage::{Discard, Emit, Stage};
use crate::chain::then::{Start, Then, earlier};
use crate::chain::watch::{self, Outline};
use crate::chain::wiring::Wiring;
use crate::model::item::Item;
use crate::model::time::Time;

/// Gives every item to a branch, whose outputs are dropped, and passes the item on.
///
/// Takes and emits items of any type; `tee { { … } { … } }` in a router is one of these for each branch. Holds what its branch
/// holds, whose timers run; a restart forgets it. Branches get an item in the order in which they are written, the last of
/// them before it is passed on; at one instant, the timers of a later branch fire before those of an earlier one.
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" {
/// tee {
///     { under(5); fastts_core::testing::tap }
///     { with(state = "seen"); fastts_core::testing::tap }
/// };
/// over(5);
/// # fastts_core::testing::tap } }
/// let event = |metric: i64| Event::new().with_metric(metric);
/// let out: Vec<Event> = testing::outputs(example(), [event(1), event(6)]);
/// assert_eq!(out, [event(1), event(1).with_state("seen"), event(6).with_state("seen"), event(6)]);
/// ```
pub fn tee<I: Item, E: Item, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>, T: Flow<In = E>>(
    flow: F,
    branch: impl FnOnce(Pipe<E, Start>) -> T,
) -> Pipe<I, Then<S, Tee<T::Stage>>> {
    let (branch, marks) = branch(Pipe::start()).into_pipe().into_parts();
    flow.into_pipe().then_holding(Tee(branch), [marks])
}

/// The stage of [`tee`].
#[derive(Clone, Copy, Debug)]
pub struct Tee<B>(B);

impl<I: Item, B: Stage<I>> Stage<I> for Tee<B> {
    type Out = I;

    fn held(&self) -> usize {
        self.0.held()
    }

    fn start(&mut self, cx: &mut Context) {
        self.0.start(cx);
    }

    #[inline]
    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<I>) {
        self.0.item(item, cx, &mut Discard);
        out.emit(item, cx);
    }

    #[inline]
    fn deadline(&self) -> Option<Time> {
        self.0.deadline()
    }

    #[inline]
    fn tick(&mut self, cx: &mut Context, _out: &mut impl Emit<I>) {
        self.0.tick(cx, &mut Discard);
    }

    #[inline]
    fn finish(&mut self, cx: &mut Context, _out: &mut impl Emit<I>) {
        self.0.finish(cx, &mut Discard);
    }

    const WIRING: Wiring<I, Tee<B>> = Wiring::alone().passes_all().holding(
        || vec![watch::outline::<I, B>()],
        |tee, item, cx, out| {
            watch::inside(0, cx, |cx| watch::run(&mut tee.0, item, cx, None));
            out.emit(item, cx);
        },
    );
}

/// Gives every item to the first arm whose condition holds and passes on what that arm emits.
///
/// Takes items of any type, emits what the arms emit, which is one type; an item that no arm wants is dropped. Holds what its
/// arms hold, whose timers run, those of one instant in the order of the arms; a restart forgets it.
/// `split { metric > 0.9 => with(state = "critical"), _ => with(state = "ok") }` in a router.
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" {
/// split { metric > 0.9 => with(state = "critical"), metric > 0.5 => with(state = "warning"), };
/// # fastts_core::testing::tap } }
/// let event = |metric: f64| Event::new().with_metric(metric);
/// let out: Vec<Event> = testing::outputs(example(), [event(0.95), event(0.6), event(0.1)]);
/// assert_eq!(out, [event(0.95).with_state("critical"), event(0.6).with_state("warning")]);
/// ```
///
/// # Differs from Riemann
/// Nothing throws: Riemann's `splitp` does when no clause matches and there is no default.
pub fn split<I: Item, E: Item, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>, O: Item, A: Arm<E, O>>(
    flow: F,
    arms: impl FnOnce(Arms<E, NoArm>) -> Arms<E, A, O>,
) -> Pipe<I, Then<S, Split<A, O>>> {
    let Arms { first, marks, .. } = arms(Arms { first: NoArm, marks: Vec::new(), item: PhantomData });
    flow.into_pipe().then_holding(Split { arms: first, item: PhantomData }, marks)
}

/// The stage of [`split`].
#[derive(Debug)]
pub struct Split<A, O> {
    arms: A,
    item: PhantomData<fn() -> O>,
}

impl<A: Clone, O> Clone for Split<A, O> {
    fn clone(&self) -> Split<A, O> {
        Split { arms: self.arms.clone(), item: PhantomData }
    }
}

/// The arms of a [`split`] being built.
#[derive(Clone, Debug)]
pub struct Arms<E, A, O = ()> {
    first: A,
    marks: Vec<Marks>,
    item: PhantomData<fn(E) -> O>,
}

/// Some arms of a [`split`], tried in order.
pub trait Arm<E: Item, O: Item>: Clone + Send + 'static {
    /// Starts the arms.
    fn start(&mut self, cx: &mut Context);
    /// Gives the item to the first arm that wants it and returns true; false when none does.
    fn item(&mut self, item: E::View<'_>, cx: &mut Context, out: &mut impl Emit<O>) -> bool;
    /// Returns the earliest deadline.
    fn deadline(&self) -> Option<Time>;
    /// Ticks the arms.
    fn tick(&mut self, cx: &mut Context, out: &mut impl Emit<O>);
    /// Flushes the arms.
    fn finish(&mut self, cx: &mut Context, out: &mut impl Emit<O>);

    /// Returns about how many bytes they hold.
    #[doc(hidden)]
    fn held(&self) -> usize;
    /// How many they are.
    #[doc(hidden)]
    const COUNT: usize;
    /// Does what `item` does while somebody watches.
    #[doc(hidden)]
    fn watch(&mut self, item: E::View<'_>, cx: &mut Context, out: &mut dyn Emit<O>) -> bool;
    /// Appends the chains of the arms.
    #[doc(hidden)]
    fn outline(ways: &mut Vec<Vec<Outline>>);
}

/// No arm yet.
#[derive(Clone, Copy, Debug)]
pub struct NoArm;

/// Arms and one more after them.
#[derive(Clone, Copy, Debug)]
pub struct OneMore<A, P, B> {
    before: A,
    wants: P,
    block: B,
}

impl<E: Item> Arms<E, NoArm> {
    /// Adds the first arm, which says what all of them emit.
    pub fn arm<P, T: Flow<In = E>>(
        mut self,
        wants: P,
        block: impl FnOnce(Pipe<E, Start>) -> T,
    ) -> Arms<E, OneMore<NoArm, P, T::Stage>, T::Item>
    where
        P: for<'a> FnMut(E::View<'a>, Time) -> bool + Clone + Send,
    {
        let (block, marks) = block(Pipe::start()).into_pipe().into_parts();
        self.marks.push(marks);
        Arms { first: OneMore { before: NoArm, wants, block }, marks: self.marks, item: PhantomData }
    }
}

impl<E: Item, A, P, B, O: Item> Arms<E, OneMore<A, P, B>, O> {
    /// Adds an arm after the others.
    pub fn arm<Q, T: Flow<In = E>, C>(
        mut self,
        wants: Q,
        block: impl FnOnce(Pipe<E, Start>) -> T,
    ) -> Arms<E, OneMore<OneMore<A, P, B>, Q, C>, O>
    where
        Q: for<'a> FnMut(E::View<'a>, Time) -> bool + Clone + Send,
        T::Item: SameAs<O, Block<T::Stage> = C>,
    {
        let (block, marks) = block(Pipe::start()).into_pipe().into_parts();
        self.marks.push(marks);
        let block = T::Item::block(block);
        Arms { first: OneMore { before: self.first, wants, block }, marks: self.marks, item: PhantomData }
    }
}

/// Says that an arm emits what the arms before it emit.
///
/// Which type its block has is known only when that is so: rustc then finds no second fault with the arms behind it.
#[diagnostic::on_unimplemented(
    message = "the arms of this `split` emit different types: `{O}` and `{Self}`",
    label = "emits `{Self}`, the first arm `{O}`",
    note = "make them agree, or move the stages behind the `split` into its arms"
)]
pub trait SameAs<O> {
    /// The block of the arm.
    type Block<B>;

    /// Returns the block.
    fn block<B>(block: B) -> Self::Block<B>;
}

impl<O> SameAs<O> for O {
    type Block<B> = B;

    fn block<B>(block: B) -> B {
        block
    }
}

impl<E: Item, O: Item> Arm<E, O> for NoArm {
    fn start(&mut self, _cx: &mut Context) {}

    #[inline]
    fn item(&mut self, _item: E::View<'_>, _cx: &mut Context, _out: &mut impl Emit<O>) -> bool {
        false
    }

    #[inline]
    fn deadline(&self) -> Option<Time> {
        None
    }

    #[inline]
    fn tick(&mut self, _cx: &mut Context, _out: &mut impl Emit<O>) {}

    #[inline]
    fn finish(&mut self, _cx: &mut Context, _out: &mut impl Emit<O>) {}

    fn held(&self) -> usize {
        0
    }

    const COUNT: usize = 0;

    fn watch(&mut self, _item: E::View<'_>, _cx: &mut Context, _out: &mut dyn Emit<O>) -> bool {
        false
    }

    fn outline(_ways: &mut Vec<Vec<Outline>>) {}
}

impl<E: Item, A, P, B> Arm<E, B::Out> for OneMore<A, P, B>
where
    A: Arm<E, B::Out>,
    P: for<'a> FnMut(E::View<'a>, Time) -> bool + Clone + Send + 'static,
    B: Stage<E>,
{
    fn start(&mut self, cx: &mut Context) {
        self.before.start(cx);
        self.block.start(cx);
    }

    #[inline]
    fn item(&mut self, item: E::View<'_>, cx: &mut Context, out: &mut impl Emit<B::Out>) -> bool {
        if self.before.item(item, cx, out) {
            return true;
        }
        let wanted = (self.wants)(item, cx.wall());
        if wanted {
            self.block.item(item, cx, out);
        }
        wanted
    }

    #[inline]
    fn deadline(&self) -> Option<Time> {
        earlier(self.before.deadline(), self.block.deadline())
    }

    #[inline]
    fn tick(&mut self, cx: &mut Context, out: &mut impl Emit<B::Out>) {
        self.before.tick(cx, out);
        self.block.tick(cx, out);
    }

    #[inline]
    fn finish(&mut self, cx: &mut Context, out: &mut impl Emit<B::Out>) {
        self.before.finish(cx, out);
        self.block.finish(cx, out);
    }

    fn held(&self) -> usize {
        self.before.held() + self.block.held()
    }

    const COUNT: usize = A::COUNT + 1;

    fn watch(&mut self, item: E::View<'_>, cx: &mut Context, out: &mut dyn Emit<B::Out>) -> bool {
        if self.before.watch(item, cx, out) {
            return true;
        }
        let wanted = (self.wants)(item, cx.wall());
        if wanted {
            watch::inside(A::COUNT, cx, |cx| watch::run(&mut self.block, item, cx, Some(out)));
        }
        wanted
    }

    fn outline(ways: &mut Vec<Vec<Outline>>) {
        A::outline(ways);
        ways.push(watch::outline::<E, B>());
    }
}

impl<I: Item, O: Item, A: Arm<I, O>> Stage<I> for Split<A, O> {
    type Out = O;

    fn held(&self) -> usize {
        self.arms.held()
    }

    fn start(&mut self, cx: &mut Context) {
        self.arms.start(cx);
    }

    #[inline]
    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<O>) {
        self.arms.item(item, cx, out);
    }

    #[inline]
    fn deadline(&self) -> Option<Time> {
        self.arms.deadline()
    }

    #[inline]
    fn tick(&mut self, cx: &mut Context, out: &mut impl Emit<O>) {
        self.arms.tick(cx, out);
    }

    #[inline]
    fn finish(&mut self, cx: &mut Context, out: &mut impl Emit<O>) {
        self.arms.finish(cx, out);
    }

    const WIRING: Wiring<I, Split<A, O>> = Wiring::alone().holding(
        || {
            let mut ways = Vec::new();
            A::outline(&mut ways);
            ways
        },
        |split, item, cx, out| {
            split.arms.watch(item, cx, out);
        },
    );
}
