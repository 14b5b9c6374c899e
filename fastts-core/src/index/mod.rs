//! The index: the last event of every host and service.

mod alarm;
mod options;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

pub use options::{IndexOptions, Keep};

use self::alarm::Alarm;
use crate::event::{Event, EventView};
use crate::time::Time;

/// The last event of every host and service: a handle, whose copies are the same index.
///
/// What the stage `index` writes into, and queries are answered from. An event stays until its ttl has run out, by the one rule of
/// [`expired`](crate::stages::expired), until an expired event of its host and service comes, or it is deleted. An event without a
/// host, or without a service, has an entry as others do: missing is a value of its own.
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
#[derive(Clone)]
pub struct Index {
    shared: Arc<Shared>,
}

struct Shared {
    options: IndexOptions,
    entries: Mutex<BTreeMap<Place, Entry>>,
    alarm: Alarm,
}

/// At the last instant of its ttl an event still holds.
const INSTANT: Duration = Duration::from_micros(1);

/// Host and service.
type Place = (Option<String>, Option<String>);

struct Entry {
    event: Event,
    /// The last instant at which it holds.
    until: Option<Time>,
}

impl Index {
    /// Makes an empty index.
    pub fn new() -> Index {
        Index::with(IndexOptions::new())
    }

    /// Makes an empty index with these options.
    pub fn with(options: IndexOptions) -> Index {
        Index { shared: Arc::new(Shared { options, entries: Mutex::default(), alarm: Alarm::default() }) }
    }

    /// Returns the options.
    pub fn options(&self) -> &IndexOptions {
        &self.shared.options
    }

    fn entries(&self) -> MutexGuard<'_, BTreeMap<Place, Entry>> {
        // Nothing of the user's runs under the lock, and what is under it is whole between any two calls.
        self.shared.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts in an event in the place of the last one of its host and service. One that has expired by `now` removes that instead.
    pub fn insert(&self, event: EventView<'_>, now: Time) {
        let until = self.shared.options.holds_until(event);
        if event.is_expired(now) || until.is_some_and(|until| now > until) {
            self.remove(event.host(), event.service());
            return;
        }
        self.entries().insert(place(event.host(), event.service()), Entry { event: event.to_owned(), until });
        if let Some(until) = until {
            self.shared.alarm.set(until + INSTANT);
        }
    }

    /// Removes the event of a host and service; false when there was none.
    pub fn remove(&self, host: Option<&str>, service: Option<&str>) -> bool {
        self.entries().remove(&place(host, service)).is_some()
    }

    /// Removes the events for which `matches` is true, and returns how many there were. It looks at all of them.
    ///
    /// The index is locked while `matches` runs: it must not use it.
    pub fn remove_where(&self, mut matches: impl FnMut(EventView<'_>) -> bool) -> usize {
        let mut entries = self.entries();
        let before = entries.len();
        entries.retain(|_, entry| !matches(entry.event.view()));
        before - entries.len()
    }

    /// Returns a copy of the event of a host and service.
    pub fn get(&self, host: Option<&str>, service: Option<&str>) -> Option<Event> {
        self.entries().get(&place(host, service)).map(|entry| entry.event.clone())
    }

    /// Returns copies of all events, in no order.
    pub fn events(&self) -> Vec<Event> {
        self.entries().values().map(|entry| entry.event.clone()).collect()
    }

    /// Returns the number of events.
    pub fn len(&self) -> usize {
        self.entries().len()
    }

    /// Returns true when there is no event.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Removes all events, without a word to anybody.
    pub fn clear(&self) {
        self.entries().clear();
    }

    /// Returns what wakes whoever expires the events.
    pub(crate) fn alarm(&self) -> &Alarm {
        &self.shared.alarm
    }

    /// Returns when the next event expires, or an earlier instant.
    pub fn deadline(&self) -> Option<Time> {
        let next = self.entries().values().filter_map(|entry| entry.until).min();
        next.map(|until| until + INSTANT)
    }

    /// Removes the events that have expired by `now`; returns for each, in the order in which they expired, the event that says so.
    pub fn expire(&self, now: Time) -> Vec<Event> {
        self.expire_some(now, usize::MAX)
    }

    /// As [`Index::expire`], but no more than `most`; there may be more when it returns as many.
    pub(crate) fn expire_some(&self, now: Time, most: usize) -> Vec<Event> {
        let mut expired = Vec::new();
        self.entries().retain(|_, entry| {
            let Some(until) = entry.until.filter(|&until| now > until && expired.len() < most) else { return true };
            expired.push((until, std::mem::take(&mut entry.event)));
            false
        });
        expired.sort_by_key(|(until, _)| *until);
        expired.into_iter().map(|(_, event)| self.shared.options.expired(event, now)).collect()
    }
}

fn place(host: Option<&str>, service: Option<&str>) -> Place {
    (host.map(str::to_owned), service.map(str::to_owned))
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
