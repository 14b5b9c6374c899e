//! Dead letters: events that a pipeline accepted and could not run.

use std::collections::VecDeque;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::mailbox::Entry;
use super::worker::Worker;
use crate::chain::boundaries::KEPT;
use crate::chain::falls::{Fallen, Falls};
use crate::clock::Clock;
use crate::model::any_batch::AnyBatch;
use crate::model::event::Event;
use crate::model::mishap::Mishap;
use crate::model::panics::Panic;
use crate::model::time::Time;
use crate::model::token::Outcome;

/// An item that a pipeline accepted and could not run.
#[derive(Clone, Debug)]
pub struct DeadLetter {
    /// The pipeline's name.
    pub pipeline: &'static str,
    /// When it died.
    pub time: Time,
    /// Why.
    pub reason: Reason,
    /// The event; `None` for items of other types, and for events so large that keeping them would cost too much memory.
    pub event: Option<Event>,
    /// The type of the item, as Rust names it.
    pub item: &'static str,
}

/// Why an item became a dead letter.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// A stage panicked on it.
    Panicked(Panic),
    /// It waited in the mailbox of a pipeline that was stopped.
    Stopped,
    /// A worker of a `pool`, or a future of a `map_async`, took longer than that over it.
    TimedOut(Duration),
    /// The future of a `map_async` gave this error.
    Failed(String),
    /// The breaker of a `pool` or a `map_async` was blown when it came, as this tells.
    Blown(String),
}

impl From<Mishap> for Reason {
    fn from(mishap: Mishap) -> Reason {
        match mishap {
            Mishap::Panicked(panic) => Reason::Panicked(panic),
            Mishap::TimedOut(limit) => Reason::TimedOut(limit),
            Mishap::Failed(error) => Reason::Failed(error),
            Mishap::Blown(breaker) => Reason::Blown(breaker),
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::Panicked(panic) => write!(f, "a stage panicked: {panic}"),
            Reason::Stopped => f.write_str("its pipeline was stopped"),
            Reason::TimedOut(limit) => write!(f, "it took longer than {limit:?}"),
            Reason::Failed(text) | Reason::Blown(text) => f.write_str(text),
        }
    }
}

/// The newest dead letters.
#[derive(Debug)]
pub(crate) struct Letters {
    limit: usize,
    ring: Mutex<VecDeque<DeadLetter>>,
    /// How many were kept and had to go.
    thrown: AtomicU64,
}

impl Letters {
    pub(crate) fn new(limit: usize) -> Letters {
        Letters { limit, ring: Mutex::default(), thrown: AtomicU64::new(0) }
    }

    /// Returns how many are kept.
    pub(crate) fn limit(&self) -> usize {
        self.limit
    }

    /// Returns how many were kept and had to make room for others.
    pub(crate) fn thrown(&self) -> u64 {
        self.thrown.load(Ordering::Relaxed)
    }

    pub(crate) fn push(&self, letter: DeadLetter) {
        let mut ring = self.ring.lock().unwrap_or_else(PoisonError::into_inner);
        if self.limit == 0 {
            return;
        }
        if ring.len() >= self.limit {
            ring.pop_front();
            self.thrown.fetch_add(1, Ordering::Relaxed);
        }
        ring.push_back(letter);
    }

    pub(crate) fn newest(&self) -> Vec<DeadLetter> {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}

/// Makes dead letters of the events at which a stage has survived a panic of its own.
pub(super) fn of_falls(letters: &Arc<Letters>, clock: &Clock) -> Falls {
    let (letters, clock) = (Arc::clone(letters), clock.clone());
    Falls::to(move |Fallen { pipeline, panic, event, item }| {
        if let Some(item) = item {
            letters.push(DeadLetter { pipeline, time: clock.now(), reason: Reason::Panicked(panic), event, item });
        }
    })
}

impl Worker {
    /// Makes dead letters of what waited in the mailbox of a pipeline that is stopped.
    pub(crate) fn bury(&self, entries: VecDeque<Entry>) {
        let dead: usize = entries.iter().map(|entry| entry.range.len()).sum();
        self.counters.dead.add_shared(dead as u64);
        let mut unseen = dead.saturating_sub(self.env.letters.limit());
        for entry in &entries {
            entry.note(Outcome::Stopped);
            let skip = unseen.min(entry.range.len());
            unseen -= skip;
            for index in entry.range.start + skip..entry.range.end {
                self.letter(entry.batch.borrowed(), index, Reason::Stopped);
            }
        }
    }

    /// Makes a dead letter of the item at `index` of a batch.
    pub(crate) fn letter(&self, batch: AnyBatch<'_>, index: usize, reason: Reason) {
        let event = batch.copy_event(index, KEPT);
        let (pipeline, item) = (self.pipeline.name(), self.pipeline.item());
        self.env.letters.push(DeadLetter { pipeline, time: self.env.clock.now(), reason, event, item });
    }
}
