//! `moving_event_window`, `fixed_event_window`: so many events at a time.

use crate::chain::context::Context;
use crate::chain::flow::{Flow, Pipe};
use crate::chain::stage::{Emit, Stage};
use crate::chain::then::Then;
use crate::model::arguments::Count;
use crate::model::item::{IsEvent, Item};
use crate::model::window::Window;

/// Emits, for every event, the window of the last `n` events, fewer at the beginning.
///
/// Takes events, emits windows, holds `n` events, which a restart forgets. Never emits by time.
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" { moving_event_window(2); map(|window| window.len()); fastts_core::testing::tap } }
/// let out: Vec<usize> = testing::outputs(example(), [Event::new(), Event::new(), Event::new()]);
/// assert_eq!(out, [1, 2, 2]);
/// ```
#[track_caller]
pub fn moving_event_window<I: Item, E: IsEvent, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(
    flow: F,
    n: impl Count,
) -> Pipe<I, Then<S, EventWindow>> {
    flow.into_pipe().then(EventWindow { n: n.count(), kind: Kind::Moving, window: Window::new() })
}

/// Emits a window whenever `n` events have come, and starts over.
///
/// Takes events, emits windows, holds up to `n` events, which a restart forgets. Never emits by time: a window that is not
/// full is never emitted, not even at a drain.
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" { fixed_event_window(2); map(|window| window.len()); fastts_core::testing::tap } }
/// let out: Vec<usize> = testing::outputs(example(), [Event::new(), Event::new(), Event::new()]);
/// assert_eq!(out, [2]);
/// ```
#[track_caller]
pub fn fixed_event_window<I: Item, E: IsEvent, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(
    flow: F,
    n: impl Count,
) -> Pipe<I, Then<S, EventWindow>> {
    flow.into_pipe().then(EventWindow { n: n.count(), kind: Kind::Fixed, window: Window::new() })
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Moving,
    Fixed,
}

/// The stage of [`moving_event_window`] and [`fixed_event_window`].
#[derive(Clone, Debug)]
pub struct EventWindow {
    n: usize,
    kind: Kind,
    window: Window,
}

impl<I: Item> Stage<I> for EventWindow {
    type Out = Window;

    fn held(&self) -> usize {
        self.window.held()
    }

    #[inline]
    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<Window>) {
        let Some(event) = I::as_event(item) else { return };
        if self.window.len() == self.n {
            match self.kind {
                Kind::Moving => self.window.pop_front(),
                Kind::Fixed => self.window.clear(),
            }
        }
        self.window.push(event);
        if self.kind == Kind::Moving || self.window.len() == self.n {
            out.emit(&self.window, cx);
        }
    }
}
