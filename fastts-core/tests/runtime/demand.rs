//! Subscribers with a demand: `from subscribe("topic", demand = 50)`. GenStage's answers are `oracles/genstage.txt`, as it printed them.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use fastts_core::__private::{Sealed, seal, start};
use fastts_core::runtime::{Reason, Running};
use fastts_core::{Context, Emit, Event, EventView, Outcome, Overflow, Policy, Run, Runs, Stage, Token, Topic, stages};

use crate::kit::*;

const ORACLE: &str = include_str!("../oracles/genstage.txt");

/// Returns the lists of numbers in the line of the oracle that begins so.
fn oracle(begin: &str) -> Vec<Vec<i64>> {
    let line = ORACLE.lines().find(|line| line.starts_with(begin)).unwrap_or_else(|| panic!("no line begins with {begin:?}"));
    let lists = line[begin.len()..].split('[').filter_map(|rest| rest.split_once(']')).map(|(list, _)| list);
    lists.map(|list| list.split(", ").map(|number| number.parse().unwrap()).collect()).collect()
}

/// Is not done with what comes until the test says so.
#[derive(Clone)]
struct Hold {
    held: Arc<Mutex<VecDeque<Token>>>,
    came: Probe<i64>,
}

impl Stage<Event> for Hold {
    type Out = Event;

    fn item(&mut self, item: EventView<'_>, cx: &mut Context, _out: &mut impl Emit<Event>) {
        self.held.lock().unwrap().push_back(cx.token().clone());
        self.came.send(number(item));
    }
}

/// What a test has to do with a [`Hold`].
struct Held {
    held: Arc<Mutex<VecDeque<Token>>>,
    came: Seen<i64>,
}

impl Held {
    /// Is done with the oldest.
    fn done(&self, count: usize) {
        let done: Vec<Token> = self.held.lock().unwrap().drain(..count).collect();
        drop(done);
    }
}

fn hold() -> (Hold, Held) {
    let (sender, came) = probe();
    let held = Arc::<Mutex<VecDeque<Token>>>::default();
    (Hold { held: Arc::clone(&held), came: sender }, Held { held, came })
}

fn publishing() -> Sealed<Event> {
    seal(stages::publish(start::<Event>(), Topic::<Event>::new("numbers")))
}

/// A publisher, and a subscriber that holds what it takes.
fn holding(policy: Policy) -> (Pipelines, Held) {
    let (hold, held) = hold();
    let pipelines = Pipelines::new()
        .with("publisher", inline(), publishing)
        .with_from("numbers", "subscriber", policy, move || seal(start::<Event>().then(hold.clone())));
    (pipelines, held)
}

/// "max 10 min 5": GenStage asks for 10, and for 5 more whenever it is done with 5.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_more_is_taken_and_not_done_than_the_demand() {
    for (line, demand) in [("max 10 min 5: handle_demand sequence: ", 10), ("defaults: handle_demand sequence: ", 1_000)] {
        let asked = oracle(line).remove(0);
        let (pipelines, held) = holding(Policy::new().demand(demand));
        let running = pipelines.start_live();
        let sent: i64 = 2 * asked.iter().sum::<i64>();
        running.deliver(batch(0..sent)).await.unwrap();
        let mut came = Vec::new();
        for (index, &asked) in asked.iter().enumerate() {
            if index > 0 {
                held.done(asked as usize);
            }
            came.extend(held.came.take(asked as usize));
            let now = stats(&running, "subscriber");
            assert_eq!((now.taken, now.demand), (demand, Some(demand)), "{line}{asked}");
            assert!(held.came.now().is_empty(), "{line}{asked}: more than it asked for");
        }
        assert_eq!(came, (0..came.len() as i64).collect::<Vec<_>>());
        held.done(demand);
        // A drain waits for nothing that is held.
        assert!(running.drain(PATIENCE).await.is_complete());
        assert_eq!(stats(&running, "subscriber").ran, sent as u64);
        assert_adds_up(&running);
    }
}

#[test]
fn a_batch_is_what_there_is_room_for() {
    // What comes when 5 are done is 5, in GenStage's batches as in the demand of the test above.
    assert!(oracle("batch sizes: ").remove(0).into_iter().all(|size| size == 5));
}

/// GenStage's broadcast holds everybody to the slowest: "fast got 12, slow got 10". Ours holds nobody.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_subscriber_that_stalls_delays_none() {
    assert!(ORACLE.contains("fast got 12, slow got 10 (fast is held to the slow one's demand)"));
    let gate = Gate::default();
    let pass = gate.clone();
    let (sender, fast) = probe();
    let (stalled, stalls) = probe();
    let pipelines = Pipelines::new()
        .with("publisher", Policy::new(), publishing)
        .each_from("numbers", "stalled", Policy::new().demand(3).mailbox(5, Overflow::DropOldest), move |number| {
            stalled.send(number);
            pass.pass();
        })
        .each_from("numbers", "fast", Policy::new().demand(3), move |number| sender.send(number));
    let running = pipelines.start_live();
    running.deliver(batch([0])).await.unwrap();
    assert_eq!(stalls.next(), 0);
    for number in 1..1_000 {
        patiently(running.deliver(batch([number]))).await.unwrap();
    }
    assert_eq!(fast.take(1_000), (0..1_000).collect::<Vec<_>>());
    assert_eq!(stats(&running, "stalled").dropped, 994, "one runs, five wait");
    gate.open();
    assert!(running.drain(PATIENCE).await.is_complete());
    assert_eq!(stalls.now(), (995..1_000).collect::<Vec<_>>());
    assert_adds_up(&running);
}

#[tokio::test]
async fn a_subscriber_that_crashes_at_every_event_delays_none() {
    let (sender, sound) = probe();
    let pipelines = Pipelines::new()
        .with("publisher", inline(), publishing)
        .each_from("numbers", "broken", Policy::new().demand(1).restart(0, millis(1)), |_| panic!("always"))
        .each_from("numbers", "sound", inline(), move |number| sender.send(number));
    let running = pipelines.start(&clock());
    for number in 0..100 {
        patiently(running.deliver(batch([number]))).await.unwrap();
    }
    assert_eq!(sound.now(), (0..100).collect::<Vec<_>>());
    assert!(running.drain(PATIENCE).await.is_complete());
    assert_adds_up(&running);
}

fn inline() -> Policy {
    Policy::new().run(Run::Inline)
}

#[tokio::test]
async fn a_policy_that_blocks_is_one_that_was_asked_for() {
    assert_eq!(Policy::new().demand(3).overflow, Overflow::DropOldest);
    let (pipelines, held) = holding(Policy::new().demand(1).mailbox(2, Overflow::Block));
    let running = pipelines.start(&clock());
    running.deliver(batch([0])).await.unwrap();
    assert_eq!(held.came.next(), 0);
    running.deliver(batch([1, 2])).await.unwrap();
    let mut third = Box::pin(running.deliver(batch([3])));
    assert!(!poll_once(&mut third), "the subscriber has no room, and blocks");
    held.done(1);
    patiently(third).await.unwrap();
    assert!(running.drain(PATIENCE).await.is_complete());
    assert_eq!(held.came.now(), [1, 2, 3]);
}

/// GenStage's buffer of 5 has room for as many before any consumer asks.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_buffer_keeps_the_first_or_the_last() {
    let keeps = [
        ("buffer_size 5 keep :last, 8 events before any consumer: [", Overflow::DropOldest),
        ("buffer_size 5 keep :first: [", Overflow::DropNewest),
    ];
    for (line, overflow) in keeps {
        let (pipelines, held) = holding(Policy::new().demand(1).mailbox(5, overflow));
        let running = pipelines.start_live();
        running.deliver(batch([0])).await.unwrap();
        assert_eq!(held.came.next(), 0);
        for number in 1..=8 {
            running.deliver(batch([number])).await.unwrap();
        }
        assert_eq!(stats(&running, "subscriber").dropped, 3);
        assert!(running.drain(PATIENCE).await.is_complete());
        assert_eq!(held.came.now(), oracle(line).remove(0), "{line}");
        assert_adds_up(&running);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_selector_rejects_uses_up_no_demand() {
    let vectors = oracle("broadcast selector even / all: {[");
    let (hold_even, even) = hold();
    let (hold_all, all) = hold();
    let pipelines = Pipelines::new()
        .with("publisher", Policy::new(), publishing)
        .with_from("numbers", "even", Policy::new().demand(3), move || {
            seal(stages::filter(start::<Event>(), |event| number(event) % 2 == 0).then(hold_even.clone()))
        })
        .with_from("numbers", "all", Policy::new().demand(6), move || seal(start::<Event>().then(hold_all.clone())));
    let running = pipelines.start_live();
    running.deliver(batch(1..=6)).await.unwrap();
    assert_eq!((even.came.take(3), all.came.take(6)), (vectors[0].clone(), vectors[1].clone()));
    assert_eq!((stats(&running, "even").taken, stats(&running, "all").taken), (3, 6));
    // A thousand that are rejected keep nobody from the one behind them.
    even.done(1);
    let odd = (0..1_000).map(|number| 2 * number + 1);
    running.deliver(batch(odd.chain([8, 10]))).await.unwrap();
    assert_eq!(even.came.next(), 8);
    assert!(even.came.now().is_empty(), "10 waits until one is done");
    even.done(1);
    assert_eq!(even.came.next(), 10);
}

/// GenStage: "consumer(max 3) killed while holding 1,2,3 of 1..6; next consumer receives: 4, 5, 6". Here one is a dead letter, and none is
/// lost.
#[tokio::test]
async fn a_consumer_that_is_killed_loses_nothing_that_it_holds() {
    let lost_there = oracle("consumer(max 3) killed while holding 1,2,3 of 1..6; next consumer receives: [").remove(0);
    assert_eq!(lost_there, [4, 5, 6]);
    let (sender, seen) = probe();
    let clock = clock();
    let pipelines = Pipelines::new().with("publisher", Policy::new(), publishing).each_from(
        "numbers",
        "killed",
        Policy::new().demand(3),
        move |number| {
            sender.send(number);
            assert_ne!(number, 1, "killed");
        },
    );
    let running = pipelines.start(&clock);
    running.deliver(batch(1..=6)).await.unwrap();
    assert_eq!(seen.next(), 1);
    patiently(async {
        while stats(&running, "killed").dead == 0 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    clock.advance(millis(100));
    assert!(running.drain(PATIENCE).await.is_complete());
    assert_eq!(seen.now(), [2, 3, 4, 5, 6]);
    let letters = running.dead_letters();
    assert!(letters.len() == 1 && matches!(letters[0].reason, Reason::Panicked(_)), "{letters:?}");
    assert_eq!(stats(&running, "killed").taken, 0);
    assert_adds_up(&running);
}

/// Broadway acknowledges at the end; so does a token.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_source_is_told_when_the_subscriber_is_done() {
    let (pipelines, held) = holding(Policy::new().demand(2));
    let running = pipelines.start_live();
    let (token, mut receipt) = Token::new();
    running.deliver_with(batch(0..3), Runs::all(token)).await.unwrap();
    held.came.take(2);
    held.done(2);
    held.came.next();
    assert_eq!(receipt.outcome(), None, "one is not done");
    held.held.lock().unwrap()[0].note(Outcome::Refused);
    held.done(1);
    assert_eq!(patiently(receipt.wait()).await, Outcome::Refused);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_comes_back_while_the_pipeline_falls_asleep_wakes_it() {
    let (running, done) = relayed();
    for number in 0..20_000 {
        running.deliver(batch([number])).await.unwrap();
    }
    assert_eq!(done.take(20_000), (0..20_000).collect::<Vec<_>>());
}

/// A subscriber whose items are done by another thread, as in a pool.
fn relayed() -> (Running, Seen<i64>) {
    let (hold, held) = hold();
    let (sender, done) = probe();
    std::thread::spawn(move || {
        while let Ok(number) = held.came.0.recv() {
            held.done(1);
            sender.send(number);
        }
    });
    let pipelines = Pipelines::new().with("publisher", Policy::new(), publishing).with_from(
        "numbers",
        "subscriber",
        Policy::new().demand(1).mailbox(100_000, Overflow::Block),
        move || seal(start::<Event>().then(hold.clone())),
    );
    (pipelines.start_live(), done)
}
