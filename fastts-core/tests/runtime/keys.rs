//! `by(…, restart = key)`: a panic in the block costs the block of one key.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use fastts_core::__private::{Builder, Info, seal, start};
use fastts_core::runtime::{Panic, Reason, Running};
use fastts_core::testing::Driver;
use fastts_core::{Context, Emit, Event, EventView, Key, Policy, Replay, Runs, Stage, Time, Token, event, router, stages};
use fastts_testkit::otp;

use crate::kit::*;
use crate::members::*;

/// Notes when the block of a key starts, and crashes when it is told.
#[derive(Clone)]
struct Started {
    log: Log,
    lives: bool,
}

impl Stage<Event> for Started {
    type Out = Event;

    fn item(&mut self, item: EventView<'_>, cx: &mut Context, out: &mut impl Emit<Event>) {
        if !self.lives {
            self.lives = true;
            self.log.note(format!("{{start,{}}}", item.host().unwrap()));
        }
        if item.state() == Some("crash") {
            panic!("as it was told");
        }
        out.emit(item, cx);
    }
}

#[tokio::test]
async fn keys_are_what_simple_one_for_one_is() {
    // A block learns its key by the first event that it gets, so each key gets one after the crash.
    let (_, wanted) = otp::read(include_str!("../oracles/otp.txt"));
    let (log, mut builder) = (Log::default(), Builder::new());
    let noted = log.clone();
    builder.pipeline(Info::new("keyed", "", "", file!()), Policy::new(), move || {
        let started = Started { log: noted.clone(), lives: false };
        let key = |event: EventView<'_>, key: &mut Key| key.part(event.host());
        let keyed = stages::by(start::<Event>(), key, |flow| flow.then(started));
        seal(keyed.configure(|by| by.restart_key()))
    });
    let running = Running::start(builder.build(), Default::default()).unwrap();
    let says = async |host: &str, state: &str| {
        let event = Event::new().with_host(host).with_state(state);
        running.deliver([event].iter().collect()).await.unwrap();
    };
    says("d1", "ok").await;
    says("d2", "ok").await;
    says("d1", "crash").await;
    says("d1", "ok").await;
    says("d2", "ok").await;
    patiently(async {
        while stats(&running, "keyed").ran < 5 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert_eq!(log.take(), wanted.log);
    let stats = stats(&running, "keyed");
    assert_eq!((stats.panics, stats.restarts, stats.ran), (0, 0, 5), "the pipeline does not notice");
    let letters = running.dead_letters();
    let [letter] = &*letters else { panic!("{letters:?}") };
    let Reason::Panicked(Panic { message, place }) = &letter.reason else { panic!("{letter:?}") };
    assert_eq!((letter.pipeline, &**message), ("keyed", "as it was told"));
    assert!(place.starts_with(file!()), "{place}");
    assert_eq!(letter.event, Some(Event::new().with_host("d1").with_state("crash")));
    let losses = running.losses();
    let lost: Vec<_> = losses.iter().map(|loss| (loss.kind, &*loss.place, loss.count)).collect();
    assert_eq!(lost, [("key_panics", "keyed", 1)]);
    assert!(running.drain(PATIENCE).await.is_complete());
    assert_adds_up(&running);
}

router! {
    fn counted;

    pipeline "counted" {
        by(host, restart = key) {
            inspect(|event| assert!(event.state() != Some("bad"), "a bad one"));
            counter;
            tap("inside")
        }
        inspect(|event| assert!(event.state() != Some("worse"), "a worse one"));
        tap("out")
    }
}

fn numbers(driver: &mut Driver, tap: &str) -> Vec<(String, f64)> {
    let number = |(_, event): (Time, Event)| (event.host().unwrap().to_owned(), event.metric().as_f64().unwrap());
    driver.tapped(tap).into_iter().map(number).collect()
}

#[test]
fn what_a_key_held_is_gone_and_that_of_the_others_is_there() {
    let mut driver = Driver::new(counted()).survive_panics();
    for (host, state) in [("a", "ok"), ("b", "ok"), ("a", "ok"), ("a", "bad"), ("a", "ok"), ("b", "ok")] {
        driver.inject(event! { host: host, state: state, metric: 1 });
    }
    let wanted = [("a", 1.0), ("b", 1.0), ("a", 2.0), ("a", 1.0), ("b", 2.0)].map(|(host, number)| (host.to_owned(), number));
    assert_eq!(numbers(&mut driver, "out"), wanted);
    assert_eq!(driver.panics().len(), 1);
    assert_eq!(driver.panics()[0].event.as_ref().and_then(Event::state), Some("bad"));
}

#[test]
fn a_panic_of_what_follows_costs_the_pipeline() {
    let mut driver = Driver::new(counted()).survive_panics();
    for (host, state) in [("a", "ok"), ("b", "ok"), ("a", "worse"), ("a", "ok"), ("b", "ok")] {
        driver.inject(event! { host: host, state: state, metric: 1 });
    }
    let wanted = [("a", 1.0), ("b", 1.0), ("a", 1.0), ("b", 1.0)].map(|(host, number)| (host.to_owned(), number));
    assert_eq!(numbers(&mut driver, "out"), wanted, "all keys begin anew");
    assert_eq!(numbers(&mut driver, "inside")[2], ("a".to_owned(), 2.0), "the block had returned");
}

/// Emits its event twice and panics on the second thought, ticks once a second, and panics at the third tick.
#[derive(Clone, Default)]
struct Twice {
    next: Option<Time>,
    ticks: u32,
}

impl Stage<Event> for Twice {
    type Out = Event;

    fn start(&mut self, cx: &mut Context) {
        self.next = Some(cx.now + millis(1_000));
    }

    fn item(&mut self, item: EventView<'_>, cx: &mut Context, out: &mut impl Emit<Event>) {
        out.emit(item, cx);
        assert!(item.state() != Some("bad"), "after the first");
        out.emit(item, cx);
    }

    fn deadline(&self) -> Option<Time> {
        self.next
    }

    fn tick(&mut self, cx: &mut Context, out: &mut impl Emit<Event>) {
        if self.next.is_some_and(|next| next <= cx.now) {
            self.next = Some(cx.now + millis(1_000));
            self.ticks += 1;
            assert!(self.ticks < 3, "the third tick");
            out.emit(Event::new().with_metric(self.ticks).view(), cx);
        }
    }
}

fn twice() -> Builder {
    let mut builder = Builder::new();
    builder.pipeline(Info::new("twice", "", "", file!()), Policy::new(), || {
        let key = |event: EventView<'_>, key: &mut Key| key.part(event.host());
        let keyed = stages::by(start::<Event>(), key, |flow| flow.then(Twice::default()));
        seal(stages::tap(keyed.configure(|by| by.restart_key()), "out"))
    });
    builder
}

#[test]
fn what_was_emitted_before_the_panic_goes_on_and_timers_begin_anew() {
    let mut driver = Driver::new(twice().build()).survive_panics();
    driver.inject(event! { host: "a", time: 0 });
    driver.inject(event! { host: "a", time: 0, state: "bad" });
    assert_eq!(driver.tapped::<Event>("out").len(), 3);
    driver.advance(7);
    let ticks: Vec<(Time, Option<f64>)> =
        driver.tapped::<Event>("out").iter().map(|(time, event)| (*time, event.metric().as_f64())).collect();
    let wanted = [(1, 1.0), (2, 2.0), (4, 1.0), (5, 2.0), (7, 1.0)].map(|(time, tick)| (Time::from_secs(time), Some(tick)));
    assert_eq!(ticks, wanted);
    let events: Vec<bool> = driver.panics().iter().map(|panic| panic.event.is_some()).collect();
    assert_eq!(events, [true, false, false]);
}

#[test]
fn a_block_that_cannot_begin_is_tried_again_by_the_next_event() {
    let begun = Arc::new(AtomicUsize::new(0));
    #[derive(Clone)]
    struct Begins(Arc<AtomicUsize>);
    impl Stage<Event> for Begins {
        type Out = Event;

        fn start(&mut self, _: &mut Context) {
            assert!(self.0.fetch_add(1, Ordering::SeqCst) != 1, "not the second time");
        }

        fn item(&mut self, item: EventView<'_>, cx: &mut Context, out: &mut impl Emit<Event>) {
            assert!(item.state() != Some("bad"), "bad");
            out.emit(item, cx);
        }
    }
    let mut builder = Builder::new();
    builder.pipeline(Info::new("begins", "", "", file!()), Policy::new(), move || {
        let key = |event: EventView<'_>, key: &mut Key| key.part(event.host());
        let keyed = stages::by(start::<Event>(), key, |flow| flow.then(Begins(Arc::clone(&begun))));
        seal(stages::tap(keyed.configure(|by| by.restart_key()), "out"))
    });
    let mut driver = Driver::new(builder.build()).survive_panics();
    for state in ["ok", "bad", "ok"] {
        driver.inject(event! { host: "a", state: state });
    }
    assert_eq!(driver.tapped::<Event>("out").len(), 2);
    assert_eq!(driver.panics().len(), 2);
}

#[test]
fn why_follows_an_event_through_a_block_and_past_its_panic() {
    let mut replay = Replay::new(&counted(), at(0));
    let good = replay.watch(event! { host: "a", state: "ok" }.view()).remove(0);
    let paths: Vec<&[usize]> = good.steps.iter().map(|step| &step.path[..]).collect();
    let wanted: &[&[usize]] = &[&[0], &[0, 0, 0], &[0, 0, 1], &[0, 0, 2], &[0, 0, 3], &[1], &[2], &[3]];
    assert_eq!(paths, wanted);
    let bad = replay.watch(event! { host: "a", state: "bad" }.view()).remove(0);
    let steps: Vec<(&[usize], bool)> = bad.steps.iter().map(|step| (&step.path[..], step.done)).collect();
    let wanted: &[(&[usize], bool)] = &[(&[0], true), (&[0, 0, 0], false)];
    assert_eq!(steps, wanted);
}

#[tokio::test]
async fn the_tokens_of_a_batch_outlive_a_panic_of_a_key() {
    let running = Running::start(counted(), Default::default()).unwrap();
    let (token, mut receipt) = Token::new();
    let events = ["ok", "bad", "ok"].map(|state| event! { host: "a", state: state, metric: 1 });
    running.deliver_with(events.iter().collect(), Runs::all(token)).await.unwrap();
    assert_eq!(patiently(receipt.wait()).await, fastts_core::Outcome::Delivered);
    assert_eq!(running.dead_letters().len(), 1);
}
