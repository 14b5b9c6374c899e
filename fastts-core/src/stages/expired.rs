//! `expired`, `not_expired`: whether an event still holds.

use crate::event::Event;
use crate::flow::{Flow, Pipe};
use crate::item::{IsEvent, Item};
use crate::stage::{Context, Emit, Stage, Then};

/// Passes on expired events: those whose state is `expired`, and those whose ttl has run out.
///
/// Takes and emits events, holds nothing. The ttl of an event runs from its own time and has run out when more than that has
/// passed on the clock. Without a time or a ttl it never does.
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
            && event.is_expired(cx.now) == (self.0 == Keep::Expired)
        {
            out.emit(event, cx);
        }
    }
}
