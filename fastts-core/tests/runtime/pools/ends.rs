//! Restarts, drains, the end of a router.

use fastts_core::runtime::{PipelineState, Reason};
use fastts_core::{Outcome, Policy};

use super::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restart_of_the_pipeline_loses_nothing_that_is_under_way() {
    let gates = Gates::default();
    let (out, seen) = probe();
    let gate = gates.clone();
    let pool = move || {
        let (gate, out) = (gate.clone(), out.clone());
        let behind = move |number: i64| {
            assert!(number != 1, "not this one");
            out.send(number);
        };
        pooled(3, |pool| pool, move |number| gate.pass(number), behind)
    };
    let clock = clock();
    let running = Pipelines::new().with("p", Policy::new(), pool).start(&clock);
    let receipts = deliver(&running, [0, 1, 2]).await;
    gates.open([1]);
    patiently(async {
        while stats(&running, "p").state != PipelineState::BackingOff {
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert_eq!(pool_stats(&running, "p").panicked, 1);
    // These come back while there is no chain.
    gates.open([0, 2]);
    until(&running, |stats| stats.busy == 0).await;
    assert_eq!(seen.now(), [0; 0]);
    clock.advance(millis(100));
    let mut numbers = seen.take(2);
    numbers.sort_unstable();
    assert_eq!(numbers, [0, 2], "the chain that was built again gets them");
    assert_eq!(told(receipts).await, [Outcome::Delivered, Outcome::Panicked, Outcome::Delivered]);
    let letters = running.dead_letters();
    assert!(matches!(&letters[0].reason, Reason::Panicked(panic) if panic.message == "not this one"), "{letters:?}");
    let stats = until(&running, |stats| stats.under_way == 0).await;
    assert_eq!((stats.done, stats.panicked, crate::kit::stats(&running, "p").restarts), (2, 1, 1));
    assert_pool_adds_up(&stats);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_drain_gives_up_what_takes_too_long_and_says_so() {
    let gates = Gates::default();
    let gate = gates.clone();
    let pool = move || {
        let gate = gate.clone();
        pooled(1, |pool| pool, move |number| gate.pass(number), |_| ())
    };
    let running = Pipelines::new().with("p", Policy::new(), pool).start_live();
    let receipts = deliver(&running, [0, 1, 2]).await;
    let drained = running.drain(millis(50)).await;
    assert_eq!((drained.left.len(), drained.left[0].events), (1, 3), "{drained}");
    assert_eq!(told(receipts).await, [Outcome::Unfinished; 3]);
    // Whoever asked is told a moment before it is counted.
    let stats = until(&running, |stats| stats.unfinished == 3).await;
    assert_eq!((stats.under_way, stats.waiting), (0, 0));
    gates.open([0]);
    assert_pool_adds_up(&stats);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_under_way_when_a_router_is_dropped_is_told_to_be_unfinished() {
    let gates = Gates::default();
    let (gate, (entered, at_work)) = (gates.clone(), probe());
    let pool = move || {
        let (gate, entered) = (gate.clone(), entered.clone());
        let work = move |number| {
            entered.send(number);
            gate.pass(number);
        };
        pooled(1, |pool| pool, work, |_| ())
    };
    let running = Pipelines::new().with("p", Policy::new(), pool).start(&clock());
    let receipts = deliver(&running, [0, 1]).await;
    at_work.next();
    drop(running);
    assert_eq!(told(receipts).await, [Outcome::Unfinished; 2]);
    gates.open([0]);
}
