//! Overflow policies.

use fastts_core::event::BatchBuilder;
use fastts_core::runtime::Running;
use fastts_core::{Batch, Event, Overflow, Policy};

use crate::kit::*;

/// A pipeline in its own task, with a mailbox of four events, that has taken event 0 and waits at a gate.
fn held(overflow: Overflow) -> (Running, Gate, Seen<i64>) {
    held_with(task().mailbox(4, overflow))
}

fn held_with(policy: Policy) -> (Running, Gate, Seen<i64>) {
    let gate = Gate::default();
    let pass = gate.clone();
    let (sender, seen) = probe();
    let pipelines = Pipelines::new().each("held", policy, move |number| {
        sender.send(number);
        pass.pass();
    });
    (pipelines.start(&clock()), gate, seen)
}

async fn first(running: &Running, seen: &Seen<i64>) {
    running.deliver(batch([0])).await.unwrap();
    assert_eq!(seen.next(), 0);
}

#[tokio::test]
async fn drop_newest_drops_what_comes() {
    let (running, gate, seen) = held(Overflow::DropNewest);
    first(&running, &seen).await;
    running.deliver(batch(1..4)).await.unwrap();
    running.deliver(batch(4..7)).await.unwrap();
    running.deliver(batch(7..9)).await.unwrap();
    assert_eq!(stats(&running, "held").dropped, 4);
    gate.open();
    assert!(running.drain(PATIENCE).await.is_complete());
    assert_eq!(seen.now(), [1, 2, 3, 4]);
    assert_adds_up(&running);
}

#[tokio::test]
async fn drop_oldest_drops_what_has_waited_longest() {
    let (running, gate, seen) = held(Overflow::DropOldest);
    first(&running, &seen).await;
    running.deliver(batch(1..4)).await.unwrap();
    running.deliver(batch(4..7)).await.unwrap();
    assert_eq!(stats(&running, "held").dropped, 2);
    running.deliver(batch(10..20)).await.unwrap();
    assert_eq!(stats(&running, "held").dropped, 12);
    gate.open();
    assert!(running.drain(PATIENCE).await.is_complete());
    assert_eq!(seen.now(), [16, 17, 18, 19]);
    assert_adds_up(&running);
}

#[tokio::test]
async fn block_lets_sources_in_in_the_order_in_which_they_came() {
    let (running, gate, seen) = held(Overflow::Block);
    first(&running, &seen).await;
    running.deliver(batch(1..5)).await.unwrap();
    // Three sources wait; the last needs little room and gets no precedence for it.
    let mut waits: Vec<_> = [10..14, 20..24, 30..31].into_iter().map(|range| Box::pin(running.deliver(batch(range)))).collect();
    assert!(!waits.iter_mut().any(poll_once));
    assert_eq!(stats(&running, "held").depth, 4);
    gate.open();
    for wait in waits {
        patiently(wait).await.unwrap();
    }
    assert!(running.drain(PATIENCE).await.is_complete());
    assert_eq!(seen.now(), [1, 2, 3, 4, 10, 11, 12, 13, 20, 21, 22, 23, 30]);
    assert_eq!(stats(&running, "held").dropped, 0);
    assert_adds_up(&running);
}

#[tokio::test]
async fn block_lets_a_batch_through_that_is_larger_than_the_mailbox() {
    let (running, gate, seen) = held(Overflow::Block);
    first(&running, &seen).await;
    running.deliver(batch(1..2)).await.unwrap();
    let mut large = Box::pin(running.deliver(batch(2..50)));
    assert!(!poll_once(&mut large), "it waits until the mailbox is empty");
    gate.open();
    patiently(large).await.unwrap();
    assert!(running.drain(PATIENCE).await.is_complete());
    assert!(seen.now().into_iter().eq(1..50));
}

#[tokio::test]
async fn a_source_that_goes_away_while_it_waits_takes_no_room_along() {
    let (running, gate, seen) = held(Overflow::Block);
    first(&running, &seen).await;
    running.deliver(batch(1..5)).await.unwrap();
    let mut gone = Box::pin(running.deliver(batch(10..14)));
    let mut stays = Box::pin(running.deliver(batch(20..24)));
    assert!(!poll_once(&mut gone) && !poll_once(&mut stays));
    drop(gone);
    gate.open();
    patiently(stays).await.unwrap();
    assert!(running.drain(PATIENCE).await.is_complete());
    assert_eq!(seen.now(), [1, 2, 3, 4, 20, 21, 22, 23]);
    assert_adds_up(&running);
}

#[tokio::test]
async fn what_a_policy_drops_is_dropped_of_a_pipeline_that_turns_slow_as_well() {
    let clock = clock();
    let gate = Gate::default();
    let (pass, moved) = (gate.clone(), clock.clone());
    let (sender, seen) = probe();
    let pipelines = Pipelines::new().each("slow", Policy::new().mailbox(4, Overflow::DropNewest), move |number| {
        sender.send(number);
        if number == 0 {
            moved.advance(millis(10));
        } else {
            pass.pass();
        }
    });
    let running = pipelines.start(&clock);
    running.deliver(batch(0..10)).await.unwrap();
    gate.open();
    assert!(running.drain(PATIENCE).await.is_complete());
    assert_eq!(seen.now(), [0, 1, 2, 3, 4]);
    assert_eq!(stats(&running, "slow").dropped, 5);
    assert_adds_up(&running);
}

#[tokio::test]
async fn a_pipeline_that_gets_room_does_not_wait_for_another_that_does_not() {
    let gates = [Gate::default(), Gate::default()];
    let (sender, seen) = probe();
    let mut pipelines = Pipelines::new();
    for (name, gate) in ["stays full", "gets room"].into_iter().zip(gates.clone()) {
        let sender = sender.clone();
        pipelines = pipelines.each(name, task().mailbox(4, Overflow::Block), move |number| {
            gate.pass();
            sender.send((name, number));
        });
    }
    let running = pipelines.start(&clock());
    running.deliver(batch(0..4)).await.unwrap();
    let deliver = running.clone();
    let waits = tokio::spawn(async move { deliver.deliver(batch(4..8)).await.map(|_| ()) });
    tokio::task::yield_now().await;
    gates[1].open();
    let seen = tokio::task::spawn_blocking(move || seen.take(8)).await.unwrap();
    assert!(seen.into_iter().eq((0..8).map(|number| ("gets room", number))));
    assert!(!waits.is_finished());
    gates[0].open();
    patiently(waits).await.unwrap().unwrap();
    assert!(running.drain(PATIENCE).await.is_complete());
}

/// A batch of one event of this many bytes.
fn large(number: i64, bytes: usize) -> Batch {
    Batch::of([Event::new().with_metric(number).with_description("x".repeat(bytes)).view()])
}

#[tokio::test]
async fn a_mailbox_is_full_of_bytes_as_it_is_of_events() {
    // policy, what it runs besides event 0 of the events of 30 KB, of which three come and two have room, how many it drops
    let rows: [(Overflow, &[i64], u64); 3] =
        [(Overflow::Block, &[1, 2, 3], 0), (Overflow::DropNewest, &[1, 2], 1), (Overflow::DropOldest, &[2, 3], 1)];
    for (overflow, runs, dropped) in rows {
        let (running, gate, seen) = held_with(task().mailbox(1_000, overflow).mailbox_bytes(70_000));
        first(&running, &seen).await;
        running.deliver(large(1, 30_000)).await.unwrap();
        running.deliver(large(2, 30_000)).await.unwrap();
        let mut third = Box::pin(running.deliver(large(3, 30_000)));
        assert_eq!(poll_once(&mut third), overflow != Overflow::Block, "{overflow:?}");
        assert_eq!(stats(&running, "held").dropped, dropped, "{overflow:?}");
        gate.open();
        if overflow == Overflow::Block {
            patiently(third).await.unwrap();
        }
        assert!(running.drain(PATIENCE).await.is_complete());
        assert_eq!(seen.now(), runs, "{overflow:?}");
        assert_adds_up(&running);
    }
}

#[tokio::test]
async fn an_event_larger_than_the_bytes_of_a_mailbox_gets_in_when_it_is_empty() {
    for overflow in [Overflow::Block, Overflow::DropNewest, Overflow::DropOldest] {
        let (running, gate, seen) = held_with(task().mailbox(4, overflow).mailbox_bytes(1_000));
        first(&running, &seen).await;
        patiently(running.deliver(large(1, 30_000))).await.unwrap();
        gate.open();
        assert!(running.drain(PATIENCE).await.is_complete());
        assert_eq!(seen.now(), [1], "{overflow:?}");
    }
}

#[tokio::test]
async fn small_events_of_a_large_read_buffer_take_only_their_own_bytes() {
    let (running, gate, seen) = held_with(task().mailbox(1_000, Overflow::Block).mailbox_bytes(100_000));
    first(&running, &seen).await;
    for number in 1..500 {
        let mut builder = BatchBuilder::with_capacity(256 << 10, 0);
        builder.push(Event::new().with_metric(number).view());
        assert!(poll_once(&mut Box::pin(running.deliver(builder.finish()))), "{number}");
    }
    gate.open();
    assert!(running.drain(PATIENCE).await.is_complete());
    assert!(seen.now().into_iter().eq(1..500));
}
