//! `publish`: feeds other pipelines.

use crate::chain::context::Context;
use crate::chain::flow::{Flow, Pipe};
use crate::chain::publisher::Publisher;
use crate::chain::stage::{Emit, Stage};
use crate::chain::then::Then;
use crate::chain::wiring::Wiring;
use crate::model::item::Item;
use crate::topics::{PublishedAs, Topic};

/// Publishes every item on a topic, `publish("orders")`, and passes it on.
///
/// Takes and emits items of any type, holds nothing. Every pipeline that is written `from subscribe("orders")` gets a copy of each
/// item, in order, as if a source had delivered it there: its overflow policy and its back-pressure hold, and a source is not
/// answered before the subscribers have accepted what came of what it sent. What nobody subscribes to is not even copied. A topic
/// carries what its subscribers take, which the compiler holds against what is published.
///
/// ```
/// use fastts_core::prelude::*;
/// use fastts_core::{event, testing::Driver};
///
/// router! {
///     pipeline "all" { where(metric > 100); publish("high") }
///     pipeline "high" from subscribe("high") { tap("high"); stdout }
/// }
///
/// let mut driver = Driver::new(router());
/// driver.inject_all([event! { time: 1, metric: 20 }, event! { time: 2, metric: 130 }]);
/// driver.assert_tapped("high", [(2, event! { time: 2, metric: 130 })]);
/// ```
pub fn publish<I: Item, E: PublishedAs<T>, T, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(
    flow: F,
    topic: Topic<T>,
) -> Pipe<I, Then<S, Publish<E>>> {
    flow.into_pipe().then(Publish { publisher: Publisher::new(topic.carrying()) })
}

/// The stage of [`publish`].
#[derive(Debug)]
pub struct Publish<E> {
    publisher: Publisher<E>,
}

impl<E> Clone for Publish<E> {
    fn clone(&self) -> Publish<E> {
        Publish { publisher: self.publisher.clone() }
    }
}

impl<E: Item> Stage<E> for Publish<E> {
    type Out = E;

    const WIRING: Wiring<E, Publish<E>> = Wiring::alone().passes_all();

    fn start(&mut self, cx: &mut Context) {
        self.publisher.start(cx);
    }

    #[inline]
    fn item(&mut self, item: E::View<'_>, cx: &mut Context, out: &mut impl Emit<E>) {
        self.publisher.publish(item, cx);
        out.emit(item, cx);
    }
}
