//! `serve`: a server with a state.

use crate::chain::context::Context;
use crate::chain::flow::{Flow, Pipe};
use crate::chain::stage::{Emit, Stage};
use crate::chain::then::Then;
use crate::chain::wiring::Wiring;
use crate::model::item::Item;

/// Replies to every request with what `reply` makes of it and of a state, which it may change: `serve(0, |total, n| { *total += n; *total })`.
///
/// Takes items of any type, emits items of the closure's type, one for each at once, and holds the state. In a pipeline that is called this
/// is a server as Erlang's `gen_server` is one: requests come one by one, and nobody else sees the state. A restart begins with the state
/// as it is written, evaluated anew; in a block of `by` every key has a state of its own, which is `Clone` for that.
///
/// ```
/// use fastts_core::prelude::*;
/// use fastts_core::testing::Driver;
///
/// router! { pipeline "total": u64 -> u64 { serve(0, |total, n| { *total += n; *total }) } }
///
/// let mut driver = Driver::new(router());
/// assert_eq!(driver.call::<u64, u64>("total", 40), Ok(40));
/// assert_eq!(driver.call::<u64, u64>("total", 2), Ok(42));
/// ```
pub fn serve<I: Item, E: Item, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>, T: Clone + Send + 'static, R: Item, P>(
    flow: F,
    state: T,
    reply: P,
) -> Pipe<I, Then<S, Serve<T, P>>>
where
    P: for<'a> FnMut(&mut T, E::View<'a>) -> R + Send,
    P: Clone, // `by` copies it for every key: share what is not `Clone` with an `Arc`
{
    flow.into_pipe().then(Serve { state, reply })
}

/// The stage of [`serve`].
#[derive(Clone, Debug)]
pub struct Serve<T, P> {
    state: T,
    reply: P,
}

impl<I: Item, T: Clone + Send + 'static, R: Item, P: for<'a> FnMut(&mut T, I::View<'a>) -> R + Clone + Send + 'static> Stage<I>
    for Serve<T, P>
{
    type Out = R;

    const WIRING: Wiring<I, Serve<T, P>> = Wiring::alone().passes_all();

    #[inline]
    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<R>) {
        let reply = (self.reply)(&mut self.state, item);
        out.emit(reply.view(), cx);
    }
}
