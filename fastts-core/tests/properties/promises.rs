//! The properties.

use fastts_core::testing::take_tapped;
use fastts_core::{Event, Replay, Router, Time, Window, router};
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

fn check_acts(router: &Router, input: &[Timed], end: i64, acts: &[Act]) -> Result<(), TestCaseError> {
    let got = run(router, 0, acts);
    let expected = run(router, 0, &one_by_one(input, end));
    prop_assert_eq!(shown(&got, &[]), shown(&expected, &[]));
    Ok(())
}

fn input_and_acts() -> impl Strategy<Value = (Vec<Timed>, i64, Vec<Act>)> {
    generate::input().prop_flat_map(|(input, end)| (Just(input.clone()), Just(end), generate::acts(input, end)))
}

// 256 cases each, unless `PROPTEST_CASES` says another number.
proptest! {
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
        check_acts(&compose(&steps), &input, end, &acts)?;
    }

    #[test]
    fn batches_and_steps_of_time_never_change_what_comes_out_of_a_fused_chain((input, end, acts) in input_and_acts()) {
        for (router, _) in fused::all() {
            check_acts(&router(), &input, end, &acts)?;
        }
    }

    #[test]
    fn watching_never_changes_what_comes_out((input, end, acts) in input_and_acts()) {
        let watched = |act: Act| match act { Act::Batch(events) => Act::Watched(events), act => act };
        let acts: Vec<Act> = acts.into_iter().map(watched).collect();
        for (router, _) in fused::all() {
            check_acts(&router(), &input, end, &acts)?;
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

    #[test]
    fn no_stage_panics_on_any_event(events in vec((any::<u32>(), any_event()), 0..20), batches in any::<bool>()) {
        let router = every_stage();
        let mut replay = Replay::new(&router, Time::EPOCH);
        let mut now = 0;
        let events: Vec<Event> = events.iter().map(|(gap, event)| { now += i64::from(*gap % 10_000_000); self::event(event) }).collect();
        if batches {
            replay.batch(&events.iter().collect());
        }
        events.iter().for_each(|event| { replay.advance(replay.now() + std::time::Duration::from_secs(3)); replay.event(event.view()) });
        replay.advance(Time::from_micros(now + 20_000_000));
        replay.finish();
        take_tapped::<()>();
        prop_assert!(replay.panics().is_empty(), "{:?}", replay.panics());
    }
}

proptest! {
    // At the end of time each case is long: timers fire as often as they may.
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn no_stage_panics_at_any_time(events in vec((any_time(), any_event()), 0..20), start in any_time()) {
        let router = every_stage_without_rate();
        let mut replay = Replay::new(&router, Time::from_micros(start));
        for (now, event) in &events {
            replay.advance(Time::from_micros(*now));
            replay.event(self::event(event).view());
        }
        replay.finish();
        take_tapped::<()>();
        prop_assert!(replay.panics().is_empty(), "{:?}", replay.panics());
    }
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

fn any_time() -> impl Strategy<Value = i64> {
    prop_oneof![Just(i64::MIN), Just(i64::MAX), Just(0), any::<i64>(), -10_000_000_000i64..10_000_000_000]
}

/// An event of any values at all.
fn any_event() -> impl Strategy<Value = Plain> {
    let text = || proptest::option::of(".{0,12}");
    let metric = prop_oneof![any::<i64>().prop_map(Number::Int), any::<u64>().prop_map(|bits| Number::Float(f64::from_bits(bits)))];
    let ttl = proptest::option::of(any::<u64>().prop_map(f64::from_bits));
    let fields = (text(), text(), text(), proptest::option::of(metric), proptest::option::of(any_time()), ttl, vec(".{0,5}", 0..4));
    fields.prop_map(|(host, service, state, metric, time, ttl, tags)| Plain { host, service, state, metric, time, ttl, tags })
}

macro_rules! every_stage {
    ($name:ident { $($more:tt)* }) => {
        router! {
            fn $name;
            pipeline "metrics" { tee { { under(0); tap } { over(0); tap } { within(-1, 1); tap } { without(-1, 1); tap } { scale(-1); scale(0.5); tap } } }
            pipeline "tags" { tee { { tag(["x", "y"]); untag("x"); tap } { tagged_all(["x"]); tap } { tagged_any(["x", ""]); tap } } }
            pipeline "fields" {
                default(state = "x", ttl = 1, metric = 1, host = "h", service = "s", description = "d", time = 1, tags = ["t"]);
                adjust(service, |service| service.map(str::to_uppercase));
                adjust(metric, |metric| metric.times(metric).plus(1.into()));
                with(state = service, metric = metric / 0 % 7, attribute("k") = host, time = None);
                tap
            }
            pipeline "conditions" {
                tee {
                    { where(metric > ttl || time < 3 || attribute("k") == state || tagged("x")); tap }
                    { expired; tap }
                    { not_expired; tap }
                }
            }
            pipeline "changes" {
                tee {
                    { changed(host, metric, ttl, time); tap }
                    { changed_by(|event| event.metric()); tap }
                    { changed_pairs(state, init = "x"); tap }
                    { changed_state(init = "ok"); tap }
                    { runs(2, metric); tap }
                    { runs_by(1, |event| event.ttl()); tap }
                }
            }
            pipeline "time" { tee { { throttle(1, 2s); tap } { stable(1s, state); tap } { stable_by(36500d, |event| event.metric()); tap } } }
            pipeline "windows" { tee { { moving_event_window(3); tap } { fixed_event_window(3); tap } } }
            pipeline "folds" {
                tee {
                    { sreduce(|sum, event| { let metric = sum.metric().plus(event.metric()); sum.with_metric(metric) }); tap }
                    { sreduce(|count, _| count + 1, 0u64); tap }
                    { flat_map(|event| [event.to_owned(), event.to_owned()]); filter(|event| event.host().is_some()); inspect(|_| {}); map(|event| event.metric().as_f64()); filter_map(|metric| *metric); tap }
                }
            }
            #[allow(unbounded_keys)]
            pipeline "keys" {
                tee {
                    { by(host, idle = 1, limit = 2) { by(metric) { stable(500ms, state); tap } } }
                    { by_value(|event| event.ttl()) { throttle(1, 1s); changed(state); tap } }
                    { split { metric > 0 => runs(2, state), state == None => { by(host) { changed(metric) } }, _ => throttle(1, 1s) }; tap }
                }
            }
            $($more)*
        }
    };
}

every_stage! { every_stage_without_rate {
    pipeline "patterns" { where(host =~ "^a" || service =~ "[0-9]$|.b" || state =~ "x$" || description =~ "y"); tap }
} }
every_stage! { every_stage {
    pipeline "rates" { tee { { rate(1); tap } { rate(100ms); rate(0.7); tap } { by(host, idle = 2, limit = 3) { rate(1); stable(500ms, metric) }; tap } } }
} }
