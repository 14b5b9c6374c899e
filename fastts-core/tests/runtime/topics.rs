//! Topics: one pipeline publishes, others subscribe.

use std::sync::Mutex;

use fastts_core::__private::{Sealed, seal, start};
use fastts_core::query::Query;
use fastts_core::runtime::{Options, Reason, Running, SendError, StartError};
use fastts_core::{Event, EventView, Overflow, Policy, Replay, Time, Topic, TopicError, Window, router, stages};
use tokio::time::timeout;

use crate::kit::*;

/// A chain that publishes every event on a topic.
fn publishing(topic: &'static str) -> impl Fn() -> Sealed<Event> + Send + Sync {
    move || seal(stages::publish(start::<Event>(), Topic::<Event>::new(topic)))
}

/// The events of a window.
fn events(window: &Window) -> Vec<Event> {
    window.iter().map(|event| event.to_owned()).collect()
}

fn inline() -> Policy {
    Policy::new().run(fastts_core::Run::Inline)
}

#[tokio::test]
async fn what_one_publishes_others_get_in_order_and_the_sources_do_not_reach_those() {
    let (one, ones) = probe();
    let (other, others) = probe();
    let pipelines = Pipelines::new()
        .with("publisher", Policy::new(), publishing("numbers"))
        .each_from("numbers", "one", Policy::new(), move |number| one.send(number))
        .each_from("numbers", "other", task(), move |number| other.send(number))
        .each_from("silence", "nobody publishes", Policy::new(), |_| panic!("nothing comes here"));
    let running = pipelines.start(&clock());
    for number in 0..100 {
        running.deliver(batch(number * 3..number * 3 + 3)).await.unwrap();
    }
    assert!(running.drain(PATIENCE).await.is_complete());
    assert_eq!(ones.now(), (0..300).collect::<Vec<_>>());
    assert_eq!(others.now(), (0..300).collect::<Vec<_>>());
    let publisher = stats(&running, "publisher");
    assert_eq!((publisher.published, publisher.topic), (300, None));
    assert_eq!((stats(&running, "other").received, stats(&running, "other").topic), (300, Some("numbers")));
    assert_eq!(stats(&running, "nobody publishes").received, 0);
    assert_adds_up(&running);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn subscribers_see_the_order_of_the_publisher_whoever_runs_it() {
    // Three sources at once, and a publisher that moves between them and its own task.
    let (before, order) = probe();
    let before = std::sync::Arc::new(Mutex::new(before));
    let (after, seen) = probe();
    let pipelines = Pipelines::new()
        .with("publisher", Policy::new(), move || {
            let before = before.clone();
            let each = Each(move |number| before.lock().unwrap().send(number));
            seal(stages::publish(start::<Event>().then(each), Topic::<Event>::new("numbers")))
        })
        .with_from("numbers", "relay", Policy::new().mailbox(7, Overflow::Block), publishing("again"))
        .each_from("again", "subscriber", Policy::new().mailbox(5, Overflow::Block), move |number| after.send(number));
    let running = pipelines.start_live();
    let sources: Vec<_> = (0..3)
        .map(|source| {
            let running = running.clone();
            tokio::spawn(async move {
                for number in 0..200 {
                    running.deliver(batch((0..10).map(|one| source * 1_000_000 + number * 10 + one))).await.unwrap();
                }
            })
        })
        .collect();
    for source in sources {
        patiently(source).await.unwrap();
    }
    assert!(running.drain(PATIENCE).await.is_complete());
    let order = order.now();
    assert_eq!(order.len(), 6_000);
    assert_eq!(seen.now(), order);
    assert_adds_up(&running);
}

/// A publisher, and a subscriber with room for two that has taken event 0 and waits at a gate.
async fn held(publisher: Policy, overflow: Overflow) -> (Running, Gate, Seen<i64>) {
    let gate = Gate::default();
    let pass = gate.clone();
    let (sender, seen) = probe();
    let pipelines = Pipelines::new().with("publisher", publisher, publishing("numbers")).each_from(
        "numbers",
        "subscriber",
        task().mailbox(2, overflow),
        move |number| {
            sender.send(number);
            pass.pass();
        },
    );
    let running = pipelines.start(&clock());
    running.deliver(batch([0])).await.unwrap();
    assert_eq!(seen.next(), 0);
    (running, gate, seen)
}

#[tokio::test]
async fn a_source_waits_until_the_subscribers_have_accepted() {
    let (running, gate, seen) = held(inline(), Overflow::Block).await;
    running.deliver(batch([1, 2])).await.unwrap();
    let mut third = Box::pin(running.deliver(batch([3])));
    assert!(!poll_once(&mut third), "the subscriber has no room");
    assert!(stats(&running, "publisher").blocked);
    // What comes now is accepted: it waits in the publisher's own mailbox.
    patiently(running.deliver(batch([4, 5]))).await.unwrap();
    assert_eq!((stats(&running, "publisher").ran, stats(&running, "publisher").depth), (4, 2));
    gate.open();
    patiently(third).await.unwrap();
    assert!(running.drain(PATIENCE).await.is_complete());
    assert_eq!(seen.now(), [1, 2, 3, 4, 5]);
    assert!(!stats(&running, "publisher").blocked);
    assert_adds_up(&running);
}

#[tokio::test]
async fn a_source_that_goes_away_while_it_waits_takes_nothing_along() {
    let (running, gate, seen) = held(inline(), Overflow::Block).await;
    running.deliver(batch([1, 2])).await.unwrap();
    let mut third = Box::pin(running.deliver(batch([3])));
    assert!(!poll_once(&mut third));
    drop(third);
    gate.open();
    patiently(running.deliver(batch([4]))).await.unwrap();
    assert!(running.drain(PATIENCE).await.is_complete());
    assert_eq!(seen.now(), [1, 2, 3, 4]);
}

#[tokio::test]
async fn back_pressure_goes_through_two_topics_to_the_source() {
    let gate = Gate::default();
    let pass = gate.clone();
    let (sender, seen) = probe();
    let narrow = || task().mailbox(1, Overflow::Block);
    let pipelines = Pipelines::new()
        .with("first", narrow(), publishing("one"))
        .with_from("one", "second", narrow(), publishing("two"))
        .each_from("two", "third", narrow(), move |number| {
            sender.send(number);
            pass.pass();
        });
    let running = pipelines.start(&clock());
    running.deliver(batch([0])).await.unwrap();
    assert_eq!(seen.next(), 0);
    let accepted = std::sync::Arc::new(Mutex::new(0));
    let (counted, source) = (accepted.clone(), running.clone());
    let source = tokio::spawn(async move {
        for number in 1..100 {
            source.deliver(batch([number])).await.unwrap();
            *counted.lock().unwrap() += 1;
        }
    });
    // One runs, and each of three mailboxes and two outboxes holds one: no more is taken from the source.
    patiently(async {
        while *accepted.lock().unwrap() < 5 || !running.stats().iter().all(|stats| stats.depth == 1) {
            tokio::task::yield_now().await;
        }
    })
    .await;
    for _ in 0..1_000 {
        tokio::task::yield_now().await;
    }
    assert_eq!(*accepted.lock().unwrap(), 5);
    gate.open();
    patiently(source).await.unwrap();
    assert!(running.drain(PATIENCE).await.is_complete());
    assert_eq!(seen.now(), (1..100).collect::<Vec<_>>());
    assert_adds_up(&running);
}

#[tokio::test]
async fn the_overflow_policy_of_the_subscriber_holds() {
    for (overflow, kept) in [(Overflow::DropNewest, [1, 2]), (Overflow::DropOldest, [4, 5])] {
        let (running, gate, seen) = held(inline(), overflow).await;
        for number in 1..6 {
            patiently(running.deliver(batch([number]))).await.unwrap();
        }
        assert_eq!(stats(&running, "subscriber").dropped, 3);
        gate.open();
        assert!(running.drain(PATIENCE).await.is_complete());
        assert_eq!(seen.now(), kept);
        assert_adds_up(&running);
    }
}

#[tokio::test]
async fn a_drain_takes_pipelines_in_the_order_of_their_topics() {
    // The last is written first, and everything is held until it is flushed.
    let (sender, seen) = probe();
    let hold = |topic: &'static str| {
        move || {
            let flow = stages::flat_map(stages::batch(start::<Event>(), 1_000, 3600), |window: &Window| events(window));
            seal(stages::publish(flow, Topic::<Event>::new(topic)))
        }
    };
    let pipelines = Pipelines::new()
        .each_from("two", "third", task().mailbox(3, Overflow::Block), move |number| sender.send(number))
        .with_from("one", "second", task().mailbox(2, Overflow::Block), hold("two"))
        .with("first", Policy::new(), hold("one"));
    let running = pipelines.start(&clock());
    running.deliver(batch(0..50)).await.unwrap();
    assert!(seen.now().is_empty());
    let drained = running.drain(PATIENCE).await;
    assert!(drained.is_complete(), "{drained}");
    assert_eq!(seen.now(), (0..50).collect::<Vec<_>>());
    assert_adds_up(&running);
}

#[tokio::test]
async fn a_drain_that_takes_too_long_gives_up_what_waits_for_room() {
    let (running, gate, _seen) = held(inline(), Overflow::Block).await;
    running.deliver(batch([1, 2])).await.unwrap();
    let mut third = Box::pin(running.deliver(batch([3])));
    assert!(!poll_once(&mut third));
    let drained = running.drain(millis(10)).await;
    let left: Vec<_> = drained.left.iter().map(|left| left.pipeline).collect();
    assert_eq!(left, ["publisher", "subscriber"]);
    patiently(third).await.unwrap();
    gate.open();
}

#[tokio::test]
async fn what_timers_publish_is_handed_on_and_waits_for_room() {
    let clock = clock();
    let (running, gate, seen) = {
        let gate = Gate::default();
        let pass = gate.clone();
        let (sender, seen) = probe();
        let pipelines = Pipelines::new()
            .with("publisher", Policy::new(), || {
                let flow = stages::flat_map(stages::batch(start::<Event>(), 1_000, 5), |window: &Window| events(window));
                seal(stages::publish(flow, Topic::<Event>::new("numbers")))
            })
            .each_from("numbers", "subscriber", task().mailbox(1, Overflow::Block), move |number| {
                sender.send(number);
                pass.pass();
            });
        (pipelines.start(&clock), gate, seen)
    };
    running.deliver(batch([0, 1, 2])).await.unwrap();
    clock.advance(millis(5_000));
    tokio::task::spawn_blocking(move || {
        assert_eq!(seen.next(), 0);
        gate.open();
        assert_eq!(seen.take(2), [1, 2]);
    })
    .await
    .unwrap();
    assert!(running.drain(PATIENCE).await.is_complete());
    assert_adds_up(&running);
}

#[tokio::test]
async fn a_panic_of_a_subscriber_is_its_own() {
    let (sender, seen) = probe();
    let clock = clock();
    let pipelines = Pipelines::new()
        .with("publisher", Policy::new(), publishing("numbers"))
        .each_from("numbers", "broken", inline(), |number| assert_ne!(number, 3, "three"))
        .each_from("numbers", "sound", inline(), move |number| sender.send(number));
    let running = pipelines.start(&clock);
    running.deliver(batch(0..6)).await.unwrap();
    assert_eq!((stats(&running, "publisher").panics, stats(&running, "publisher").ran), (0, 6));
    assert_eq!((stats(&running, "broken").ran, stats(&running, "broken").dead, stats(&running, "broken").depth), (3, 1, 2));
    assert_eq!(seen.now(), [0, 1, 2, 3, 4, 5]);
    let letters = running.dead_letters();
    assert_eq!(letters.len(), 1);
    assert!(matches!(&letters[0].reason, Reason::Panicked(panic) if panic.to_string().contains("three")), "{letters:?}");
    clock.advance(millis(100));
    assert!(running.drain(PATIENCE).await.is_complete());
    assert_eq!(stats(&running, "broken").ran, 5);
    assert_adds_up(&running);
}

#[tokio::test]
async fn a_panic_of_the_publisher_takes_back_nothing_that_was_published() {
    let (sender, seen) = probe();
    let clock = clock();
    let pipelines = Pipelines::new()
        .with("publisher", inline(), || {
            let flow = stages::publish(start::<Event>(), Topic::<Event>::new("numbers"));
            seal(flow.then(Each(|number| assert_ne!(number, 3, "three"))))
        })
        .each_from("numbers", "subscriber", inline(), move |number| sender.send(number));
    let running = pipelines.start(&clock);
    running.deliver(batch(0..6)).await.unwrap();
    assert_eq!(seen.now(), [0, 1, 2, 3]);
    clock.advance(millis(100));
    assert!(running.drain(PATIENCE).await.is_complete());
    assert_eq!(seen.now(), [4, 5]);
    assert_adds_up(&running);
}

#[tokio::test]
async fn a_subscriber_that_is_stopped_lets_the_publisher_go_on() {
    let pipelines = Pipelines::new().with("publisher", inline(), publishing("numbers")).each_from(
        "numbers",
        "broken",
        task().mailbox(1, Overflow::Block).restart(0, millis(1)),
        |_| panic!("always"),
    );
    let running = pipelines.start(&clock());
    for number in 0..20 {
        patiently(running.deliver(batch([number]))).await.unwrap();
    }
    assert!(running.drain(PATIENCE).await.is_complete());
    assert_eq!(stats(&running, "publisher").ran, 20);
    assert_adds_up(&running);
}

#[tokio::test]
async fn a_publisher_inside_a_block_of_by_publishes_for_every_key() {
    let (sender, seen) = probe();
    let pipelines = Pipelines::new()
        .with("publisher", Policy::new(), || {
            let flow = stages::by_value(
                start::<Event>(),
                |event| event.metric().as_f64().map(|number| number as i64 % 7),
                |flow| stages::publish(flow, Topic::<Event>::new("numbers")),
            );
            seal(flow)
        })
        .each_from("numbers", "subscriber", Policy::new(), move |number| sender.send(number));
    let running = pipelines.start(&clock());
    running.deliver(batch(0..50)).await.unwrap();
    assert!(running.drain(PATIENCE).await.is_complete());
    assert_eq!(seen.now(), (0..50).collect::<Vec<_>>());
}

fn refused(pipelines: Pipelines) -> TopicError {
    let router = pipelines.build();
    let replayed = Replay::start(&router, Time::EPOCH).unwrap_err();
    let error = Running::start(router, Options::new()).unwrap_err();
    assert_eq!(error, replayed);
    match error {
        StartError::Topics(error) => error,
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn a_circle_that_the_macro_did_not_see_is_found_at_the_start() {
    let pipelines = Pipelines::new()
        .with("before", Policy::new(), publishing("one"))
        .with_from("one", "first", Policy::new(), publishing("two"))
        .with_from("two", "second", Policy::new(), publishing("one"));
    let error = refused(pipelines);
    let path = r#"pipeline "first" → "two" → pipeline "second" → "one" → pipeline "first""#;
    assert_eq!(error, TopicError::Circle { path: path.to_owned() });
}

#[tokio::test]
async fn types_that_do_not_agree_are_found_at_the_start() {
    let texts = || seal(stages::publish(stages::map(start::<Event>(), |_| String::new()), Topic::<String>::new("one")));
    let pipelines = Pipelines::new().with("texts", Policy::new(), texts).each_from("one", "events", Policy::new(), |_| ());
    let error = refused(pipelines);
    let said = error.to_string();
    assert!(said.contains("topic \"one\" carries") && said.contains("alloc::string::String"), "{said}");
}

#[tokio::test]
async fn a_chain_that_publishes_other_topics_when_it_is_built_again_feeds_nobody_by_them() {
    // What would be a circle: nobody looked at it.
    let (sender, seen) = probe();
    let built = std::sync::Arc::new(Mutex::new(0));
    let clock = clock();
    let pipelines = Pipelines::new().with_from("one", "first", inline(), move || {
        let mut built = built.lock().unwrap();
        *built += 1;
        let topic = if *built == 1 { "two" } else { "one" };
        let sender = sender.clone();
        let each = Each(move |number| {
            sender.send(number);
            assert_ne!(number, 3, "three");
        });
        seal(stages::publish(start::<Event>().then(each), Topic::<Event>::new(topic)))
    });
    let running = pipelines.start(&clock);
    running.publish("one", numbers(0..6)).await.unwrap();
    clock.advance(millis(100));
    assert!(running.drain(PATIENCE).await.is_complete());
    assert_eq!(seen.now(), [0, 1, 2, 3, 4, 5]);
}

fn numbers(range: std::ops::Range<i64>) -> Vec<Event> {
    range.map(|number| Event::new().with_metric(number)).collect()
}

#[tokio::test]
async fn a_program_publishes_and_subscribes() {
    let (sender, seen) = probe();
    let pipelines = Pipelines::new().each_from("numbers", "subscriber", Policy::new(), move |number| sender.send(number));
    let running = pipelines.start(&clock());
    running.publish("numbers", numbers(0..3)).await.unwrap();
    let mut odd = running.subscribe("numbers", Query::parse("metric = 3 or metric = 5 or metric = 7").unwrap(), 10);
    let mut elsewhere = running.subscribe_where("elsewhere", |_| true, 10);
    running.publish("numbers", numbers(3..8)).await.unwrap();
    running.publish("elsewhere", numbers(8..9)).await.unwrap();
    running.publish("nobody", numbers(9..10)).await.unwrap();
    let wrong = running.publish("numbers", vec![1_u8]).await.unwrap_err();
    assert!(matches!(wrong, SendError::OtherType { .. }), "{wrong}");
    for number in [3, 5, 7] {
        assert_eq!(patiently(odd.next()).await.unwrap().metric(), number);
    }
    assert_eq!(patiently(elsewhere.next()).await.unwrap().metric(), 8);
    assert_eq!(odd.try_next(), None);
    let mut next = Box::pin(odd.next());
    assert!(!poll_once(&mut next));
    assert!(running.drain(PATIENCE).await.is_complete());
    assert_eq!(patiently(next).await, None);
    assert_eq!(patiently(running.subscribe_where("numbers", |_| true, 1).next()).await, None, "made after the end");
    assert_eq!(running.publish("numbers", numbers(0..1)).await, Err(SendError::Draining));
    assert_eq!(seen.now(), (0..8).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_reader_that_does_not_keep_up_loses_the_oldest_and_holds_nobody_up() {
    let pipelines = Pipelines::new().with("publisher", Policy::new(), publishing("numbers"));
    let running = pipelines.start(&clock());
    running.deliver(batch(0..5)).await.unwrap();
    assert_eq!(stats(&running, "publisher").published, 0, "nobody subscribes, so nothing was copied");
    let (mut slow, mut fast) = (running.subscribe_where("numbers", |_| true, 3), running.subscribe_where("numbers", |_| true, 100));
    patiently(running.deliver(batch(5..25))).await.unwrap();
    for number in 22..25 {
        assert_eq!(slow.next().await.unwrap().metric(), number);
    }
    assert_eq!((slow.missed(), fast.missed()), (17, 0));
    for number in 5..25 {
        assert_eq!(fast.next().await.unwrap().metric(), number);
    }
    let topics = running.topics();
    assert_eq!(topics.len(), 1);
    assert_eq!((&*topics[0].topic, topics[0].published, topics[0].subscriptions, topics[0].missed), ("numbers", 20, 2, 17));
    drop((slow, fast));
    running.deliver(batch(25..30)).await.unwrap();
    assert_eq!(stats(&running, "publisher").published, 20);
    // A topic that only a subscriber knew is forgotten with it.
    drop(running.subscribe_where("of the web", |_| true, 1));
    assert_eq!(running.topics().len(), 1);
}

#[tokio::test]
async fn a_router_that_is_dropped_ends_the_subscriptions() {
    let running = Pipelines::new().with("publisher", Policy::new(), publishing("numbers")).start(&clock());
    let mut subscription = running.subscribe_where("numbers", |_| true, 3);
    running.deliver(batch([1])).await.unwrap();
    drop(running);
    let read = async { (subscription.next().await.is_some(), subscription.next().await) };
    assert_eq!(timeout(PATIENCE, read).await.unwrap(), (true, None));
}

#[tokio::test]
async fn what_comes_into_the_index_and_what_expires_in_it_is_published() {
    let (clock, (sender, seen)) = (clock(), probe());
    let pipelines = Pipelines::new().with("indexing", Policy::new(), || seal(stages::index(start::<Event>()))).with_from(
        "index",
        "subscriber",
        Policy::new(),
        move || {
            let sender = sender.clone();
            seal(stages::inspect(start::<Event>(), move |event| sender.send(event.metric().as_f64())))
        },
    );
    let running = pipelines.start(&clock);
    let mut outside = running.subscribe("index", Query::parse("true").unwrap(), 10);
    let event = |number: i64| Event::new().with_host("a").with_metric(number).with_ttl(10).with_time(0);
    let expired = event(3).with_state("expired");
    let expiring = [event(1), event(2).with_service("x")];
    running.deliver(expiring.iter().chain([&expired]).collect()).await.unwrap();
    assert_eq!(seen.now(), [Some(1.0), Some(2.0)], "what only takes an entry away is not published, as Riemann has it");
    for number in [1, 2] {
        assert_eq!(patiently(outside.next()).await.unwrap().metric(), number);
    }
    clock.advance(millis(10_100));
    let told = patiently(outside.next()).await.unwrap();
    assert_eq!((told.service(), told.state()), (Some("x"), Some("expired")));
    assert!(running.drain(PATIENCE).await.is_complete());
    assert_eq!(seen.now(), [None]);
}

/// What `calm` of docs/time.md emits: the second at which it does, and whether it has filled that in.
static CALM: Mutex<Vec<(i64, bool)>> = Mutex::new(Vec::new());

fn calm(event: EventView<'_>) {
    CALM.lock().unwrap().push((event.time().unwrap().as_micros() / 1_000_000, event.state() == Some("filled")));
}

router! {
    fn as_it_is_written;
    pipeline "loads" { rate(5s); publish("load") }
    pipeline "calm" from subscribe("load") { fill_in_last(5s, state = "filled"); inspect(calm) }
}

router! {
    fn turned_round;
    pipeline "calm" from subscribe("load") { fill_in_last(5s, state = "filled"); inspect(calm) }
    pipeline "loads" { rate(5s); publish("load") }
}

#[tokio::test]
async fn timers_of_one_instant_fire_downstream_first_and_a_timer_upstream_before_a_later_one_downstream() {
    for router in [as_it_is_written, turned_round] {
        let clock = clock();
        let running = Running::start(router(), Options::new().clock(clock.clock())).unwrap();
        running.deliver(batch([1])).await.unwrap();
        // One step over all of it, and nothing else to run.
        clock.advance(millis(16_000));
        assert!(running.drain(PATIENCE).await.is_complete());
        let live = std::mem::take(&mut *CALM.lock().unwrap());
        let mut replay = Replay::new(&router(), Time::EPOCH);
        replay.batch(&batch([1]));
        replay.advance(Time::from_secs(16));
        let replayed = std::mem::take(&mut *CALM.lock().unwrap());
        assert_eq!(live, [(5, false), (10, true), (10, false), (15, true), (15, false)]);
        assert_eq!(live, replayed);
    }
}
