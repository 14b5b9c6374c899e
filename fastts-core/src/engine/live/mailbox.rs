//! Mailboxes: what a pipeline has accepted and not run.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Semaphore;

pub(crate) use self::entry::Entry;
use self::room::Room;
use crate::engine::error::Draining;
use crate::model::any_batch::SharedBatch;
use crate::model::overflow::Overflow;
use crate::model::token::Outcome;

mod entry;
mod room;

/// What a pipeline has accepted and not run, in order.
pub(crate) struct Mailbox {
    inner: Mutex<Inner>,
    room: Room,
    /// The room left under [`Overflow::Block`], which wakes who waits for it in order.
    left: Semaphore,
    overflow: Overflow,
    /// Copies of what `inner` knows, for a look without its lock.
    depth: AtomicUsize,
    job: AtomicBool,
}

struct Inner {
    queue: VecDeque<Entry>,
    depth: usize,
    /// How much room that takes.
    taken: usize,
    /// True while a job that will look at the queue is running or about to.
    job: bool,
    /// True while nothing but a timer starts a job: the pipeline is backing off.
    parked: bool,
    state: State,
    received: u64,
    dropped: u64,
    dropped_full: u64,
    /// How many items have left the queue, less those that came back or were put in at the front.
    left: i64,
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
    /// Of these, those that were dropped as it was full.
    pub(crate) dropped_full: u64,
    /// How many have left it; with `depth` added, how many will have when what waits now has.
    pub(crate) left: i64,
}

impl Mailbox {
    pub(crate) fn new(events: usize, bytes: usize, overflow: Overflow) -> Mailbox {
        let room = Room::new(events.min(Semaphore::MAX_PERMITS), bytes);
        let inner = Inner {
            queue: VecDeque::new(),
            depth: 0,
            taken: 0,
            job: false,
            parked: false,
            state: State::Open,
            received: 0,
            dropped: 0,
            dropped_full: 0,
            left: 0,
        };
        Mailbox {
            inner: Mutex::new(inner),
            left: Semaphore::new(room.all()),
            room,
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
        Look { depth: inner.depth, received: inner.received, dropped: inner.dropped, dropped_full: inner.dropped_full, left: inner.left }
    }

    /// Accepts items as the overflow policy says, without waiting.
    pub(crate) fn offer(&self, batch: &SharedBatch, range: Range<usize>) -> Result<Offer, Draining> {
        let mut entry = Entry::new(batch.clone(), range);
        if self.overflow == Overflow::Block {
            entry.permits = self.permits(&entry);
            match self.left.try_acquire_many(entry.permits as u32) {
                Ok(permit) => permit.forget(),
                Err(tokio::sync::TryAcquireError::NoPermits) => return Ok(Offer::Full),
                Err(tokio::sync::TryAcquireError::Closed) => return Err(Draining),
            }
        }
        let start = self.accept(entry)?;
        Ok(Offer::Accepted { start })
    }

    /// Waits for room, in turn, and accepts; returns true when the caller must start a job.
    pub(crate) async fn wait(&self, batch: &SharedBatch, range: Range<usize>) -> Result<bool, Draining> {
        let mut entry = Entry::new(batch.clone(), range);
        entry.permits = self.permits(&entry);
        self.left.acquire_many(entry.permits as u32).await.map_err(|_| Draining)?.forget();
        self.accept(entry)
    }

    /// Returns how much room items wait for: a batch larger than the whole mailbox gets in when the mailbox is empty.
    fn permits(&self, entry: &Entry) -> usize {
        self.room.of(entry).min(self.room.all())
    }

    fn accept(&self, mut entry: Entry) -> Result<bool, Draining> {
        let mut inner = self.lock();
        let events = entry.range.len();
        if inner.state != State::Open {
            self.left.add_permits(entry.permits);
            if inner.state == State::Closed {
                return Err(Draining);
            }
            inner.received += events as u64;
            inner.dropped += events as u64;
            entry.note(Outcome::Stopped);
            return Ok(false);
        }
        inner.received += events as u64;
        match self.overflow {
            Overflow::Block => {}
            Overflow::DropNewest => {
                let least = usize::from(inner.queue.is_empty()).min(events);
                let fits = self.room.fits(&entry, self.room.all().saturating_sub(inner.taken)).max(least);
                entry.drop_back(fits);
            }
            Overflow::DropOldest => {
                let fits = self.room.fits(&entry, self.room.all()).max(1.min(events));
                entry.drop_front(fits);
                self.make_room(&mut inner, self.room.of(&entry));
            }
        }
        inner.dropped += (events - entry.range.len()) as u64;
        inner.dropped_full += (events - entry.range.len()) as u64;
        if entry.range.is_empty() {
            return Ok(false);
        }
        inner.depth += entry.range.len();
        inner.taken += self.room.of(&entry);
        inner.queue.push_back(entry);
        let start = !inner.job && !inner.parked;
        inner.job |= start;
        self.publish(&inner);
        Ok(start)
    }

    /// Drops what has waited longest until there is so much room, or nothing left.
    fn make_room(&self, inner: &mut Inner, room: usize) {
        while let excess @ 1.. = (inner.taken + room).saturating_sub(self.room.all())
            && let Some(oldest) = inner.queue.front_mut()
        {
            let (events, taken) = (oldest.range.len(), self.room.of(oldest));
            oldest.drop_front(self.room.fits(oldest, taken.saturating_sub(excess)));
            let dropped = events - oldest.range.len();
            let freed = taken - self.room.of(oldest);
            let empty = oldest.range.is_empty();
            inner.depth -= dropped;
            inner.left += dropped as i64;
            inner.taken -= freed;
            inner.dropped += dropped as u64;
            inner.dropped_full += dropped as u64;
            if empty {
                inner.queue.pop_front();
            }
        }
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
            inner.left -= entry.range.len() as i64;
            inner.taken += self.room.of(&entry);
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
            let before = self.room.of(front);
            front.range.start += count;
            let after = self.room.of(front);
            let permits = front.permits.saturating_sub(after);
            front.permits -= permits;
            released += permits;
            let batch = front.batch.clone();
            let empty = front.range.is_empty();
            inner.taken -= before - after;
            if empty {
                inner.queue.pop_front();
            }
            taken.push(Entry::new(batch, range));
            left -= count;
        }
        inner.depth -= events - left;
        inner.left += (events - left) as i64;
        self.publish(&inner);
        drop(inner);
        if released > 0 {
            self.left.add_permits(released);
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

    /// Lets everybody start a job again; returns true when the caller must, for what waits.
    pub(crate) fn unpark(&self) -> bool {
        let mut inner = self.lock();
        inner.parked = false;
        let start = !inner.job && !inner.queue.is_empty();
        inner.job |= start;
        self.publish(&inner);
        start
    }

    /// Stops the pipeline: from here on everything is accepted and dropped; returns what waited.
    pub(crate) fn stop(&self) -> VecDeque<Entry> {
        let mut inner = self.lock();
        inner.state = State::Stopped;
        inner.left += inner.depth as i64;
        inner.depth = 0;
        inner.taken = 0;
        let queue = std::mem::take(&mut inner.queue);
        self.publish(&inner);
        drop(inner);
        self.left.add_permits(queue.iter().map(|entry| entry.permits).sum());
        queue
    }

    /// Accepts again after it was stopped.
    pub(crate) fn reopen(&self) {
        let mut inner = self.lock();
        if inner.state == State::Stopped {
            (inner.state, inner.parked) = (State::Open, false);
        }
    }

    /// Accepts nothing from here on, if nothing waits; returns whether that is so.
    pub(crate) fn close_if_empty(&self) -> bool {
        let mut inner = self.lock();
        if inner.queue.is_empty() {
            inner.state = State::Closed;
        }
        inner.queue.is_empty()
    }

    /// Accepts nothing from here on; whoever waits for room is told so, and so is who wants to know what became of what waits here.
    pub(crate) fn close(&self) {
        let mut inner = self.lock();
        inner.state = State::Closed;
        inner.queue.iter_mut().for_each(Entry::give_up);
        drop(inner);
        self.left.close();
    }

    fn publish(&self, inner: &Inner) {
        self.depth.store(inner.depth, Ordering::Release);
        // In one order with the slots of the timers: see `Worker::wake`.
        self.job.store(inner.job, Ordering::SeqCst);
    }
}

impl Drop for Mailbox {
    /// What still waits will never run.
    fn drop(&mut self) {
        self.lock().queue.iter_mut().for_each(Entry::give_up);
    }
}

#[cfg(test)]
mod tests;
