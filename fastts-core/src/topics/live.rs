//! Subscriptions from outside: a web page, a terminal, a test.

use std::collections::VecDeque;
use std::fmt;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::Topics;
use crate::model::any_batch::AnyBatch;
use crate::model::event::{Event, EventView};

/// Those who subscribe to a topic from outside.
pub(crate) struct Channel {
    name: Arc<str>,
    /// How many there are, for a look without the lock.
    watching: AtomicUsize,
    readers: Mutex<Vec<Arc<Reader>>>,
    /// How many items were handed to somebody, pipelines included.
    published: AtomicU64,
    missed: Arc<AtomicU64>,
}

/// Tells which events somebody wants.
pub(crate) type Wants = Box<dyn Fn(EventView<'_>) -> bool + Send + Sync>;

/// One of them.
struct Reader {
    wants: Wants,
    capacity: usize,
    ring: Mutex<Ring>,
    came: Notify,
    /// What all readers of the topic have missed.
    all_missed: Arc<AtomicU64>,
}

#[derive(Default)]
struct Ring {
    events: VecDeque<Event>,
    missed: u64,
    closed: bool,
}

impl Channel {
    pub(super) fn new(name: Arc<str>) -> Channel {
        Channel { name, watching: AtomicUsize::new(0), readers: Mutex::default(), published: AtomicU64::new(0), missed: Arc::default() }
    }

    pub(super) fn name(&self) -> &Arc<str> {
        &self.name
    }

    /// Returns whether anybody subscribes from outside.
    #[inline]
    pub(crate) fn is_watched(&self) -> bool {
        self.watching.load(Ordering::Relaxed) > 0
    }

    fn readers(&self) -> MutexGuard<'_, Vec<Arc<Reader>>> {
        // Nothing of the user's runs under this lock.
        self.readers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Copies the events of a batch that was published to those who want them.
    pub(crate) fn hand_out(&self, batch: AnyBatch<'_>) {
        self.published.fetch_add(batch.len() as u64, Ordering::Relaxed);
        if self.is_watched() {
            self.readers().iter().for_each(|reader| reader.take(batch));
        }
    }

    pub(super) fn stats(&self) -> TopicStats {
        TopicStats {
            topic: Arc::clone(&self.name),
            published: self.published.load(Ordering::Relaxed),
            subscriptions: self.watching.load(Ordering::Relaxed),
            missed: self.missed.load(Ordering::Relaxed),
        }
    }

    /// Tells those who subscribe that nothing more comes.
    pub(super) fn close(&self) {
        for reader in self.readers().iter() {
            reader.ring().closed = true;
            reader.came.notify_one();
        }
    }
}

impl Reader {
    fn ring(&self) -> MutexGuard<'_, Ring> {
        // As above.
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the events that it asks for; the oldest go when there are too many.
    fn take(&self, batch: AnyBatch<'_>) {
        let mut ring = self.ring();
        let Ring { events: kept, missed, .. } = &mut *ring;
        let (before, mut took) = (*missed, false);
        for event in (0..batch.len()).filter_map(|index| batch.event(index)).filter(|event| (self.wants)(*event)) {
            took = true;
            if kept.len() < self.capacity {
                kept.push_back(event.to_owned());
                continue;
            }
            *missed += 1;
            // The memory of the oldest holds the newest.
            if let Some(mut oldest) = kept.pop_front() {
                oldest.assign(event);
                kept.push_back(oldest);
            }
        }
        let lost = *missed - before;
        drop(ring);
        if lost > 0 {
            self.all_missed.fetch_add(lost, Ordering::Relaxed);
        }
        if took {
            self.came.notify_one();
        }
    }
}

/// A subscription to a topic from outside the pipelines; made by [`Running::subscribe`](crate::Running::subscribe).
///
/// It holds nobody up: a reader that does not keep up loses the oldest events, which are counted. Dropping it ends it.
pub struct Subscription {
    topics: Topics,
    channel: Arc<Channel>,
    reader: Arc<Reader>,
}

impl Subscription {
    pub(super) fn new(topics: Topics, channel: Arc<Channel>, wants: Wants, capacity: usize, closed: bool) -> Subscription {
        let ring = Mutex::new(Ring { closed, ..Ring::default() });
        let all_missed = Arc::clone(&channel.missed);
        let reader = Arc::new(Reader { wants, capacity: capacity.max(1), ring, came: Notify::new(), all_missed });
        let mut readers = channel.readers();
        readers.push(Arc::clone(&reader));
        channel.watching.store(readers.len(), Ordering::Relaxed);
        drop(readers);
        Subscription { topics, channel, reader }
    }

    /// Returns the topic.
    pub fn topic(&self) -> &str {
        &self.channel.name
    }

    /// Waits for the next event; `None` when the router has stopped and all events were read.
    ///
    /// A future that is dropped before it is done takes nothing.
    pub async fn next(&mut self) -> Option<Event> {
        loop {
            // One reader waits, so a notification that comes before it does is kept for it.
            {
                let mut ring = self.reader.ring();
                if let Some(event) = ring.events.pop_front() {
                    return Some(event);
                }
                if ring.closed {
                    return None;
                }
            }
            self.reader.came.notified().await;
        }
    }

    /// Returns the next event if there is one now.
    pub fn try_next(&mut self) -> Option<Event> {
        self.reader.ring().events.pop_front()
    }

    /// Returns how many events were lost because they were not read in time.
    pub fn missed(&self) -> u64 {
        self.reader.ring().missed
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        let mut readers = self.channel.readers();
        readers.retain(|reader| !Arc::ptr_eq(reader, &self.reader));
        self.channel.watching.store(readers.len(), Ordering::Relaxed);
        drop(readers);
        self.topics.forget(&self.channel);
    }
}

impl fmt::Debug for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Subscription({:?})", self.channel.name)
    }
}

impl fmt::Debug for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Channel({:?})", self.name)
    }
}

/// What went through a topic.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TopicStats {
    /// Its name.
    pub topic: Arc<str>,
    /// How many items were published while somebody subscribed; what nobody wants is not even copied.
    pub published: u64,
    /// How many subscriptions from outside there are.
    pub subscriptions: usize,
    /// How many events those have lost because they did not keep up, those that have ended included.
    pub missed: u64,
}
