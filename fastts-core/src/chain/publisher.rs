//! The end of a topic that a stage has.

use std::any::{TypeId, type_name};
use std::cell::RefCell;
use std::sync::Arc;

use crate::chain::context::Context;
use crate::model::item::Item;
use crate::topics::{Announced, Topic};

thread_local! {
    static ANNOUNCED: RefCell<Vec<Announced>> = const { RefCell::new(Vec::new()) };
}

/// Builds a chain; returns with it the topics that its stages were made for, those inside blocks included.
pub(crate) fn announced<R>(build: impl FnOnce() -> R) -> (R, Vec<Announced>) {
    /// Puts back what an outer build has found, also when the inner one panics.
    struct Outer(Vec<Announced>);
    impl Drop for Outer {
        fn drop(&mut self) {
            ANNOUNCED.replace(std::mem::take(&mut self.0));
        }
    }
    let outer = Outer(ANNOUNCED.take());
    let built = build();
    let found = ANNOUNCED.take();
    drop(outer);
    (built, found)
}

/// The end of a topic that a stage has: copies items into the outbox of its chain.
#[derive(Debug)]
pub(crate) struct Publisher<T> {
    topic: Topic<T>,
    /// Its place in the outbox.
    slot: Option<usize>,
}

impl<T: Item> Publisher<T> {
    /// Makes one; to be called while the chain is built, so that where its items go is known before anything runs.
    pub(crate) fn new(topic: Topic<T>) -> Publisher<T> {
        let announced = Announced { topic: Arc::clone(&topic.name), item: TypeId::of::<T>(), named: type_name::<T>() };
        ANNOUNCED.with_borrow_mut(|all| {
            if !all.contains(&announced) {
                all.push(announced);
            }
        });
        Publisher { topic, slot: None }
    }

    /// Finds its place in the outbox; to be called when the stage comes to life.
    pub(crate) fn start(&mut self, cx: &mut Context) {
        let (outbox, topics) = cx.outbox();
        self.slot = Some(outbox.open::<T>(&self.topic, topics));
    }

    /// Publishes an item: copies it into the outbox, if anybody subscribes.
    #[inline]
    pub(crate) fn publish(&mut self, item: T::View<'_>, cx: &mut Context) {
        if self.slot.is_none() {
            self.start(cx);
        }
        if let Some(slot) = self.slot {
            cx.publish::<T>(slot, item);
        }
    }
}

impl<T> Clone for Publisher<T> {
    /// Makes one for another copy of the chain, which has not come to life.
    fn clone(&self) -> Publisher<T> {
        Publisher { topic: self.topic.clone(), slot: None }
    }
}
