//! A part of the index: its entries, where they are, and when they expire.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use super::IndexOptions;
use super::postings::{NONE, Postings};
use super::room::{self, Room};
use crate::model::event::{Event, EventView};
use crate::model::time::Time;

/// A part of the index.
///
/// An event that takes the place of another of the same tags touches its slot and nothing else: the lists that it stands in are the
/// same, and when it expires later than the one before, its turn in the queue stays and is looked at again when it has come.
#[derive(Debug)]
pub(super) struct Shard {
    slots: Vec<Option<Slot>>,
    free: Vec<u32>,
    /// The slots by the hash of host and service.
    places: HashTable<u32>,
    postings: Postings,
    /// When to look at which slot; at most one turn of each is live.
    queue: BinaryHeap<Reverse<(Time, u32)>>,
}

/// An entry.
#[derive(Debug)]
struct Slot {
    event: Event,
    hash: u64,
    /// The last instant at which it holds, `NEVER` when it does for ever.
    until: Time,
    /// When its live turn in the queue is.
    queued: Time,
    /// The first of its nodes in the lists.
    links: u32,
    /// When it came, counted in rounds of expiry.
    round: u32,
}

/// An instant that does not come.
pub(super) const NEVER: Time = Time::MAX;

/// How much memory an entry may hold, beyond four times what its event needs.
const LOOSE: usize = 4_096;

/// Host and service, and their hash.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'a> {
    pub(super) hash: u64,
    pub(super) host: Option<&'a str>,
    pub(super) service: Option<&'a str>,
}

/// Makes room for one more: a quarter of what is there, as twice of it would be half unused.
pub(super) fn reserve<T>(list: &mut Vec<T>) {
    if list.len() == list.capacity() {
        list.reserve_exact(list.len() / 4 + 16);
    }
}

impl Shard {
    /// Makes an empty one.
    pub(super) fn new() -> Shard {
        Shard { slots: Vec::new(), free: Vec::new(), places: HashTable::new(), postings: Postings::new(), queue: BinaryHeap::new() }
    }

    /// Returns the number of slots, those that are free included.
    pub(super) fn slots(&self) -> u32 {
        self.slots.len() as u32
    }

    /// Returns the event of a slot.
    #[inline]
    pub(super) fn event(&self, slot: u32) -> Option<EventView<'_>> {
        Some(self.slots.get(slot as usize)?.as_ref()?.event.view())
    }

    /// Returns in which round of expiry the entry of a slot came.
    pub(super) fn round(&self, slot: u32) -> u32 {
        self.slots[slot as usize].as_ref().map_or(0, |slot| slot.round)
    }

    /// Returns how many bytes the entry of a slot takes.
    #[cfg(test)]
    pub(super) fn cost(&self, slot: u32) -> Option<usize> {
        Some(room::cost(&self.slots.get(slot as usize)?.as_ref()?.event))
    }

    /// Returns the lists of the entries.
    pub(super) fn postings(&self) -> &Postings {
        &self.postings
    }

    /// Returns the slot of a host and service.
    #[inline]
    pub(super) fn find(&self, place: Place<'_>) -> Option<u32> {
        let same = |&index: &u32| {
            let slot = self.slots[index as usize].as_ref();
            slot.is_some_and(|slot| {
                let event = slot.event.view();
                slot.hash == place.hash && event.service() == place.service && event.host() == place.host
            })
        };
        self.places.find(place.hash, same).copied()
    }

    /// Puts an event into its place; false when there is no room for that.
    #[inline]
    pub(super) fn put(
        &mut self,
        seed: &RandomState,
        place: Place<'_>,
        event: EventView<'_>,
        until: Time,
        round: u32,
        (room, options): (&Room, &IndexOptions),
    ) -> bool {
        let index = match self.find(place) {
            Some(index) => {
                // It is there: it was found.
                let Some(slot) = &mut self.slots[index as usize] else { return false };
                let same = slot.event.tags().eq(event.tags());
                let lists = |event: EventView<'_>| if same { 0 } else { room::lists(event) };
                let before = slot.event.data_held() + lists(slot.event.view());
                // About: changes over the event come on top.
                let about = event.size() + lists(event);
                if about > before && !room.grow(about - before, options) {
                    return false;
                }
                if slot.event.data_held() > 4 * event.size() + LOOSE {
                    // Once it was much longer.
                    self.postings.unlink(seed, slot.links, slot.event.view());
                    slot.event = event.to_owned();
                    slot.links = self.postings.link(seed, index, slot.event.view());
                } else if same {
                    slot.event.assign(event);
                } else {
                    self.postings.unlink(seed, slot.links, slot.event.view());
                    slot.event.assign(event);
                    slot.links = self.postings.link(seed, index, slot.event.view());
                }
                room.correct(about.max(before), slot.event.data_held() + lists(slot.event.view()));
                (slot.until, slot.round) = (until, round);
                index
            }
            None => {
                let event = event.to_owned();
                if !room.add(room::cost(&event), options) {
                    return false;
                }
                self.add(seed, place, event, until, round)
            }
        };
        if let Some(slot) = &mut self.slots[index as usize]
            && until < slot.queued
        {
            slot.queued = until;
            self.queue.push(Reverse((until, index)));
            self.tidy();
        }
        true
    }

    fn add(&mut self, seed: &RandomState, place: Place<'_>, event: Event, until: Time, round: u32) -> u32 {
        let index = self.free.pop().unwrap_or_else(|| {
            reserve(&mut self.slots);
            self.slots.push(None);
            // A shard of four billion entries would take a terabyte.
            (self.slots.len() - 1) as u32
        });
        let links = self.postings.link(seed, index, event.view());
        let slot = Slot { event, hash: place.hash, until, queued: NEVER, links, round };
        self.slots[index as usize] = Some(slot);
        let slots = &self.slots;
        self.places.insert_unique(place.hash, index, |&index| slots[index as usize].as_ref().map_or(0, |slot| slot.hash));
        index
    }

    /// Takes the entry of a slot out.
    pub(super) fn take(&mut self, seed: &RandomState, index: u32) -> Option<Event> {
        let Slot { event, hash, links, .. } = self.slots.get_mut(index as usize)?.take()?;
        if let Ok(place) = self.places.find_entry(hash, |&other| other == index) {
            place.remove();
        }
        self.postings.unlink(seed, links, event.view());
        self.free.push(index);
        if self.places.is_empty() {
            // Gives all memory back.
            *self = Shard::new();
        }
        Some(event)
    }

    /// Returns when to look at the queue.
    #[inline]
    pub(super) fn next(&self) -> Time {
        self.queue.peek().map_or(NEVER, |Reverse((due, _))| *due)
    }

    /// Takes out the next entry that does not hold any more at `now`, and the last instant at which it did.
    pub(super) fn pop(&mut self, seed: &RandomState, now: Time) -> Option<(Time, Event)> {
        while self.next() < now {
            let Reverse((due, index)) = self.queue.pop()?;
            let Some(slot) = self.slots.get_mut(index as usize).and_then(Option::as_mut).filter(|slot| slot.queued == due) else {
                continue;
            };
            slot.queued = NEVER;
            let until = slot.until;
            if until < now {
                return Some((until, self.take(seed, index)?));
            }
            if until < NEVER {
                slot.queued = until;
                self.queue.push(Reverse((until, index)));
            }
        }
        None
    }

    /// Throws away the turns that are not live when they are more than the others.
    fn tidy(&mut self) {
        if self.queue.len() <= 2 * self.places.len() + 64 {
            return;
        }
        let mut turns = Vec::with_capacity(self.places.len() + 64);
        for (index, slot) in self.slots.iter_mut().enumerate() {
            if let Some(slot) = slot {
                slot.queued = slot.until;
                turns.extend((slot.until < NEVER).then_some(Reverse((slot.until, index as u32))));
            }
        }
        self.queue = turns.into();
    }

    /// Returns how long the queue is, and how many lists and nodes there are.
    #[cfg(test)]
    pub(super) fn sizes(&self) -> (usize, usize, usize) {
        let (lists, nodes) = self.postings.sizes();
        (self.queue.len(), lists, nodes)
    }
}

const _: () = assert!(size_of::<Option<Slot>>() <= 136 && NONE == u32::MAX, "an entry takes two cache lines and a bit");
