//! Mailboxes: what a pipeline has accepted and not run.

use std::any::Any;
use std::collections::VecDeque;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Semaphore;

use super::error::Draining;
use crate::router::Overflow;

/// A batch that is shared by the pipelines it goes to.
pub(crate) type SharedBatch = Arc<dyn Any + Send + Sync>;

/// Items of a batch that wait.
pub(crate) struct Entry {
    pub(crate) batch: SharedBatch,
    pub(crate) range: Range<usize>,
    /// How much of the mailbox's room it holds; given back as it is taken.
    permits: usize,
}

impl Entry {
    /// Makes an entry that holds no room.
    pub(crate) fn new(batch: SharedBatch, range: Range<usize>) -> Entry {
        Entry { batch, range, permits: 0 }
    }
}

/// What a pipeline has accepted and not run, in order; counted in events.
pub(crate) struct Mailbox {
    inner: Mutex<Inner>,
    /// The room left under [`Overflow::Block`], which wakes who waits for it in order.
    room: Semaphore,
    capacity: usize,
    overflow: Overflow,
    /// Copies of what `inner` knows, for a look without its lock.
    depth: AtomicUsize,
    job: AtomicBool,
}

struct Inner {
    queue: VecDeque<Entry>,
    depth: usize,
    /// True while a job that will look at the queue is running or about to.
    job: bool,
    /// True while nothing but a timer starts a job: the pipeline is backing off.
    parked: bool,
    state: State,
    received: u64,
    dropped: u64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Open,
    /// Accepts and drops.
    Stopped,
    /// Accepts nothing.
    Closed,
}

/// What became of an offer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Offer {
    /// All was accepted (or dropped as the policy says).
    Accepted {
        /// True when the caller must start a job.
        start: bool,
    },
    /// There is no room now: wait for it.
    Full,
}

/// A look at a mailbox.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look {
    pub(crate) depth: usize,
    pub(crate) received: u64,
    pub(crate) dropped: u64,
}

impl Mailbox {
    pub(crate) fn new(capacity: usize, overflow: Overflow) -> Mailbox {
        let capacity = capacity.clamp(1, (u32::MAX as usize).min(Semaphore::MAX_PERMITS));
        let inner = Inner { queue: VecDeque::new(), depth: 0, job: false, parked: false, state: State::Open, received: 0, dropped: 0 };
        Mailbox {
            inner: Mutex::new(inner),
            room: Semaphore::new(capacity),
            capacity,
            overflow,
            depth: AtomicUsize::new(0),
            job: AtomicBool::new(false),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // Nothing of the user's runs under this lock; a panic inside would be ours, and the counts are right at any time.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns true when nothing waits. With the pipeline's lock held this stays true for what the caller itself put in.
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.depth.load(Ordering::Acquire) == 0
    }

    /// Returns true when a job runs or is about to.
    #[inline]
    pub(crate) fn has_job(&self) -> bool {
        self.job.load(Ordering::SeqCst)
    }

    pub(crate) fn look(&self) -> Look {
        let inner = self.lock();
        Look { depth: inner.depth, received: inner.received, dropped: inner.dropped }
    }

    /// Accepts items as the overflow policy says, without waiting.
    pub(crate) fn offer(&self, batch: &SharedBatch, range: Range<usize>) -> Result<Offer, Draining> {
        let mut permits = 0;
        if self.overflow == Overflow::Block {
            permits = self.permits(range.len());
            match self.room.try_acquire_many(permits as u32) {
                Ok(permit) => permit.forget(),
                Err(tokio::sync::TryAcquireError::NoPermits) => return Ok(Offer::Full),
                Err(tokio::sync::TryAcquireError::Closed) => return Err(Draining),
            }
        }
        let start = self.accept(Entry { batch: Arc::clone(batch), range, permits })?;
        Ok(Offer::Accepted { start })
    }

    /// Waits for room, in turn, and accepts; returns true when the caller must start a job.
    pub(crate) async fn wait(&self, batch: &SharedBatch, range: Range<usize>) -> Result<bool, Draining> {
        let permits = self.permits(range.len());
        self.room.acquire_many(permits as u32).await.map_err(|_| Draining)?.forget();
        self.accept(Entry { batch: Arc::clone(batch), range, permits })
    }

    /// Returns how much room so many items need: a batch larger than the whole mailbox gets in when the mailbox is empty.
    fn permits(&self, events: usize) -> usize {
        events.min(self.capacity)
    }

    fn accept(&self, mut entry: Entry) -> Result<bool, Draining> {
        let mut inner = self.lock();
        let events = entry.range.len();
        if inner.state != State::Open {
            self.room.add_permits(entry.permits);
            if inner.state == State::Closed {
                return Err(Draining);
            }
            inner.received += events as u64;
            inner.dropped += events as u64;
            return Ok(false);
        }
        inner.received += events as u64;
        let excess = (inner.depth + events).saturating_sub(self.capacity);
        match self.overflow {
            Overflow::Block => {}
            Overflow::DropNewest => {
                let dropped = excess.min(events);
                entry.range.end -= dropped;
                inner.dropped += dropped as u64;
            }
            Overflow::DropOldest => {
                let mut left = excess;
                while left > 0
                    && let Some(oldest) = inner.queue.front_mut()
                {
                    let dropped = left.min(oldest.range.len());
                    oldest.range.start += dropped;
                    left -= dropped;
                    inner.depth -= dropped;
                    inner.dropped += dropped as u64;
                    if inner.queue.front().is_some_and(|oldest| oldest.range.is_empty()) {
                        inner.queue.pop_front();
                    }
                }
                entry.range.start += left;
                inner.dropped += left as u64;
            }
        }
        if entry.range.is_empty() {
            return Ok(false);
        }
        inner.depth += entry.range.len();
        inner.queue.push_back(entry);
        let start = !inner.job && !inner.parked;
        inner.job |= start;
        self.publish(&inner);
        Ok(start)
    }

    /// Puts items back to the front, whatever the room: what is left of a chunk, or a batch, after a panic. Returns whether the
    /// caller must start a job.
    ///
    /// # Errors
    /// When the pipeline is stopped and they have no place any more: the items.
    pub(crate) fn put_back(&self, entries: VecDeque<Entry>) -> Result<bool, VecDeque<Entry>> {
        let mut inner = self.lock();
        if inner.state != State::Open {
            return Err(entries);
        }
        for entry in entries.into_iter().rev().filter(|entry| !entry.range.is_empty()) {
            inner.depth += entry.range.len();
            inner.queue.push_front(entry);
        }
        let start = !inner.job && !inner.parked && !inner.queue.is_empty();
        inner.job |= start;
        self.publish(&inner);
        Ok(start)
    }

    /// Takes up to `events` items from the front; of several batches when they are small, as each chunk has its price.
    pub(crate) fn take(&self, events: usize, taken: &mut Vec<Entry>) {
        let (mut left, mut released) = (events, 0);
        let mut inner = self.lock();
        while left > 0
            && let Some(front) = inner.queue.front_mut()
        {
            let count = left.min(front.range.len());
            let range = front.range.start..front.range.start + count;
            front.range.start += count;
            let permits = front.permits.saturating_sub(front.range.len());
            front.permits -= permits;
            released += permits;
            let batch = Arc::clone(&front.batch);
            if front.range.is_empty() {
                inner.queue.pop_front();
            }
            taken.push(Entry::new(batch, range));
            left -= count;
        }
        inner.depth -= events - left;
        self.publish(&inner);
        drop(inner);
        if released > 0 {
            self.room.add_permits(released);
        }
    }

    /// Asks to start a job; returns true when the caller must, false when one is there.
    pub(crate) fn request_job(&self) -> bool {
        let mut inner = self.lock();
        let start = !inner.job;
        inner.job = true;
        inner.parked = false;
        self.publish(&inner);
        start
    }

    /// Ends the job if nothing waits; returns true when it ended.
    pub(crate) fn end_job_if_empty(&self) -> bool {
        let mut inner = self.lock();
        if inner.queue.is_empty() {
            inner.job = false;
            self.publish(&inner);
        }
        !inner.job
    }

    /// Ends the job whatever waits.
    pub(crate) fn end_job(&self) {
        let mut inner = self.lock();
        inner.job = false;
        self.publish(&inner);
    }

    /// Lets nothing but [`Mailbox::request_job`] start a job until then.
    pub(crate) fn park(&self) {
        self.lock().parked = true;
    }

    /// Stops the pipeline: from here on everything is accepted and dropped; returns what waited.
    pub(crate) fn stop(&self) -> VecDeque<Entry> {
        let mut inner = self.lock();
        inner.state = State::Stopped;
        inner.depth = 0;
        let queue = std::mem::take(&mut inner.queue);
        self.publish(&inner);
        drop(inner);
        self.room.add_permits(queue.iter().map(|entry| entry.permits).sum());
        queue
    }

    /// Accepts nothing from here on, if nothing waits; returns whether that is so.
    pub(crate) fn close_if_empty(&self) -> bool {
        let mut inner = self.lock();
        if inner.queue.is_empty() {
            inner.state = State::Closed;
        }
        inner.queue.is_empty()
    }

    /// Accepts nothing from here on; whoever waits for room is told so.
    pub(crate) fn close(&self) {
        self.lock().state = State::Closed;
        self.room.close();
    }

    fn publish(&self, inner: &Inner) {
        self.depth.store(inner.depth, Ordering::Release);
        // In one order with the slots of the timers: see `Worker::wake`.
        self.job.store(inner.job, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch() -> SharedBatch {
        Arc::new(())
    }

    fn drained(mailbox: &Mailbox) -> Vec<usize> {
        let mut events = Vec::new();
        while !mailbox.is_empty() {
            events.extend(taken(mailbox, 3));
        }
        events
    }

    fn taken(mailbox: &Mailbox, events: usize) -> Vec<usize> {
        let mut taken = Vec::new();
        mailbox.take(events, &mut taken);
        taken.into_iter().flat_map(|entry| entry.range).collect()
    }

    #[test]
    fn each_policy_keeps_and_drops_what_it_says() {
        // policy, offers, what is kept, how many are dropped
        let whole = 0..9;
        let rows: [(Overflow, &[Range<usize>], &[usize], u64); 6] = [
            (Overflow::DropNewest, &[0..3, 3..6], &[0, 1, 2, 3], 2),
            (Overflow::DropNewest, std::slice::from_ref(&whole), &[0, 1, 2, 3], 5),
            (Overflow::DropNewest, &[0..4, 4..5, 5..6], &[0, 1, 2, 3], 2),
            (Overflow::DropOldest, &[0..3, 3..6], &[2, 3, 4, 5], 2),
            (Overflow::DropOldest, std::slice::from_ref(&whole), &[5, 6, 7, 8], 5),
            (Overflow::DropOldest, &[0..1, 1..2, 2..4, 4..7], &[3, 4, 5, 6], 3),
        ];
        for (overflow, offers, kept, dropped) in rows {
            let mailbox = Mailbox::new(4, overflow);
            for range in offers {
                assert!(matches!(mailbox.offer(&batch(), range.clone()), Ok(Offer::Accepted { .. })));
            }
            let look = mailbox.look();
            assert_eq!((look.depth, look.dropped), (kept.len(), dropped), "{overflow:?} {offers:?}");
            assert_eq!(look.received, kept.len() as u64 + dropped);
            assert_eq!(drained(&mailbox), kept, "{overflow:?} {offers:?}");
            assert!(mailbox.is_empty());
        }
    }

    #[test]
    fn block_says_full_until_there_is_room_and_lets_an_oversize_batch_in_when_empty() {
        let mailbox = Mailbox::new(4, Overflow::Block);
        let batch = batch();
        assert_eq!(mailbox.offer(&batch, 0..10), Ok(Offer::Accepted { start: true }));
        assert_eq!(mailbox.offer(&batch, 10..11), Ok(Offer::Full));
        assert_eq!(taken(&mailbox, 6), [0, 1, 2, 3, 4, 5]);
        assert_eq!(mailbox.offer(&batch, 10..11), Ok(Offer::Full), "four of ten fill it still");
        assert_eq!(taken(&mailbox, 1), [6]);
        assert_eq!(mailbox.offer(&batch, 10..11), Ok(Offer::Accepted { start: false }));
        assert_eq!(mailbox.offer(&batch, 11..12), Ok(Offer::Full));
        assert_eq!(drained(&mailbox), [7, 8, 9, 10]);
        assert_eq!(mailbox.room.available_permits(), 4);
    }

    #[test]
    fn what_is_put_back_comes_first_and_takes_no_room() {
        let mailbox = Mailbox::new(4, Overflow::Block);
        assert!(mailbox.offer(&batch(), 0..4).is_ok());
        assert_eq!(taken(&mailbox, 4), [0, 1, 2, 3]);
        assert!(mailbox.offer(&batch(), 4..8).is_ok());
        let rest = [Entry::new(batch(), 1..2), Entry::new(batch(), 2..4)];
        assert!(matches!(mailbox.put_back(rest.into()), Ok(false)));
        assert_eq!(mailbox.look().depth, 7);
        assert_eq!(drained(&mailbox), [1, 2, 3, 4, 5, 6, 7]);
        assert_eq!(mailbox.room.available_permits(), 4);
        assert_eq!(mailbox.look().received, 8);
    }

    #[test]
    fn a_stopped_mailbox_accepts_and_drops_and_a_closed_one_refuses() {
        let mailbox = Mailbox::new(4, Overflow::Block);
        assert!(mailbox.offer(&batch(), 0..4).is_ok());
        assert_eq!(mailbox.stop().len(), 1);
        assert_eq!(mailbox.offer(&batch(), 0..4), Ok(Offer::Accepted { start: false }));
        assert_eq!(mailbox.look().dropped, 4);
        assert!(mailbox.put_back([Entry::new(batch(), 0..1)].into()).is_err());
        assert!(mailbox.close_if_empty());
        assert_eq!(mailbox.offer(&batch(), 0..1), Err(Draining));
    }
}
