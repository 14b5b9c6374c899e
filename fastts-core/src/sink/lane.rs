//! Takes one batch after the other and has it delivered, again and again if need be.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};

use super::records::Records;
use super::shared::Shared;
use super::transport::{Again, AnyTransport, Reason, Report};
use crate::model::panics::{Panic, catch};

/// How long to wait before a delivery is tried again: at first, and at most. Up to as much is added by chance, so that not all
/// who wait for a server come back at once.
const FIRST_WAIT: Duration = Duration::from_millis(100);
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// How often a delivery is tried at least, however long its records have waited before.
const ATTEMPTS: u32 = 3;

/// How often records may make their transport panic together, until each is sent alone; and how often one alone may.
const PANICS: u32 = 2;

/// How long a transport has to say goodbye.
const GOODBYE: Duration = Duration::from_secs(1);

/// One of the lanes of a sink.
pub(super) struct Lane<I> {
    shared: Arc<Shared<I>>,
    number: usize,
    transport: Option<Box<dyn AnyTransport<I>>>,
}

/// What an attempt came to.
enum Attempt {
    Report(Report),
    Panicked(Panic),
    TimedOut,
    /// The router ends.
    Over,
}

/// What became of a batch.
enum Brought<I> {
    /// It was delivered or given up.
    Done(Records<I>),
    /// Each of them is to be sent alone.
    Cut(Vec<Records<I>>),
    /// The router has ended.
    Over(Records<I>),
}

impl<I> Drop for Lane<I> {
    fn drop(&mut self) {
        self.shared.lane_ended();
    }
}

impl<I: Send + Sync + 'static> Lane<I> {
    pub(super) fn new(shared: Arc<Shared<I>>, number: usize) -> Lane<I> {
        Lane { shared, number, transport: None }
    }

    /// Delivers until it is over.
    pub(super) async fn run(mut self) {
        while let Some(batch) = self.next().await {
            let mut pieces = VecDeque::from([batch]);
            while let Some(piece) = pieces.pop_front() {
                match self.bring_out(piece).await {
                    Brought::Done(records) => self.shared.reuse(records),
                    Brought::Cut(singles) => singles.into_iter().rev().for_each(|single| pieces.push_front(single)),
                    Brought::Over(records) => {
                        pieces.push_front(records);
                        return self.put_down(pieces);
                    }
                }
            }
        }
        if let Some(mut transport) = self.transport.take() {
            let clock = self.shared.clock.clone();
            tokio::select! {
                _ = guarded(transport.close()) => {}
                () = clock.sleep(GOODBYE) => {}
            }
        }
    }

    /// Waits for a batch; `None` when it is over.
    async fn next(&mut self) -> Option<Records<I>> {
        let shared = &self.shared;
        loop {
            let (work, changed) = (shared.work.notified(), shared.changed.notified());
            tokio::pin!(work, changed);
            work.as_mut().enable();
            changed.as_mut().enable();
            let wait = match shared.take(self.number) {
                Ok(batch) => return Some(batch),
                Err(_) if shared.is_over() => return None,
                Err(wait) => wait,
            };
            tokio::select! {
                () = work => {}
                () = changed => {}
                () = shared.clock.sleep(wait.unwrap_or(Duration::MAX)), if wait.is_some() => {}
            }
        }
    }

    /// Delivers records, again and again, until each is delivered or given up.
    async fn bring_out(&mut self, mut records: Records<I>) -> Brought<I> {
        let mut backoff = backoff();
        let mut panics = 0;
        loop {
            if !self.turn(records.len()).await {
                return Brought::Over(records);
            }
            let again = match self.attempt(&records).await {
                Attempt::Report(report) => self.settle(&mut records, report),
                Attempt::Panicked(panic) => {
                    panics += 1;
                    self.dismiss();
                    let why = Reason::from(format!("it panicked: {panic}"));
                    if panics >= PANICS && records.len() == 1 {
                        self.shared.give_up(self.number, &records, [(0, &why)]);
                        records.clear();
                        None
                    } else {
                        Some(Again { which: None, why, after: None, singly: panics >= PANICS })
                    }
                }
                Attempt::TimedOut => {
                    self.dismiss();
                    let why = Reason::from(format!("it took longer than {:?}", self.shared.options.timeout));
                    Some(Again { which: None, why, after: None, singly: false })
                }
                Attempt::Over => return Brought::Over(records),
            };
            let Some(again) = again else { return Brought::Done(records) };
            self.shared.failed(records.len(), &again.why);
            if again.singly && records.len() > 1 {
                return Brought::Cut(records.singly());
            }
            records.tried();
            let left = self.time_left(&records);
            if left.is_none_or(|left| again.after.is_some_and(|after| after > left)) {
                let why = Reason::from(format!("tried {} times: {}", records.attempt(), again.why));
                self.shared.give_up(self.number, &records, (0..records.len()).map(|index| (index, &why)));
                records.clear();
                return Brought::Done(records);
            }
            // The last attempt is made when the time is up.
            let wait = backoff.next().unwrap_or(LONGEST_WAIT).min(left.unwrap_or_default()).max(FIRST_WAIT);
            if !self.rest(wait.max(again.after.unwrap_or_default())).await {
                return Brought::Over(records);
            }
        }
    }

    /// Notes what became of records, and keeps those that are to be sent again.
    fn settle(&self, records: &mut Records<I>, report: Report) -> Option<Again> {
        let Report { refused, again, gone } = report;
        self.shared.give_up(self.number, records, refused.iter().map(|(index, why)| (*index, why)));
        if let Some(why) = gone {
            records.keep(|index| refused.iter().all(|(refused, _)| *refused != index));
            self.shared.gone(self.number, records, &why);
            return None;
        }
        let mut rest = vec![again.as_ref().is_some_and(|again| again.which.is_none()); records.len()];
        for &index in again.iter().filter_map(|again| again.which.as_ref()).flatten() {
            if let Some(slot) = rest.get_mut(index) {
                *slot = true;
            }
        }
        let mut done = rest.iter().filter(|again| !**again).count();
        let mut seen = vec![false; records.len()];
        for (index, _) in refused.iter().filter(|(index, _)| *index < records.len()) {
            // What is refused is neither sent again nor delivered.
            if !std::mem::replace(&mut seen[*index], true) && !std::mem::take(&mut rest[*index]) {
                done -= 1;
            }
        }
        if again.is_none() {
            self.shared.reached();
        }
        self.shared.sent(self.number, done);
        if done == records.len() {
            records.clear();
        } else {
            records.keep(|index| rest[index]);
        }
        again.filter(|_| !records.is_empty())
    }

    async fn attempt(&mut self, records: &Records<I>) -> Attempt {
        let shared = &self.shared;
        let transport = match &mut self.transport {
            Some(transport) => transport,
            empty => match catch(|| (shared.make)()) {
                Ok(transport) => empty.insert(transport),
                Err(panic) => return Attempt::Panicked(panic),
            },
        };
        let timeout = if shared.kind.blocks { Duration::MAX } else { shared.options.timeout };
        let delivery = match catch(|| transport.deliver(records)) {
            Ok(delivery) => guarded(delivery),
            Err(panic) => return Attempt::Panicked(panic),
        };
        tokio::select! {
            biased;
            report = delivery => report.map_or_else(Attempt::Panicked, Attempt::Report),
            () = over(shared) => Attempt::Over,
            () = shared.clock.sleep(timeout) => Attempt::TimedOut,
        }
    }

    /// Drops the transport, so that the next attempt makes another.
    fn dismiss(&mut self) {
        // Its drop is the integration's, too.
        let transport = self.transport.take();
        let _ = catch(|| drop(transport));
    }

    /// Waits until breaker and rate allow it to send so many records; false when it is over.
    async fn turn(&mut self, records: usize) -> bool {
        let mut asked = false;
        while !self.shared.is_over() {
            let Some(wait) = self.shared.turn(records, &mut asked) else { return true };
            tokio::select! {
                () = over(&self.shared) => {}
                () = self.shared.clock.sleep(wait) => {}
            }
        }
        false
    }

    /// Returns for how long records are tried again; `None` when they are given up.
    fn time_left(&self, records: &Records<I>) -> Option<Duration> {
        if records.attempt() < ATTEMPTS {
            return Some(Duration::MAX);
        }
        let shared = &self.shared;
        let age = Duration::from_nanos(shared.clock.stamp().since(records.since()));
        shared.options.retry.checked_sub(age).filter(|left| !left.is_zero())
    }

    /// Waits before the next attempt, not for long when it hurries; false when it is over.
    async fn rest(&mut self, wait: Duration) -> bool {
        let shared = &self.shared;
        let changed = shared.changed.notified();
        tokio::pin!(changed);
        changed.as_mut().enable();
        if shared.is_over() {
            return false;
        }
        let wait = if shared.hurries() { wait.min(FIRST_WAIT) } else { wait };
        tokio::select! {
            () = changed => {}
            () = shared.clock.sleep(wait) => {}
        }
        !shared.is_over()
    }

    /// Makes dead letters of what it has when the router ends.
    fn put_down(&self, pieces: VecDeque<Records<I>>) {
        let why = Reason::from(UNFINISHED);
        for mut piece in pieces {
            self.shared.give_up(self.number, &piece, (0..piece.len()).map(|index| (index, &why)));
            piece.clear();
        }
    }
}

/// Why what is left after a drain became dead letters.
pub(super) const UNFINISHED: &str = "the router ended before it was delivered";

fn backoff() -> ExponentialBackoff {
    ExponentialBuilder::new().with_min_delay(FIRST_WAIT).with_max_delay(LONGEST_WAIT).with_jitter().without_max_times().build()
}

/// Waits until the sink is over.
async fn over<I>(shared: &Shared<I>) {
    loop {
        let changed = shared.changed.notified();
        tokio::pin!(changed);
        changed.as_mut().enable();
        if shared.is_over() {
            return;
        }
        changed.await;
    }
}

/// Polls a future of the integration's, and catches its panic.
async fn guarded<T>(mut future: super::transport::Boxed<'_, T>) -> Result<T, Panic> {
    let result = poll_fn(|cx| match catch(|| future.as_mut().poll(cx)) {
        Ok(Poll::Pending) => Poll::Pending,
        Ok(Poll::Ready(value)) => Poll::Ready(Ok(value)),
        Err(panic) => Poll::Ready(Err(panic)),
    })
    .await;
    let dropped = catch(|| drop(future));
    result.and_then(|value| dropped.map(|()| value))
}
