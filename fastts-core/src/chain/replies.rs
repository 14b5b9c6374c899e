//! The end of a pipeline that is called: what comes out is the reply.

use std::any::{TypeId, type_name};
use std::marker::PhantomData;

use crate::chain::context::Context;
use crate::chain::stage::Emit;
use crate::model::item::Item;
use crate::model::reply::Replied;

/// Says what a pipeline replies with, in the type of what the expansion of `router!` ends it with.
pub trait Answers {
    /// Returns the type of the reply, and its name; `None` when the pipeline is not called.
    fn reply() -> Option<(TypeId, &'static str)>;
}

/// Says that a pipeline is not called.
#[derive(Debug)]
pub struct Unanswered;

impl Answers for Unanswered {
    fn reply() -> Option<(TypeId, &'static str)> {
        None
    }
}

/// Says that a pipeline is called, and replies with an `R`.
#[derive(Debug)]
pub struct Answered<R>(PhantomData<R>);

impl<R: 'static> Answers for Answered<R> {
    fn reply() -> Option<(TypeId, &'static str)> {
        Some((TypeId::of::<R>(), type_name::<R>()))
    }
}

/// Marks the one type of items that can be the reply of a pipeline that replies with `R`: `R` itself.
#[diagnostic::on_unimplemented(
    message = "this pipeline replies with `{R}`, but `{Self}` comes out of its last stage",
    label = "`{Self}` comes out here",
    note = "end it with a stage that makes the reply, such as `map(|item| …)`, or write `{Self}` behind `->`"
)]
pub trait ReplyOf<R>: Item {}

impl<R: Item> ReplyOf<R> for R {}

/// Takes what comes out of a pipeline that is called, and replies with it.
pub(crate) struct Answer;

impl<T: Item> Emit<T> for Answer {
    #[inline]
    fn emit(&mut self, item: T::View<'_>, cx: &mut Context) {
        if cx.token().reply(|| T::keep(item)) == Replied::Again {
            cx.services().lost.replies.add(1);
        }
    }
}
