//! The system's clock is set, and events come whose time is too far ahead of it.

use std::panic::Location;

use fastts_core::__private::{seal, start};
use fastts_core::index::Index;
use fastts_core::runtime::Options;
use fastts_core::{Batch, Event, Policy, Running, Time, Window, event, stages};

use crate::kit::Call::{Start, Tick};
use crate::kit::*;

const HOUR: i64 = 3_600_000;

async fn deliver(running: &Running, event: Event) {
    running.deliver(Batch::of([event.view()])).await.unwrap();
}

/// Returns how many were lost of a kind.
fn lost(running: &Running, kind: &str) -> u64 {
    running.losses().iter().filter(|loss| loss.kind == kind).map(|loss| loss.count).sum()
}

#[tokio::test]
async fn timers_go_on_evenly_when_the_clock_is_set_and_stamps_follow() {
    let clock = clock();
    let (sender, seen) = probe();
    let running = Pipelines::new()
        .with("ticks", Policy::new(), move || {
            let sender = sender.clone();
            ticking(move |call| sender.send(call))
        })
        .start(&clock);
    assert_eq!(seen.now(), [Start(at(0))]);
    for (second, set) in [(1, HOUR), (2, -HOUR), (3, 0)] {
        clock.set(at(set));
        assert_eq!(running.now(), at(set));
        running.deliver(batch([])).await.unwrap();
        assert_eq!(seen.now(), [], "a step is no time that passes");
        clock.advance(millis(1_000));
        assert_eq!(running.now(), at(set + 1_000));
        running.deliver(batch([7])).await.unwrap();
        assert_eq!(seen.now()[0], Tick(at(1_000 * second)), "nor does it hold up a timer");
    }
}

#[tokio::test]
async fn what_expires_follows_the_clock_in_both_directions() {
    for step in [HOUR, -HOUR] {
        let clock = clock();
        let index = Index::new();
        let options = Options::new().clock(clock.clock()).index(index.clone());
        let indexing = || seal(stages::index(start::<Event>()));
        let running = Running::start(Pipelines::new().with("index", Policy::new(), indexing).build(), options).unwrap();
        // Something expires, so that the index is looked at again a moment after that at the earliest.
        deliver(&running, event! { host: "before", time: 0, ttl: 1 }).await;
        clock.advance(millis(2_000));
        until(|| index.is_empty()).await;
        clock.set(at(step));
        deliver(&running, event! { host: "after", time: Time::from_micros(step * 1_000), ttl: 1 }).await;
        deliver(&running, event! { host: "long", time: Time::from_micros(step * 1_000), ttl: 60 }).await;
        clock.advance(millis(2_000));
        until(|| index.len() == 1).await;
        assert!(index.get(Some("long"), None).is_some(), "{step}");
    }
}

/// Lets the other tasks run until something is true.
#[track_caller]
fn until(is_true: impl Fn() -> bool) -> impl Future<Output = ()> {
    let caller = Location::caller();
    async move {
        for _ in 0..10_000 {
            if is_true() {
                return;
            }
            tokio::task::yield_now().await;
        }
        panic!("it never became true: {caller}");
    }
}

/// Starts pipelines with windows of event time that tell their lengths, and how many events were late.
fn windows(clock: &fastts_core::runtime::ManualClock) -> (Running, Seen<(&'static str, usize, u64)>, Seen<i64>) {
    let (sender, seen) = probe();
    let (late, came_late) = probe();
    let mut pipelines = Pipelines::new();
    for name in ["fixed", "offset", "moving"] {
        let (sender, late) = (sender.clone(), late.clone());
        pipelines = pipelines.with(name, Policy::new(), move || {
            let (sender, late) = (sender.clone(), late.clone());
            let tell = move |window: &Window| sender.send((name, window.len(), window.late()));
            let shown = move |event: fastts_core::EventView<'_>| late.send(number(event));
            let flow = start::<Event>();
            match name {
                "fixed" => seal(stages::inspect(stages::fixed_time_window(flow, 1).configure(|stage| stage.late(shown)), tell)),
                "offset" => seal(stages::inspect(stages::fixed_offset_time_window(flow, 1).configure(|stage| stage.late(shown)), tell)),
                _ => seal(stages::inspect(stages::moving_time_window(flow, 2).configure(|stage| stage.late(shown)), tell)),
            }
        });
    }
    (pipelines.start(clock), seen, came_late)
}

/// Delivers an event that happened at a second, with a number.
async fn happened(running: &Running, seconds: i64, number: i64) {
    deliver(running, event! { time: seconds, metric: number }).await;
}

fn of(seen: &Seen<(&'static str, usize, u64)>, name: &str) -> Vec<(usize, u64)> {
    seen.0.try_iter().filter(|told| told.0 == name).map(|told| (told.1, told.2)).collect()
}

#[tokio::test]
async fn an_event_far_ahead_of_the_clock_moves_no_window() {
    for name in ["fixed", "offset", "moving"] {
        let clock = clock();
        let (running, seen, came_late) = windows(&clock);
        for second in 0..3 {
            happened(&running, second, 0).await;
            clock.advance(millis(1_000));
        }
        // Milliseconds that were taken for seconds, and one that is only just too far; five minutes are not.
        happened(&running, 1_700_000_000_000, 1).await;
        happened(&running, 304, 2).await;
        let before = of(&seen, name).len();
        assert!(before <= 3, "{name}: {before} windows");
        assert_eq!(came_late.now(), [1, 1, 1, 2, 2, 2], "they are offered to `late`");
        assert_eq!(lost(&running, "ahead"), 6);
        for second in 3..6 {
            happened(&running, second, 0).await;
            clock.advance(millis(1_000));
        }
        happened(&running, 6, 0).await;
        let after = of(&seen, name);
        let wanted: &[(usize, u64)] = if name == "moving" { &[(2, 2), (2, 0), (2, 0), (2, 0)] } else { &[(1, 2), (1, 0), (1, 0)] };
        assert!(after.ends_with(wanted), "{name}: {after:?}");
        assert!(came_late.now().is_empty(), "{name}");
    }
}

#[tokio::test]
async fn windows_go_on_when_the_clock_was_set() {
    for (name, step) in [("fixed", HOUR), ("fixed", -HOUR), ("offset", -HOUR), ("moving", HOUR), ("moving", -HOUR), ("fixed", -60_000)] {
        let clock = clock();
        clock.set(at(2 * HOUR));
        let (running, seen, came_late) = windows(&clock);
        let second = || clock.now().as_micros() / 1_000_000;
        for _ in 0..3 {
            happened(&running, second(), 0).await;
            clock.advance(millis(1_000));
        }
        clock.set(Time::from_micros(clock.now().as_micros() + step * 1_000));
        for _ in 0..4 {
            happened(&running, second(), 0).await;
            clock.advance(millis(1_000));
        }
        let told = of(&seen, name);
        assert!(told.len() < 20, "{name} {step}: {} windows", told.len());
        let full = told.iter().filter(|(events, late)| *events > 0 && *late == 0).count();
        assert!(full >= 6, "{name} {step}: {told:?}");
        assert!(came_late.now().is_empty(), "{name} {step}");
    }
}

#[tokio::test]
async fn an_event_far_ahead_of_the_clock_expires_a_ttl_after_it_came() {
    let clock = clock();
    let index = Index::new();
    let (sender, seen) = probe();
    let pipelines = Pipelines::new().with("index", Policy::new(), || seal(stages::index(start::<Event>())));
    let pipelines = pipelines.with("rate", Policy::new(), {
        let sender = sender.clone();
        move || {
            let sender = sender.clone();
            seal(stages::inspect(stages::rate(start::<Event>(), 1), move |_| sender.send("rate")))
        }
    });
    let pipelines = pipelines.with("coalesce", Policy::new(), move || {
        let sender = sender.clone();
        let flow = stages::coalesce_by(start::<Event>(), 1, |_: fastts_core::EventView<'_>| 0i64);
        seal(stages::inspect(flow, move |_| sender.send("coalesce")))
    });
    let options = Options::new().clock(clock.clock()).index(index.clone());
    let running = Running::start(pipelines.build(), options).unwrap();
    deliver(&running, event! { host: "a", time: 1_700_000_000_000i64, ttl: 3, metric: 1 }).await;
    for _ in 0..20 {
        clock.advance(millis(1_000));
        running.deliver(batch([])).await.unwrap();
    }
    until(|| index.is_empty()).await;
    let told = seen.now();
    for name in ["rate", "coalesce"] {
        let count = told.iter().filter(|told| **told == name).count();
        assert!((2..=6).contains(&count), "{name}: {count} times");
    }
}

#[tokio::test]
async fn how_far_ahead_is_too_far_can_be_set() {
    for (max_ahead, lost_then) in [(10, 1), (1_000, 0)] {
        let clock = clock();
        let windows = || seal(stages::fixed_time_window(start::<Event>(), 1));
        let options = Options::new().clock(clock.clock()).max_ahead(millis(max_ahead * 1_000));
        let running = Running::start(Pipelines::new().with("fixed", Policy::new(), windows).build(), options).unwrap();
        happened(&running, 500, 0).await;
        assert_eq!(lost(&running, "ahead"), lost_then, "{max_ahead} s");
    }
}
