//! What a chain has published and nobody has taken yet.

use std::any::Any;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use super::channel::Watch;
use super::{Channel, Topic, Topics};
use crate::model::any_batch::{AnyBatch, SharedBatch};
use crate::model::delivery::Delivery;
use crate::model::item::Item;
use crate::model::runs::Runs;
use crate::model::time::Time;
use crate::model::token::Token;

/// What a chain has published while it ran, in order, a slot for each topic.
///
/// Whoever runs the chain empties it when the chain has come back. The memory stays.
#[derive(Default)]
pub(crate) struct Outbox {
    slots: Vec<Slot>,
    /// Whether there is anything in it.
    full: bool,
}

/// What was published on one topic.
struct Slot {
    topic: Arc<str>,
    channel: Arc<Channel>,
    /// Pipelines subscribe to it.
    piped: bool,
    /// How many items were not copied, as all who subscribe from outside are passed over.
    passed_over: u64,
    parcel: Box<dyn Parcel>,
}

impl Outbox {
    /// Returns the slot of a topic.
    pub(crate) fn open<T: Item>(&mut self, topic: &Topic<T>, topics: &Topics) -> usize {
        let known = |slot: &Slot| *slot.topic == *topic.name && (&*slot.parcel as &dyn Any).is::<Items<T>>();
        if let Some(index) = self.slots.iter().position(known) {
            return index;
        }
        let channel = topics.channel(&topic.name);
        channel.carry::<T>();
        let parcel =
            Box::new(Items::<T> { delivery: Delivery::new(T::collect(Vec::new()), Runs::none()), len: 0, marks: Vec::new(), spare: None });
        self.slots.push(Slot { topic: Arc::clone(&topic.name), channel, piped: topics.is_piped(&topic.name), passed_over: 0, parcel });
        self.slots.len() - 1
    }

    /// Appends a copy of an item, if anybody wants it.
    #[inline]
    pub(crate) fn push<T: Item>(&mut self, slot: usize, item: T::View<'_>, now: Time) {
        let Some(slot) = self.slots.get_mut(slot) else { return };
        if !slot.piped {
            match slot.channel.watch() {
                Watch::Somebody => {}
                Watch::Nobody => return,
                Watch::PassedOver => {
                    slot.passed_over += 1;
                    self.full = true;
                    return;
                }
            }
        }
        // A slot is asked for by the type that is pushed: this always finds one.
        if let Some(items) = (&mut *slot.parcel as &mut dyn Any).downcast_mut::<Items<T>>() {
            items.push(item, now);
            self.full = true;
        }
    }

    /// Says which token the item travels with that was appended last. Subscribers from outside do not ask.
    pub(crate) fn mark(&mut self, slot: usize, token: &Token) {
        if let Some(slot) = self.slots.get_mut(slot).filter(|slot| slot.piped) {
            slot.parcel.mark(token);
        }
    }

    /// Returns whether anything was published.
    #[inline]
    pub(crate) fn is_full(&self) -> bool {
        self.full
    }

    /// Empties it: gives what was published on each topic to `take`, after those who subscribe to it from outside.
    pub(crate) fn empty(&mut self, mut take: impl FnMut(&str, &mut dyn Parcel)) {
        self.full = false;
        for slot in &mut self.slots {
            if slot.passed_over > 0 {
                slot.channel.pass_over(std::mem::take(&mut slot.passed_over));
            }
            if slot.parcel.len() == 0 {
                continue;
            }
            if slot.channel.wants(slot.parcel.items()) {
                slot.channel.hand_out(slot.parcel.share());
            }
            take(&slot.topic, &mut *slot.parcel);
            slot.parcel.clear();
        }
    }
}

impl fmt::Debug for Outbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.slots.iter().map(|slot| (&slot.topic, slot.parcel.len()))).finish()
    }
}

/// Items that were published on one topic, whatever their type.
pub(crate) trait Parcel: Any + Send {
    /// How many there are.
    fn len(&self) -> usize;
    /// The batch of them.
    fn items(&self) -> AnyBatch<'_>;
    /// The batch, shared with a mailbox.
    fn share(&mut self) -> SharedBatch;
    /// Those of the nth instant at which any were published.
    fn instant(&self, nth: usize) -> Option<(Time, Range<usize>)>;
    /// Says which token the last of them travels with.
    fn mark(&mut self, token: &Token);
    /// Forgets them.
    fn clear(&mut self);
}

struct Items<T: Item> {
    delivery: Delivery<T>,
    len: usize,
    /// From which place on what was published when.
    marks: Vec<(Time, usize)>,
    /// Memory that copying needs on the way.
    spare: Option<T>,
}

impl<T: Item> Items<T> {
    #[inline]
    fn push(&mut self, item: T::View<'_>, now: Time) {
        let Some((batch, _)) = self.delivery.own() else { return };
        if self.marks.last().is_none_or(|(time, _)| *time != now) {
            self.marks.push((now, self.len));
        }
        T::append(batch, item, &mut self.spare);
        self.len += 1;
    }
}

impl<T: Item> Parcel for Items<T> {
    fn len(&self) -> usize {
        self.len
    }

    fn items(&self) -> AnyBatch<'_> {
        self.delivery.get()
    }

    fn share(&mut self) -> SharedBatch {
        self.delivery.share()
    }

    fn instant(&self, nth: usize) -> Option<(Time, Range<usize>)> {
        let &(time, from) = self.marks.get(nth)?;
        let end = self.marks.get(nth + 1).map_or(self.len, |(_, from)| *from);
        Some((time, from..end))
    }

    fn mark(&mut self, token: &Token) {
        if let Some(((_, runs), last)) = self.delivery.own().zip(self.len.checked_sub(1)) {
            runs.push(last, token);
        }
    }

    fn clear(&mut self) {
        match self.delivery.own() {
            Some((batch, runs)) => {
                T::clear(batch);
                *runs = Runs::none();
            }
            None => {
                // Nobody may hold it any more.
                let spent = std::mem::replace(&mut self.delivery, Delivery::new(T::collect(Vec::new()), Runs::none()));
                if let Some((mut batch, (own, _))) = spent.take_back().zip(self.delivery.own()) {
                    T::clear(&mut batch);
                    *own = batch;
                }
            }
        }
        self.marks.clear();
        self.len = 0;
    }
}
