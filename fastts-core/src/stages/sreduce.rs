//! `sreduce`: a running fold.

use crate::chain::context::Context;
use crate::chain::flow::{Flow, Pipe};
use crate::chain::stage::{Emit, Stage};
use crate::chain::then::Then;
use crate::model::item::{self, Item};

/// Folds items into one another and emits each result: `sreduce(|sum, event| …)`.
///
/// Takes and emits items of one type, holds the last result, which a restart forgets. The first item is the first accumulator,
/// and is not emitted. With a second argument, `sreduce(f, init)`, that is the first accumulator, and results are of its type.
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" {
/// sreduce(|sum, event| { let metric = sum.metric().plus(event.metric()); sum.with_metric(metric) });
/// # fastts_core::testing::tap } }
/// let event = |metric: i64| Event::new().with_metric(metric);
/// let out: Vec<Event> = testing::outputs(example(), [event(1), event(2), event(3)]);
/// assert_eq!(out, [event(3), event(6)]);
/// ```
pub fn sreduce<I: Item, E: Item, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>, P>(
    flow: F,
    fold: P,
) -> Pipe<I, Then<S, Sreduce<E, P>>>
where
    P: for<'a> FnMut(E, E::View<'a>) -> E + Send,
    P: Clone, // `by` copies it for every key: share what is not `Clone` with an `Arc`
{
    flow.into_pipe().then(Sreduce { fold, last: None })
}

/// The stage of [`sreduce`].
#[derive(Debug)]
pub struct Sreduce<E, P> {
    fold: P,
    last: Option<E>,
}

impl<E: Item, P: Clone> Clone for Sreduce<E, P> {
    fn clone(&self) -> Sreduce<E, P> {
        Sreduce { fold: self.fold.clone(), last: self.last.as_ref().map(item::copy) }
    }
}

impl<I: Item, P: for<'a> FnMut(I, I::View<'a>) -> I + Clone + Send + 'static> Stage<I> for Sreduce<I, P> {
    type Out = I;

    fn held(&self) -> usize {
        self.last.as_ref().map_or(0, Item::held)
    }

    #[inline]
    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<I>) {
        match self.last.take() {
            Some(last) => {
                let result = self.last.insert((self.fold)(last, item));
                out.emit(result.view(), cx);
            }
            None => self.last = Some(I::keep(item)),
        }
    }
}

/// Folds items into an accumulator that begins as `init` and emits each result; `sreduce(f, init)` in a router.
///
/// Takes items of any type, emits items of the accumulator's type, holds the last result; a restart begins with `init` again.
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" { sreduce(|count, _| count + 1, 0); fastts_core::testing::tap } }
/// let out: Vec<i32> = testing::outputs(example(), [Event::new(), Event::new()]);
/// assert_eq!(out, [1, 2]);
/// ```
pub fn sreduce_from<I: Item, E: Item, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>, O: Item, P>(
    flow: F,
    fold: P,
    init: O,
) -> Pipe<I, Then<S, SreduceFrom<O, P>>>
where
    P: for<'a> FnMut(O, E::View<'a>) -> O + Send,
    P: Clone, // `by` copies it for every key: share what is not `Clone` with an `Arc`
{
    flow.into_pipe().then(SreduceFrom { fold, last: Some(init) })
}

/// The stage of [`sreduce_from`].
#[derive(Debug)]
pub struct SreduceFrom<O, P> {
    fold: P,
    /// Is `None` only while the closure has it.
    last: Option<O>,
}

impl<O: Item, P: Clone> Clone for SreduceFrom<O, P> {
    fn clone(&self) -> SreduceFrom<O, P> {
        SreduceFrom { fold: self.fold.clone(), last: self.last.as_ref().map(item::copy) }
    }
}

impl<I: Item, O: Item, P: for<'a> FnMut(O, I::View<'a>) -> O + Clone + Send + 'static> Stage<I> for SreduceFrom<O, P> {
    type Out = O;

    fn held(&self) -> usize {
        self.last.as_ref().map_or(0, Item::held)
    }

    #[inline]
    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<O>) {
        if let Some(last) = self.last.take() {
            let result = self.last.insert((self.fold)(last, item));
            out.emit(result.view(), cx);
        }
    }
}
