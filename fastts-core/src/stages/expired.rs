//! `expired`, `not_expired`, `expire`: whether an event still holds.

use crate::chain::context::Context;
use crate::chain::flow::{Flow, Pipe};
use crate::chain::stage::{Emit, Stage};
use crate::chain::then::Then;
use crate::chain::wiring::Wiring;
use crate::model::event::{Event, change};
use crate::model::item::{IsEvent, Item};

/// Passes on expired events: those whose state is `expired`, and those whose ttl has run out.
///
/// Takes and emits events, holds nothing. The ttl of an event runs from its own time and has run out when more than that has
/// passed on the clock. Without a time or a ttl it never does. This is the one rule of expiry, and every stage keeps to it.
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" { expired; fastts_core::testing::tap } }
/// let event = |seconds: i64| Event::new().with_time(seconds).with_ttl(10);
/// let out: Vec<Event> = testing::outputs(example(), [event(0), event(20), event(5), event(20).with_state("expired")]);
/// assert_eq!(out, [event(5), event(20).with_state("expired")]);
/// ```
///
/// # Differs from Riemann
/// An event without a ttl never runs out; Riemann takes 60 seconds. Put `default(ttl = 60s)` before it for that.
pub fn expired<I: Item, E: IsEvent, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(flow: F) -> Pipe<I, Then<S, Expired>> {
    flow.into_pipe().then(Expired(Keep::Expired))
}

/// Passes on events that are not [`expired`].
///
/// Takes and emits events, holds nothing.
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" { not_expired; fastts_core::testing::tap } }
/// let event = |seconds: i64| Event::new().with_time(seconds).with_ttl(10);
/// let out: Vec<Event> = testing::outputs(example(), [event(0), event(20), event(5)]);
/// assert_eq!(out, [event(0), event(20)]);
/// ```
///
/// # Differs from Riemann
/// As [`expired`] does.
pub fn not_expired<I: Item, E: IsEvent, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(flow: F) -> Pipe<I, Then<S, Expired>> {
    flow.into_pipe().then(Expired(Keep::Live))
}

/// The stage of [`expired`] and [`not_expired`].
#[derive(Clone, Copy, Debug)]
pub struct Expired(Keep);

#[derive(Clone, Copy, Debug, PartialEq)]
enum Keep {
    Expired,
    Live,
}

impl<I: Item> Stage<I> for Expired {
    type Out = Event;

    #[inline]
    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<Event>) {
        if let Some(event) = I::as_event(item)
            && event.is_expired(cx.wall()) == (self.0 == Keep::Expired)
        {
            out.emit(event, cx);
        }
    }
}

/// Makes of every event one that says that it no longer holds.
///
/// Takes and emits events, one for one, holds nothing, emits nothing by time. Host and service stay, the state becomes
/// `expired`, the time is now, and all else is gone. Expired events are treated like any other.
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" { expire; fastts_core::testing::tap } }
/// let out: Vec<Event> = testing::outputs(example(), [Event::new().with_host("a").with_time(7).with_metric(3).with_tags("x")]);
/// assert_eq!(out, [Event::new().with_host("a").with_time(7).with_state("expired")]);
/// ```
pub fn expire<I: Item, E: IsEvent, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(flow: F) -> Pipe<I, Then<S, Expire>> {
    flow.into_pipe().then(Expire { empty: Event::new() })
}

/// The stage of [`expire`].
#[derive(Clone, Debug)]
pub struct Expire {
    /// What the few fields are laid over.
    empty: Event,
}

impl<I: Item> Stage<I> for Expire {
    type Out = Event;

    const WIRING: Wiring<I, Expire> = Wiring::alone().passes_all();

    #[inline]
    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<Event>) {
        let Some(event) = I::as_event(item) else { return };
        let changes = [change::host(event.host()), change::service(event.service()), change::state("expired"), change::time(cx.wall())];
        self.empty.view().changed(&changes, |event| out.emit(event, cx));
    }
}
