//! `tag`, `untag`, `tagged_all`, `tagged_any`: what tags an event has.

use crate::chain::context::Context;
use crate::chain::flow::{Flow, Pipe};
use crate::chain::stage::{Emit, Stage};
use crate::chain::then::Then;
use crate::model::event::change::TagChange;
use crate::model::event::{Event, TagList, TagSet};
use crate::model::item::{IsEvent, Item};

macro_rules! tag_stages {
    ($($(#[$doc:meta])* $name:ident $stage:ident holds $holds:ty: $make:path, passes all: $passes_all:literal |$self:ident, $event:ident, $cx:ident, $out:ident| $body:expr;)*) => {$(
        $(#[$doc])*
        pub fn $name<I: Item, E: IsEvent, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(
            flow: F,
            tags: impl TagList,
        ) -> Pipe<I, Then<S, $stage>> {
            flow.into_pipe().then($stage { holds: $make(TagSet::new(tags)).into() })
        }

        #[doc = concat!("The stage of [`", stringify!($name), "`].")]
        #[derive(Clone, Debug)]
        pub struct $stage {
            /// Shared, because `by` copies its block for every key.
            holds: std::sync::Arc<$holds>,
        }

        impl<I: Item> Stage<I> for $stage {
            type Out = Event;

            const PASSES_ALL: bool = $passes_all;

            #[inline]
            fn item(&mut $self, item: I::View<'_>, $cx: &mut Context, $out: &mut impl Emit<Event>) {
                if let Some($event) = I::as_event(item) {
                    $body
                }
            }
        }
    )*};
}

tag_stages! {
    /// Adds one tag or several: `tag("x")`, `tag(["x", "y"])`; new tags come first, and none twice.
    ///
    /// Takes and emits events, holds nothing.
    ///
    /// ```
    /// # use fastts_core::{testing, Event};
    /// # fastts_core::router! { pub fn example; pipeline "example" { tag(["x", "y"]); fastts_core::testing::tap } }
    /// let out: Vec<Event> = testing::outputs(example(), [Event::new().with_tags(["y", "z"])]);
    /// assert_eq!(out, [Event::new().with_tags(["x", "y", "z"])]);
    /// ```
    ///
    /// # Differs from Riemann
    /// Tags that the sender repeated stay repeated.
    tag Tag holds TagChange: TagChange::add, passes all: true |self, event, cx, out| {
        event.tagged_with(&self.holds, |event| out.emit(event, cx));
    };

    /// Removes one tag or several.
    ///
    /// Takes and emits events, holds nothing.
    ///
    /// ```
    /// # use fastts_core::{testing, Event};
    /// # fastts_core::router! { pub fn example; pipeline "example" { untag(["x", "z"]); fastts_core::testing::tap } }
    /// let out: Vec<Event> = testing::outputs(example(), [Event::new().with_tags(["x", "y"]), Event::new()]);
    /// assert_eq!(out, [Event::new().with_tags("y"), Event::new()]);
    /// ```
    untag Untag holds TagChange: TagChange::remove, passes all: true |self, event, cx, out| {
        event.retagged(&self.holds, |event| out.emit(event, cx));
    };

    /// Passes on events that have all of the tags.
    ///
    /// Takes and emits events, holds nothing.
    ///
    /// ```
    /// # use fastts_core::{testing, Event};
    /// # fastts_core::router! { pub fn example; pipeline "example" { tagged_all(["x", "y"]); fastts_core::testing::tap } }
    /// let event = |tags: &[&str]| Event::new().with_tags(tags);
    /// let out: Vec<Event> = testing::outputs(example(), [event(&["y", "z", "x"]), event(&["x"]), event(&[])]);
    /// assert_eq!(out, [event(&["y", "z", "x"])]);
    /// ```
    tagged_all TaggedAll holds TagSet: std::convert::identity, passes all: false |self, event, cx, out| if event.tagged_all(&self.holds) {
        out.emit(event, cx);
    };

    /// Passes on events that have at least one of the tags.
    ///
    /// Takes and emits events, holds nothing.
    ///
    /// ```
    /// # use fastts_core::{testing, Event};
    /// # fastts_core::router! { pub fn example; pipeline "example" { tagged_any(["x", "y"]); fastts_core::testing::tap } }
    /// let event = |tags: &[&str]| Event::new().with_tags(tags);
    /// let out: Vec<Event> = testing::outputs(example(), [event(&["y", "z"]), event(&["z"]), event(&[])]);
    /// assert_eq!(out, [event(&["y", "z"])]);
    /// ```
    tagged_any TaggedAny holds TagSet: std::convert::identity, passes all: false |self, event, cx, out| if event.tagged_any(&self.holds) {
        out.emit(event, cx);
    };
}
