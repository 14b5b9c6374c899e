//! Pools: stages that may block, on threads of their own.
//!
//! | file | what is promised |
//! |---|---|
//! | `accounts` | whatever happens, each item is accounted for |
//! | `work` | workers, what may wait, order, panics |
//! | `lateness` | time-outs |
//! | `futures` | `map_async`, and breakers |
//! | `ends` | restarts, drains, the end of a router |

mod accounts;
mod ends;
mod futures;
mod lateness;
mod work;

use std::sync::{Arc, Condvar, Mutex};

use fastts_core::__private::{Sealed, seal, start};
use fastts_core::runtime::{BoundaryStats, Running};
use fastts_core::stages::types::{NoKey, Pool};
use fastts_core::{Event, Outcome, Receipt, Runs, Stage, Start, Then, Token, stages};

use crate::kit::*;

/// The block of the pools here.
pub(super) type Block<F> = Then<Start, Each<F>>;

/// Makes a chain of a pool that calls `work` with the number of each event, and of a stage behind it that tells what comes out.
pub(super) fn pooled<W, S>(
    workers: usize,
    set: impl FnOnce(Pool<Event, Block<W>, NoKey>) -> S,
    work: W,
    out: impl FnMut(i64) + Clone + Send + 'static,
) -> Sealed<Event>
where
    W: FnMut(i64) + Clone + Send + 'static,
    S: Stage<Event, Out = Event>,
{
    let pool = stages::pool(start::<Event>(), workers, |block| block.then(Each(work)));
    seal(pool.configure(set).then(Each(out)))
}

/// Returns what the only pool of a pipeline has done.
pub(super) fn pool_stats(running: &Running, pipeline: &str) -> BoundaryStats {
    stats(running, pipeline).boundaries.remove(0)
}

/// Waits until something holds of the only pool of the pipeline "p".
pub(super) async fn until(running: &Running, holds: impl Fn(&BoundaryStats) -> bool) -> BoundaryStats {
    patiently(async {
        loop {
            let stats = pool_stats(running, "p");
            if holds(&stats) {
                return stats;
            }
            tokio::task::yield_now().await;
        }
    })
    .await
}

/// Delivers events with these numbers, each with a token of its own; returns what tells what became of them.
pub(super) async fn deliver(running: &Running, numbers: impl IntoIterator<Item = i64>) -> Vec<Receipt> {
    let numbers: Vec<i64> = numbers.into_iter().collect();
    let (tokens, receipts): (Vec<Token>, Vec<Receipt>) = numbers.iter().map(|_| Token::new()).unzip();
    let runs: Runs = tokens.into_iter().zip(1..).collect();
    running.deliver_with(batch(numbers), runs).await.unwrap();
    receipts
}

pub(super) async fn told(receipts: Vec<Receipt>) -> Vec<Outcome> {
    let mut told = Vec::new();
    for mut receipt in receipts {
        told.push(patiently(receipt.wait()).await);
    }
    told
}

pub(super) fn assert_pool_adds_up(stats: &BoundaryStats) {
    let BoundaryStats { accepted, done, timed_out, panicked, failed, unfinished, under_way, .. } = stats;
    assert_eq!(*accepted, done + timed_out + panicked + failed + unfinished + *under_way as u64, "{stats:#?}");
}

/// Holds up each worker that comes until it is let through by its number.
#[derive(Clone, Default)]
pub(super) struct Gates(Arc<(Mutex<Vec<i64>>, Condvar)>);

impl Gates {
    /// Waits until this number may go on.
    pub(super) fn pass(&self, number: i64) {
        let (open, changed) = &*self.0;
        let guard = open.lock().unwrap();
        let (_guard, timeout) = changed.wait_timeout_while(guard, PATIENCE, |open| !open.contains(&number)).unwrap();
        assert!(!timeout.timed_out(), "nobody let {number} through");
    }

    /// Lets numbers through.
    pub(super) fn open(&self, numbers: impl IntoIterator<Item = i64>) {
        let (open, changed) = &*self.0;
        open.lock().unwrap().extend(numbers);
        changed.notify_all();
    }
}
