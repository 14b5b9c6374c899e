//! `map_async`, and breakers.

use std::future::{Future, pending, ready};

use fastts_core::__private::{Sealed, seal, start};
use fastts_core::breaker::{Breaker, BreakerState};
use fastts_core::runtime::{BoundaryState, Reason};
use fastts_core::stages::types::{MapAsync, Order, Yields};
use fastts_core::{Event, Outcome, Policy, stages};
use tokio::sync::Semaphore;

use super::*;

/// Makes a chain of a `map_async` that makes a future of the number of each event, and of a stage behind it that tells what comes out.
fn mapped<T, R, S, C>(
    most: usize,
    set: impl FnOnce(MapAsync<Event, C, T, R, Event>) -> S,
    task: C,
    out: impl FnMut(i64) + Clone + Send + 'static,
) -> Sealed<Event>
where
    T: Future<Output = R> + Send + 'static,
    R: Yields<Item = Event>,
    C: Fn(Event) -> T + Clone + Send + 'static,
    S: Stage<Event, Out = Event>,
{
    seal(stages::map_async(start::<Event>(), most, task).configure(set).then(Each(out)))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn as_many_futures_as_may_be_are_under_way_and_the_rest_waits() {
    let (gate, (out, seen)) = (Arc::new(Semaphore::new(0)), probe());
    let pass = Arc::clone(&gate);
    let chain = move || {
        let (pass, out) = (Arc::clone(&pass), out.clone());
        let task = move |event: Event| {
            let pass = Arc::clone(&pass);
            async move {
                pass.acquire().await.unwrap().forget();
                event
            }
        };
        mapped(3, |stage| stage, task, move |number| out.send(number))
    };
    let running = Pipelines::new().with("p", Policy::new(), chain).start(&clock());
    running.deliver(batch(0..5)).await.unwrap();
    let stats = until(&running, |stats| stats.under_way == 3).await;
    assert_eq!((stats.state, stats.size, stats.busy, crate::kit::stats(&running, "p").depth), (BoundaryState::Full, 3, 3, 2));
    assert_eq!(seen.now(), [0; 0]);
    gate.add_permits(5);
    let mut numbers = seen.take(5);
    numbers.sort_unstable();
    assert_eq!(numbers, [0, 1, 2, 3, 4]);
    assert!(running.drain(PATIENCE).await.is_complete());
    assert_pool_adds_up(&pool_stats(&running, "p"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn errors_and_panics_are_dead_letters_with_their_texts() {
    let (out, seen) = probe();
    let chain = move || {
        let out = out.clone();
        let task = |event: Event| async move {
            match number(event.view()) {
                1 => Err("no such thumb"),
                2 => panic!("not two"),
                _ => Ok(event),
            }
        };
        mapped(1, |stage| stage, task, move |number| out.send(number))
    };
    let running = Pipelines::new().with("p", Policy::new(), chain).start(&clock());
    let receipts = deliver(&running, 0..4).await;
    assert_eq!(told(receipts).await, [Outcome::Delivered, Outcome::Failed, Outcome::Panicked, Outcome::Delivered]);
    assert_eq!(seen.take(2), [0, 3]);
    let letters = running.dead_letters();
    let told: Vec<String> = letters.iter().map(|letter| letter.reason.to_string()).collect();
    assert_eq!(told[0], "no such thumb");
    assert!(told[1].starts_with("a stage panicked: not two at "), "{told:?}");
    assert_eq!(letters[0].event.as_ref().map(|event| number(event.view())), Some(1));
    let stats = until(&running, |stats| stats.under_way == 0).await;
    assert_eq!((stats.done, stats.failed, stats.panicked, crate::kit::stats(&running, "p").restarts), (2, 1, 1, 0));
    assert_pool_adds_up(&stats);
}

#[tokio::test(start_paused = true)]
async fn a_future_that_takes_too_long_is_dropped() {
    struct Dropped(Probe<()>);
    impl Drop for Dropped {
        fn drop(&mut self) {
            self.0.send(());
        }
    }
    let (ends, ended) = probe();
    let chain = move || {
        let ends = ends.clone();
        let task = move |event: Event| {
            let dropped = Dropped(ends.clone());
            async move {
                let _dropped = dropped;
                pending::<()>().await;
                event
            }
        };
        mapped(2, |stage| stage.timeout(millis(5_000)), task, |_| ())
    };
    let running = Pipelines::new().with("p", Policy::new(), chain).start(&clock());
    let receipts = deliver(&running, [0, 1]).await;
    assert_eq!(told(receipts).await, [Outcome::TimedOut; 2]);
    assert_eq!(ended.now().len(), 2);
    assert_eq!(running.dead_letters()[0].reason, Reason::TimedOut(millis(5_000)));
    let stats = until(&running, |stats| stats.under_way == 0).await;
    assert_eq!((stats.timed_out, stats.lost), (2, 0), "nothing is lost with a future");
}

#[tokio::test(start_paused = true)]
async fn in_the_order_of_the_input_a_slow_one_holds_up_those_behind_it() {
    let (out, seen) = probe();
    let chain = move || {
        let out = out.clone();
        let task = |event: Event| async move {
            tokio::time::sleep(millis(100 - 10 * number(event.view()) as u64)).await;
            event
        };
        mapped(10, |stage| stage.order(Order::Input), task, move |number| out.send(number))
    };
    let running = Pipelines::new().with("p", Policy::new(), chain).start(&clock());
    told(deliver(&running, 0..10).await).await;
    assert_eq!(seen.now(), (0..10).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_breaker_that_is_blown_keeps_items_out_at_once() {
    let (out, seen) = probe();
    let chain = move || {
        let out = out.clone();
        let task = |event: Event| ready(if number(event.view()) < 10 { Err("it is down") } else { Ok(event) });
        let set = |stage: MapAsync<Event, _, _, _, Event>| stage.breaker(Breaker::melts(2).within(millis(10_000)).reset(millis(60_000)));
        mapped(1, set, task, move |number| out.send(number))
    };
    let clock = clock();
    let running = Pipelines::new().with("p", Policy::new(), chain).start(&clock);
    for number in 0..3 {
        assert_eq!(told(deliver(&running, [number]).await).await, [Outcome::Failed]);
    }
    assert_eq!(until(&running, |stats| stats.under_way == 0).await.breaker, BreakerState::Blown);
    assert_eq!(told(deliver(&running, [10, 11]).await).await, [Outcome::Blown; 2]);
    let letters = running.dead_letters();
    let Reason::Blown(told_why) = &letters.last().unwrap().reason else { panic!("{letters:?}") };
    assert!(told_why.starts_with("breaker \"p map_async\" is blown since ") && told_why.ends_with(": it is down"), "{told_why}");
    clock.advance(millis(60_000));
    assert_eq!(told(deliver(&running, [12]).await).await, [Outcome::Delivered]);
    assert_eq!(seen.next(), 12);
    let stats = until(&running, |stats| stats.under_way == 0).await;
    assert_eq!((stats.accepted, stats.failed, stats.blown, stats.done), (4, 3, 2, 1));
    assert_eq!(running.breakers().stats()[0].refused, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn panics_of_workers_melt_the_fuse_of_their_key() {
    let chain = move || {
        let set = |pool: Pool<Event, _, NoKey>| {
            pool.key(|event, key: &mut fastts_core::Key| key.part(event.host())).breaker(Breaker::melts(0).per_key(10))
        };
        pooled(1, set, |number: i64| assert!(number != 1, "one"), |_| ())
    };
    let running = Pipelines::new().with("p", Policy::new(), chain).start(&clock());
    let mut outcomes = Vec::new();
    for (host, number) in [("a", 1), ("a", 2), ("b", 2)] {
        let (token, receipt) = Token::new();
        let event = Event::new().with_host(host).with_metric(number);
        running.deliver_with(fastts_core::Batch::of([event.view()]), Runs::all(token)).await.unwrap();
        outcomes.extend(told(vec![receipt]).await);
    }
    assert_eq!(outcomes, [Outcome::Panicked, Outcome::Blown, Outcome::Delivered]);
    assert!(running.dead_letters()[1].reason.to_string().contains("for \"a\""), "{:?}", running.dead_letters());
}
