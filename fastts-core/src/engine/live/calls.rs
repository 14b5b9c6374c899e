//! Calls: one item goes into a pipeline, and what comes out goes to whoever waits for it.
//!
//! A call travels as any other item does, with a token that carries the place for the reply. On a pipeline that is idle and cheap the
//! caller itself runs the chain, and the reply is there when it has run.

use std::any::type_name;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use super::publishing::DeliveryPass;
use super::running::Running;
use super::worker::{InlineOutcome, Worker};
use crate::engine::call::{CallError, CallOptions, CastError};
use crate::model::any_batch::Selection;
use crate::model::delivery::Delivery;
use crate::model::item::Item;
use crate::model::reply::Awaited;
use crate::model::runs::Runs;
use crate::model::time::Time;
use crate::model::token::{Outcome, Token};

/// What became of the calls of a pipeline.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallStats {
    /// The type of the reply, as Rust names it.
    pub reply: &'static str,
    /// How many callers wait for a reply.
    pub under_way: usize,
    /// How many may.
    pub limit: usize,
    /// How many got one.
    pub replied: u64,
    /// How many got none, by reason: every reason is there.
    pub failed: Vec<(&'static str, u64)>,
}

/// Why calls fail, as counters name it; `cancelled` are those whose caller did not wait for the end.
const REASONS: [&str; 9] = ["timeout", "panicked", "filtered", "rejected", "overloaded", "pool_timeout", "blown", "failed", "cancelled"];
const CANCELLED: usize = 8;

/// Counts the calls of a pipeline.
#[derive(Debug, Default)]
pub(crate) struct Calls {
    under_way: AtomicUsize,
    replied: AtomicU64,
    failed: [AtomicU64; REASONS.len()],
}

impl Calls {
    fn count(&self, error: &CallError) {
        let reason = match error {
            CallError::Timeout(_) => 0,
            CallError::Panicked(_) => 1,
            CallError::Filtered => 2,
            CallError::Rejected(_) => 3,
            CallError::Overloaded => 4,
            CallError::TimedOut => 5,
            CallError::Blown(_) => 6,
            CallError::Failed(_) => 7,
            // The caller's own mistakes: nothing was called.
            CallError::NoSuchPipeline { .. }
            | CallError::NoReply { .. }
            | CallError::OtherRequest { .. }
            | CallError::OtherReply { .. } => return,
        };
        self.failed[reason].fetch_add(1, Ordering::Relaxed);
    }
}

/// A call whose caller waits; one that is dropped before it has settled was cancelled.
struct UnderWay {
    worker: Arc<Worker>,
    settled: bool,
}

impl UnderWay {
    /// Begins a call, if there is room for one more.
    fn begin(worker: &Arc<Worker>) -> Result<UnderWay, CallError> {
        let limit = worker.pipeline.policy().calls;
        if worker.calls.under_way.fetch_add(1, Ordering::Relaxed) >= limit {
            worker.calls.under_way.fetch_sub(1, Ordering::Relaxed);
            worker.calls.count(&CallError::Overloaded);
            return Err(CallError::Overloaded);
        }
        Ok(UnderWay { worker: Arc::clone(worker), settled: false })
    }

    /// Counts how it ended.
    fn settle<R>(mut self, result: Result<R, CallError>) -> Result<R, CallError> {
        self.settled = true;
        match &result {
            Ok(_) => drop(self.worker.calls.replied.fetch_add(1, Ordering::Relaxed)),
            Err(error) => self.worker.calls.count(error),
        }
        result
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.worker.calls.under_way.fetch_sub(1, Ordering::Relaxed);
        if !self.settled {
            self.worker.calls.failed[CANCELLED].fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// A call that was begun.
enum Begun<R> {
    Ended(Result<R, CallError>),
    Waits { reply: Awaited<R>, under_way: UnderWay, due: Time, limit: Duration },
}

impl Running {
    /// Gives a request to a pipeline that replies, and waits for the reply: as long as the pipeline's `#[calls(…)]` says, five seconds
    /// unless it says otherwise. On a pipeline that is idle and cheap the caller itself runs it.
    ///
    /// Calls of one caller keep their order. When the future is dropped before it is done, the request may run all the same.
    ///
    /// ```
    /// use fastts_core::prelude::*;
    /// use fastts_core::runtime::{CallError, Options, Running};
    ///
    /// router! {
    ///     pipeline "halve": u32 -> u32 { filter(|n| n % 2 == 0); map(|n| n / 2) }
    /// }
    ///
    /// #[tokio::main(flavor = "current_thread")]
    /// async fn main() -> Result<(), Box<dyn std::error::Error>> {
    ///     let running = Running::start(router(), Options::new())?;
    ///     assert_eq!(running.call::<u32, u32>("halve", 42).await, Ok(21));
    ///     assert_eq!(running.call::<u32, u32>("halve", 7).await, Err(CallError::Filtered));
    ///     Ok(())
    /// }
    /// ```
    ///
    /// # Errors
    /// Each way in which a reply can fail to come is a variant of [`CallError`].
    pub async fn call<T: Item, R: Item>(&self, pipeline: &str, request: T) -> Result<R, CallError> {
        self.call_with(pipeline, request, CallOptions::new()).await
    }

    /// Gives a request to a pipeline that replies, and waits as long as the options say; otherwise as [`Running::call`].
    ///
    /// # Errors
    /// As [`Running::call`].
    pub async fn call_with<T: Item, R: Item>(&self, pipeline: &str, request: T, options: CallOptions) -> Result<R, CallError> {
        let (mut reply, under_way, due, limit) = match self.begin_call(pipeline, request, options) {
            Begun::Ended(result) => return result,
            Begun::Waits { reply, under_way, due, limit } => (reply, under_way, due, limit),
        };
        let clock = self.shared().env.clock.clone();
        let timeout = async {
            while clock.steady() < due {
                clock.sleep_until(due).await;
            }
        };
        let result = tokio::select! {
            biased;
            result = reply.wait() => result.map_err(CallError::of),
            () = timeout => Err(CallError::Timeout(limit)),
        };
        under_way.settle(result)
    }

    /// Does of a call what can be done without waiting, which may be all of it.
    fn begin_call<T: Item, R: Item>(&self, pipeline: &str, request: T, options: CallOptions) -> Begun<R> {
        let Some(worker) = self.named(pipeline) else {
            return Begun::Ended(Err(CallError::NoSuchPipeline { pipeline: pipeline.to_owned() }));
        };
        let begun = CallError::unless_called::<T, R>(&worker.pipeline).and_then(|()| UnderWay::begin(worker));
        let under_way = match begun {
            Ok(under_way) => under_way,
            Err(error) => return Begun::Ended(Err(error)),
        };
        let env = &self.shared().env;
        let begin = env.clock.stamp();
        let limit = options.timeout.unwrap_or(worker.pipeline.policy().call_timeout);
        let (token, reply) = Awaited::<R>::new();
        if let Err(refused) = self.hand_in(worker, request, token, DeliveryPass::new(begin)) {
            let error = match refused {
                NotTaken::Full => CallError::Overloaded,
                NotTaken::Draining => CallError::Rejected(Outcome::Unfinished),
            };
            return Begun::Ended(under_way.settle(Err(error)));
        }
        match reply.take() {
            Some(result) => Begun::Ended(under_way.settle(result.map_err(CallError::of))),
            None => Begun::Waits { reply, under_way, due: env.clock.time(begin) + limit, limit },
        }
    }

    /// Gives an item to one pipeline, whatever feeds it, and waits for nothing: it has run, or is in the mailbox, when this returns.
    ///
    /// ```
    /// use fastts_core::prelude::*;
    /// use fastts_core::runtime::{CastError, Options, Running};
    ///
    /// router! {
    ///     pipeline "index": Event -> Event { index }
    /// }
    ///
    /// #[tokio::main(flavor = "current_thread")]
    /// async fn main() -> Result<(), Box<dyn std::error::Error>> {
    ///     let running = Running::start(router(), Options::new())?;
    ///     running.cast("index", event! { host: "a", service: "b" })?;
    ///     assert_eq!(running.index().len(), 1);
    ///     assert_eq!(running.cast("idex", Event::new()), Err(CastError::NoSuchPipeline { pipeline: "idex".into() }));
    ///     Ok(())
    /// }
    /// ```
    ///
    /// # Errors
    /// When the pipeline does not take it, as it is stopped or its mailbox is full; when there is none of this name that takes items of
    /// this type; and when the run-time is shutting down.
    pub fn cast<T: Item>(&self, pipeline: &str, item: T) -> Result<(), CastError> {
        let Some(worker) = self.named(pipeline) else { return Err(CastError::NoSuchPipeline { pipeline: pipeline.to_owned() }) };
        let named = &worker.pipeline;
        if !named.takes::<T>() {
            return Err(CastError::OtherType { pipeline: named.name(), wanted: named.item(), item: type_name::<T>() });
        }
        let (token, receipt) = Token::new();
        match self.hand_in(worker, item, token, DeliveryPass::new(self.shared().env.clock.stamp())) {
            Err(NotTaken::Full) => Err(CastError::Overloaded),
            Err(NotTaken::Draining) => Err(CastError::Rejected(Outcome::Unfinished)),
            Ok(()) => match receipt.noted() {
                refused @ (Outcome::Dropped | Outcome::Stopped | Outcome::Unfinished) => Err(CastError::Rejected(refused)),
                _ => Ok(()),
            },
        }
    }

    /// Finds a pipeline by its name.
    fn named(&self, pipeline: &str) -> Option<&Arc<Worker>> {
        self.shared().workers.get(*self.shared().by_name.get(pipeline)?)
    }

    /// Gives an item to a pipeline: runs it here, or puts it into the mailbox.
    fn hand_in<T: Item>(&self, worker: &Arc<Worker>, item: T, token: Token, mut pass: DeliveryPass) -> Result<(), NotTaken> {
        if self.shared().env.draining.load(Ordering::Relaxed) {
            return Err(NotTaken::Draining);
        }
        let mut delivery = Delivery::<T>::new(T::collect(vec![item]), Runs::all(token));
        let all = Selection::all(delivery.get());
        let here = match worker.run_here(&all, &mut pass) {
            InlineOutcome::Busy => worker.try_again(&all, &mut pass),
            here => here,
        };
        let end = all.range().end;
        let mut full = Vec::new();
        worker.hand_over(here, |from| (delivery.share(), from..end), &mut full).map_err(|_| NotTaken::Draining)?;
        // Nobody waits for the subscribers of what the pipeline has published, nor for room.
        if full.is_empty() { Ok(()) } else { Err(NotTaken::Full) }
    }
}

/// Why a pipeline did not take an item.
enum NotTaken {
    Full,
    Draining,
}

impl Worker {
    /// Tells what became of its calls; `None` when it is not called.
    pub(crate) fn call_stats(&self) -> Option<CallStats> {
        let count = |(&reason, count): (&&'static str, &AtomicU64)| (reason, count.load(Ordering::Relaxed));
        Some(CallStats {
            reply: self.pipeline.reply()?,
            under_way: self.calls.under_way.load(Ordering::Relaxed),
            limit: self.pipeline.policy().calls,
            replied: self.calls.replied.load(Ordering::Relaxed),
            failed: REASONS.iter().zip(&self.calls.failed).map(count).collect(),
        })
    }
}
