//! A slow pipeline costs the others one chunk, once, until its mailbox is full.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use fastts_core::runtime::{Clock, Stuck};
use fastts_core::sink::{Lines, Options, Sinks};
use fastts_core::{Overflow, Policy, Run, Token};
use tokio::task::JoinSet;

use crate::kit::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slow_pipelines_hold_up_neither_others_nor_connections() {
    const CONNECTIONS: i64 = 8;
    let clock = clock();
    let gate = Gate::default();
    let mut pipelines = Pipelines::new();
    let slow_seen = Arc::new(AtomicI64::new(0));
    for name in ["slow", "slow too"] {
        let (gate, clock, slow_seen) = (gate.clone(), clock.clone(), Arc::clone(&slow_seen));
        let first = AtomicI64::new(0);
        pipelines = pipelines.each(name, Policy::new(), move |_| {
            // The first event costs 10 ms; the others take for ever, as far as this test can tell.
            if first.fetch_add(1, Ordering::SeqCst) == 0 {
                clock.advance(millis(10));
            } else {
                gate.pass();
            }
            slow_seen.fetch_add(1, Ordering::SeqCst);
        });
    }
    let (sender, fast) = probe();
    let running = pipelines.each("fast", Policy::new(), move |number| sender.send(number)).start(&clock);
    patiently(running.deliver(batch(0..100))).await.unwrap();
    assert_eq!(fast.now().len(), 100, "the third has run all, the slow ones have run one each");
    let mut connections = JoinSet::new();
    for _ in 0..CONNECTIONS {
        let running = running.clone();
        connections.spawn(async move {
            for _ in 0..20 {
                patiently(running.deliver(batch(0..100))).await.unwrap();
            }
        });
    }
    while let Some(done) = connections.join_next().await {
        done.unwrap();
    }
    assert_eq!(slow_seen.load(Ordering::SeqCst), 2, "the slow ones are at their second event still");
    // Two connections at the fast pipeline at once may leave it a few batches for its own task.
    let total = CONNECTIONS * 20 * 100;
    assert_eq!(fast.take(total as usize).len() as i64, total);
    gate.open();
    assert!(running.drain(PATIENCE).await.is_complete());
    assert_eq!(slow_seen.load(Ordering::SeqCst), 2 * (total + 100));
    assert_adds_up(&running);
}

#[tokio::test]
async fn a_full_mailbox_holds_up_its_sources_but_no_other_pipeline() {
    let gate = Gate::default();
    let pass = gate.clone();
    let (sender, fast) = probe();
    let running = Pipelines::new()
        .each("full", Policy::new().mailbox(10, Overflow::Block).run(Run::Task), move |_| pass.pass())
        .each("fast", Policy::new(), move |number| sender.send(number))
        .start(&clock());
    running.deliver(batch(0..10)).await.unwrap();
    let mut waits = Box::pin(running.deliver(batch(10..20)));
    assert!(!poll_once(&mut waits), "there is no room");
    assert_eq!(fast.now().len(), 20, "the other pipeline has it already");
    gate.open();
    patiently(waits).await.unwrap();
    assert!(running.drain(PATIENCE).await.is_complete());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stages_that_block_at_their_first_event_take_no_worker_thread_along() {
    let gate = Gate::default();
    let (sender, entered) = probe();
    let mut pipelines = Pipelines::new();
    // As many as there are threads.
    for name in ["blocks", "blocks too"] {
        let (gate, sender) = (gate.clone(), sender.clone());
        pipelines = pipelines.each(name, Policy::new(), move |_| {
            sender.send(name);
            gate.pass();
        });
    }
    let (sender, fast) = probe();
    let running = pipelines.each("fast", Policy::new(), move |number| sender.send(number)).start(&clock());
    let connection = |number| {
        let running = running.clone();
        tokio::spawn(async move { running.deliver(batch([number])).await.map(|_| ()) })
    };
    let blocked = [connection(0), {
        assert_eq!(entered.next(), "blocks");
        connection(1)
    }];
    assert_eq!(entered.next(), "blocks too");
    patiently(connection(2)).await.unwrap().unwrap();
    assert_eq!(fast.next(), 2);
    assert!(!blocked.iter().any(tokio::task::JoinHandle::is_finished));
    assert_eq!(stats(&running, "blocks").panics, 0, "nobody lost patience");
    gate.open();
    for connection in blocked {
        patiently(connection).await.unwrap().unwrap();
    }
    assert!(running.drain(PATIENCE).await.is_complete());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_pipeline_runs_where_tokio_allows_no_waiting_as_well() {
    let (sender, seen) = probe();
    let running = Pipelines::new().each("runs", Policy::new(), move |number| sender.send(number)).start(&clock());
    let local = tokio::task::LocalSet::new();
    local.run_until(running.deliver(batch(0..10))).await.unwrap();
    assert!(seen.now().into_iter().eq(0..10));
    assert_eq!(stats(&running, "runs").panics, 0);
}

#[tokio::test]
async fn a_pipeline_that_does_not_come_back_is_named() {
    let (clock, gate) = (clock(), Gate::default());
    let pass = gate.clone();
    let (sender, entered) = probe();
    let running = Pipelines::new()
        .each("idle", Policy::new(), |_| {})
        .each("stuck", task(), move |_| {
            sender.send(());
            pass.pass();
        })
        .start(&clock);
    let limit = millis(3_000);
    assert_eq!(running.stuck(limit), []);
    running.deliver(batch(0..2)).await.unwrap();
    entered.next();
    clock.advance(limit);
    assert_eq!(running.stuck(limit), [], "it is not longer than that");
    clock.advance(millis(1));
    assert_eq!(running.stuck(limit), [Stuck { pipeline: "stuck", since: millis(3_001) }]);
    gate.open();
    assert!(running.drain(PATIENCE).await.is_complete());
    assert_eq!(running.stuck(limit), []);
}

/// A file that nobody reads until the gate opens.
struct Unread(Gate);

impl std::io::Write for Unread {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.pass();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_sink_whose_reader_does_not_keep_up_holds_no_worker_thread() {
    let gate = Gate::default();
    let sinks = Sinks::new(Clock::system());
    let (options, unread) = (Options::new().bytes(8 << 20), gate.clone());
    let lines = sinks.open("unread", &options, move || Lines::to(Unread(unread.clone())));
    let (sender, seen) = probe();
    let running = Pipelines::new()
        .each("prints", Policy::new().run(Run::Inline), move |number| {
            sender.send(number);
            lines.text(&Token::none(), |line| line.resize(line.len() + (1 << 20), b'x'));
        })
        .start(&clock());
    let deliver = running.clone();
    let connection = tokio::spawn(async move { deliver.deliver(batch(0..40)).await.map(|_| ()) });
    seen.take(8);
    // The only worker thread is busy with the pipeline, which will come to wait for this task.
    let opened = tokio::spawn(async move { gate.open() });
    patiently(opened).await.unwrap();
    patiently(connection).await.unwrap().unwrap();
    assert_eq!(stats(&running, "prints").ran, 40);
}
