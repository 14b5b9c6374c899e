//! `tag`, `untag`, `tagged_all`, `tagged_any`: what tags an event has.

use std::sync::Arc;

use crate::chain::context::Context;
use crate::chain::flow::{Flow, Pipe};
use crate::chain::stage::{Emit, Stage};
use crate::chain::then::Then;
use crate::chain::wiring::Wiring;
use crate::model::event::change::TagChange;
use crate::model::event::{Event, TagList, TagSet};
use crate::model::item::{IsEvent, Item};

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
pub fn tag<I: Item, E: IsEvent, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(
    flow: F,
    tags: impl TagList,
) -> Pipe<I, Then<S, Tag>> {
    flow.into_pipe().then(Tag { change: Arc::new(TagChange::add(TagSet::new(tags))) })
}

/// The stage of [`tag`].
#[derive(Clone, Debug)]
pub struct Tag {
    /// Shared, because `by` copies its block for every key.
    change: Arc<TagChange>,
}

impl<I: Item> Stage<I> for Tag {
    type Out = Event;

    const WIRING: Wiring<I, Tag> = Wiring::alone().passes_all();

    #[inline]
    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<Event>) {
        if let Some(event) = I::as_event(item) {
            event.tagged_with(&self.change, |event| out.emit(event, cx));
        }
    }
}

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
pub fn untag<I: Item, E: IsEvent, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(
    flow: F,
    tags: impl TagList,
) -> Pipe<I, Then<S, Untag>> {
    flow.into_pipe().then(Untag { change: Arc::new(TagChange::remove(TagSet::new(tags))) })
}

/// The stage of [`untag`].
#[derive(Clone, Debug)]
pub struct Untag {
    /// Shared, because `by` copies its block for every key.
    change: Arc<TagChange>,
}

impl<I: Item> Stage<I> for Untag {
    type Out = Event;

    const WIRING: Wiring<I, Untag> = Wiring::alone().passes_all();

    #[inline]
    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<Event>) {
        if let Some(event) = I::as_event(item) {
            event.retagged(&self.change, |event| out.emit(event, cx));
        }
    }
}

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
pub fn tagged_all<I: Item, E: IsEvent, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(
    flow: F,
    tags: impl TagList,
) -> Pipe<I, Then<S, TaggedAll>> {
    flow.into_pipe().then(TaggedAll { tags: Arc::new(TagSet::new(tags)) })
}

/// The stage of [`tagged_all`].
#[derive(Clone, Debug)]
pub struct TaggedAll {
    /// Shared, because `by` copies its block for every key.
    tags: Arc<TagSet>,
}

impl<I: Item> Stage<I> for TaggedAll {
    type Out = Event;

    #[inline]
    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<Event>) {
        if let Some(event) = I::as_event(item)
            && event.tagged_all(&self.tags)
        {
            out.emit(event, cx);
        }
    }
}

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
pub fn tagged_any<I: Item, E: IsEvent, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(
    flow: F,
    tags: impl TagList,
) -> Pipe<I, Then<S, TaggedAny>> {
    flow.into_pipe().then(TaggedAny { tags: Arc::new(TagSet::new(tags)) })
}

/// The stage of [`tagged_any`].
#[derive(Clone, Debug)]
pub struct TaggedAny {
    /// Shared, because `by` copies its block for every key.
    tags: Arc<TagSet>,
}

impl<I: Item> Stage<I> for TaggedAny {
    type Out = Event;

    #[inline]
    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<Event>) {
        if let Some(event) = I::as_event(item)
            && event.tagged_any(&self.tags)
        {
            out.emit(event, cx);
        }
    }
}
