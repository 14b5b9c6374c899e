//! Copies of a pipeline among which the items of a topic are divided: `from subscribe("topic", partitions = 4, by = host)`.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use fastts_core::__private::{seal, start};
use fastts_core::testing::Driver;
use fastts_core::{Batch, Context, Emit, Event, EventView, Policy, Replay, Run, Stage, Time, Topic, stages};

use crate::kit::*;

/// Which copy has seen which number of which host, in order.
type Log = Arc<Mutex<Vec<(usize, String, i64)>>>;

/// Notes which copy of the chain it is in.
#[derive(Clone)]
struct Note {
    copy: usize,
    log: Log,
}

impl Stage<Event> for Note {
    type Out = Event;

    fn item(&mut self, item: EventView<'_>, cx: &mut Context, out: &mut impl Emit<Event>) {
        self.log.lock().unwrap().push((self.copy, item.host().unwrap().to_owned(), number(item)));
        out.emit(item, cx);
    }
}

/// A publisher, and four copies of a pipeline that note what comes.
fn divided(policy: Policy) -> (Pipelines, Log) {
    let (log, copies) = (Log::default(), Arc::new(AtomicUsize::new(0)));
    let noted = Arc::clone(&log);
    let pipelines = Pipelines::new()
        .with("publisher", Policy::new().run(Run::Inline), || seal(stages::publish(start::<Event>(), Topic::<Event>::new("numbers"))))
        .with_from("numbers", "copies", policy, move || {
            let copy = copies.fetch_add(1, Ordering::SeqCst);
            seal(start::<Event>().then(Note { copy, log: Arc::clone(&noted) }))
        })
        .divided(4);
    (pipelines, log)
}

/// Events of thirty hosts, numbered.
fn events(numbers: std::ops::Range<i64>) -> Vec<Event> {
    numbers.map(|number| Event::new().with_host(format!("host {}", number % 30)).with_metric(number)).collect()
}

fn batch_of(events: &[Event]) -> Batch {
    events.iter().collect()
}

/// Asserts that each host came to one copy and in order, and that there was something for every copy.
fn assert_divided(log: &Log, count: usize) {
    let log = log.lock().unwrap();
    assert_eq!(log.len(), count);
    let mut hosts: HashMap<&str, (usize, i64)> = HashMap::new();
    let mut copies = [0; 4];
    for (copy, host, number) in log.iter() {
        copies[*copy % 4] += 1;
        let before = hosts.insert(host, (*copy, *number));
        assert!(before.is_none_or(|(same, before)| same == *copy && before < *number), "{host}: {number} after {before:?}");
    }
    assert!(copies.iter().all(|&count| count > 0), "{copies:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_key_always_comes_to_the_same_copy_in_order() {
    for policy in [Policy::new(), Policy::new().demand(7).mailbox(100_000, fastts_core::Overflow::Block)] {
        let (pipelines, log) = divided(policy);
        let running = pipelines.start_live();
        for chunk in 0..100 {
            running.deliver(batch_of(&events(chunk * 30..chunk * 30 + 30))).await.unwrap();
        }
        running.publish("numbers", events(3_000..3_300)).await.unwrap();
        assert!(running.drain(PATIENCE).await.is_complete());
        assert_divided(&log, 3_300);
        let names: Vec<_> = running.stats().iter().map(|stats| stats.name).collect();
        assert_eq!(names, ["publisher", "copies/1", "copies/2", "copies/3", "copies/4"]);
        assert_eq!(running.stats()[1..].iter().map(|stats| stats.ran).sum::<u64>(), 3_300);
        assert_adds_up(&running);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_that_stalls_holds_up_none_of_the_others() {
    let gate = Gate::default();
    let (pass, (sender, seen)) = (gate.clone(), probe());
    let pipelines = Pipelines::new()
        .with("publisher", Policy::new().run(Run::Inline), || seal(stages::publish(start::<Event>(), Topic::<Event>::new("numbers"))))
        .each_from("numbers", "copies", Policy::new(), move |number| {
            if number == 0 {
                pass.pass();
            }
            sender.send(number);
        })
        .divided(4);
    let running = pipelines.start_live();
    running.deliver(batch_of(&events(0..300))).await.unwrap();
    let busy = || running.stats().into_iter().skip(1).filter(|stats| stats.depth + stats.running > 0).collect::<Vec<_>>();
    patiently(async {
        while busy().len() > 1 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    let others = 300 - busy()[0].received as usize;
    assert!(others > 0 && !seen.take(others).contains(&0));
    gate.open();
    assert!(running.drain(PATIENCE).await.is_complete());
    assert_eq!(seen.now().len(), 300 - others);
}

#[test]
fn under_virtual_time_each_key_comes_to_its_copy_too() {
    let (pipelines, log) = divided(Policy::new());
    let router = pipelines.build();
    assert_eq!(router.pipelines()[1].partition().map(|one| (one.whole(), one.count(), one.by())), Some(("copies", 4, "host")));
    let mut replay = Replay::new(&router, Time::EPOCH);
    for event in events(0..300) {
        replay.event(event.view());
    }
    events(300..600).into_iter().for_each(|event| assert!(replay.publish("numbers", event)));
    // The chain was built once before, to look at its topics.
    assert_divided(&log, 600);
    let mut driver = Driver::new(divided(Policy::new()).0.build());
    driver.inject_into("copies", events(0..1).remove(0));
}
