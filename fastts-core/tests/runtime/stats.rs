//! Counters.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use fastts_core::prelude::*;
use fastts_core::runtime::{Options, PipelineState};
use fastts_core::{Overflow, Policy, Run, Running, stages};
use tokio::task::JoinSet;

use crate::kit::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_received_is_accounted_for_whatever_happens() {
    const EVENTS: u64 = 20_000;
    let policies = [
        ("auto", Policy::new()),
        ("newest", Policy::new().mailbox(20, Overflow::DropNewest).run(Run::Task)),
        ("oldest", Policy::new().mailbox(20, Overflow::DropOldest).run(Run::Task)),
        ("block", Policy::new().mailbox(20, Overflow::Block).run(Run::Task)),
        ("panics", Policy::new().mailbox(20, Overflow::DropOldest).restart(2, PATIENCE)),
    ];
    let mut pipelines = Pipelines::new();
    let mut calls = Vec::new();
    for (name, policy) in policies {
        let count = Arc::new(AtomicU64::new(0));
        calls.push((name, Arc::clone(&count)));
        pipelines = pipelines.each(name, policy, move |number| {
            count.fetch_add(1, Ordering::Relaxed);
            assert!(name != "panics" || number % 5 != 4, "now and then");
        });
    }
    let running = pipelines.start_live();
    let mut sources = JoinSet::new();
    for _ in 0..4 {
        let running = running.clone();
        sources.spawn(async move {
            for start in (0..EVENTS / 4).step_by(25) {
                patiently(running.deliver(batch(start as i64..start as i64 + 25))).await.unwrap();
            }
        });
    }
    while let Some(done) = sources.join_next().await {
        done.unwrap();
    }
    assert!(running.drain(PATIENCE).await.is_complete());
    assert_adds_up(&running);
    for (name, calls) in calls {
        let stats = stats(&running, name);
        assert_eq!(stats.received, EVENTS, "{name}");
        let panicked = if name == "panics" { stats.panics } else { 0 };
        assert_eq!(stats.ran + panicked, calls.load(Ordering::Relaxed), "{name}");
    }
    let panics = stats(&running, "panics");
    assert_eq!((panics.state, panics.panics), (PipelineState::Stopped, 3));
    assert_eq!(stats(&running, "block").ran, EVENTS);
}

#[tokio::test]
async fn stages_of_a_busy_pipeline_can_be_looked_at_without_waiting_for_it() {
    let gate = Gate::default();
    let pass = gate.clone();
    let (sender, seen) = probe();
    let running = Pipelines::new()
        .each("busy", task(), move |number| {
            sender.send(number);
            if number == 3 {
                pass.pass();
            }
        })
        .start(&clock());
    running.deliver(batch(0..10)).await.unwrap();
    assert_eq!(seen.take(4), [0, 1, 2, 3]);
    let busy = stats(&running, "busy");
    assert_eq!(busy.state, PipelineState::Running);
    assert!(busy.running > 0);
    gate.open();
    assert!(running.drain(PATIENCE).await.is_complete());
    let stages = stats(&running, "busy").stages;
    assert_eq!((stages[0].name, stages[0].taken, stages[0].emitted), (Some("each"), 10, None));
}

/// Passes on what is cheap, tagged as such.
fn cheap<F: Flow<Item = Event>>(flow: F) -> impl Flow<In = F::In, Item = Event> {
    stages::tag(stages::under(flow, 3), "cheap")
}

fn same<F: Flow<Item = Event>>(flow: F) -> F {
    flow
}

router! {
    fn functions;
    pipeline "functions" {
        over(0);
        same;
        cheap;
        tee { { stdout } { under(2); stdout } }
        stdout
    }
}

#[tokio::test]
async fn a_function_has_one_row_whatever_it_is_made_of() {
    let running = Running::start(functions(), Options::new().clock(clock().clock())).unwrap();
    running.deliver(batch(0..10)).await.unwrap();
    assert!(running.drain(PATIENCE).await.is_complete());
    let rows: Vec<_> =
        stats(&running, "functions").stages.iter().map(|stage| (stage.name.unwrap_or("?"), stage.taken, stage.emitted)).collect();
    // What appends nothing has nothing to count.
    assert_eq!(rows, [("over", 10, Some(9)), ("cheap", 9, Some(2)), ("tee", 2, Some(2)), ("stdout", 2, None)]);
}
