//! `changed_state`: what differs from before, for each host and service.

use super::by::By;
use super::changed::{Changed, LastKey};
use crate::chain::context::Context;
use crate::chain::flow::{Flow, Pipe};
use crate::chain::stage::{Emit, Stage};
use crate::chain::then::{Start, Then};
use crate::chain::watch;
use crate::chain::wiring::Wiring;
use crate::model::arguments::{Count, Interval};
use crate::model::event::{Event, EventView};
use crate::model::item::{IsEvent, Item};
use crate::model::key::{Key, KeyPart};
use crate::model::time::Time;

/// Passes on an event when its state differs from that of the event before of the same host and service:
/// `changed_state(init = "ok")`, `changed_state(init = "ok") { stable(60s, state); stdout }`.
///
/// Takes and emits events; holds a state per host and service, as `by(host, service) { changed(state) }` does, and forgets a
/// key that was idle for an hour. A restart forgets all. A missing field is a value like any other.
///
/// With a block, every host and service has a copy of the block, and what those emit goes on; it is
/// `by(host, service) { changed(state); … }`, with the options `idle` and `limit` of `by`. Without a block the events of all hosts
/// and services go on as one series, so what compares, counts or delays them belongs into the block.
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" { changed_state(init = "ok"); fastts_core::testing::tap } }
/// let event = |host, state| Event::new().with_host(host).with_state(state);
/// let out: Vec<Event> = testing::outputs(example(), [event("a", "ok"), event("b", "bad"), event("b", "bad"), event("b", "ok")]);
/// assert_eq!(out, [event("b", "bad"), event("b", "ok")]);
/// ```
///
/// # Differs from Riemann
/// Hosts and services that are silent for an hour are forgotten, and begin anew. What follows without a block is one series; there
/// it is always a copy per host and service, as here the block is.
pub fn changed_state<I: Item, E: IsEvent, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(
    flow: F,
) -> Pipe<I, Then<S, ChangedState>> {
    flow.into_pipe().then(ChangedState { by: By::new(HOST_AND_SERVICE, Changed::new(STATE)) })
}

/// Gives events whose state has changed to a block for each host and service; `changed_state { … }` in a router,
/// otherwise as [`changed_state`].
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" { changed_state(init = "ok") { runs(2, service); fastts_core::testing::tap } } }
/// let event = |host, state| Event::new().with_host(host).with_state(state);
/// let out: Vec<Event> = testing::outputs(example(), [event("a", "bad"), event("b", "bad"), event("a", "ok")]);
/// assert_eq!(out, [event("a", "ok")]);
/// ```
pub fn changed_state_each<I: Item, E: IsEvent, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>, T: Flow<In = Event>>(
    flow: F,
    block: impl FnOnce(Pipe<Event, Start>) -> T,
) -> Pipe<I, Then<S, ChangedStateEach<T::Stage>>> {
    let (block, marks) = block(Pipe::start()).into_pipe().into_parts();
    let by = By::new(HOST_AND_SERVICE, OnChange { last: LastKey::missing(), block });
    flow.into_pipe().then_holding(ChangedStateEach { by }, [marks])
}

/// A function that writes the key of an event.
type EventKey = fn(EventView<'_>, &mut Key);

const HOST_AND_SERVICE: EventKey = |event, key| {
    key.part(event.host());
    key.part(event.service());
};
const STATE: EventKey = |event, key| key.part(event.state());

/// The stage of [`changed_state`].
#[derive(Clone, Debug)]
pub struct ChangedState {
    by: By<EventKey, Changed<EventKey>>,
}

impl ChangedState {
    /// Sets the state that every host and service has before its first event.
    pub fn init(mut self, before: impl KeyPart) -> ChangedState {
        self.by.block_mut().last_mut().set(before);
        self
    }
}

impl<I: Item> Stage<I> for ChangedState {
    type Out = Event;

    fn held(&self) -> usize {
        <By<EventKey, Changed<EventKey>> as Stage<Event>>::held(&self.by)
    }

    fn start(&mut self, cx: &mut Context) {
        Stage::<Event>::start(&mut self.by, cx);
    }

    #[inline]
    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<Event>) {
        if let Some(event) = I::as_event(item) {
            Stage::<Event>::item(&mut self.by, event, cx, out);
        }
    }

    #[inline]
    fn deadline(&self) -> Option<Time> {
        Stage::<Event>::deadline(&self.by)
    }

    fn tick(&mut self, cx: &mut Context, out: &mut impl Emit<Event>) {
        Stage::<Event>::tick(&mut self.by, cx, out);
    }
}

/// The stage of [`changed_state_each`].
#[derive(Clone, Debug)]
pub struct ChangedStateEach<B> {
    by: By<EventKey, OnChange<B>>,
}

impl<B> ChangedStateEach<B> {
    /// Sets the state that every host and service has before its first event.
    pub fn init(mut self, before: impl KeyPart) -> ChangedStateEach<B> {
        self.by.block_mut().last.set(before);
        self
    }

    /// Sets after which time without an event a host and service is freed.
    pub fn idle(self, idle: impl Interval) -> ChangedStateEach<B> {
        ChangedStateEach { by: self.by.idle(idle) }
    }

    /// Sets how many hosts and services there may be; at most 2³⁰.
    pub fn limit(self, limit: impl Count) -> ChangedStateEach<B> {
        ChangedStateEach { by: self.by.limit(limit) }
    }
}

impl<I: Item, B: Stage<Event>> Stage<I> for ChangedStateEach<B> {
    type Out = B::Out;

    fn held(&self) -> usize {
        <By<EventKey, OnChange<B>> as Stage<Event>>::held(&self.by)
    }

    fn start(&mut self, cx: &mut Context) {
        Stage::<Event>::start(&mut self.by, cx);
    }

    #[inline]
    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<B::Out>) {
        if let Some(event) = I::as_event(item) {
            Stage::<Event>::item(&mut self.by, event, cx, out);
        }
    }

    #[inline]
    fn deadline(&self) -> Option<Time> {
        Stage::<Event>::deadline(&self.by)
    }

    fn tick(&mut self, cx: &mut Context, out: &mut impl Emit<B::Out>) {
        Stage::<Event>::tick(&mut self.by, cx, out);
    }

    fn finish(&mut self, cx: &mut Context, out: &mut impl Emit<B::Out>) {
        Stage::<Event>::finish(&mut self.by, cx, out);
    }

    const WIRING: Wiring<I, ChangedStateEach<B>> = Wiring::alone().holding(
        || vec![watch::outline::<Event, B>()],
        |stage, item, cx, out| {
            if let Some(event) = I::as_event(item) {
                (<By<EventKey, OnChange<B>> as Stage<Event>>::WIRING.watch)(&mut stage.by, event, cx, out);
            }
        },
    );
}

/// A block, and before it what lets only changes of the state in. To whoever watches it is the block alone.
#[derive(Clone, Debug)]
pub(super) struct OnChange<B> {
    last: LastKey,
    block: B,
}

impl<B: Stage<Event>> Stage<Event> for OnChange<B> {
    type Out = B::Out;

    fn held(&self) -> usize {
        self.last.held() + self.block.held()
    }

    fn start(&mut self, cx: &mut Context) {
        self.block.start(cx);
    }

    #[inline]
    fn item(&mut self, event: EventView<'_>, cx: &mut Context, out: &mut impl Emit<B::Out>) {
        if self.last.changes(|key| key.part(event.state())) {
            self.block.item(event, cx, out);
        }
    }

    #[inline]
    fn deadline(&self) -> Option<Time> {
        self.block.deadline()
    }

    #[inline]
    fn tick(&mut self, cx: &mut Context, out: &mut impl Emit<B::Out>) {
        self.block.tick(cx, out);
    }

    #[inline]
    fn finish(&mut self, cx: &mut Context, out: &mut impl Emit<B::Out>) {
        self.block.finish(cx, out);
    }

    const WIRING: Wiring<Event, OnChange<B>> = Wiring {
        length: B::WIRING.length,
        prefetch: |stage| (B::WIRING.prefetch)(&mut stage.block),
        watch: |stage, event, cx, out| {
            if stage.last.changes(|key| key.part(event.state())) {
                (B::WIRING.watch)(&mut stage.block, event, cx, out);
            }
        },
        ..Wiring::alone()
    };
}
