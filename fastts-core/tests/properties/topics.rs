//! A topic between two pipelines changes nothing: what comes out is what comes out of the two chains in one.

use std::cell::RefCell;

use fastts_core::testing::Driver;
use fastts_core::{Event, Flow, Router, Time, router};
use fastts_testkit::cases::cases;
use proptest::prelude::*;

use crate::engine::{Act, event, one_by_one};
use crate::erased;
use crate::every::{self, Noted, note};
use crate::generate;
use crate::laws::{live, replay};
use crate::promises::input_and_acts;
use crate::steps::Step;

thread_local! {
    static STEPS: RefCell<[Vec<Step>; 3]> = const { RefCell::new([const { Vec::new() }; 3]) };
}

/// A part of the chain.
fn part<F: Flow<Item = Event>>(flow: F, part: usize) -> impl Flow<In = F::In, Item = Event> {
    flow.into_pipe().then(erased::chain(&STEPS.with_borrow(|steps| steps[part].clone())))
}

router! {
    fn in_one;
    pipeline "one" { part(0); part(1); part(2); note }
}

router! {
    fn in_two;
    pipeline "first" { part(0); part(1); publish("between") }
    pipeline "second" from subscribe("between") { part(2); note }
}

router! {
    fn in_three;
    pipeline "first" { part(0); publish("one") }
    pipeline "second" from subscribe("one") { part(1); publish("two") }
    pipeline "third" from subscribe("two") { part(2); note }
}

router! {
    fn turned_round;
    pipeline "third" from subscribe("two") { part(2); note }
    pipeline "second" from subscribe("one") { part(1); publish("two") }
    pipeline "first" { part(0); publish("one") }
}

router! {
    fn indexed_in_one;
    pipeline "one" { part(0); index; part(1); index; part(2); note }
}

router! {
    fn indexed_in_three;
    pipeline "first" { part(0); index; publish("one") }
    pipeline "second" from subscribe("one") { part(1); index; publish("two") }
    pipeline "third" from subscribe("two") { part(2); note }
}

router! {
    fn indexed_turned_round;
    pipeline "third" from subscribe("two") { part(2); note }
    pipeline "second" from subscribe("one") { part(1); index; publish("two") }
    pipeline "first" { part(0); index; publish("one") }
}

/// Plays the acts through a driver.
fn driven(router: fn() -> Router, acts: &[Act]) -> Vec<Noted> {
    let notes = every::new_notes();
    let mut driver = Driver::new(router());
    for act in acts {
        match act {
            Act::Advance(now) => _ = driver.advance_to(Time::from_micros(*now)),
            Act::Batch(events) | Act::Watched(events) => events.iter().for_each(|plain| {
                driver.send(event(plain));
            }),
        }
    }
    driver.finish();
    every::take(&notes)
}

fn watched(acts: &[Act]) -> Vec<Act> {
    let watch = |act: &Act| match act {
        Act::Batch(events) => Act::Watched(events.clone()),
        act => act.clone(),
    };
    acts.iter().map(watch).collect()
}

proptest! {
    // The first two draw what the committed seeds were found with.
    #[test]
    fn in_a_replay((input, end) in generate::input(), first in generate::pipeline(), second in generate::pipeline(), is_watched in any::<bool>()) {
        STEPS.set([first, Vec::new(), second]);
        let acts = one_by_one(&input, end);
        let expected = replay(in_one, 0, &acts);
        let acts = if is_watched { watched(&acts) } else { acts };
        for router in [in_two, in_three, turned_round] {
            prop_assert_eq!(&replay(router, 0, &acts), &expected);
        }
    }

    #[test]
    fn in_batches((input, end, acts) in input_and_acts(), first in generate::pipeline(), second in generate::pipeline()) {
        STEPS.set([first, Vec::new(), second]);
        let expected = replay(in_one, 0, &one_by_one(&input, end));
        for router in [in_two, in_three, turned_round] {
            prop_assert_eq!(&replay(router, 0, &acts), &expected);
        }
    }

    #[test]
    fn in_three_parts((input, end, acts) in input_and_acts(), first in generate::pipeline(), second in generate::pipeline(), third in generate::pipeline()) {
        STEPS.set([first, second, third]);
        let expected = replay(in_one, 0, &one_by_one(&input, end));
        for router in [in_two, in_three, turned_round] {
            prop_assert_eq!(&replay(router, 0, &acts), &expected);
            prop_assert_eq!(&replay(router, 0, &watched(&acts)), &expected, "watched");
            prop_assert_eq!(&driven(router, &acts), &expected, "driven");
        }
    }

    #[test]
    fn with_an_index((input, end) in generate::input(), first in generate::pipeline(), second in generate::pipeline(), third in generate::pipeline()) {
        STEPS.set([first, second, third]);
        let acts = one_by_one(&input, end);
        let expected = replay(indexed_in_one, 0, &acts);
        for router in [indexed_in_three, indexed_turned_round] {
            prop_assert_eq!(&replay(router, 0, &acts), &expected);
            prop_assert_eq!(&driven(router, &acts), &expected, "driven");
        }
    }
}

router! {
    fn noted;
    pipeline "first" { part(0); publish("between") }
    #[run(task)]
    pipeline "task" from subscribe("still") { part(2); note }
    pipeline "between" from subscribe("between") { where(metric < 3); part(1); publish("again") }
    pipeline "second" from subscribe("again") { part(2); note }
    pipeline "beside" { where(metric > 0); publish("still") }
}

proptest! {
    #![proptest_config(cases(64))]

    #[test]
    fn live_as_in_a_replay((input, end, acts) in input_and_acts(), first in generate::pipeline(), second in generate::pipeline(), third in generate::pipeline()) {
        STEPS.set([first, second, third]);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let expected = replay(in_one, 0, &one_by_one(&input, end));
        for router in [in_one, in_two, in_three, turned_round] {
            prop_assert_eq!(&runtime.block_on(live(router, &acts)), &expected);
        }
        prop_assert_eq!(runtime.block_on(live(noted, &acts)), replay(noted, 0, &acts));
    }
}
