//! `index`, `delete_from_index`: what the router knows last of every host and service.

use crate::chain::context::Context;
use crate::chain::flow::{Flow, Pipe};
use crate::chain::publisher::Publisher;
use crate::chain::stage::{Emit, Stage};
use crate::chain::then::Then;
use crate::chain::wiring::Wiring;
use crate::model::event::{Event, EventView};
use crate::model::item::{IsEvent, Item};
use crate::model::key::{Key, WritesKey};
use crate::topics::{INDEX, Topic};

/// Puts every event into the router's index, in the place of the last one of its host and service, and passes it on.
///
/// Takes and emits events, one for one; holds nothing itself: the [`Index`](crate::index::Index) is one for all pipelines of the
/// router, and outlives their restarts. Queries are answered from it. An event of the state `expired` removes the entry instead.
/// One that comes with its ttl run out has it from then on, and ten seconds at least. When the ttl of an entry runs out, it is removed,
/// and an event with its host and service, the state `expired` and the time goes through every pipeline that takes events: this one
/// too, and the stage passes it on as any other. An entry without a ttl stays until it is replaced or deleted, unless the index has a default. An index that is full
/// ([`IndexOptions::limit`](crate::index::IndexOptions), five million entries) leaves out events of other hosts and services. Every
/// event that is put into the index, and every one that expires in it, is also published on the topic "index".
///
/// ```
/// use fastts_core::prelude::*;
/// use fastts_core::{event, testing::Driver};
///
/// router! { pipeline "example" { index; where(expired); tap("gone") } }
///
/// let mut driver = Driver::new(router());
/// driver.inject(event! { host: "web1", service: "cpu", metric: 0.5, ttl: 10 });
/// assert_eq!(driver.index().get(Some("web1"), Some("cpu")).unwrap().metric(), 0.5);
/// driver.inject(event! { host: "web1", service: "cpu", state: "expired" });
/// assert!(driver.index().is_empty());
/// assert_eq!(driver.tapped::<Event>("gone").len(), 1);
/// ```
///
/// # Differs from Riemann
/// Without a ttl an entry never expires; Riemann takes 60 seconds. Entries expire when their time has come, not every ten
/// seconds.
pub fn index<I: Item, E: IsEvent, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(flow: F) -> Pipe<I, Then<S, Index>> {
    flow.into_pipe().then(Index { publisher: Publisher::new(Topic::new(INDEX)) })
}

/// The stage of [`index`].
#[derive(Clone, Debug)]
pub struct Index {
    publisher: Publisher<Event>,
}

impl<I: Item> Stage<I> for Index {
    type Out = Event;

    const WIRING: Wiring<I, Index> = Wiring::alone().passes_all();

    fn start(&mut self, cx: &mut Context) {
        self.publisher.start(cx);
    }

    #[inline]
    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<Event>) {
        if let Some(event) = I::as_event(item) {
            if cx.index().insert_happened(event, event.time().map(|_| cx.time_of(event)), cx.wall()) {
                self.publisher.publish(event, cx);
            }
            out.emit(event, cx);
        }
    }
}

/// Deletes from the router's index the entries whose fields are those of the event, and passes the event on:
/// `delete_from_index(state)`; without fields the entry of its host and service.
///
/// Takes and emits events, one for one, holds nothing. Nobody is told of what is deleted: to have it expire, put an event with
/// the state `expired` into the index. A missing field is a value like any other, numbers compare by value. With fields it looks
/// at every entry of the index, so let few events come to it.
///
/// ```
/// use fastts_core::prelude::*;
/// use fastts_core::{event, testing::Driver};
///
/// router! { pipeline "example" { split { tagged("gone") => delete_from_index(host), _ => index } } }
///
/// let mut driver = Driver::new(router());
/// driver.inject_all([event! { host: "a", service: "cpu" }, event! { host: "a", service: "disk" }, event! { host: "b" }]);
/// driver.inject(event! { host: "a", tags: "gone" });
/// assert_eq!(driver.index().len(), 1);
/// ```
pub fn delete_from_index<I: Item, E: IsEvent, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>, K>(
    flow: F,
    key: K,
) -> Pipe<I, Then<S, DeleteFromIndex<K>>>
where
    K: for<'a> FnMut(EventView<'a>, &mut Key) + Clone + Send,
{
    flow.into_pipe().then(DeleteFromIndex { key, own: Key::default(), other: Key::default() })
}

/// The stage of [`delete_from_index`].
#[derive(Clone, Debug)]
pub struct DeleteFromIndex<K> {
    key: K,
    own: Key,
    other: Key,
}

impl<I: Item, K: WritesKey<Event> + Clone + Send> Stage<I> for DeleteFromIndex<K> {
    type Out = Event;

    const WIRING: Wiring<I, DeleteFromIndex<K>> = Wiring::alone().passes_all();

    #[inline]
    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<Event>) {
        let Some(event) = I::as_event(item) else { return };
        let DeleteFromIndex { key, own, other } = self;
        own.clear();
        key.write(event, own);
        cx.index().remove_where(|entry| {
            other.clear();
            key.write(entry, other);
            own == other
        });
        out.emit(event, cx);
    }
}

/// Deletes the entry of the event's host and service; `delete_from_index` in a router, otherwise as [`delete_from_index`].
///
/// ```
/// use fastts_core::prelude::*;
/// use fastts_core::{event, testing::Driver};
///
/// router! { pipeline "example" { index; where(metric == 0); delete_from_index } }
///
/// let mut driver = Driver::new(router());
/// driver.inject_all([event! { host: "a", metric: 1 }, event! { host: "b", metric: 0 }]);
/// assert_eq!(driver.index().len(), 1);
/// ```
pub fn delete_entry_from_index<I: Item, E: IsEvent, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(
    flow: F,
) -> Pipe<I, Then<S, DeleteEntryFromIndex>> {
    flow.into_pipe().then(DeleteEntryFromIndex)
}

/// The stage of [`delete_entry_from_index`].
#[derive(Clone, Copy, Debug)]
pub struct DeleteEntryFromIndex;

impl<I: Item> Stage<I> for DeleteEntryFromIndex {
    type Out = Event;

    const WIRING: Wiring<I, DeleteEntryFromIndex> = Wiring::alone().passes_all();

    #[inline]
    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<Event>) {
        if let Some(event) = I::as_event(item) {
            cx.index().remove(event.host(), event.service());
            out.emit(event, cx);
        }
    }
}
