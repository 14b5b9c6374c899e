//! The index of a router that runs, and what expires in it.

use fastts_core::__private::{seal, start};
use fastts_core::index::{Index, IndexOptions};
use fastts_core::runtime::{ManualClock, Options};
use fastts_core::{Batch, Event, Overflow, Policy, Running, event, stages};

use crate::kit::*;

/// Adds a pipeline that indexes what comes, and tells what passes.
fn indexing(pipelines: Pipelines, name: &'static str, policy: Policy, sender: Probe<Event>) -> Pipelines {
    pipelines.with(name, policy, move || {
        let sender = sender.clone();
        seal(stages::inspect(stages::index(start::<Event>()), move |event| sender.send(event.to_owned())))
    })
}

fn entry(host: &str, ttl: f64) -> Event {
    event! { time: 0, host: host, service: "s", metric: 1, ttl: ttl }
}

fn expired(host: &str, seconds: i64) -> Event {
    event! { time: seconds, host: host, service: "s", state: "expired" }
}

fn start_with(pipelines: Pipelines, clock: &ManualClock, index: Index) -> Running {
    Running::start(pipelines.build(), Options::new().clock(clock.clock()).index(index)).unwrap()
}

async fn deliver(running: &Running, events: &[Event]) {
    running.deliver(Batch::of(events.iter().map(Event::view))).await.unwrap();
}

/// Waits for the next events on a thread that may wait.
async fn next<T: Send + 'static>(seen: Seen<T>, count: usize) -> (Vec<T>, Seen<T>) {
    tokio::task::spawn_blocking(move || (seen.take(count), seen)).await.unwrap()
}

#[tokio::test]
async fn what_expires_goes_through_every_pipeline_while_nothing_comes() {
    let clock = clock();
    let ((one, one_seen), (other, other_seen)) = (probe(), probe());
    let running = indexing(indexing(Pipelines::new(), "one", Policy::new(), one), "other", task(), other).start(&clock);
    deliver(&running, &[entry("a", 10.0), entry("b", 20.0), event! { host: "c" }]).await;
    let (_, one_seen) = next(one_seen, 3).await;
    let (_, other_seen) = next(other_seen, 3).await;
    assert_eq!(running.index().len(), 3);
    clock.advance(millis(11_000));
    let (told, one_seen) = next(one_seen, 1).await;
    assert_eq!(told, [expired("a", 11)]);
    assert_eq!(next(other_seen, 1).await.0, [expired("a", 11)]);
    assert_eq!(running.index().len(), 2);
    clock.advance(millis(11_000));
    assert_eq!(next(one_seen, 1).await.0, [expired("b", 22)]);
    assert_eq!(running.index().get(Some("c"), None), Some(event! { host: "c" }));
    assert!(running.drain(PATIENCE).await.is_complete());
}

#[tokio::test]
async fn an_entry_that_expires_earlier_than_the_next_is_not_waited_for_too_long() {
    let clock = clock();
    let (sender, seen) = probe();
    let running = indexing(Pipelines::new(), "p", Policy::new(), sender).start(&clock);
    for (host, ttl) in [("late", 100.0), ("early", 5.0)] {
        deliver(&running, &[entry(host, ttl)]).await;
        // The one who expires entries falls asleep in between.
        tokio::task::yield_now().await;
    }
    clock.advance(millis(6_000));
    assert_eq!(next(seen, 3).await.0[2], expired("early", 6));
}

#[tokio::test]
async fn what_expires_waits_for_room_as_what_a_source_delivers() {
    let clock = clock();
    let (sender, seen) = probe();
    let (gate, entered) = (Gate::default(), probe());
    let (pass, entering) = (gate.clone(), entered.0);
    let slow = task().mailbox(1, Overflow::Block);
    let running = indexing(Pipelines::new(), "indexes", Policy::new(), sender)
        .with("slow", slow, move || {
            let (pass, entering) = (pass.clone(), entering.clone());
            let slow = move |event: fastts_core::EventView<'_>| {
                if event.state() == Some("expired") {
                    entering.send(());
                    pass.pass();
                }
            };
            seal(stages::inspect(start::<Event>(), slow))
        })
        .start(&clock);
    let hosts = 3_000;
    for host in 0..hosts {
        deliver(&running, &[entry(&host.to_string(), 10.0)]).await;
    }
    clock.advance(millis(11_000));
    let (_, entered) = next(entered.1, 1).await;
    // The first thousand wait for the slow pipeline, or run there; the others are in the index until those are accepted.
    assert!(running.index().len() >= hosts - 2_000, "{}", running.index().len());
    gate.open();
    next(entered, hosts - 1).await;
    assert!(running.index().is_empty());
    assert_eq!(next(seen, 2 * hosts).await.0.len(), 2 * hosts);
    assert_adds_up(&running);
}

#[tokio::test]
async fn a_drain_expires_nothing() {
    let clock = clock();
    let (sender, seen) = probe();
    let running = indexing(Pipelines::new(), "p", Policy::new(), sender).start(&clock);
    deliver(&running, &[entry("a", 10.0)]).await;
    assert!(running.drain(PATIENCE).await.is_complete());
    clock.advance(millis(11_000));
    tokio::task::yield_now().await;
    assert_eq!((seen.now().len(), running.index().len()), (1, 1));
}

#[tokio::test]
async fn an_index_can_have_options_and_outlive_its_run_time() {
    let clock = clock();
    let index = Index::with(IndexOptions::new().default_ttl(millis(5_000)));
    let (sender, seen) = probe();
    let running = start_with(indexing(Pipelines::new(), "p", Policy::new(), sender), &clock, index.clone());
    deliver(&running, &[event! { time: 0, host: "a", service: "s" }]).await;
    let (_, _seen) = next(seen, 1).await;
    drop(running);
    assert_eq!(index.len(), 1);
    let (sender, seen) = probe();
    let _running = start_with(indexing(Pipelines::new(), "p", Policy::new(), sender), &clock, index.clone());
    clock.advance(millis(6_000));
    assert_eq!(next(seen, 1).await.0, [expired("a", 6)]);
    assert!(index.is_empty());
}
