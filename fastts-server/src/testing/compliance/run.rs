//! A router with the sink, and the peer.

use std::collections::BTreeMap;
use std::thread;
use std::time::{Duration, Instant};

use fastts_core::runtime::{Drained, Options, Running};
use fastts_core::sink::SinkStats;
use fastts_core::{Batch, Overflow, event};
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;

use super::{Compliance, Peer};

/// What a scenario says when a promise is not kept.
pub(super) type Kept = Result<(), String>;

/// A router that runs, and the peer of its sink.
pub(super) struct Run<'p> {
    pub(super) peer: &'p mut dyn Peer,
    pub(super) overflow: Overflow,
    patience: Duration,
    runtime: Runtime,
    running: Running,
    /// How many events had arrived before.
    before: usize,
}

impl<'p> Run<'p> {
    pub(super) fn new(check: &Compliance, peer: &'p mut dyn Peer) -> Run<'p> {
        let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let runtime = runtime.unwrap_or_else(|error| panic!("a test needs threads: {error}"));
        let running = runtime.block_on(async { Running::start((check.router)(), Options::new()) });
        let running = running.unwrap_or_else(|error| panic!("the router cannot be started: {error}"));
        let before = peer.arrived().len();
        Run { peer, overflow: check.overflow, patience: check.patience, runtime, running, before }
    }

    /// Ends it, whatever is left, and the peer as it was.
    pub(super) fn end(self) {
        self.peer.slow(false);
        self.peer.refuse(None);
        self.peer.start();
        self.runtime.block_on(self.running.drain(Duration::ZERO));
        drop(self.running);
        self.runtime.shutdown_background();
    }

    /// Returns the service of the event of a number.
    pub(super) fn service(number: usize) -> String {
        format!("compliance {number:04}")
    }

    /// Begins to send events of these numbers, and to wait until the pipeline has run them.
    pub(super) fn begin(&self, numbers: std::ops::Range<usize>) -> JoinHandle<bool> {
        let events: Vec<_> = numbers.map(|number| event! { host: "a", service: &*Run::service(number), metric: number }).collect();
        let (running, patience) = (self.running.clone(), self.patience);
        self.runtime.spawn(async move {
            let batch: Batch = events.iter().collect();
            running.deliver(batch).await.is_ok() && running.caught_up(patience).await
        })
    }

    /// Waits until the pipeline has run what was begun.
    pub(super) fn ran(&self, sending: JoinHandle<bool>) -> Kept {
        let ran = self.runtime.block_on(async { tokio::time::timeout(self.patience, sending).await });
        match ran {
            Ok(Ok(true)) => Ok(()),
            _ => Err("the pipeline is blocked beyond its policy".to_owned()),
        }
    }

    /// Sends events of these numbers.
    pub(super) fn send(&self, numbers: std::ops::Range<usize>) -> Kept {
        self.ran(self.begin(numbers))
    }

    /// Returns what all sinks of the router have done.
    pub(super) fn stats(&self) -> SinkStats {
        let mut all = SinkStats::default();
        for one in self.running.sinks().stats() {
            all.queued += one.queued;
            all.sent += one.sent;
            all.retried += one.retried;
            all.refused += one.refused;
            all.dropped += one.dropped;
            all.waiting += one.waiting;
            all.sending += one.sending;
            all.away |= one.away;
            all.blocking |= one.blocking;
        }
        all
    }

    /// Waits until something is true.
    pub(super) fn until(&mut self, what: &str, mut is_true: impl FnMut(&mut Run<'p>) -> bool) -> Kept {
        let end = Instant::now() + self.patience;
        while !is_true(self) {
            if Instant::now() > end {
                return Err(format!("it never came about that {what}; {}", self.told()));
            }
            thread::sleep(Duration::from_millis(1));
        }
        Ok(())
    }

    fn told(&self) -> String {
        let SinkStats { queued, sent, retried, refused, dropped, waiting, sending, .. } = self.stats();
        format!(
            "{queued} were queued: {sent} sent, {refused} refused, {dropped} dropped, {waiting} wait, {sending} are on their way, {retried} were tried again"
        )
    }

    /// Returns the services that have arrived since this run began, in order.
    pub(super) fn arrived(&mut self) -> Vec<String> {
        self.peer.arrived().split_off(self.before)
    }

    /// Returns how often each has arrived.
    pub(super) fn counts(&mut self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        self.arrived().into_iter().for_each(|service| *counts.entry(service).or_default() += 1);
        counts
    }

    /// Waits until all of these have arrived, whatever else has.
    pub(super) fn all_arrive(&mut self, numbers: impl Iterator<Item = usize> + Clone) -> Kept {
        let end = Instant::now() + self.patience;
        loop {
            let counts = self.counts();
            let missing = numbers.clone().filter(|&number| !counts.contains_key(&Run::service(number))).count();
            if missing == 0 {
                return Ok(());
            }
            if Instant::now() > end {
                let most = counts.iter().max_by_key(|(_, times)| **times).filter(|(_, times)| **times > 1);
                let often = most.map_or_else(String::new, |(service, times)| format!(", and {service:?} arrived {times} times"));
                return Err(format!("{missing} events never arrived{often}; {}", self.told()));
            }
            thread::sleep(Duration::from_millis(1));
        }
    }

    /// Waits until the sink holds nothing, and checks that it sends no more then, and has sent nothing again and again.
    pub(super) fn comes_to_rest(&mut self) -> Kept {
        /// How often anything may arrive: with the back-off of sinks that is more than a minute of trying.
        const MOST: usize = 10;
        self.until("the sink is done", |run| {
            let stats = run.stats();
            stats.waiting + stats.sending == 0
        })?;
        let often = self.counts().into_iter().find(|(_, times)| *times > MOST);
        often.map_or(Ok(()), |(service, times)| Err(format!("{service:?} arrived {times} times")))
    }

    pub(super) fn drain(&self, limit: Duration) -> Drained {
        self.runtime.block_on(self.running.drain(limit))
    }

    pub(super) fn drain_patiently(&self) -> Kept {
        let drained = self.drain(self.patience);
        if drained.is_complete() { Ok(()) } else { Err(format!("a drain while all is well says: {drained}")) }
    }

    /// Returns the contents of the dead letters.
    pub(super) fn letters(&self) -> Vec<String> {
        self.running.sinks().dead_letters().into_iter().map(|letter| letter.content).collect()
    }
}
