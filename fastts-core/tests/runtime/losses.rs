//! What gets lost is counted, and who holds up the sources is named.

use fastts_core::__private::{seal, start};
use fastts_core::index::{Index, IndexOptions};
use fastts_core::runtime::{LossStats, Options, PipelineState};
use fastts_core::{Backlog, Event, Overflow, Policy, Running, event, stages};

use crate::kit::*;

/// Waits until the run-time tells of a loss; the thread that looks does so several times a second.
async fn lost(running: &Running, kind: &str, is_enough: impl Fn(&LossStats) -> bool) -> LossStats {
    patiently(async {
        loop {
            if let Some(loss) = running.losses().into_iter().find(|loss| loss.kind == kind && is_enough(loss)) {
                return loss;
            }
            tokio::task::yield_now().await;
        }
    })
    .await
}

#[tokio::test]
async fn what_a_full_mailbox_drops_is_told() {
    for overflow in [Overflow::DropNewest, Overflow::DropOldest] {
        let gate = Gate::default();
        let pass = gate.clone();
        let running = Pipelines::new().each("full", task().mailbox(2, overflow), move |_| pass.pass()).start(&clock());
        running.deliver(batch(0..1)).await.unwrap();
        running.deliver(batch(1..10)).await.unwrap();
        let dropped = stats(&running, "full").dropped;
        assert!(dropped >= 7);
        let loss = lost(&running, "mailbox", |loss| loss.count == dropped).await;
        assert_eq!((&*loss.place, loss.lasts), ("full", true));
        gate.open();
    }
}

#[tokio::test]
async fn one_that_holds_up_the_sources_is_named_until_it_has_room() {
    let (gate, clock) = (Gate::default(), clock());
    let pass = gate.clone();
    let (entering, entered) = probe();
    let held = move |_| {
        entering.send(());
        pass.pass();
    };
    let running = Pipelines::new().each("full", task().mailbox(1, Overflow::Block), held).start(&clock);
    running.deliver(batch(0..1)).await.unwrap();
    entered.next();
    running.deliver(batch(1..2)).await.unwrap();
    let mut waits = Box::pin(running.deliver(batch(2..10)));
    assert!(!poll_once(&mut waits));
    assert!(running.refusing(millis(3_000)).is_empty(), "it was full for a moment only");
    patiently(async {
        while running.refusing(millis(3_000)).is_empty() {
            clock.advance(millis(100));
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert_eq!(running.refusing(millis(3_000)), ["full"]);
    assert_eq!(&*lost(&running, "held_up", |_| true).await.place, "full");
    gate.open();
    patiently(waits).await.unwrap();
    patiently(async {
        while !running.refusing(millis(0)).is_empty() {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[tokio::test]
async fn keys_that_make_room_and_events_without_room_are_counted() {
    let by = || {
        let key = |event: fastts_core::EventView<'_>| number(event);
        seal(stages::by_value(start::<Event>(), key, |flow| stages::rate(flow, 5)).configure(|by| by.limit(3)))
    };
    let windows = || seal(stages::fixed_time_window(start::<Event>(), 5).configure(|window| window.limit(4)));
    let pipelines = Pipelines::new().with("keys", Policy::new(), by).with("windows", Policy::new(), windows);
    let options = Options::new().clock(clock().clock()).index(Index::with(IndexOptions::new()));
    let running = Running::start(pipelines.build(), options).unwrap();
    running.deliver(batch(0..10)).await.unwrap();
    let evicted = lost(&running, "evicted", |_| true).await;
    assert_eq!((&*evicted.place, evicted.count), ("keys", 7));
    let left_out = lost(&running, "left_out", |_| true).await;
    assert_eq!((&*left_out.place, left_out.count), ("windows", 6));
}

#[tokio::test]
async fn what_the_index_a_subscription_and_dead_letters_lose_is_told() {
    let index = || seal(stages::index(start::<Event>()));
    let pipelines = Pipelines::new().with("index", Policy::new(), index).each("panics", Policy::new().restart(100, millis(1)), |number| {
        assert!(number != 13, "thirteen");
    });
    let clock = clock();
    let options = Options::new().clock(clock.clock()).index(Index::with(IndexOptions::new().limit(1))).dead_letters(1);
    let running = Running::start(pipelines.build(), options).unwrap();
    let _slow = running.subscribe("index", fastts_core::query::Query::parse("true").unwrap(), Backlog::new(1).bytes(1));
    for host in ["a", "b", "c", "a", "a", "a"] {
        let event = event! { host: host, metric: 1 };
        running.deliver(fastts_core::Batch::of([event.view()])).await.unwrap();
    }
    assert_eq!(lost(&running, "index", |_| true).await.count, 2);
    assert!(lost(&running, "missed", |_| true).await.count >= 1);
    for _ in 0..3 {
        clock.advance(millis(1_000));
        running.deliver(batch([13])).await.unwrap();
        while stats(&running, "panics").state != PipelineState::Running {
            clock.advance(millis(1_000));
            tokio::task::yield_now().await;
        }
    }
    assert_eq!(lost(&running, "dead_letters", |loss| loss.count == 2).await.count, 2);
}
