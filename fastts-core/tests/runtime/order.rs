//! Order, and where pipelines run.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use fastts_core::__private::{seal, start};
use fastts_core::runtime::SendError;
use fastts_core::{Context, Emit, Overflow, Policy, Run, Stage};

use crate::kit::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_order_of_each_source_is_kept_wherever_a_pipeline_runs() {
    const SOURCES: i64 = 4;
    const EVENTS: i64 = 3_000;
    let seen: [Arc<Mutex<Vec<i64>>>; 5] = Default::default();
    let mut pipelines = Pipelines::new();
    let policies = [
        Policy::new(),
        Policy::new().run(Run::Inline),
        task(),
        Policy::new().mailbox(50, Overflow::Block),
        Policy::new().mailbox(50, Overflow::Block).restart(1_000, PATIENCE),
    ];
    for (index, (policy, name)) in policies.into_iter().zip(["auto", "inline", "task", "to and fro", "panics"]).enumerate() {
        let seen = Arc::clone(&seen[index]);
        pipelines = pipelines.each(name, policy, move |number| {
            seen.lock().unwrap().push(number);
            // Now slow, now fast, so that it changes places.
            if index == 3 && (number / 300) % 2 == 0 {
                #[allow(clippy::disallowed_methods)]
                let start = std::time::Instant::now();
                while start.elapsed() < std::time::Duration::from_micros(30) {
                    std::hint::spin_loop();
                }
            }
            assert!(index != 4 || number % 2_500 != 1_000, "a panic in between");
        });
    }
    let running = pipelines.start_live();
    let mut sources = tokio::task::JoinSet::new();
    for source in 0..SOURCES {
        let running = running.clone();
        sources.spawn(async move {
            let (mut next, mut size) = (0, 1);
            while next < EVENTS {
                let end = EVENTS.min(next + size);
                patiently(running.deliver(batch((next..end).map(|event| source * EVENTS + event)))).await.unwrap();
                next = end;
                size = size * 7 % 311;
            }
        });
    }
    while let Some(done) = sources.join_next().await {
        done.unwrap();
    }
    assert!(running.drain(PATIENCE).await.is_complete());
    for seen in seen {
        let seen = seen.lock().unwrap();
        for source in 0..SOURCES {
            let of_source = seen.iter().filter(|number| **number / EVENTS == source);
            assert!(of_source.eq((source * EVENTS..(source + 1) * EVENTS).collect::<Vec<_>>().iter()), "of source {source}");
        }
    }
    assert!(stats(&running, "panics").panics > 0);
    assert_adds_up(&running);
}

#[tokio::test]
async fn a_pipeline_lives_where_its_data_is_unless_it_is_slow_or_pinned() {
    let clock = clock();
    let slow = Arc::new(AtomicBool::new(true));
    let mut pipelines = Pipelines::new();
    let mut places = Vec::new();
    for (name, run) in [("auto", Run::Auto), ("inline", Run::Inline), ("task", Run::Task)] {
        let (sender, seen) = probe();
        places.push(seen);
        let (slow, clock) = (Arc::clone(&slow), clock.clone());
        pipelines = pipelines.each(name, Policy::new().run(run), move |_| {
            if slow.load(Ordering::SeqCst) {
                clock.advance(millis(10));
            }
            sender.send(thread::current().id());
        });
    }
    let running = pipelines.start(&clock);
    let here = thread::current().id();
    let ran_here = async |events: i64| {
        running.deliver(batch(0..events)).await.unwrap();
        places.iter().map(|seen| seen.take(events as usize).into_iter().filter(|place| *place == here).count()).collect::<Vec<_>>()
    };
    assert_eq!(ran_here(20).await, [1, 20, 0], "slow: one event is enough to know");
    assert_eq!(ran_here(20).await, [0, 20, 0], "slow: it stays in its own task");
    slow.store(false, Ordering::SeqCst);
    // Fast events wear the average down; then it comes back, when its job has seen that nothing waits.
    for _ in 0.. {
        clock.advance(millis(1));
        if ran_here(100).await[0] == 100 {
            break;
        }
    }
    assert_eq!(ran_here(100).await, [100, 100, 0]);
}

/// Adds up what it gets.
#[derive(Clone)]
struct Sum(Arc<Mutex<u64>>);

impl Stage<u32> for Sum {
    type Out = u32;

    fn item(&mut self, item: u32, _cx: &mut Context, _out: &mut impl Emit<u32>) {
        *self.0.lock().unwrap() += u64::from(item);
    }
}

#[tokio::test]
async fn send_feeds_the_pipelines_of_that_type_and_no_others() {
    let sums: [Arc<Mutex<u64>>; 2] = Default::default();
    let (sender, events) = probe();
    let mut pipelines = Pipelines::new().each("events", Policy::new(), move |number| sender.send(number));
    for (name, policy, sum) in [("here", Policy::new(), &sums[0]), ("task", task(), &sums[1])] {
        let sum = Arc::clone(sum);
        pipelines = pipelines.with(name, policy, move || seal(start::<u32>().then(Sum(Arc::clone(&sum)))));
    }
    let running = pipelines.start(&clock());
    running.send(vec![1_u32, 2, 3]).await.unwrap();
    running.send(vec![10_u32]).await.unwrap();
    running.deliver(batch([7])).await.unwrap();
    running.send(vec![fastts_core::Event::new().with_metric(8)]).await.unwrap();
    let error = running.send(vec!["text".to_owned()]).await.unwrap_err();
    assert_eq!(error, SendError::NoSuchPipeline { item: "alloc::string::String" });
    assert!(running.drain(PATIENCE).await.is_complete());
    assert_eq!(sums.map(|sum| *sum.lock().unwrap()), [16, 16]);
    assert_eq!(events.now(), [7, 8]);
    assert_eq!(running.send(vec![1_u32]).await, Err(SendError::Draining));
}

#[tokio::test]
async fn a_batch_comes_back_when_nobody_holds_it() {
    let gate = Gate::default();
    let pass = gate.clone();
    let running = Pipelines::new().each("here", Policy::new(), |_| ()).start(&clock());
    assert_eq!(running.deliver(batch(0..3)).await.unwrap().map(|batch| batch.len()), Some(3));
    let running = Pipelines::new().each("here", Policy::new(), |_| ()).each("task", task(), move |_| pass.pass()).start(&clock());
    assert!(running.deliver(batch(0..3)).await.unwrap().is_none());
    gate.open();
    assert!(running.drain(PATIENCE).await.is_complete());
}
