//! A topic between two pipelines changes nothing: what comes out is what comes out of the two chains in one.

use std::cell::RefCell;

use fastts_core::{Event, Flow, Router, router};
use proptest::prelude::*;

use crate::engine::{Act, compose, one_by_one, run};
use crate::erased;
use crate::every::note;
use crate::generate;
use crate::laws;
use crate::model::Timed;
use crate::promises::input_and_acts;
use crate::steps::Step;

thread_local! {
    static STEPS: RefCell<(Vec<Step>, Vec<Step>)> = const { RefCell::new((Vec::new(), Vec::new())) };
}

fn composed<F: Flow<Item = Event>>(flow: F, steps: Vec<Step>) -> impl Flow<In = F::In, Item = Event> {
    flow.into_pipe().then(erased::chain(&steps))
}

router! {
    fn in_order;
    let first = STEPS.with_borrow(|steps| steps.0.clone());
    let second = STEPS.with_borrow(|steps| steps.1.clone());
    pipeline "first" { composed(first); publish("between") }
    pipeline "second" from subscribe("between") { composed(second); tap }
}

router! {
    fn turned_round;
    let first = STEPS.with_borrow(|steps| steps.0.clone());
    let second = STEPS.with_borrow(|steps| steps.1.clone());
    pipeline "second" from subscribe("between") { composed(second); tap }
    pipeline "between" from subscribe("before") { publish("between") }
    pipeline "first" { composed(first); publish("before") }
}

proptest! {
    #[test]
    fn in_a_replay((input, end) in generate::input(), first in generate::pipeline(), second in generate::pipeline(), watched in any::<bool>()) {
        let both: Vec<Step> = first.iter().chain(&second).cloned().collect();
        let acts = acts(&input, end, watched);
        let expected = shown(&compose(&both), 0, &acts);
        STEPS.set((first, second));
        prop_assert_eq!(shown(&in_order(), 0, &acts), expected.clone());
        prop_assert_eq!(shown(&turned_round(), 0, &acts), expected);
    }

    #[test]
    fn in_batches((input, end, acts) in input_and_acts(), first in generate::pipeline(), second in generate::pipeline()) {
        let both: Vec<Step> = first.iter().chain(&second).cloned().collect();
        let expected = shown(&compose(&both), 0, &one_by_one(&input, end));
        STEPS.set((first, second));
        prop_assert_eq!(shown(&in_order(), 0, &acts), expected);
    }
}

/// What comes out, as text, in which what is no number is like itself.
fn shown(router: &Router, start: i64, acts: &[Act]) -> Vec<String> {
    run(router, start, acts).into_iter().map(|timed| format!("{timed:?}")).collect()
}

/// The acts that give each event alone.
fn acts(input: &[Timed], end: i64, watched: bool) -> Vec<Act> {
    let act = |event| if watched { Act::Watched(vec![event]) } else { Act::Batch(vec![event]) };
    let acts = input.iter().flat_map(|(now, event)| [Act::Advance(*now), act(event.clone())]);
    acts.chain([Act::Advance(end)]).collect()
}

router! {
    fn noted;
    let second = STEPS.with_borrow(|steps| steps.1.clone());
    pipeline "first" { where(metric > 0); by(host) { changed(state) } publish("between") }
    #[run(task)]
    pipeline "task" from subscribe("between") { composed(second); note }
    pipeline "between" from subscribe("between") { where(metric < 3); publish("again") }
    pipeline "second" from subscribe("again") { composed(second); note }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn live_as_in_a_replay((_, _, acts) in input_and_acts(), second in generate::pipeline()) {
        STEPS.set((Vec::new(), second));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let live = runtime.block_on(laws::live(noted, &acts));
        prop_assert_eq!(live, laws::replay(noted, 0, &acts));
    }
}
