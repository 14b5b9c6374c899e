//! Workers, what may wait, order, panics.

use fastts_core::__private::{seal, start};
use fastts_core::runtime::{BoundaryState, Options, Reason, Running, StartError};
use fastts_core::stages::types::Order;
use fastts_core::{Event, Key, Outcome, Policy, Topic, stages};

use super::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_that_goes_in_comes_out_and_a_drain_waits_for_it() {
    let (out, seen) = probe();
    let pool = move || {
        let out = out.clone();
        pooled(4, |pool| pool, |_| (), move |number| out.send(number))
    };
    let running = Pipelines::new().with("p", Policy::new(), pool).start_live();
    let receipts = deliver(&running, 0..1_000).await;
    assert!(running.drain(PATIENCE).await.is_complete());
    let mut numbers = seen.now();
    numbers.sort_unstable();
    assert_eq!(numbers, (0..1_000).collect::<Vec<_>>());
    assert_eq!(told(receipts).await, [Outcome::Delivered; 1_000]);
    let stats = pool_stats(&running, "p");
    assert_eq!((stats.accepted, stats.done, stats.under_way), (1_000, 1_000, 0));
    assert_adds_up(&running);
}

/// poolboy's status transcript, size 2 and overflow 1: `{ready,2,0,0}`, two out `{overflow,0,0,2}`, three out `{full,0,1,3}`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn its_status_is_that_of_poolboy() {
    let gates = Gates::default();
    let (entered, at_work) = probe();
    let gate = gates.clone();
    let pool = move || {
        let (gate, entered) = (gate.clone(), entered.clone());
        let work = move |number| {
            entered.send(number);
            gate.pass(number);
        };
        pooled(2, |pool| pool.overflow(1).queue(0), work, |_| ())
    };
    let running = Pipelines::new().with("p", Policy::new(), pool).start(&clock());
    let status = || {
        let stats = pool_stats(&running, "p");
        (stats.state, stats.available, stats.overflow_workers, stats.busy)
    };
    assert_eq!(status(), (BoundaryState::Ready, 2, 0, 0));
    running.deliver(batch([1])).await.unwrap();
    at_work.next();
    assert_eq!(status(), (BoundaryState::Ready, 1, 0, 1));
    running.deliver(batch([2])).await.unwrap();
    at_work.next();
    assert_eq!(status(), (BoundaryState::Overflow, 0, 0, 2));
    running.deliver(batch([3])).await.unwrap();
    at_work.next();
    assert_eq!(status(), (BoundaryState::Full, 0, 1, 3));
    // The fourth, which poolboy refuses or lets wait, waits in the mailbox.
    running.deliver(batch([4])).await.unwrap();
    assert_eq!((status(), stats(&running, "p").depth), ((BoundaryState::Full, 0, 1, 3), 1));
    assert!(stats(&running, "p").blocked);
    gates.open([1]);
    assert_eq!(at_work.take(1), [4], "whoever waits gets the worker that comes back");
    gates.open([2, 3, 4]);
    // The worker of the overflow is ended when it has nothing to do, and nobody waits.
    let stats = until(&running, |stats| stats.busy == 0 && stats.idle == 2).await;
    assert_eq!((stats.state, stats.available, stats.overflow_workers), (BoundaryState::Ready, 2, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_no_more_may_wait_the_pipeline_waits_and_then_its_sources() {
    let gates = Gates::default();
    let (out, seen) = probe();
    let gate = gates.clone();
    let pool = move || {
        let (gate, out) = (gate.clone(), out.clone());
        pooled(1, |pool| pool.queue(2), move |number| gate.pass(number), move |number| out.send(number))
    };
    let policy = Policy::new().mailbox(4, fastts_core::Overflow::Block);
    let running = Pipelines::new().with("p", policy, pool).start(&clock());
    running.deliver(batch(0..7)).await.unwrap();
    let mut waits = Box::pin(running.deliver(batch([7])));
    assert!(!poll_once(&mut waits), "one runs, two wait in the pool, four in the mailbox");
    let stats = until(&running, |stats| stats.under_way == 3 && stats.busy == 1).await;
    assert_eq!((stats.waiting, crate::kit::stats(&running, "p").depth), (2, 4));
    assert_eq!(running.refusing(millis(0)), [""; 0]);
    gates.open(0..8);
    patiently(waits).await.unwrap();
    assert_eq!(seen.take(8), (0..8).collect::<Vec<_>>());
    assert!(running.drain(PATIENCE).await.is_complete());
    assert_adds_up(&running);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_pool_lets_timers_behind_it_fire() {
    let gates = Gates::default();
    let (call, called) = probe();
    let (gate, clock) = (gates.clone(), clock());
    let chain = move || {
        let (gate, call) = (gate.clone(), call.clone());
        let work = move |number| gate.pass(number);
        let pool = stages::pool(start::<Event>(), 1, |block| block.then(Each(work))).configure(|pool| pool.queue(0));
        seal(pool.then(Ticking { next: None, call: move |one| call.send(one) }))
    };
    let running = Pipelines::new().with("p", Policy::new(), chain).start(&clock);
    running.deliver(batch([0, 1])).await.unwrap();
    assert_eq!(called.take(1), [Call::Start(at(0))]);
    clock.advance(millis(1_500));
    assert_eq!(called.take(1), [Call::Tick(at(1_000))]);
    gates.open([0, 1]);
    assert_eq!(called.take(2), [Call::Item(at(1_500), 0), Call::Item(at(1_500), 1)], "at the time at which they come back");
    drop(running);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn they_come_in_the_order_in_which_they_finish_unless_it_is_to_be_that_of_the_input() {
    for (order, wanted) in [(Order::Finished, [2, 1, 0]), (Order::Input, [0, 1, 2])] {
        let gates = Gates::default();
        let (out, seen) = probe();
        let (gate, (finished, done)) = (gates.clone(), probe());
        let pool = move || {
            let (gate, out, finished) = (gate.clone(), out.clone(), finished.clone());
            let work = move |number| {
                gate.pass(number);
                finished.send(number);
            };
            pooled(3, |pool| pool.order(order), work, move |number| out.send(number))
        };
        let running = Pipelines::new().with("p", Policy::new(), pool).start(&clock());
        running.deliver(batch([0, 1, 2])).await.unwrap();
        for (nth, number) in [2, 1, 0].into_iter().enumerate() {
            gates.open([number]);
            assert_eq!(done.next(), number);
            // What it has brought back is there, or has come out.
            until(&running, |stats| stats.busy == 2 - nth).await;
            if order == Order::Finished {
                assert_eq!(seen.next(), number);
            }
        }
        if order == Order::Input {
            assert_eq!(seen.take(3), wanted);
        }
        assert!(running.drain(PATIENCE).await.is_complete());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn items_of_one_key_run_one_after_the_other() {
    let gates = Gates::default();
    let (entered, at_work) = probe();
    let gate = gates.clone();
    let pool = move || {
        let (gate, entered) = (gate.clone(), entered.clone());
        let work = move |number| {
            entered.send(number);
            gate.pass(number);
        };
        let set = |pool: Pool<Event, _, NoKey>| pool.key(|event, key: &mut Key| key.part(number(event) % 2));
        pooled(4, set, work, |_| ())
    };
    let running = Pipelines::new().with("p", Policy::new(), pool).start(&clock());
    running.deliver(batch([0, 2, 4, 1])).await.unwrap();
    let mut first = at_work.take(2);
    first.sort_unstable();
    assert_eq!(first, [0, 1], "one of each key");
    assert_eq!(pool_stats(&running, "p").waiting, 2);
    gates.open([0]);
    assert_eq!(at_work.next(), 2);
    gates.open([2]);
    assert_eq!(at_work.next(), 4);
    gates.open([4, 1]);
    assert!(running.drain(PATIENCE).await.is_complete());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_panic_costs_its_item_and_not_the_pipeline() {
    let (out, seen) = probe();
    let pool = move || {
        let out = out.clone();
        let mut ran = 0;
        let work = move |number: i64| {
            ran += 1;
            assert!(number != 1, "no {number} after {ran}");
        };
        pooled(1, |pool| pool, work, move |number| out.send(number))
    };
    let running = Pipelines::new().with("p", Policy::new(), pool).start(&clock());
    let receipts = deliver(&running, 0..3).await;
    assert_eq!(seen.take(2), [0, 2]);
    assert_eq!(told(receipts).await, [Outcome::Delivered, Outcome::Panicked, Outcome::Delivered]);
    let letters = running.dead_letters();
    assert_eq!(letters.len(), 1);
    let Reason::Panicked(panic) = &letters[0].reason else { panic!("{letters:?}") };
    assert_eq!(panic.message, "no 1 after 2");
    assert_eq!(letters[0].event.as_ref().map(|event| number(event.view())), Some(1));
    let stats = until(&running, |stats| stats.under_way == 0).await;
    assert_eq!((stats.done, stats.panicked, crate::kit::stats(&running, "p").restarts), (2, 1, 0));
    assert!(stats.reason.is_some_and(|reason| reason.contains("no 1 after 2")));
    assert_pool_adds_up(&pool_stats(&running, "p"));
}

fn start_error(chain: impl Fn() -> fastts_core::__private::Sealed<Event> + Send + Sync + 'static) -> String {
    let router = Pipelines::new().with("p", Policy::new(), chain).build();
    match Running::start(router, Options::new()) {
        Err(error @ StartError::Panicked { .. }) => error.to_string(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn one_that_is_hidden_in_a_block_keeps_the_router_from_starting() {
    let told = start_error(|| {
        let by = stages::by(
            start::<Event>(),
            |_: fastts_core::EventView<'_>, _: &mut Key| (),
            |block| stages::pool(block, 2, |block| block.then(Each(|_| ()))),
        );
        seal(by)
    });
    assert!(told.starts_with("pipeline \"p\" cannot be built: `pool` at fastts-core/tests/runtime/pools/work.rs:"), "{told}");
    assert!(told.contains("it stands in a block of another stage; boundaries stand at the top of a pipeline"), "{told}");
    let told = start_error(|| seal(stages::pool(start::<Event>(), 2, |block| stages::pool(block, 2, |block| block.then(Each(|_| ()))))));
    assert!(told.contains("one of them stands in a block of another stage"), "{told}");
}

#[tokio::test]
async fn workers_do_not_publish() {
    let told = start_error(|| seal(stages::pool(start::<Event>(), 2, |block| stages::publish(block, Topic::<Event>::new("high")))));
    assert!(told.contains("publishes on topic \"high\", which a worker cannot; publish behind the pool"), "{told}");
}
