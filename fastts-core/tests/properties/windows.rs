//! Windows, and what is made of them, against functions over the list of what came.

use std::cell::Cell;
use std::time::Duration;

use fastts_core::testing::take_tapped;
use fastts_core::{Event, Item, Metric, Replay, Router, Time, Window, router};
use proptest::prelude::*;

use crate::engine::{event, plain};
use crate::generate;
use crate::model::{Number, Plain, SECOND, Timed, float, has_run_out, is_expired, plus};

/// A window, and when it came.
type TimedWindow = (i64, Vec<Option<Plain>>);

thread_local! {
    static N: Cell<usize> = const { Cell::new(1) };
    static LENGTH: Cell<Duration> = const { Cell::new(Duration::ZERO) };
}

/// Makes routers of one stage that ends in `tap`, with a number and a length of time.
macro_rules! stages {
    ($($name:ident($n:ident, $length:ident) { $($stages:tt)* })*) => {$(
        fn $name(count: usize, micros: i64) -> Router {
            N.set(count);
            LENGTH.set(Duration::from_micros(micros.unsigned_abs()));
            router! { let $n = N.get(); let $length = LENGTH.get(); pipeline "stage" { $($stages)*; tap } }
            let _ = (N.get(), LENGTH.get());
            router()
        }
    )*};
}
stages! {
    moving_time_window(n, length) { filter(move |_| n > 0); moving_time_window(length) }
    fixed_time_window(n, length) { filter(move |_| n > 0); fixed_time_window(length) }
    fixed_offset_time_window(n, length) { filter(move |_| n > 0); fixed_offset_time_window(length) }
    fixed_with_lateness(n, length) { filter(move |_| n > 0); fixed_time_window(length, lateness = length) }
    batch(n, length) { batch(n, length) }
    rollup(n, length) { rollup(n, length) }
    coalesce(n, length) { filter(move |_| n > 0); coalesce(length) }
    project(n, length) { filter(move |_| n > 0 && !length.is_zero()); project(host == "a", state == "ok", metric > 1) }
    apdex(n, length) { filter(move |_| n > 0); apdex(length, metric < 2, metric < 4) }
    percentiles(n, length) { filter(move |_| n > 0); percentiles(length, [(0.0, ""), (0.5, ""), (1.0, "")]) }
    top(n, length) { filter(move |_| !length.is_zero()); top(n, metric) }
    sums(n, length) { filter(move |_| !length.is_zero()); moving_event_window(n); sum }
    means(n, length) { filter(move |_| !length.is_zero()); moving_event_window(n); mean }
    counts(n, length) { filter(move |_| !length.is_zero()); moving_event_window(n); count }
    maxima(n, length) { filter(move |_| !length.is_zero()); moving_event_window(n); maximum }
    medians(n, length) { filter(move |_| !length.is_zero()); moving_event_window(n); median }
    modes(n, length) { filter(move |_| !length.is_zero()); moving_event_window(n); mode }
}

fn run<T: Item>(router: &Router, input: &[Timed], end: i64) -> Vec<(i64, T)> {
    take_tapped::<T>();
    let mut replay = Replay::new(router, Time::EPOCH);
    for (now, plain) in input {
        replay.advance(Time::from_micros(*now));
        replay.event(event(plain).view());
    }
    replay.advance(Time::from_micros(end));
    assert!(replay.panics().is_empty(), "{:?}", replay.panics());
    take_tapped().into_iter().map(|(time, item)| (time.as_micros(), item)).collect()
}

fn windows(router: &Router, input: &[Timed], end: i64) -> Vec<TimedWindow> {
    let shown = |window: Window| window.places().map(|place| place.map(plain)).collect();
    run(router, input, end).into_iter().map(|(now, window)| (now, shown(window))).collect()
}

fn events(router: &Router, input: &[Timed], end: i64) -> Vec<Timed> {
    run(router, input, end).into_iter().map(|(now, event): (i64, Event)| (now, plain(event.view()))).collect()
}

fn shown<T: std::fmt::Debug>(outputs: &[T]) -> Vec<String> {
    outputs.iter().map(|output| format!("{output:?}")).collect()
}

fn whole<'e>(events: impl IntoIterator<Item = &'e Timed>) -> Vec<Option<Plain>> {
    events.into_iter().map(|(_, event)| Some(event.clone())).collect()
}

/// When each event happened, as a window sees it, and the latest by then.
fn happened(input: &[Timed]) -> Vec<(i64, i64)> {
    let mut latest = None;
    let happened = input.iter().map(|(now, event)| {
        let time = event.time.or(latest).unwrap_or(*now);
        latest = latest.max(Some(time));
        (time, latest.unwrap_or(time))
    });
    happened.collect()
}

fn moving(length: i64, input: &[Timed]) -> Vec<TimedWindow> {
    let happened = happened(input);
    let is_in = |time: i64, latest: i64| i128::from(latest) - i128::from(time) < length.into();
    let mut output = Vec::new();
    for (index, (time, latest)) in happened.iter().copied().enumerate().filter(|(_, (time, latest))| is_in(*time, *latest)) {
        let members = (0..=index).filter(|&other| is_in(happened[other].0, latest));
        debug_assert!(time <= latest);
        output.push((input[index].0, whole(members.map(|other| &input[other]))));
    }
    output
}

/// The events of each slot in which any came, with when it ends.
fn slots(length: i64, input: &[Timed]) -> Vec<(i64, Vec<&Timed>)> {
    let mut slots: Vec<(i64, Vec<&Timed>)> = Vec::new();
    for timed in input {
        let end = (timed.0 / length + 1) * length;
        match slots.last_mut() {
            Some((last, events)) if *last == end => events.push(timed),
            _ => slots.push((end, vec![timed])),
        }
    }
    slots
}

fn batches(n: usize, length: i64, input: &[Timed], end: i64) -> Vec<TimedWindow> {
    let mut output = Vec::new();
    for (over, events) in slots(length, input) {
        for chunk in events.chunks(n) {
            let when = if chunk.len() == n { chunk[n - 1].0 } else { over };
            output.push((when, whole(chunk.iter().copied())));
        }
    }
    output.retain(|(when, _)| *when <= end);
    output
}

fn rollups(n: usize, length: i64, input: &[Timed], end: i64) -> Vec<TimedWindow> {
    let mut output = Vec::new();
    let mut carried = 0;
    for (over, events) in slots(length, input) {
        let (first, rest) = events.split_at(events.len().min(n - carried));
        output.extend(first.iter().map(|timed| (timed.0, whole([*timed]))));
        carried = usize::from(!rest.is_empty());
        if carried > 0 && over <= end {
            output.push((over, whole(rest.iter().copied())));
        }
    }
    output
}

fn apdexes(length: i64, input: &[Timed], end: i64) -> Vec<Timed> {
    let live: Vec<Timed> = input.iter().filter(|(now, event)| !is_expired(*now, event)).cloned().collect();
    let slots = slots(length, &live).into_iter().filter(|(over, _)| *over <= end);
    let below = |event: &Plain, limit: f64| event.metric.is_some_and(|metric| float(metric) < limit);
    let scores = slots.map(|(over, events)| {
        let satisfied = events.iter().filter(|(_, event)| below(event, 2.0)).count();
        let tolerated = events.iter().filter(|(_, event)| below(event, 4.0)).count() - satisfied;
        let (score, all) = (2 * satisfied + tolerated, 2 * events.len());
        let metric = if score % all == 0 { Number::Int((score / all) as i64) } else { Number::Float(score as f64 / all as f64) };
        (over, Plain { metric: Some(metric), ..events[events.len() - 1].1.clone() })
    });
    scores.collect()
}

fn coalesced(interval: i64, input: &[Timed], end: i64) -> Vec<TimedWindow> {
    let mut output = Vec::new();
    let mut known: Vec<Plain> = Vec::new();
    // When the next list is due, and when that was set: what is set for its own instant comes when that is over.
    let mut next: Option<(i64, i64)> = None;
    for index in 0..=input.len() {
        let now = input.get(index).map_or(end, |(now, _)| *now);
        while let Some((tick, _)) = next.filter(|(tick, set)| *tick <= now && *set < now) {
            output.push((tick, known.iter().cloned().map(Some).collect()));
            known.retain(|event| !is_expired(tick, event));
            next = (!known.is_empty()).then_some((tick + interval, tick));
        }
        let Some((now, event)) = input.get(index) else { break };
        match known.iter_mut().find(|other| (&other.host, &other.service) == (&event.host, &event.service)) {
            Some(other) => *other = event.clone(),
            None => known.push(event.clone()),
        }
        next = next.or(Some((*now, *now)));
    }
    output
}

fn projected(input: &[Timed]) -> Vec<TimedWindow> {
    let matches = |event: &Plain| {
        let above = event.metric.is_some_and(|metric| float(metric) > 1.0);
        [event.host.as_deref() == Some("a"), event.state.as_deref() == Some("ok"), above]
    };
    let emits: Vec<usize> = (0..input.len()).filter(|&index| matches(&input[index].1).contains(&true)).collect();
    let place = |place: usize, index: usize| -> Option<Plain> {
        let last = (0..=index).rfind(|&other| matches(&input[other].1)[place])?;
        let event = &input[last].1;
        let mut told = emits.iter().filter(|&&other| (last..=index).contains(&other) && is_expired(input[other].0, event));
        match told.next() {
            None => Some(event.clone()),
            // Told now, for the first time.
            Some(&first) if first == index => Some(gone(event, input[index].0)),
            Some(_) => None,
        }
    };
    emits.iter().map(|&index| (input[index].0, (0..3).map(|at| place(at, index)).collect())).collect()
}

fn gone(event: &Plain, now: i64) -> Plain {
    Plain {
        host: event.host.clone(),
        service: event.service.clone(),
        state: Some("expired".to_owned()),
        time: Some(now),
        ..Plain::default()
    }
}

fn number(event: &Plain) -> Option<f64> {
    event.metric.map(float).filter(|metric| !metric.is_nan())
}

/// The event at a point of the order, the earlier first of those that are equal.
fn at_point(events: &[&Plain], point: f64) -> Option<Plain> {
    let mut sorted: Vec<&Plain> = events.iter().copied().filter(|event| number(event).is_some()).collect();
    sorted.sort_by(|a, b| compare(a, b));
    let index = (sorted.len() as f64 * point).floor() as usize;
    Some((*sorted.get(index).or(sorted.last())?).clone())
}

fn compare(a: &Plain, b: &Plain) -> std::cmp::Ordering {
    let exact = |event: &Plain| match event.metric {
        Some(Number::Int(value)) => Metric::Int(value),
        Some(Number::Float(value)) => Metric::Float(value),
        None => Metric::Missing,
    };
    exact(a).partial_cmp(&exact(b)).unwrap_or_else(|| panic!("{a:?} and {b:?} are not compared"))
}

fn percentiles_of(interval: i64, input: &[Timed], end: i64) -> Vec<Timed> {
    let mut output = Vec::new();
    let mut bin: Vec<&Plain> = Vec::new();
    let mut next: Option<i64> = None;
    for index in 0..=input.len() {
        let now = input.get(index).map_or(end, |(now, _)| *now);
        while let Some(tick) = next.filter(|tick| *tick <= now) {
            if index.checked_sub(1).is_none_or(|last| has_run_out(tick, &input[last].1)) {
                next = None;
                break;
            }
            let sample = [0.0, 0.5, 1.0].into_iter().filter_map(|point| at_point(&bin, point));
            output.extend(sample.map(|event| (tick, Plain { service: Some(event.service.clone().unwrap_or_default()), ..event })));
            bin.clear();
            next = Some(tick + interval);
        }
        let Some((now, event)) = input.get(index) else { break };
        if is_expired(*now, event) {
            bin.clear();
            next = None;
        } else {
            bin.push(event);
            next = next.or(Some(now + interval));
        }
    }
    output
}

fn tops(n: usize, input: &[Timed]) -> Vec<Timed> {
    let mut output = Vec::new();
    let mut members: Vec<&Plain> = Vec::new();
    for (now, event) in input {
        let name = |event: &Plain| (event.host.clone(), event.service.clone());
        let own = members.iter().position(|member| name(member) == name(event));
        let expired = is_expired(*now, event);
        if expired || number(event).is_none() {
            own.map(|own| members.remove(own));
        } else if let Some(own) = own {
            members[own] = event;
        } else {
            members.push(event);
        }
        if members.len() > n {
            // The first of the smallest goes, unless the new one is no larger.
            let old = &members[..n];
            let mut smallest = 0;
            for at in 1..n {
                if compare(old[at], old[smallest]).is_lt() {
                    smallest = at;
                }
            }
            members.remove(if compare(event, old[smallest]).is_gt() { smallest } else { n });
        }
        let is_member = members.iter().any(|member| name(member) == name(event));
        output.push((*now, if expired || is_member { event.clone() } else { gone(event, *now) }));
    }
    output
}

/// What a fold makes of every moving window.
fn folded(n: usize, input: &[Timed], fold: impl Fn(&[&Plain]) -> Option<Plain>) -> Vec<Timed> {
    let windows = (1..=input.len()).map(|to| (input[to - 1].0, &input[to.saturating_sub(n)..to]));
    windows.filter_map(|(now, window)| Some((now, fold(&window.iter().map(|(_, event)| event).collect::<Vec<_>>())?))).collect()
}

fn with_metric(event: &Plain, metric: Number) -> Option<Plain> {
    Some(Plain { metric: Some(metric), ..event.clone() })
}

fn sum_of(window: &[&Plain]) -> Number {
    window.iter().filter_map(|event| event.metric).fold(Number::Int(0), plus)
}

/// The input as it would be if every event came when it happened.
fn in_order(input: &[Timed]) -> Vec<Timed> {
    input.iter().map(|(now, event)| (*now, Plain { time: Some(*now), ..event.clone() })).collect()
}

fn length() -> impl Strategy<Value = i64> {
    (1i64..20).prop_map(|quarters| quarters * SECOND / 4)
}

proptest! {
    #[test]
    fn windows_of_time_hold_what_happened_in_it((input, end) in generate::input(), length in length()) {
        prop_assert_eq!(shown(&windows(&moving_time_window(1, length), &input, end)), shown(&moving(length, &input)));
    }

    #[test]
    fn batches_and_rollups_divide_what_came((input, end) in generate::input(), n in 1usize..5, length in length()) {
        prop_assert_eq!(shown(&windows(&batch(n, length), &input, end)), shown(&batches(n, length, &input, end)));
        prop_assert_eq!(shown(&windows(&rollup(n, length), &input, end)), shown(&rollups(n, length, &input, end)));
    }

    #[test]
    fn what_is_remembered_is_told((input, end) in generate::input(), length in length()) {
        prop_assert_eq!(shown(&windows(&coalesce(1, length), &input, end)), shown(&coalesced(length, &input, end)));
        prop_assert_eq!(shown(&windows(&project(1, length), &input, end)), shown(&projected(&input)));
    }

    #[test]
    fn distributions_are_those_of_their_interval((input, end) in generate::input(), n in 1usize..4, length in length()) {
        prop_assert_eq!(shown(&events(&percentiles(1, length), &input, end)), shown(&percentiles_of(length, &input, end)));
        prop_assert_eq!(shown(&events(&apdex(1, length), &input, end)), shown(&apdexes(length, &input, end)));
        prop_assert_eq!(shown(&events(&top(n, length), &input, end)), shown(&tops(n, &input)));
    }

    #[test]
    fn folds_are_those_of_each_window((input, end) in generate::input(), n in 1usize..6) {
        let check = |router: Router, fold: &dyn Fn(&[&Plain]) -> Option<Plain>| {
            prop_assert_eq!(shown(&events(&router, &input, end)), shown(&folded(n, &input, fold)));
            Ok(())
        };
        check(sums(n, 1), &|window| with_metric(window[0], sum_of(window)))?;
        check(means(n, 1), &|window| {
            let count = window.iter().filter(|event| event.metric.is_some()).count() as i64;
            match sum_of(window) {
                _ if count == 0 => None,
                Number::Int(sum) if sum % count == 0 => with_metric(window[0], Number::Int(sum / count)),
                sum => with_metric(window[0], Number::Float(float(sum) / count as f64)),
            }
        })?;
        check(counts(n, 1), &|window| with_metric(window[0], Number::Int(window.len() as i64)))?;
        check(maxima(n, 1), &|window| {
            let numbers = window.iter().copied().filter(|event| number(event).is_some());
            numbers.max_by(|a, b| compare(a, b)).cloned()
        })?;
        check(medians(n, 1), &|window| at_point(window, 0.5))?;
        check(modes(n, 1), &|window| {
            let numbers = || window.iter().copied().filter(|event| number(event).is_some());
            let often = |event: &Plain| numbers().filter(|other| compare(event, other).is_eq()).count();
            let most = numbers().map(often).max()?;
            let first = numbers().find(|event| often(event) == most)?;
            numbers().rfind(|event| compare(first, event).is_eq()).cloned()
        })?;
    }

    #[test]
    fn windows_of_events_in_order_close_at_their_ends((input, end) in generate::input(), length in length(), offset in any::<bool>()) {
        let input = in_order(&input);
        let router = if offset { fixed_offset_time_window(1, length) } else { fixed_time_window(1, length) };
        let start = input.first().map_or(0, |(now, _)| if offset { now / length * length } else { *now });
        let mut expected: Vec<TimedWindow> = Vec::new();
        let last = input.last().map_or(-1, |(now, _)| (now - start) / length);
        let mut empty = 0;
        for index in 0..=last {
            let (from, to) = (start + index * length, start + (index + 1) * length);
            let inside = |timed: &&Timed| (from..to).contains(&timed.0);
            let window = whole(input.iter().filter(inside));
            let next = input.iter().find(|(now, _)| *now >= to).map(|(now, _)| *now);
            empty = if window.is_empty() { empty + 1 } else { 0 };
            if empty > 10 {
                continue;
            }
            // One in which nothing happened is told with the next event.
            let when = if window.is_empty() { next } else { Some(to) };
            expected.extend(when.filter(|when| *when <= end).map(|when| (when, window)));
        }
        prop_assert_eq!(shown(&windows(&router, &input, end)), shown(&expected));
    }

    #[test]
    fn windows_hold_each_event_once_where_it_belongs_or_count_it_as_late((input, end) in generate::input(), length in length()) {
        for router in [fixed_time_window(1, length), fixed_offset_time_window(1, length), fixed_with_lateness(1, length)] {
            take_tapped::<Window>();
            let mut replay = Replay::new(&router, Time::EPOCH);
            for (now, plain) in &input {
                replay.advance(Time::from_micros(*now));
                replay.event(event(plain).view());
            }
            replay.advance(Time::from_micros(end));
            replay.finish();
            let windows: Vec<Window> = take_tapped().into_iter().map(|(_, window)| window).collect();
            let held: usize = windows.iter().map(Window::len).sum();
            let late: u64 = windows.iter().map(Window::late).sum();
            // Those that came too late after the last window was told are told nowhere.
            prop_assert!(held as u64 + late <= input.len() as u64);
            prop_assert!(input.is_empty() || held > 0);
            let times = |window: &Window| window.iter().filter_map(|event| event.time()).map(|time| i128::from(time.as_micros())).collect::<Vec<_>>();
            let spans: Vec<(i128, i128)> = windows.iter().map(times).filter_map(|times| Some((*times.iter().min()?, *times.iter().max()?))).collect();
            prop_assert!(spans.iter().all(|(first, last)| last - first < length.into()));
            prop_assert!(spans.windows(2).all(|pair| pair[0].1 < pair[1].0), "windows follow one another: {:?}", spans);
        }
    }

    #[test]
    fn quantiles_are_within_a_hundredth(values in proptest::collection::vec(quantity(), 1..300), points in proptest::collection::vec(0.0f64..=1.0, 3)) {
        let points = [0.0, 1.0, points[0], points[1], points[2]];
        POINTS.set(points);
        router! { let points = POINTS.get(); pipeline "quantiles" { quantiles(1s, points); tap } }
        let input: Vec<Timed> = values.iter().map(|value| (0, Plain { metric: Some(Number::Float(*value)), ..Plain::default() })).collect();
        let got: Vec<f64> = events(&router(), &input, SECOND).iter().filter_map(|(_, event)| event.metric.map(float)).collect();
        prop_assert_eq!(got.len(), points.len());
        let mut sorted = values.clone();
        sorted.sort_by(f64::total_cmp);
        for (point, got) in points.into_iter().zip(got) {
            let index = sorted.len() as f64 * point;
            let near = [index - 1.0, index, index + 1.0].map(|index| sorted[(index.floor().max(0.0) as usize).min(sorted.len() - 1)]);
            let close = near.iter().any(|exact| (got - exact).abs() <= exact.abs() * 0.010_000_1 + 1e-9);
            prop_assert!(close, "{} is not near {:?} at {}", got, near, point);
            if point == 0.0 || point == 1.0 {
                let exact = if point == 0.0 { sorted[0] } else { sorted[sorted.len() - 1] };
                prop_assert_eq!(got, exact);
            }
        }
    }
}

thread_local! {
    static POINTS: Cell<[f64; 5]> = const { Cell::new([0.0; 5]) };
}

/// Metrics of many sizes, as latencies and volumes are.
fn quantity() -> impl Strategy<Value = f64> {
    prop_oneof![4 => 0.001f64..1000.0, 2 => -50.0f64..50.0, 1 => 1e3f64..1e9, 1 => Just(0.0)]
}
