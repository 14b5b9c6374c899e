//! The orderly end.

use fastts_core::__private::{seal, start};
use fastts_core::runtime::{Draining, Left};
use fastts_core::{Event, Overflow, Policy, Topic, Window, stages};

use crate::kit::*;

#[tokio::test]
async fn a_drain_empties_mailboxes_and_flushes_the_stages() {
    let clock = clock();
    let (sender, seen) = probe();
    let running = Pipelines::new()
        .with("task", task(), move || {
            ticking({
                let sender = sender.clone();
                move |call| sender.send(call)
            })
        })
        .start(&clock);
    running.deliver(batch(0..1_000)).await.unwrap();
    let drained = running.drain(PATIENCE).await;
    assert!(drained.is_complete(), "{drained}");
    let calls = seen.now();
    assert_eq!(calls.len(), 1_002);
    assert_eq!(calls.last(), Some(&Call::Finish(at(0))));
    assert_eq!(running.deliver(batch([1])).await.err(), Some(Draining));
    assert!(running.drain(PATIENCE).await.is_complete(), "once more does no harm");
    assert!(seen.now().is_empty());
    assert_adds_up(&running);
}

#[tokio::test]
async fn what_is_not_done_in_time_is_told() {
    let gate = Gate::default();
    let pass = gate.clone();
    let (sender, seen) = probe();
    let running = Pipelines::new()
        .each("stuck", task(), move |number| {
            sender.send(number);
            pass.pass();
        })
        .start(&clock());
    running.deliver(batch(0..10)).await.unwrap();
    assert_eq!(seen.next(), 0);
    let drained = running.drain(millis(20)).await;
    assert_eq!(drained.left, [Left { pipeline: "stuck", events: 10 }]);
    assert_eq!(drained.to_string(), "left behind: 10 events of pipeline \"stuck\"");
    gate.open();
}

#[tokio::test]
async fn who_waits_for_room_is_let_in_by_a_drain() {
    let gate = Gate::default();
    let pass = gate.clone();
    let (sender, seen) = probe();
    let running = Pipelines::new()
        .each("full", task().mailbox(2, Overflow::Block), move |number| {
            sender.send(number);
            pass.pass();
        })
        .start(&clock());
    running.deliver(batch(0..2)).await.unwrap();
    let mut waits = Box::pin(running.deliver(batch(2..6)));
    assert!(!poll_once(&mut waits));
    let (drained, delivered, ()) = tokio::join!(running.drain(PATIENCE), waits, async { gate.open() });
    assert!(drained.is_complete());
    assert!(delivered.is_ok());
    assert_eq!(seen.now(), [0, 1, 2, 3, 4, 5]);
}

#[tokio::test]
async fn who_waits_for_room_when_a_drain_gives_up_is_told_so() {
    let gate = Gate::default();
    let pass = gate.clone();
    let running = Pipelines::new().each("full", task().mailbox(2, Overflow::Block), move |_| pass.pass()).start(&clock());
    running.deliver(batch(0..3)).await.unwrap();
    let mut waits = Box::pin(running.deliver(batch(3..6)));
    assert!(!poll_once(&mut waits));
    let drained = running.drain(millis(20)).await;
    assert_eq!(drained.left, [Left { pipeline: "full", events: 3 }]);
    assert_eq!(patiently(waits).await.err(), Some(Draining));
    gate.open();
}

#[tokio::test]
async fn a_drain_waits_for_a_pipeline_that_backs_off() {
    let clock = clock();
    let (sender, seen) = probe();
    let running = Pipelines::new()
        .each("panics", Policy::new(), move |number| {
            sender.send(number);
            assert!(number != 0, "zero");
        })
        .start(&clock);
    running.deliver(batch(0..3)).await.unwrap();
    let mut drain = Box::pin(running.drain(PATIENCE));
    assert!(!poll_once(&mut drain));
    clock.advance(millis(100));
    assert!(drain.await.is_complete());
    assert_eq!(seen.now(), [0, 1, 2]);
}

#[tokio::test]
async fn a_stage_that_panics_while_flushing_spoils_nobodys_drain() {
    let clock = clock();
    let (sender, seen) = probe();
    let running = Pipelines::new()
        .with("panics", Policy::new(), || ticking(|call| assert!(!matches!(call, Call::Finish(_)), "flush")))
        .with("good", Policy::new(), move || {
            ticking({
                let sender = sender.clone();
                move |call| sender.send(call)
            })
        })
        .start(&clock);
    assert!(running.drain(PATIENCE).await.is_complete());
    assert_eq!(seen.now(), [Call::Start(at(0)), Call::Finish(at(0))]);
    assert_eq!(stats(&running, "panics").last_panic.unwrap().message, "flush");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_wants_what_was_accepted_to_have_run_can_wait_for_it() {
    for overflow in [Overflow::Block, Overflow::DropNewest, Overflow::DropOldest] {
        let gate = Gate::default();
        let (passes, (sender, seen)) = (gate.clone(), probe());
        let running = Pipelines::new()
            .each("slow", task().mailbox(4, overflow), move |number| {
                passes.pass();
                sender.send(number);
            })
            .start_live();
        assert!(running.caught_up(PATIENCE).await, "there is nothing to wait for");
        running.deliver(batch(0..4)).await.unwrap();
        assert!(!running.caught_up(millis(20)).await, "{overflow:?}");
        let mut waits = Box::pin(running.caught_up(PATIENCE));
        assert!(!poll_once(&mut waits));
        if overflow != Overflow::Block {
            // What is dropped instead has not run.
            running.deliver(batch(4..8)).await.unwrap();
            assert!(!poll_once(&mut waits));
        }
        gate.open();
        assert!(patiently(waits).await);
        let ran = seen.now();
        let expected = if overflow == Overflow::DropOldest { &ran[..] } else { &[0, 1, 2, 3] };
        assert!(ran.starts_with(expected) && !ran.is_empty(), "{overflow:?}: {ran:?}");
    }
}

/// Adds a pipeline that holds what comes until it is flushed, and tells how much that is then.
fn holding(pipelines: Pipelines, name: &'static str, topic: Option<&'static str>, sender: Probe<usize>) -> Pipelines {
    let factory = move || {
        let sender = sender.clone();
        seal(stages::inspect(stages::batch(start::<Event>(), 100_000, 3_600), move |window: &Window| sender.send(window.len())))
    };
    match topic {
        None => pipelines.with(name, Policy::new(), factory),
        Some(topic) => pipelines.with_from(topic, name, Policy::new(), factory),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_is_stuck_and_full_keeps_no_other_from_flushing() {
    let gate = Gate::default();
    let pass = gate.clone();
    let (sender, seen) = probe();
    let (entering, entered) = probe();
    let pipelines = Pipelines::new().each("stuck", task().mailbox(1, Overflow::Block), move |_| {
        entering.send(());
        pass.pass();
    });
    let running = holding(pipelines, "healthy", None, sender).start(&clock());
    running.deliver(batch(0..1)).await.unwrap();
    tokio::task::block_in_place(|| entered.next());
    running.deliver(batch(1..2)).await.unwrap();
    let mut waits = Box::pin(running.deliver(batch(2..1_000)));
    while stats(&running, "healthy").ran < 1_000 {
        assert!(!poll_once(&mut waits));
        tokio::task::yield_now().await;
    }
    let drained = running.drain(millis(500)).await;
    assert_eq!(drained.left.iter().map(|left| left.pipeline).collect::<Vec<_>>(), ["stuck"]);
    assert_eq!(seen.now(), [1_000], "what the other held was flushed");
    gate.open();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn those_that_wait_for_a_publisher_that_is_stuck_flush_at_last() {
    let gate = Gate::default();
    let pass = gate.clone();
    let (sender, seen) = probe();
    let publishing = move || {
        let pass = pass.clone();
        let flow = stages::publish(start::<Event>(), Topic::<Event>::new("topic"));
        seal(stages::inspect(flow, move |event| {
            if number(event) == 1 {
                pass.pass();
            }
        }))
    };
    let running = holding(Pipelines::new().with("stuck", task(), publishing), "subscriber", Some("topic"), sender).start(&clock());
    running.deliver(batch(0..1)).await.unwrap();
    while stats(&running, "subscriber").ran < 1 {
        tokio::task::yield_now().await;
    }
    running.deliver(batch(1..2)).await.unwrap();
    let drained = running.drain(millis(500)).await;
    assert_eq!(drained.left.iter().map(|left| left.pipeline).collect::<Vec<_>>(), ["stuck"]);
    assert_eq!(seen.now(), [1]);
    gate.open();
}
