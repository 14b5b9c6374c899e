//! The properties.

use fastts_core::testing::take_tapped;
use fastts_core::{Event, Replay, Router, Time, Window, router};
use fastts_testkit::cases::cases;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::engine::{Act, compose, event, one_by_one, plain, run};
use crate::model::{self, Number, Plain, Timed};
use crate::steps::{Field, Step};
use crate::{fused, generate};

/// Shows what came out so that equal texts are equal outputs; of parallel keys the order within an instant is left open.
fn shown(outputs: &[Timed], steps: &[Step]) -> Vec<String> {
    let mut outputs: Vec<(i64, String)> = outputs.iter().map(|(time, event)| (*time, format!("{time} {event:?}"))).collect();
    if steps.iter().any(Step::is_parallel) {
        outputs.sort();
    }
    outputs.into_iter().map(|(_, text)| text).collect()
}

/// Of the outputs that name a host and a service, those of each, in order.
fn apart(outputs: &[Timed]) -> Vec<Vec<String>> {
    let of = |host, service| {
        let own = outputs.iter().filter(move |(_, event)| event.host.as_deref() == Some(host) && event.service.as_deref() == Some(service));
        own.map(|output| format!("{output:?}")).collect()
    };
    ["a", "b", "c"].into_iter().flat_map(|host| [of(host, "s"), of(host, "t")]).collect()
}

fn check_against_model(router: &Router, steps: &[Step], input: &[Timed], end: i64) -> Result<(), TestCaseError> {
    let got = run(router, 0, &one_by_one(input, end));
    let expected = model::run(steps, input, 0, end);
    prop_assert_eq!(shown(&got, steps), shown(&expected, steps));
    // A key names its host and service only where the keys are those.
    if matches!(steps, [Step::By(Field::Host | Field::Service, block)] if !block.iter().any(Step::is_parallel)) {
        prop_assert_eq!(apart(&got), apart(&expected));
    }
    Ok(())
}

/// Holds what comes out of several ways to play the same input against what comes out of it one by one.
fn check_acts(router: &Router, input: &[Timed], end: i64, ways: &[&[Act]]) -> Result<(), TestCaseError> {
    let expected = run(router, 0, &one_by_one(input, end));
    for acts in ways {
        prop_assert_eq!(shown(&run(router, 0, acts), &[]), shown(&expected, &[]));
    }
    Ok(())
}

pub(crate) fn input_and_acts() -> impl Strategy<Value = (Vec<Timed>, i64, Vec<Act>)> {
    generate::input().prop_flat_map(|(input, end)| (Just(input.clone()), Just(end), generate::acts(input, end)))
}

proptest! {
    #![proptest_config(cases(128))]

    #[test]
    fn a_composed_chain_does_what_the_naive_interpreter_does(steps in generate::pipeline(), (input, end) in generate::input()) {
        check_against_model(&compose(&steps), &steps, &input, end)?;
    }

    #[test]
    fn a_fused_chain_does_what_the_naive_interpreter_does((input, end) in generate::input()) {
        for (router, steps) in fused::all() {
            check_against_model(&router(), &steps, &input, end)?;
        }
    }

    #[test]
    fn batches_and_steps_of_time_never_change_what_comes_out(steps in generate::pipeline(), (input, end, acts) in input_and_acts()) {
        check_acts(&compose(&steps), &input, end, &[&acts])?;
    }

    #[test]
    fn batches_and_steps_of_time_and_watching_never_change_what_comes_out_of_a_fused_chain((input, end, acts) in input_and_acts()) {
        let watch = |act: &Act| match act { Act::Batch(events) => Act::Watched(events.clone()), act => act.clone() };
        let watched: Vec<Act> = acts.iter().map(watch).collect();
        for (router, _) in fused::all() {
            check_acts(&router(), &input, end, &[&acts, &watched])?;
        }
    }

    #[test]
    fn by_runs_its_block_as_if_each_key_were_alone(block in generate::block(), (input, end) in generate::input()) {
        let by = [Step::By(Field::Host, block.clone())];
        let got = run(&compose(&by), 0, &one_by_one(&input, end));
        let mut expected = Vec::new();
        for host in [None, Some("a"), Some("b"), Some("c")] {
            let own: Vec<Timed> = input.iter().filter(|(_, event)| event.host.as_deref() == host).cloned().collect();
            if let Some((start, _)) = own.first() {
                expected.extend(run(&compose(&block), *start, &one_by_one(&own, end)));
            }
        }
        prop_assert_eq!(shown(&got, &by), shown(&expected, &by));
    }

    #[test]
    fn windows_are_lists_of_what_came((input, end) in generate::input(), n in 1usize..6) {
        let show = |events: &[Timed]| events.iter().map(|(_, event)| format!("{event:?}")).collect::<Vec<_>>();
        let moving: Vec<Vec<String>> = (1..=input.len()).map(|to| show(&input[to.saturating_sub(n)..to])).collect();
        let single: Vec<Vec<String>> = input.chunks(1).map(show).collect();
        let fixed: Vec<Vec<String>> = input.chunks_exact(n).map(show).collect();
        for (router, expected) in [(moving_windows(n), moving), (moving_windows(1), single), (fixed_windows(n), fixed)] {
            run(&router, 0, &[]);
            let mut replay = Replay::new(&router, Time::EPOCH);
            for (now, plain) in &input {
                replay.advance(Time::from_micros(*now));
                replay.event(event(plain).view());
            }
            replay.advance(Time::from_micros(end));
            replay.finish();
            let windows = take_tapped::<Window>().into_iter();
            let got: Vec<Vec<String>> = windows.map(|(_, window)| window.iter().map(|event| format!("{:?}", plain(event))).collect()).collect();
            prop_assert_eq!(got, expected);
        }
    }
}

proptest! {
    #[test]
    fn predict_linear_solves_the_normal_equations(points in vec((0i64..2_000, -1_000i64..1_000), 1..20), n in 2usize..8) {
        let router = predictions(n);
        run(&router, 0, &[]);
        let mut replay = Replay::new(&router, Time::EPOCH);
        for (time, metric) in &points {
            replay.event(Event::new().with_time(*time).with_metric(*metric).view());
        }
        let got: Vec<f64> = take_tapped::<Event>().iter().filter_map(|(_, event)| event.metric().as_f64()).collect();
        let mut line = None;
        let expected: Vec<f64> = (1..=points.len()).filter_map(|to| {
            let window = &points[to.saturating_sub(n)..to];
            // Exactly, in whole numbers; as long as all times are one there is no line, and then the one before stays.
            let count = window.len() as i64;
            let sum = |of: fn(&(i64, i64)) -> i64| window.iter().map(of).sum::<i64>();
            let (x, y, xx, xy) = (sum(|p| p.0), sum(|p| p.1), sum(|p| p.0 * p.0), sum(|p| p.0 * p.1));
            let below = count * xx - x * x;
            if below != 0 {
                let slope = (count * xy - x * y) as f64 / below as f64;
                line = Some((slope, (y as f64 - slope * x as f64) / count as f64));
            }
            line.map(|(slope, offset)| offset + slope * (window.last().map_or(0, |p| p.0) + 30) as f64)
        }).collect();
        prop_assert_eq!(got.len(), expected.len());
        for (got, expected) in got.iter().zip(&expected) {
            prop_assert!((got - expected).abs() <= 1e-6 * expected.abs().max(1.0), "{got} instead of {expected}");
        }
    }
}

fn predictions(n: usize) -> Router {
    N.set(n);
    router! { let n = N.get(); pipeline "predictions" { predict_linear(n, 30s); tap } }
    router()
}

fn moving_windows(n: usize) -> Router {
    N.set(n);
    router! { let n = N.get(); pipeline "windows" { moving_event_window(n); tap } }
    router()
}

fn fixed_windows(n: usize) -> Router {
    N.set(n);
    router! { let n = N.get(); pipeline "windows" { fixed_event_window(n); tap } }
    router()
}

thread_local! {
    static N: std::cell::Cell<usize> = const { std::cell::Cell::new(1) };
}

pub(crate) fn any_time() -> impl Strategy<Value = i64> {
    prop_oneof![Just(i64::MIN), Just(i64::MAX), Just(0), any::<i64>(), -10_000_000_000i64..10_000_000_000]
}

/// An event of any values at all.
pub(crate) fn any_event() -> impl Strategy<Value = Plain> {
    let text = || proptest::option::of(".{0,12}");
    let metric = prop_oneof![any::<i64>().prop_map(Number::Int), any::<u64>().prop_map(|bits| Number::Float(f64::from_bits(bits)))];
    let ttl = proptest::option::of(any::<u64>().prop_map(f64::from_bits));
    let fields = (text(), text(), text(), proptest::option::of(metric), proptest::option::of(any_time()), ttl, vec(".{0,5}", 0..4));
    fields.prop_map(|(host, service, state, metric, time, ttl, tags)| Plain { host, service, state, metric, time, ttl, tags })
}
