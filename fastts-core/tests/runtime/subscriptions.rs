//! Subscriptions from outside that are slow, or ask for too much: they cost the pipelines nothing.

use std::time::Duration;

use fastts_core::__private::{seal, start};
use fastts_core::index::QueryOptions;
use fastts_core::query::Query;
use fastts_core::runtime::{Options, Running};
use fastts_core::{Backlog, Event, Policy, Subscription, Topic, router, stages};

use crate::kit::{PATIENCE, Pipelines, batch, clock, patiently, stats};

/// Is in another state after each letter of a text of `a` and `b`.
const SLOW: &str = r#"description ~= "a[ab]{600}c""#;

/// A pipeline that publishes every event.
fn publisher() -> Pipelines {
    Pipelines::new().with("publisher", Policy::new(), || seal(stages::publish(start::<Event>(), Topic::<Event>::new("numbers"))))
}

fn everything() -> Query {
    Query::parse("true").unwrap()
}

fn large(number: i64) -> Event {
    Event::new().with_metric(number).with_description("x".repeat(10_000))
}

fn numbers(subscription: &mut Subscription) -> Vec<i64> {
    std::iter::from_fn(|| subscription.try_next()).map(|event| event.metric().as_f64().unwrap() as i64).collect()
}

#[tokio::test]
async fn what_waits_is_bounded_in_bytes() {
    let running = publisher().start(&clock());
    let mut small = running.subscribe("numbers", everything(), Backlog::new(1_000).bytes(45_000));
    let mut large_enough = running.subscribe("numbers", everything(), Backlog::new(1_000));
    for number in 0..6 {
        running.publish("numbers", vec![large(number)]).await.unwrap();
    }
    assert_eq!((numbers(&mut small), small.missed()), (vec![2, 3, 4, 5], 2));
    assert_eq!((numbers(&mut large_enough), large_enough.missed()), ((0..6).collect(), 0));
    // One is kept whatever it takes.
    let mut tiny = running.subscribe("numbers", everything(), Backlog::new(1_000).bytes(1));
    running.publish("numbers", vec![large(6)]).await.unwrap();
    assert_eq!((numbers(&mut tiny), tiny.missed()), (vec![6], 0));
    assert_eq!(running.topics()[0].missed, 2);
}

#[tokio::test]
async fn a_large_batch_does_not_go_as_a_whole() {
    let running = publisher().start(&clock());
    let mut subscription = running.subscribe("numbers", everything(), Backlog::new(1_000).bytes(600_000));
    running.publish("numbers", (0..100).map(large).collect::<Vec<_>>()).await.unwrap();
    let came = numbers(&mut subscription);
    assert_eq!(came.last(), Some(&99));
    assert!((40..60).contains(&came.len()), "{}", came.len());
    assert_eq!(subscription.missed() as usize + came.len(), 100);
}

#[tokio::test]
async fn for_readers_that_never_read_nothing_is_copied_any_more() {
    let running = publisher().start(&clock());
    let backlog = || Backlog::new(1_000).bytes(10_000);
    let mut readers: Vec<Subscription> = (0..30).map(|_| running.subscribe("numbers", everything(), backlog())).collect();
    let mut sent = 0;
    let mut published = 0;
    // Until nothing is copied any more.
    loop {
        patiently(running.deliver(batch(sent..sent + 10))).await.unwrap();
        sent += 10;
        if std::mem::replace(&mut published, stats(&running, "publisher").published) == stats(&running, "publisher").published {
            break;
        }
        assert!(sent < 100_000, "it is copied for ever");
    }
    patiently(running.deliver(batch(sent..sent + 1_000))).await.unwrap();
    assert_eq!(stats(&running, "publisher").published, published);
    sent += 1_000;
    let mut first = readers.remove(0);
    let came = numbers(&mut first);
    assert_eq!(came.len() as u64 + first.missed(), sent as u64, "all that it did not get was counted");
    // It reads: it gets what comes, and the others cost nothing.
    patiently(running.deliver(batch(sent..sent + 5))).await.unwrap();
    assert_eq!(numbers(&mut first), (sent..sent + 5).collect::<Vec<_>>());
    for reader in &mut readers {
        let came = numbers(reader);
        assert_eq!(came.len() as u64 + reader.missed(), sent as u64 + 5);
    }
}

#[tokio::test]
async fn a_query_that_takes_long_stops_no_pipeline_and_ends_its_subscription() {
    let queries = QueryOptions::new().timeout(Duration::from_millis(200));
    let running = Running::start(publisher().build(), Options::new().clock(clock().clock()).queries(queries)).unwrap();
    let slow = [SLOW; 4].join(" or ");
    let mut slow = running.subscribe("numbers", Query::parse(&slow).unwrap(), 10);
    let mut quick = running.subscribe("numbers", Query::parse("metric = 7").unwrap(), 10);
    let text: String = (0..600_000_u32).map(|at| if at.wrapping_mul(2_654_435_761).count_ones() % 2 == 0 { 'a' } else { 'b' }).collect();
    running.publish("numbers", vec![Event::new().with_metric(7).with_description(&*text)]).await.unwrap();
    assert_eq!(patiently(quick.next()).await.unwrap().metric(), 7);
    assert_eq!(patiently(slow.next()).await, None);
    let failure = slow.failure().unwrap().to_string();
    assert!(failure.starts_with("the query took longer than 200ms"), "{failure}");
    assert_eq!(running.queries().stats().timed_out, 1);
}

router! {
    fn retaining;
    topic "kept" (retain = 5);
    pipeline "publisher" { publish("kept"); publish("passing") }
}

/// GenStage: "late subscriber misses earlier ones unless `demand: :accumulate`".
#[tokio::test]
async fn who_comes_late_gets_what_the_topic_retains_if_it_asks_for_it() {
    let running = Running::start(retaining(), Options::new().clock(clock().clock())).unwrap();
    let all = || Query::parse("true").unwrap();
    running.deliver(batch(0..3)).await.unwrap();
    running.deliver(batch(3..8)).await.unwrap();
    running.deliver(batch(8..10)).await.unwrap();
    assert!(patiently(running.caught_up(PATIENCE)).await);
    let mut oldest = running.subscribe("kept", all(), Backlog::new(100).oldest());
    let mut latest = running.subscribe("kept", all(), 100);
    let mut passing = running.subscribe("passing", all(), Backlog::new(100).oldest());
    running.deliver(batch([10])).await.unwrap();
    assert!(patiently(running.caught_up(PATIENCE)).await);
    assert_eq!(numbers(&mut oldest), [5, 6, 7, 8, 9, 10]);
    assert_eq!((numbers(&mut latest), numbers(&mut passing)), (vec![10], vec![10]));
    drop((oldest, latest));
    // It is kept while nobody subscribes, and what a program publishes is too.
    running.publish("kept", vec![Event::new().with_metric(11)]).await.unwrap();
    let mut later = running.subscribe("kept", all(), Backlog::new(100).oldest());
    assert_eq!(numbers(&mut later), [7, 8, 9, 10, 11]);
    assert_eq!(later.missed(), 0);
}
