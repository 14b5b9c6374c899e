//! Those who subscribe to a topic from outside, and what waits for each.

use std::any::{TypeId, type_name};
use std::collections::VecDeque;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use tokio::sync::Notify;

use super::retained::Retained;
use crate::model::any_batch::{AnyBatch, SharedBatch};
use crate::model::event::Event;
use crate::model::item::Item;

/// Those who subscribe to a topic from outside.
///
/// What is published is copied once, however many they are: each has the same batches in its backlog. Nothing is tried on the events here,
/// where pipelines run; every subscriber does that itself, when it reads.
pub(crate) struct Channel {
    name: Arc<str>,
    /// What is published on it, once somebody who does has come to life.
    carries: OnceLock<Carried>,
    /// A [`Watch`], for a look without the lock.
    watch: AtomicU8,
    /// What it keeps for those who come later; locked after the readers.
    retained: Mutex<Retained>,
    retains: bool,
    readers: Mutex<Vec<Arc<Reader>>>,
    /// How many items were handed to somebody, pipelines included.
    published: AtomicU64,
    missed: AtomicU64,
    /// How many items were not even copied, as everybody was passed over; what each has missed of them is reckoned when it is asked.
    uncopied: AtomicU64,
}

/// Whether anybody subscribes from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Watch {
    Nobody,
    /// All who do are passed over, as they do not read.
    PassedOver,
    Somebody,
}

/// What a topic carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Carried {
    /// The type, as Rust names it.
    pub item: &'static str,
    /// Whether that is events.
    pub is_event: bool,
    /// Whether items can be told as JSON.
    pub has_json: bool,
}

impl Carried {
    fn of<T: Item>() -> Carried {
        Carried { item: type_name::<T>(), is_event: TypeId::of::<T>() == TypeId::of::<Event>(), has_json: T::HAS_JSON }
    }
}

/// How much may wait for one who subscribes from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Backlog {
    /// How many events.
    pub events: usize,
    /// How many bytes: 2 MiB unless set. One event may wait whatever it takes.
    pub bytes: usize,
    /// Whether what the topic retains comes first.
    pub oldest: bool,
}

impl Backlog {
    /// Sets how many events may wait, at least one.
    pub fn new(events: usize) -> Backlog {
        Backlog { events: events.max(1), bytes: 2 << 20, oldest: false }
    }

    /// Sets how many bytes may wait.
    pub fn bytes(self, bytes: usize) -> Backlog {
        Backlog { bytes, ..self }
    }

    /// Has what the topic retains come first, `topic "orders"(retain = 1_000);`, before what is published from here on.
    pub fn oldest(self) -> Backlog {
        Backlog { oldest: true, ..self }
    }
}

impl From<usize> for Backlog {
    fn from(events: usize) -> Backlog {
        Backlog::new(events)
    }
}

/// One who subscribes from outside.
pub(super) struct Reader {
    pub(super) backlog: Backlog,
    ring: Mutex<Ring>,
    pub(super) came: Notify,
    /// It has lost so much without reading anything that nothing more is kept for it until it reads.
    passed_over: AtomicBool,
    /// How many items had not been copied by then.
    since: AtomicU64,
    missed: AtomicU64,
}

/// What it has not looked at.
#[derive(Default)]
struct Ring {
    batches: VecDeque<SharedBatch>,
    bytes: usize,
    /// How many bytes it has lost since it read last.
    lost: usize,
    closed: bool,
}

/// How many times its backlog somebody loses before nothing more is kept.
const PATIENCE: usize = 4;
/// How many bytes are handed out together at most, if they are several events: the oldest goes as a whole.
const PIECE: usize = 256 << 10;
/// What a batch takes besides its events.
const BATCH: usize = 128;

impl Channel {
    pub(super) fn new(name: Arc<str>, retain: usize) -> Channel {
        let retained = Retained::new(retain);
        let retains = retained.is_any();
        let watch = if retains { Watch::Somebody } else { Watch::Nobody };
        Channel {
            name,
            carries: OnceLock::new(),
            watch: AtomicU8::new(watch as u8),
            retained: Mutex::new(retained),
            retains,
            readers: Mutex::default(),
            published: AtomicU64::new(0),
            missed: AtomicU64::new(0),
            uncopied: AtomicU64::new(0),
        }
    }

    pub(super) fn name(&self) -> &Arc<str> {
        &self.name
    }

    /// Takes note of what is published.
    pub(super) fn carry<T: Item>(&self) {
        self.carries.get_or_init(Carried::of::<T>);
    }

    /// Returns what is published, if that is known.
    pub(crate) fn carries(&self) -> Option<Carried> {
        self.carries.get().copied()
    }

    /// Returns whether anybody subscribes from outside, and reads.
    #[inline]
    pub(super) fn watch(&self) -> Watch {
        match self.watch.load(Ordering::Relaxed) {
            0 => Watch::Nobody,
            1 => Watch::PassedOver,
            _ => Watch::Somebody,
        }
    }

    fn readers(&self) -> MutexGuard<'_, Vec<Arc<Reader>>> {
        // Nothing of the user's runs under this lock.
        self.readers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes note of who reads.
    fn look_again(&self, readers: &[Arc<Reader>]) {
        let watch = match readers {
            _ if self.retains => Watch::Somebody,
            [] => Watch::Nobody,
            readers if readers.iter().all(|reader| reader.passed_over.load(Ordering::Relaxed)) => Watch::PassedOver,
            _ => Watch::Somebody,
        };
        self.watch.store(watch as u8, Ordering::Relaxed);
    }

    /// Counts a batch that is published; returns whether anybody wants to have it who subscribes from outside.
    pub(crate) fn wants(&self, items: AnyBatch<'_>) -> bool {
        let count = items.len() as u64;
        self.published.fetch_add(count, Ordering::Relaxed);
        // They see nothing but events, and what has JSON.
        match self.watch() {
            Watch::Somebody => count > 0 && items.has_json(),
            Watch::PassedOver => {
                self.pass_over(count);
                false
            }
            Watch::Nobody => false,
        }
    }

    /// Gives a batch to those who subscribe from outside.
    pub(crate) fn hand_out(&self, batch: SharedBatch) {
        let pieces = batch.without_tokens().pieces(PIECE);
        let readers = self.readers();
        if self.retains {
            let mut retained = self.retained();
            pieces.iter().for_each(|piece| retained.keep(piece));
        }
        let mut missed = 0;
        let mut changed = false;
        for reader in readers.iter() {
            for piece in &pieces {
                missed += reader.take(piece, self.uncopied(), &mut changed);
            }
            reader.came.notify_one();
        }
        self.missed.fetch_add(missed, Ordering::Relaxed);
        if changed {
            self.look_again(&readers);
        }
    }

    /// Counts items that were not even copied, as everybody is passed over.
    pub(super) fn pass_over(&self, count: u64) {
        if self.watch() == Watch::PassedOver {
            self.uncopied.fetch_add(count, Ordering::Relaxed);
            return;
        }
        // Somebody has begun to read meanwhile.
        let readers = self.readers();
        let mut missed = 0;
        for reader in readers.iter() {
            missed += reader.miss(count);
        }
        self.missed.fetch_add(missed, Ordering::Relaxed);
    }

    /// Counts events that a reader has lost.
    pub(super) fn missed(&self, reader: &Reader, count: u64) {
        self.missed.fetch_add(reader.miss(count), Ordering::Relaxed);
    }

    /// Adds one who subscribes.
    pub(super) fn add(&self, backlog: Backlog, closed: bool) -> Arc<Reader> {
        let reader = Arc::new(Reader {
            backlog,
            ring: Mutex::new(Ring { closed, ..Ring::default() }),
            came: Notify::new(),
            passed_over: AtomicBool::new(false),
            since: AtomicU64::new(0),
            missed: AtomicU64::new(0),
        });
        let mut readers = self.readers();
        if backlog.oldest {
            let mut missed = 0;
            for batch in self.retained().newest() {
                missed += reader.take(&batch, self.uncopied(), &mut false);
            }
            self.missed.fetch_add(missed, Ordering::Relaxed);
        }
        readers.push(Arc::clone(&reader));
        self.look_again(&readers);
        reader
    }

    fn retained(&self) -> MutexGuard<'_, Retained> {
        // As above.
        self.retained.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Removes one.
    pub(super) fn remove(&self, reader: &Arc<Reader>) {
        let mut readers = self.readers();
        self.missed.fetch_add(reader.passed_by(self.uncopied()), Ordering::Relaxed);
        readers.retain(|other| !Arc::ptr_eq(other, reader));
        self.look_again(&readers);
    }

    /// Returns the oldest batch that a reader has not looked at.
    pub(super) fn take(&self, reader: &Reader) -> Option<SharedBatch> {
        let mut ring = reader.ring();
        ring.lost = 0;
        let batch = ring.batches.pop_front();
        ring.bytes -= batch.as_ref().map_or(0, size);
        drop(ring);
        if reader.passed_over.load(Ordering::Relaxed) {
            let readers = self.readers();
            self.missed(reader, reader.passed_by(self.uncopied()));
            reader.passed_over.store(false, Ordering::Relaxed);
            self.look_again(&readers);
        }
        batch
    }

    pub(super) fn stats(&self) -> TopicStats {
        let readers = self.readers();
        let passed_by: u64 = readers.iter().map(|reader| reader.passed_by(self.uncopied())).sum();
        TopicStats {
            topic: Arc::clone(&self.name),
            published: self.published.load(Ordering::Relaxed),
            subscriptions: readers.len(),
            missed: self.missed.load(Ordering::Relaxed) + passed_by,
        }
    }

    fn uncopied(&self) -> u64 {
        self.uncopied.load(Ordering::Relaxed)
    }

    /// Returns how many events a reader has lost.
    pub(super) fn missed_by(&self, reader: &Reader) -> u64 {
        reader.missed.load(Ordering::Relaxed) + reader.passed_by(self.uncopied())
    }

    /// Returns whether nobody subscribes from outside.
    pub(super) fn is_unused(&self) -> bool {
        !self.retains && self.readers().is_empty()
    }

    /// Tells those who subscribe that nothing more comes.
    pub(super) fn close(&self) {
        for reader in self.readers().iter() {
            reader.ring().closed = true;
            reader.came.notify_one();
        }
    }
}

/// Returns how many bytes a batch takes.
fn size(batch: &SharedBatch) -> usize {
    batch.memory() + BATCH
}

impl Reader {
    fn ring(&self) -> MutexGuard<'_, Ring> {
        // As above.
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a batch into the backlog; the oldest go when there is no room. Returns how many events are lost by that, and says whether it is
    /// passed over from now on.
    fn take(&self, batch: &SharedBatch, uncopied: u64, changed: &mut bool) -> u64 {
        if self.passed_over.load(Ordering::Relaxed) {
            return self.miss(batch.borrowed().len() as u64);
        }
        let mut ring = self.ring();
        ring.batches.push_back(batch.clone());
        ring.bytes += size(batch);
        let mut missed = 0;
        while ring.bytes > self.backlog.bytes && ring.batches.len() > 1 {
            let Some(oldest) = ring.batches.pop_front() else { break };
            ring.bytes -= size(&oldest);
            ring.lost += size(&oldest);
            missed += oldest.borrowed().len() as u64;
        }
        if ring.lost > self.backlog.bytes.saturating_mul(PATIENCE) {
            self.since.store(uncopied, Ordering::Relaxed);
            self.passed_over.store(true, Ordering::Relaxed);
            *changed = true;
        }
        drop(ring);
        self.miss(missed)
    }

    fn miss(&self, count: u64) -> u64 {
        if count > 0 {
            self.missed.fetch_add(count, Ordering::Relaxed);
        }
        count
    }

    /// Returns how many events it has lost that were not even copied, since it is passed over, if it is.
    fn passed_by(&self, uncopied: u64) -> u64 {
        if self.passed_over.load(Ordering::Relaxed) { uncopied.saturating_sub(self.since.load(Ordering::Relaxed)) } else { 0 }
    }

    /// Returns whether nothing more comes; what has come may wait still.
    pub(super) fn is_closed(&self) -> bool {
        let ring = self.ring();
        ring.closed && ring.batches.is_empty()
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
