//! The index: the last event of every host and service.
//!
//! | file | what it is |
//! |---|---|
//! | `shard` | a part of the index: entries by host and service, and when they expire |
//! | `postings` | which entries of a part have a host, a service or a tag |
//! | `search` | looking for what a query asks for |
//! | `found` | what a query has found, shown a piece at a time |
//! | `scan` | going through what a look-up finds without keeping writers out |
//! | `queries` | the threads on which queries are answered |
//! | `rounds` | telling an event that came meanwhile from the one that expired |
//! | `alarm` | waking whoever sees to it that entries expire |
//! | `options` | ttl, fields of expired events, limits |
//! | `room` | how much it holds, and may hold |

mod alarm;
mod found;
mod keep;
mod options;
mod postings;
mod queries;
mod room;
mod rounds;
mod scan;
mod search;
mod shard;
#[cfg(test)]
mod tests;

use std::fmt;
use std::hash::{BuildHasher, Hasher};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use foldhash::fast::RandomState;
pub use found::Found;
pub use keep::{Keep, Kept, NoSuchField};
pub use options::IndexOptions;
pub use queries::{Queries, QueryOptions, QueryRefused, QueryStats};
pub use search::{QUERY_TIMEOUT, SearchError};

use self::alarm::Alarm;
use self::room::Room;
use self::rounds::Rounds;
use self::scan::Scan;
use self::shard::{NEVER, Place, Shard};
use crate::model::event::{Event, EventView};
use crate::model::time::Time;
use crate::query::Access;

/// The last event of every host and service: a handle, whose copies are the same index.
///
/// What the stage `index` writes into, and queries are answered from. An event stays until its ttl has run out, by the one rule of
/// [`expired`](crate::stages::expired) or, when it came later than that, counted from when it came; until an event of its host and
/// service comes whose state is `expired`, or it is deleted. An event without a host, or without a service, has an entry as others do:
/// missing is a value of its own.
///
/// ```
/// use fastts_core::index::Index;
/// use fastts_core::{Time, event};
///
/// let index = Index::new();
/// index.insert(event! { time: 0, host: "web1", service: "cpu", metric: 0.5, ttl: 10 }.view(), Time::EPOCH);
/// assert_eq!(index.get(Some("web1"), Some("cpu")).unwrap().metric(), 0.5);
/// assert!(index.expire(Time::from_secs(10)).is_empty());
/// let expired = index.expire(Time::from_secs(11));
/// assert_eq!(expired, [event! { time: 11, host: "web1", service: "cpu", state: "expired" }]);
/// assert!(index.is_empty());
/// ```
///
/// # Design
/// Host and service are hashed once, with a random seed, and tell in which of 64 parts the entry is. Each part has a lock, which is held
/// for one event by writers; readers hold it while they copy a few hundred. So they hardly ever meet, and no query or closure runs under it.
#[derive(Clone)]
pub struct Index {
    shared: Arc<Shared>,
}

struct Shared {
    options: IndexOptions,
    seed: RandomState,
    shards: Box<[Mutex<Shard>]>,
    /// When to look at which of them; written with its lock held, and read without.
    next: Box<[AtomicI64]>,
    room: Room,
    rounds: Rounds,
    alarm: Alarm,
}

/// How many parts there are.
const SHARDS: usize = 64;
/// At the last instant of its ttl an event still holds.
const INSTANT: Duration = Duration::from_micros(1);

impl Index {
    /// Makes an empty index.
    pub fn new() -> Index {
        Index::with(IndexOptions::new())
    }

    /// Makes an empty index with these options.
    pub fn with(options: IndexOptions) -> Index {
        Index {
            shared: Arc::new(Shared {
                options,
                seed: RandomState::default(),
                shards: (0..SHARDS).map(|_| Mutex::new(Shard::new())).collect(),
                next: (0..SHARDS).map(|_| AtomicI64::new(NEVER.as_micros())).collect(),
                room: Room::default(),
                rounds: Rounds::default(),
                alarm: Alarm::default(),
            }),
        }
    }

    /// Returns the options.
    pub fn options(&self) -> &IndexOptions {
        &self.shared.options
    }

    /// Puts in an event in the place of the last one of its host and service. One whose state is `expired` removes that instead; one
    /// whose ttl has run out by `now` came late, and has its ttl from now on, and ten seconds at least. Returns whether the event is in
    /// the index now: false when it removed the entry, or there was no room for it.
    ///
    /// An event that tells what [`Index::expire`] has removed leaves an event alone that has come since.
    pub fn insert(&self, event: EventView<'_>, now: Time) -> bool {
        self.insert_happened(event, event.time(), now)
    }

    /// Puts in an event as if it had happened at that time; otherwise as [`Index::insert`].
    pub(crate) fn insert_happened(&self, event: EventView<'_>, happened: Option<Time>, now: Time) -> bool {
        let Shared { options, seed, rounds, room, .. } = &*self.shared;
        let place = self.place(event.host(), event.service());
        if event.state() == Some("expired") {
            self.remove_expired(place, event);
            return false;
        }
        let until = options.holds_until(event, happened, now);
        let number = self.number_of(place);
        let mut shard = self.shard(number);
        let is_in = shard.put(seed, place, event, until.unwrap_or(NEVER), rounds.current(), (room, options));
        self.note_next(number, &shard);
        drop(shard);
        if !is_in {
            room.leave_out();
        }
        is_in
    }

    /// Removes the entry that an expired event is about.
    fn remove_expired(&self, place: Place<'_>, event: EventView<'_>) {
        let Shared { seed, rounds, .. } = &*self.shared;
        let number = self.number_of(place);
        let mut shard = self.shard(number);
        let Some(slot) = shard.find(place) else { return };
        if event.time().is_some_and(|time| rounds.came_after(shard.round(slot), time)) {
            return;
        }
        let removed = shard.take(seed, slot);
        self.removed(number, shard, removed);
    }

    /// Removes the event of a host and service; false when there was none.
    pub fn remove(&self, host: Option<&str>, service: Option<&str>) -> bool {
        let place = self.place(host, service);
        let number = self.number_of(place);
        let mut shard = self.shard(number);
        let removed = shard.find(place).and_then(|slot| shard.take(&self.shared.seed, slot));
        let any = removed.is_some();
        self.removed(number, shard, removed);
        any
    }

    /// Removes the events for which `matches` is true, and returns how many there were. It looks at all of them. Nothing is locked while
    /// `matches` runs; an event that comes in the place of one that it is asked about stays.
    pub fn remove_where(&self, mut matches: impl FnMut(EventView<'_>) -> bool) -> usize {
        let mut count = 0;
        let mut scan = Scan::new(self, Access::All);
        while let Some(number) = scan.next() {
            let chosen: Vec<(u32, EventView<'_>)> =
                scan.slots().iter().copied().zip(scan.events()).filter(|(_, event)| matches(*event)).collect();
            if chosen.is_empty() {
                continue;
            }
            let mut shard = self.shard(number);
            let is_there = |shard: &Shard, slot, event: EventView<'_>| shard.event(slot).is_some_and(|there| there.is_copy_of(event));
            let removed: Vec<Event> = chosen
                .into_iter()
                .filter_map(|(slot, event)| if is_there(&shard, slot, event) { shard.take(&self.shared.seed, slot) } else { None })
                .collect();
            count += removed.len();
            self.removed(number, shard, removed);
        }
        count
    }

    /// Returns a copy of the event of a host and service.
    pub fn get(&self, host: Option<&str>, service: Option<&str>) -> Option<Event> {
        let place = self.place(host, service);
        let shard = self.shard_of(place);
        shard.find(place).and_then(|slot| shard.event(slot)).map(EventView::to_owned)
    }

    /// Returns copies of all events, in no order.
    pub fn events(&self) -> Vec<Event> {
        let mut events = Vec::with_capacity(self.len());
        let mut scan = Scan::new(self, Access::All);
        while scan.next().is_some() {
            events.extend(scan.events().map(EventView::to_owned));
        }
        events
    }

    /// Returns the number of events.
    pub fn len(&self) -> usize {
        self.shared.room.entries()
    }

    /// Returns true when there is no event.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns about how many bytes the entries take, with all that is needed to find them.
    pub fn bytes(&self) -> usize {
        self.shared.room.bytes()
    }

    /// Returns how many events were left out because there were as many entries as there may be, or as many bytes.
    pub fn left_out(&self) -> u64 {
        self.shared.room.left_out()
    }

    /// Removes all events, without a word to anybody.
    pub fn clear(&self) {
        self.remove_where(|_| true);
    }

    /// Returns what wakes whoever expires the events.
    pub(crate) fn alarm(&self) -> &Alarm {
        &self.shared.alarm
    }

    /// Returns when the next event expires, or an earlier instant; after [`Index::expire`] a later one than it was told.
    pub fn deadline(&self) -> Option<Time> {
        let next = self.shared.next.iter().map(|next| next.load(Ordering::SeqCst)).min();
        next.map(Time::from_micros).filter(|&next| next < NEVER).map(|until| until + INSTANT)
    }

    /// Removes the events that have expired by `now`; returns for each the event that says so, in the order in which they expired, those
    /// of one instant by host and service.
    pub fn expire(&self, now: Time) -> Vec<Event> {
        self.expire_some(now, usize::MAX)
    }

    /// As [`Index::expire`], but no more than `most`; there may be more when it returns as many.
    pub(crate) fn expire_some(&self, now: Time, most: usize) -> Vec<Event> {
        let Shared { options, seed, next, rounds, .. } = &*self.shared;
        if self.deadline().is_none_or(|due| due > now) {
            return Vec::new();
        }
        rounds.begin(now);
        let mut expired: Vec<(Time, Event)> = Vec::new();
        for (number, next) in next.iter().enumerate() {
            if next.load(Ordering::SeqCst) >= now.as_micros() || expired.len() == most {
                continue;
            }
            let mut shard = self.shard(number);
            let before = expired.len();
            expired.extend(std::iter::from_fn(|| shard.pop(seed, now)).take(most - before));
            self.note_next(number, &shard);
            drop(shard);
            self.give_back(expired[before..].iter().map(|(_, event)| event));
        }
        // Of one instant by host and service: the order of the shards is random, and a replay must come out the same each time.
        expired.sort_unstable_by(|(a_until, a), (b_until, b)| {
            a_until.cmp(b_until).then_with(|| (a.host(), a.service()).cmp(&(b.host(), b.service())))
        });
        expired.into_iter().map(|(_, event)| options.expired(event, now)).collect()
    }

    /// Ends the work on a shard from which events were removed; they are dropped after its lock.
    fn removed(&self, number: usize, shard: MutexGuard<'_, Shard>, removed: impl IntoIterator<Item = Event>) {
        self.note_next(number, &shard);
        drop(shard);
        let removed: Vec<Event> = removed.into_iter().collect();
        self.give_back(&removed);
    }

    /// Gives back the room of entries that were removed.
    fn give_back<'e>(&self, removed: impl IntoIterator<Item = &'e Event>) {
        let (mut entries, mut bytes) = (0, 0);
        for event in removed {
            entries += 1;
            bytes += room::cost(event);
        }
        self.shared.room.remove(entries, bytes);
    }

    /// Tells when to look at a shard, which is locked.
    #[inline]
    fn note_next(&self, number: usize, shard: &Shard) {
        let (due, next) = (shard.next(), &self.shared.next[number]);
        let before = next.load(Ordering::Relaxed);
        if due.as_micros() != before {
            next.store(due.as_micros(), Ordering::SeqCst);
            if due.as_micros() < before {
                self.shared.alarm.set(due + INSTANT);
            }
        }
    }

    fn shards(&self) -> usize {
        self.shared.shards.len()
    }

    #[inline]
    fn shard(&self, number: usize) -> MutexGuard<'_, Shard> {
        // Nothing of the user's runs under the lock of a shard.
        self.shared.shards[number].lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[inline]
    fn shard_of(&self, place: Place<'_>) -> MutexGuard<'_, Shard> {
        self.shard(self.number_of(place))
    }

    /// Returns the number of the shard that a place is in: by bits of the hash that its table makes no use of.
    #[inline]
    fn number_of(&self, place: Place<'_>) -> usize {
        (place.hash >> 32) as usize % SHARDS
    }

    #[inline]
    fn place<'a>(&self, host: Option<&'a str>, service: Option<&'a str>) -> Place<'a> {
        let mut hasher = self.shared.seed.build_hasher();
        for text in [host, service] {
            match text {
                Some(text) => {
                    hasher.write(text.as_bytes());
                    hasher.write_u8(0xff);
                }
                None => hasher.write_u8(0xfe),
            }
        }
        Place { hash: hasher.finish(), host, service }
    }
}

impl Default for Index {
    fn default() -> Index {
        Index::new()
    }
}

impl fmt::Debug for Index {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Index of {} events", self.len())
    }
}
