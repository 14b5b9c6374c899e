//! Time-outs.

use fastts_core::runtime::{BoundaryState, Reason};
use fastts_core::{Outcome, Policy};

use super::*;

/// A pipeline with a pool whose workers tell that they began, and wait until they are let through.
fn gated<S: Stage<Event, Out = Event>>(
    name: &'static str,
    workers: usize,
    set: impl Fn(Pool<Event, Block<Box<dyn Work>>, NoKey>) -> S + Send + Sync + 'static,
) -> (Pipelines, Gates, Seen<i64>, Seen<i64>) {
    let (gates, (entered, at_work), (out, seen)) = (Gates::default(), probe(), probe());
    let gate = gates.clone();
    let pool = move || {
        let (gate, entered, out) = (gate.clone(), entered.clone(), out.clone());
        let work = move |number| {
            entered.send(number);
            gate.pass(number);
        };
        pooled(workers, &set, Box::new(work) as Box<dyn Work>, move |number| out.send(number))
    };
    (Pipelines::new().with(name, Policy::new(), pool), gates, at_work, seen)
}

/// What workers do, whatever its type.
trait Work: FnMut(i64) + Send {
    fn copy(&self) -> Box<dyn Work>;
}

impl<W: FnMut(i64) + Clone + Send + 'static> Work for W {
    fn copy(&self) -> Box<dyn Work> {
        Box::new(self.clone())
    }
}

impl Clone for Box<dyn Work> {
    fn clone(&self) -> Box<dyn Work> {
        (**self).copy()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_that_takes_too_long_costs_its_item_and_another_takes_its_place() {
    let (pipelines, gates, at_work, seen) = gated("p", 1, |pool| pool.timeout(millis(5_000)).overflow(1));
    let clock = clock();
    let running = pipelines.start(&clock);
    let first = deliver(&running, [1]).await;
    assert_eq!(at_work.next(), 1);
    clock.advance(millis(4_999));
    tokio::task::yield_now().await;
    assert_eq!(pool_stats(&running, "p").timed_out, 0);
    clock.advance(millis(1));
    assert_eq!(told(first).await, [Outcome::TimedOut], "whoever waits for it is told at once, though the worker is at it still");
    // poolboy's fault: there the next job, of 0 ms, waited 239 ms for the worker that was checked in busy. Here it runs now, and the clock
    // stands still meanwhile.
    gates.open([2]);
    assert_eq!(told(deliver(&running, [2]).await).await, [Outcome::Delivered]);
    assert_eq!(seen.next(), 2);
    let stats = until(&running, |stats| stats.done == 1).await;
    assert_eq!((stats.timed_out, stats.lost), (1, 1));
    let letters = running.dead_letters();
    assert_eq!((letters.len(), &letters[0].reason), (1, &Reason::TimedOut(millis(5_000))));
    // What it brings in the end is dropped and counted, and it is one of the pool again.
    gates.open([1]);
    let stats = until(&running, |stats| stats.late == 1).await;
    assert_eq!((stats.lost, stats.done), (0, 1));
    assert_eq!(seen.now(), [0; 0]);
    assert!(running.drain(PATIENCE).await.is_complete());
    assert_pool_adds_up(&pool_stats(&running, "p"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_more_workers_are_made_than_the_overflow_allows_however_many_are_lost() {
    let (pipelines, gates, at_work, seen) = gated("p", 1, |pool| pool.timeout(millis(10)).overflow(1).queue(1));
    let clock = clock();
    let running = pipelines.start(&clock);
    for number in [1, 2] {
        running.deliver(batch([number])).await.unwrap();
        assert_eq!(at_work.next(), number);
        clock.advance(millis(10));
        until(&running, |stats| stats.timed_out == number as u64).await;
    }
    running.deliver(batch([3, 4, 5])).await.unwrap();
    let stats = until(&running, |stats| stats.waiting == 1).await;
    assert_eq!((stats.state, stats.available, stats.busy, stats.lost), (BoundaryState::Full, 0, 0, 2));
    // The rest is put back a moment after the pool has taken what it has room for.
    patiently(async {
        while crate::kit::stats(&running, "p").depth != 2 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert_eq!(at_work.now(), [0; 0]);
    gates.open(1..6);
    let mut rest = seen.take(3);
    rest.sort_unstable();
    assert_eq!(rest, [3, 4, 5], "it goes on when one comes back");
    assert_eq!(until(&running, |stats| stats.late == 2).await.lost, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_time_outs_leave_nothing_behind() {
    let (pipelines, gates, at_work, _seen) = gated("thousand", 2, |pool| pool.timeout(millis(10)).overflow(1));
    let clock = clock();
    let running = pipelines.start(&clock);
    let mut most = 0;
    for number in 0..1_000 {
        let receipts = deliver(&running, [number]).await;
        assert_eq!(at_work.next(), number);
        clock.advance(millis(10));
        assert_eq!(told(receipts).await, [Outcome::TimedOut]);
        // Up to two are lost at a time.
        if number % 2 == 1 {
            gates.open([number - 1, number]);
            patiently(async {
                while pool_stats(&running, "thousand").lost > 0 {
                    tokio::task::yield_now().await;
                }
            })
            .await;
        }
        most = most.max(threads("pool thousand"));
    }
    assert!((1..=3).contains(&most), "{most} threads");
    let stats = pool_stats(&running, "thousand");
    assert_eq!((stats.timed_out, stats.late, stats.lost, stats.under_way, stats.waiting), (1_000, 1_000, 0, 0, 0));
    drop(running);
    patiently(async {
        while threads("pool thousand") > 0 {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

/// How many threads of this process have a name.
fn threads(name: &str) -> usize {
    // A thread may end while its name is asked.
    let named = |task: &std::fs::DirEntry| std::fs::read_to_string(task.path().join("comm")).is_ok_and(|comm| comm.trim() == name);
    std::fs::read_dir("/proc/self/task").unwrap().filter_map(Result::ok).filter(named).count()
}
