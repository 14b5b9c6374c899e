//! What sources are told of what became of their items.

use std::sync::{Arc, Mutex};

use fastts_core::__private::{Head, Info, TextTest, seal, start};
use fastts_core::runtime::{Options, Running};
use fastts_core::{Context, Emit, Event, EventView, Outcome, Overflow, Policy, Receipt, Run, Runs, Stage, Time, Token, Topic, stages};

use crate::kit::*;

/// What each of some messages, with so many events, is told.
fn messages(sizes: &[usize]) -> (Runs, Vec<Receipt>) {
    let (mut end, mut receipts) = (0, Vec::new());
    let runs = sizes.iter().map(|size| {
        let (token, receipt) = Token::new();
        receipts.push(receipt);
        end += size;
        (token, end)
    });
    (runs.collect(), receipts)
}

fn outcomes(receipts: &[Receipt]) -> Vec<Option<Outcome>> {
    receipts.iter().map(Receipt::outcome).collect()
}

async fn told(receipts: &mut [Receipt]) -> Vec<Outcome> {
    let mut told = Vec::new();
    for receipt in receipts {
        told.push(patiently(receipt.wait()).await);
    }
    told
}

fn inline() -> Policy {
    Policy::new().run(Run::Inline)
}

#[tokio::test]
async fn accepted_is_not_delivered() {
    let gate = Gate::default();
    let pass = gate.clone();
    let running = Pipelines::new().each("here", inline(), |_| ()).each("task", task(), move |_| pass.pass()).start(&clock());
    let (runs, mut receipts) = messages(&[1, 2]);
    running.deliver_with(batch(0..3), runs).await.unwrap();
    assert_eq!(outcomes(&receipts), [None, None], "one pipeline has it in its mailbox");
    gate.open();
    assert_eq!(told(&mut receipts).await, [Outcome::Delivered; 2]);
}

#[tokio::test]
async fn what_no_pipeline_wants_and_what_a_stage_filters_or_holds_is_done() {
    let held = |name: &'static str, pipelines: Pipelines| match name {
        "nobody" => pipelines,
        "filtered" => pipelines.with(name, inline(), || seal(stages::filter(start::<Event>(), |_| false))),
        _ => pipelines.with(name, inline(), || seal(stages::batch(start::<Event>(), 1_000, 3600))),
    };
    for name in ["nobody", "filtered", "held"] {
        let running = held(name, Pipelines::new()).start(&clock());
        let (runs, receipts) = messages(&[2, 1]);
        running.deliver_with(batch(0..3), runs).await.unwrap();
        assert_eq!(outcomes(&receipts), [Some(Outcome::Delivered); 2], "{name}");
    }
}

#[tokio::test]
async fn what_panicked_is_done_when_it_is_a_dead_letter_and_the_rest_when_it_has_run_after_the_restart() {
    for policy in [inline(), task()] {
        let clock = clock();
        let running = Pipelines::new().each("panics", policy, |number| assert_ne!(number, 1, "one")).start(&clock);
        let (runs, mut receipts) = messages(&[2, 1]);
        running.deliver_with(batch(0..3), runs).await.unwrap();
        patiently(async {
            while running.dead_letters().is_empty() {
                tokio::task::yield_now().await;
            }
        })
        .await;
        assert_eq!(receipts[1].outcome(), None, "the last waits for the restart");
        clock.advance(millis(100));
        assert_eq!(told(&mut receipts).await, [Outcome::Delivered; 2]);
        assert_eq!((stats(&running, "panics").ran, running.dead_letters().len()), (2, 1));
    }
}

#[tokio::test]
async fn what_a_full_mailbox_drops_is_told_to_those_whose_it_was() {
    for (overflow, lost) in [(Overflow::DropNewest, [false, false, true]), (Overflow::DropOldest, [true, false, false])] {
        let gate = Gate::default();
        let pass = gate.clone();
        let (sender, seen) = probe();
        let slow = task().mailbox(3, overflow);
        let running = Pipelines::new()
            .each("slow", slow, move |number| {
                sender.send(number);
                pass.pass();
            })
            .start(&clock());
        running.deliver(batch([0])).await.unwrap();
        assert_eq!(seen.next(), 0);
        let (runs, mut receipts) = messages(&[1, 1]);
        running.deliver_with(batch([1, 2]), runs).await.unwrap();
        let (runs, mut last) = messages(&[2]);
        running.deliver_with(batch([3, 4]), runs).await.unwrap();
        gate.open();
        receipts.append(&mut last);
        let outcome = |lost| if lost { Outcome::Dropped } else { Outcome::Delivered };
        assert_eq!(told(&mut receipts).await, lost.map(outcome), "{overflow:?}");
    }
}

#[tokio::test]
async fn what_comes_to_a_stopped_pipeline_and_what_waited_in_it_is_told() {
    let gate = Gate::default();
    let pass = gate.clone();
    let (sender, seen) = probe();
    let once = task().restart(0, millis(1));
    let running = Pipelines::new()
        .each("stops", once, move |number| {
            sender.send(number);
            pass.pass();
            panic!("once");
        })
        .start(&clock());
    running.deliver(batch([0])).await.unwrap();
    assert_eq!(seen.next(), 0);
    let (runs, mut receipts) = messages(&[1, 1]);
    running.deliver_with(batch([1, 2]), runs).await.unwrap();
    assert_eq!(outcomes(&receipts), [None, None]);
    gate.open();
    assert_eq!(told(&mut receipts).await, [Outcome::Stopped; 2]);
    let (runs, mut receipts) = messages(&[1]);
    running.deliver_with(batch([3]), runs).await.unwrap();
    assert_eq!(told(&mut receipts).await, [Outcome::Stopped]);
}

#[tokio::test]
async fn what_a_drain_leaves_and_what_is_refused_is_unfinished() {
    let gate = Gate::default();
    let pass = gate.clone();
    let (sender, seen) = probe();
    let running = Pipelines::new()
        .each("slow", task().mailbox(1, Overflow::Block), move |number| {
            sender.send(number);
            pass.pass();
        })
        .start(&clock());
    running.deliver(batch([0])).await.unwrap();
    assert_eq!(seen.next(), 0);
    let (runs, mut waiting) = messages(&[1]);
    running.deliver_with(batch([1]), runs).await.unwrap();
    let (runs, mut without_room) = messages(&[1]);
    let mut delivery = Box::pin(running.deliver_with(batch([2]), runs));
    assert!(!poll_once(&mut delivery));
    assert!(!running.drain(millis(10)).await.is_complete());
    delivery.await.unwrap_err();
    let (runs, mut late) = messages(&[1]);
    running.deliver_with(batch([3]), runs).await.unwrap_err();
    for receipts in [&mut waiting, &mut without_room, &mut late] {
        assert_eq!(told(receipts).await, [Outcome::Unfinished]);
    }
    gate.open();
}

#[tokio::test]
async fn a_router_that_is_dropped_and_a_source_that_goes_away_leave_what_they_had_unfinished() {
    let clock = clock();
    let running =
        Pipelines::new().each("panics", inline().mailbox(1, Overflow::Block), |number| assert_ne!(number, 0, "zero")).start(&clock);
    let (runs, mut waits_for_restart) = messages(&[2]);
    running.deliver_with(batch([0, 1]), runs).await.unwrap();
    let (runs, mut without_room) = messages(&[1]);
    running.deliver(batch([2])).await.unwrap();
    let mut delivery = Box::pin(running.deliver_with(batch([3]), runs));
    assert!(!poll_once(&mut delivery));
    drop(delivery);
    assert_eq!(told(&mut without_room).await, [Outcome::Unfinished]);
    assert_eq!(outcomes(&waits_for_restart), [None]);
    drop(running);
    assert_eq!(told(&mut waits_for_restart).await, [Outcome::Unfinished]);
}

#[tokio::test]
async fn tokens_go_through_topics_with_what_was_published_of_their_items() {
    let gate = Gate::default();
    let pass = gate.clone();
    let odd = || {
        let odd = stages::filter(start::<Event>(), |event| number(event) % 2 == 1);
        seal(stages::publish(odd, Topic::<Event>::new("odd")))
    };
    let (sender, seen) = probe();
    let running = Pipelines::new()
        .with("publisher", inline(), odd)
        .each_from("odd", "here", inline(), |_| ())
        .each_from("odd", "task", task().mailbox(1, Overflow::DropNewest), move |number| {
            sender.send(number);
            pass.pass();
        })
        .start(&clock());
    running.deliver(batch([7])).await.unwrap();
    assert_eq!(seen.next(), 7);
    let (runs, mut receipts) = messages(&[2, 1, 2]);
    // 1 finds room, 2 is not published, 3 finds none.
    running.deliver_with(batch([0, 1, 2, 3, 4]), runs).await.unwrap();
    assert_eq!(outcomes(&receipts), [None, Some(Outcome::Delivered), Some(Outcome::Dropped)]);
    gate.open();
    assert_eq!(told(&mut receipts).await, [Outcome::Delivered, Outcome::Delivered, Outcome::Dropped]);
}

/// Keeps the token of each event, as the queue of a sink does; publishes and ticks as well.
#[derive(Clone)]
struct Keeps {
    tokens: Arc<Mutex<Vec<(i64, Token)>>>,
    due: Option<Time>,
}

/// What a [`Keeps`] stage notes for a tick, and for a flush.
const TICK: i64 = -1;
const FLUSH: i64 = -2;

impl Keeps {
    fn note(&self, number: i64, cx: &Context) {
        self.tokens.lock().unwrap().push((number, cx.token().clone()));
    }
}

impl Stage<Event> for Keeps {
    type Out = Event;

    fn item(&mut self, item: EventView<'_>, cx: &mut Context, out: &mut impl Emit<Event>) {
        self.due = Some(cx.now + millis(1_000));
        self.note(number(item), cx);
        out.emit(item, cx);
    }

    fn deadline(&self) -> Option<Time> {
        self.due
    }

    fn tick(&mut self, cx: &mut Context, _out: &mut impl Emit<Event>) {
        if self.due.is_some_and(|due| due <= cx.now) {
            self.due = None;
            self.note(TICK, cx);
        }
    }

    fn finish(&mut self, cx: &mut Context, _out: &mut impl Emit<Event>) {
        self.note(FLUSH, cx);
    }
}

/// A router of one pipeline that keeps the tokens of what comes.
fn keeping(clock: &fastts_core::runtime::ManualClock) -> (Running, Arc<Mutex<Vec<(i64, Token)>>>) {
    let tokens = Arc::default();
    let kept = Arc::clone(&tokens);
    let keeps = move || seal(start::<Event>().then(Keeps { tokens: Arc::clone(&kept), due: None }));
    (Pipelines::new().with("keeps", inline(), keeps).start(clock), tokens)
}

#[tokio::test]
async fn who_holds_the_token_of_an_event_has_not_done_with_it_and_says_how_it_ended() {
    let (running, tokens) = keeping(&clock());
    let (runs, mut receipts) = messages(&[2, 1]);
    running.deliver_with(batch(0..3), runs).await.unwrap();
    assert_eq!(outcomes(&receipts), [None, None]);
    let mut kept = std::mem::take(&mut *tokens.lock().unwrap());
    assert!(kept[0].1.is_same(&kept[1].1) && !kept[1].1.is_same(&kept[2].1));
    kept.truncate(2);
    assert_eq!(outcomes(&receipts), [None, Some(Outcome::Delivered)]);
    kept[0].1.note(Outcome::Refused);
    drop(kept);
    assert_eq!(told(&mut receipts).await, [Outcome::Refused, Outcome::Delivered]);
}

#[tokio::test]
async fn timers_and_flushes_have_no_token() {
    let clock = clock();
    let (running, tokens) = keeping(&clock);
    let (runs, _receipts) = messages(&[1]);
    running.deliver_with(batch([5]), runs).await.unwrap();
    clock.advance(millis(1_000));
    let (runs, _receipts) = messages(&[1]);
    running.deliver_with(batch([6]), runs).await.unwrap();
    running.deliver(batch([7])).await.unwrap();
    assert!(running.drain(PATIENCE).await.is_complete());
    let noted: Vec<(i64, bool)> = tokens.lock().unwrap().iter().map(|(number, token)| (*number, token.is_none())).collect();
    assert_eq!(noted, [(5, false), (TICK, true), (6, false), (7, true), (FLUSH, true)]);
}

#[tokio::test]
async fn a_key_that_makes_room_for_another_flushes_without_the_token_of_that() {
    let tokens = Arc::default();
    let kept: Arc<Mutex<Vec<(i64, Token)>>> = Arc::clone(&tokens);
    let keeps = move || {
        let block = Keeps { tokens: Arc::clone(&kept), due: None };
        let by = stages::by_value(start::<Event>(), |event| event.metric(), move |flow| flow.then(block.clone()));
        seal(by.configure(|by| by.limit(1)))
    };
    let running = Pipelines::new().with("keeps", inline(), keeps).start(&clock());
    let (runs, _receipts) = messages(&[1, 1]);
    running.deliver_with(batch([5, 6]), runs).await.unwrap();
    let noted: Vec<(i64, bool)> = tokens.lock().unwrap().iter().map(|(number, token)| (*number, token.is_none())).collect();
    assert_eq!(noted, [(5, false), (FLUSH, true), (6, false)]);
}

#[tokio::test]
async fn events_that_were_picked_keep_their_tokens_where_the_data_is_and_in_a_mailbox() {
    static HEADS: &[Head] = &[Head::Host(TextTest::Equals("a"))];
    for run in [Run::Inline, Run::Task] {
        let tokens = Arc::default();
        let kept: Arc<Mutex<Vec<(i64, Token)>>> = Arc::clone(&tokens);
        let mut builder = fastts_core::__private::Builder::new();
        builder.pipeline(Info::new("picky", "", "", file!()).with_heads(HEADS), Policy::new().run(run), move || {
            let host = stages::filter(start::<Event>(), |event| event.host() == Some("a"));
            seal(host.then(Keeps { tokens: Arc::clone(&kept), due: None }))
        });
        let running = Running::start(builder.build(), Options::new()).unwrap();
        let event = |number: i64| Event::new().with_metric(number).with_host(if number % 2 == 0 { "a" } else { "b" });
        let (runs, mut receipts) = messages(&[2, 1, 1]);
        let events: Vec<Event> = (0..4).map(event).collect();
        running.deliver_with(events.iter().collect(), runs).await.unwrap();
        assert!(patiently(running.caught_up(PATIENCE)).await);
        assert_eq!(patiently(receipts[2].wait()).await, Outcome::Delivered, "{run:?}");
        assert_eq!(outcomes(&receipts[..2]), [None, None], "{run:?}");
        let numbers: Vec<i64> = tokens.lock().unwrap().iter().map(|(number, _)| *number).collect();
        assert_eq!(numbers, [0, 2], "{run:?}");
        tokens.lock().unwrap().clear();
        assert_eq!(told(&mut receipts).await, [Outcome::Delivered; 3]);
    }
}
