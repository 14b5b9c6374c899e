//! The laws that hold for every stage, whatever it does.

#![allow(clippy::unwrap_used, reason = "a router that does not start, or refuses what comes, fails the test")]

use std::time::Duration;

use fastts_core::runtime::{ManualClock, Options};
use fastts_core::{Batch, Event, Replay, Router, Running, Time};
use fastts_testkit::cases::cases;
use proptest::prelude::*;

use crate::engine::{Act, event, one_by_one};
use crate::every::{self, Every, Noted};
use crate::generate;
use crate::model::{Plain, Timed};
use crate::promises::{any_event, any_time, input_and_acts};

fn batch(events: &[Plain]) -> Batch {
    events.iter().map(event).collect::<Vec<Event>>().iter().collect()
}

/// Plays the acts from `start` on and returns what came out, until after the end.
pub(crate) fn replay(router: fn() -> Router, start: i64, acts: &[Act]) -> Vec<Noted> {
    let notes = every::new_notes();
    let mut replay = Replay::new(&router(), Time::from_micros(start));
    for act in acts {
        match act {
            Act::Advance(now) => replay.advance(Time::from_micros(*now)),
            Act::Batch(events) => replay.batch(&batch(events)),
            Act::Watched(events) => events.iter().for_each(|plain| drop(replay.watch(event(plain).view()))),
        }
    }
    replay.finish();
    assert!(replay.panics().is_empty(), "{:?}", replay.panics());
    every::take(&notes)
}

/// Runs the acts live, under a clock that is moved by hand, and drains.
pub(crate) async fn live(router: fn() -> Router, acts: &[Act]) -> Vec<Noted> {
    let notes = every::new_notes();
    let clock = ManualClock::new(Time::EPOCH);
    let running = Running::start(router(), Options::new().max_ahead(Duration::MAX).clock(clock.clock())).unwrap();
    for act in acts {
        match act {
            Act::Advance(now) => clock.advance(Time::from_micros(*now).since(clock.now())),
            // Nobody watches a live router.
            Act::Batch(events) | Act::Watched(events) => {
                running.deliver(batch(events)).await.unwrap();
                // What waits in a mailbox must not see the clock move.
                while running.stats().iter().any(|stats| stats.ran < stats.received) {
                    tokio::task::yield_now().await;
                }
            }
        }
    }
    assert!(running.drain(Duration::from_secs(60)).await.is_complete());
    every::take(&notes)
}

/// What comes out of the block for the events of each host, as if they had come alone, sorted.
fn per_host(every: &Every, input: &[Timed], end: i64) -> Vec<Noted> {
    let hosts = [None, Some("a"), Some("b"), Some("c")];
    let outputs = hosts.iter().flat_map(|host| {
        let own: Vec<Timed> = input.iter().filter(|(_, event)| event.host.as_deref() == *host).cloned().collect();
        let start = own.first().map(|(start, _)| *start);
        start.map(|start| replay(every.alone, start, &one_by_one(&own, end))).unwrap_or_default()
    });
    sorted(outputs.collect())
}

fn sorted(mut outputs: Vec<Noted>) -> Vec<Noted> {
    outputs.sort();
    outputs
}

proptest! {
    #![proptest_config(cases(24))]

    #[test]
    fn batches_and_steps_of_time_and_watching_never_change_what_comes_out_of_a_stage((input, end, acts) in input_and_acts()) {
        let watch = |act: &Act| match act { Act::Batch(events) => Act::Watched(events.clone()), act => act.clone() };
        let watched: Vec<Act> = acts.iter().map(watch).collect();
        for every in every::all() {
            for router in [every.alone, every.by_host] {
                let expected = replay(router, 0, &one_by_one(&input, end));
                prop_assert_eq!(replay(router, 0, &acts), expected.clone(), "{}", every.text);
                prop_assert_eq!(replay(router, 0, &watched), expected, "watched: {}", every.text);
            }
        }
    }

    #[test]
    fn by_runs_every_stage_as_if_each_key_were_alone((input, end) in generate::input()) {
        for every in every::all() {
            let got = sorted(replay(every.by_host, 0, &one_by_one(&input, end)));
            prop_assert_eq!(got, per_host(&every, &input, end), "{}", every.text);
        }
    }

    #[test]
    fn no_stage_panics_on_any_event(events in proptest::collection::vec((any::<u32>(), any_event()), 0..20), at_once in any::<bool>()) {
        let mut now = 0;
        let timed: Vec<Timed> = events.into_iter().map(|(gap, event)| { now += i64::from(gap % 10_000_000); (now, event) }).collect();
        let acts = match at_once {
            true => vec![Act::Batch(timed.iter().map(|(_, event)| event.clone()).collect()), Act::Advance(now + 20_000_000)],
            false => one_by_one(&timed, now + 20_000_000),
        };
        for every in every::all() {
            replay(every.alone, 0, &acts);
            replay(every.by_host, 0, &acts);
        }
    }
}

proptest! {
    // At the end of time each case is long: timers fire as often as they may; and the live router takes its time.
    #![proptest_config(cases(12))]

    #[test]
    fn no_stage_panics_at_any_time(events in proptest::collection::vec((any_time(), any_event()), 0..20), start in any_time()) {
        let acts: Vec<Act> = events.into_iter().flat_map(|(now, event)| [Act::Advance(now), Act::Batch(vec![event])]).collect();
        for every in every::all().iter().filter(|every| !every.ticks) {
            replay(every.alone, start, &acts);
            replay(every.by_host, start, &acts);
        }
    }

    #[test]
    fn a_replay_gives_what_the_live_router_gives((_, _, acts) in input_and_acts()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        for every in every::all().iter().filter(|every| !every.shares) {
            for router in [every.alone, every.by_host] {
                let live = runtime.block_on(live(router, &acts));
                prop_assert_eq!(live, replay(router, 0, &acts), "{}", every.text);
            }
        }
    }
}
