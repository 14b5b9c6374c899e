//! What the stages of a sink and its lanes share: the queue, and what has become of the records.
//!
//! | file | what is done |
//! |---|---|
//! | `intake` | by stages: they put records in, and wait for room |
//! | `outcomes` | by lanes: they take batches out, and note what became of them |
//! | `end` | by a drain: it hurries the lanes, waits for them, and buries what is left |

mod end;
mod intake;
mod outcomes;

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use super::letters::Letters;
use super::options::Options;
use super::pace::Pace;
use super::queue::Queue;
use super::registry::SinkServices;
use super::stats::SinkStats;
use super::transport::{AnyTransport, Reason, Transport};
use crate::breaker::Circuit;
use crate::clock::{Clock, Rarely, Stamp};

/// What a sink is, whoever holds it.
pub(super) struct Shared<I> {
    pub(super) name: String,
    /// What it does, as the first word of the name says it, and to what, if there is more of the name.
    verb: String,
    pub(super) target: String,
    pub(super) options: Options,
    pub(super) clock: Clock,
    pub(super) make: Box<dyn Fn() -> Box<dyn AnyTransport<I>> + Send + Sync>,
    pub(super) kind: Kind<I>,
    letters: Letters,
    breaker: Option<Arc<Circuit>>,
    state: Mutex<State<I>>,
    /// Is told when there may be a batch to take.
    pub(super) work: Notify,
    /// Is told when it hurries, and when it is over.
    pub(super) changed: Notify,
    /// Is told when there is room in the queue, and when records are done, while somebody waits.
    room: Condvar,
    over: AtomicBool,
    full: Rarely,
    away: Rarely,
    refused: Rarely,
}

/// What does not differ among the sinks of one transport.
pub(super) struct Kind<I> {
    pub(super) unit: &'static str,
    pub(super) blocks: bool,
    show: fn(&[u8], &I, &mut Vec<u8>),
    restore: fn(&[u8], &mut Vec<u8>) -> Option<I>,
}

/// How often it is said that a target does not take anything, and why.
const AWAY: Duration = Duration::from_secs(60);

impl<I> Kind<I> {
    pub(super) fn of<T: Transport<Item = I>>() -> Kind<I> {
        Kind { unit: T::UNIT, blocks: T::BLOCKS, show: T::show, restore: T::restore }
    }
}

pub(super) struct State<I> {
    queue: Queue<I>,
    /// How many records may wait; none once nothing is taken any more.
    limit: usize,
    /// What each lane has taken out and not done.
    flying: Vec<Option<Flying>>,
    /// How many lanes there are.
    lanes: usize,
    pace: Option<Pace>,
    /// Why the last attempt failed.
    away: Option<Reason>,
    /// Whether somebody waits for all of it to be delivered.
    hurries: bool,
    over: bool,
    gone: bool,
    /// How many wait for room, or for records to be done.
    waiting: usize,
    /// How many of them are stages.
    blocked: usize,
    /// Whether it was said that records are lost, or wait; then it is said when that ends.
    behind: bool,
    queued: u64,
    sent: u64,
    retried: u64,
    refused: u64,
    dropped: u64,
    reason: Option<Reason>,
}

/// Records on their way.
#[derive(Clone, Copy)]
struct Flying {
    since: Stamp,
    records: usize,
}

impl<I> Shared<I> {
    /// Makes one that is called `name`, which differs from what it does and to what, `said`, when there are others like it.
    pub(super) fn new(
        name: String,
        said: &str,
        options: Options,
        services: SinkServices,
        kind: Kind<I>,
        make: Box<dyn Fn() -> Box<dyn AnyTransport<I>> + Send + Sync>,
    ) -> Shared<I> {
        let SinkServices { clock, letters, breakers } = services;
        let batch = options.rate.map_or(options.batch, |rate| options.batch.min(rate));
        let state = State {
            queue: Queue::new(batch, options.batch_bytes),
            limit: options.queue,
            flying: vec![None; options.lanes],
            lanes: options.lanes,
            pace: options.rate.map(|rate| Pace::new(rate, options.per)),
            away: None,
            hurries: false,
            over: false,
            gone: false,
            waiting: 0,
            blocked: 0,
            behind: false,
            queued: 0,
            sent: 0,
            retried: 0,
            refused: 0,
            dropped: 0,
            reason: None,
        };
        let (verb, target) = said.split_once(' ').unwrap_or(("write", said));
        Shared {
            verb: verb.to_owned(),
            target: target.to_owned(),
            breaker: options.breaker.map(|breaker| breakers.open(&name, breaker)),
            name,
            options,
            clock,
            make,
            kind,
            letters,
            state: Mutex::new(state),
            work: Notify::new(),
            changed: Notify::new(),
            room: Condvar::new(),
            over: AtomicBool::new(false),
            full: Rarely::default(),
            away: Rarely::every(AWAY),
            refused: Rarely::default(),
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State<I>> {
        // A text that panicked half-way was taken out again.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn stats(&self) -> SinkStats {
        let state = self.lock();
        let now = self.clock.stamp();
        let flying = state.flying.iter().flatten().map(|flying| flying.since);
        let oldest = state.queue.since().filter(|_| state.queue.len() > 0).into_iter().chain(flying).min();
        SinkStats {
            name: self.name.clone(),
            queued: state.queued,
            sent: state.sent,
            retried: state.retried,
            refused: state.refused,
            dropped: state.dropped,
            waiting: state.queue.len(),
            bytes: state.queue.bytes(),
            sending: state.in_flight(),
            capacity: self.options.queue,
            lag: oldest.map_or(Duration::ZERO, |oldest| Duration::from_nanos(now.since(oldest))),
            away: state.away.is_some(),
            blocking: state.blocked > 0,
            gone: state.gone,
            breaker: self.breaker.as_ref().map(|breaker| breaker.state(self.clock.time(now))).unwrap_or_default(),
            reason: state.reason.as_ref().map(ToString::to_string),
        }
    }
}

/// Says how many there are of something.
pub(super) fn counted(count: usize, unit: &str) -> String {
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

impl<I> State<I> {
    fn in_flight(&self) -> usize {
        self.flying.iter().flatten().map(|flying| flying.records).sum()
    }

    /// Returns how many records are not delivered.
    fn left(&self) -> usize {
        self.queue.len() + self.in_flight()
    }

    fn landed(&mut self, lane: usize, records: usize) {
        if let Some(slot) = self.flying.get_mut(lane)
            && let Some(flying) = slot
        {
            flying.records = flying.records.saturating_sub(records);
            if flying.records == 0 {
                *slot = None;
            }
        }
    }
}
