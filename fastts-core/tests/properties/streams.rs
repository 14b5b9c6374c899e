//! What averages, counters, slopes, fills and watches do, naively.

use crate::model::{Number, Plain, SECOND, Timed, float, has_run_out, is_expired, plus};
use crate::steps::Bounds;

fn finite(event: &Plain) -> Option<Number> {
    event.metric.filter(|metric| float(*metric).is_finite())
}

/// Maps the metrics that are numbers, with what `fold` remembers; the others pass.
fn fold<S>(input: &[Timed], mut state: S, fold: impl Fn(&mut S, i64, &Plain, Number) -> Number) -> Vec<Timed> {
    let mut output = input.to_vec();
    for (now, event) in &mut output {
        if let Some(metric) = finite(event) {
            event.metric = Some(fold(&mut state, *now, event, metric));
        }
    }
    output
}

pub(crate) fn ewma_timeless(share: f64, input: &[Timed]) -> Vec<Timed> {
    fold(input, 0.0, |average, _, _, metric| {
        *average = (1.0 - share) * *average + share * float(metric);
        Number::Float(*average)
    })
}

pub(crate) fn ewma(half_life: i64, input: &[Timed]) -> Vec<Timed> {
    let half_life = half_life as f64 / SECOND as f64;
    let share = 1.0 - (-1.0 / half_life).exp2();
    fold(input, (None, 0.0), |(newest, average), now, event, metric| {
        let time = event.time.unwrap_or(now);
        let before = newest.unwrap_or(time);
        let gap = time.saturating_sub(before);
        let left = (-(gap.unsigned_abs() as f64) / (1e6 * half_life)).exp2();
        let sum = if time > before { share * float(metric) + *average * left } else { *average + share * float(metric) * left };
        *newest = Some(time.max(before));
        *average = sum.clamp(f64::MIN, f64::MAX);
        Number::Float(*average)
    })
}

pub(crate) fn counter(start: Number, input: &[Timed]) -> Vec<Timed> {
    fold(input, start, |sum, _, event, metric| {
        *sum = if event.tags.iter().any(|tag| tag == "reset") { metric } else { plus(*sum, metric) };
        *sum
    })
}

/// The change per second between two samples, unless they are of one time.
fn slope(before: (i64, Number), after: (i64, Number)) -> Option<Number> {
    let (time, micros) = (after.0, after.0.saturating_sub(before.0));
    let change = match (before.1, after.1) {
        (Number::Int(a), Number::Int(b)) if i64::try_from(i128::from(b) - i128::from(a)).is_ok() => Number::Int(b - a),
        (a, b) => Number::Float(float(b) - float(a)),
    };
    let seconds = micros / SECOND;
    match change {
        _ if time == before.0 => None,
        Number::Int(change) if micros % SECOND == 0 && i128::from(change) % i128::from(seconds) == 0 && seconds != -1 => {
            Some(Number::Int(change / seconds))
        }
        Number::Int(change) if micros == -SECOND && change != i64::MIN => Some(Number::Int(-change)),
        change => Some(Number::Float(float(change) / (micros as f64 / SECOND as f64))),
    }
}

pub(crate) fn ddt(input: &[Timed]) -> Vec<Timed> {
    let samples: Vec<(i64, &Plain, (i64, Number))> =
        input.iter().filter_map(|(now, event)| Some((*now, event, (event.time.unwrap_or(*now), finite(event)?)))).collect();
    let pairs = samples.windows(2);
    pairs.filter_map(|pair| Some((pair[1].0, Plain { metric: Some(slope(pair[0].2, pair[1].2)?), ..pair[1].1.clone() }))).collect()
}

/// Every so often while events come: when each tick is, and how many events came before it. The first of a row is due when
/// the instant of its event is over.
fn beats(interval: i64, input: &[Timed], end: i64) -> Vec<(i64, usize)> {
    let mut beats = Vec::new();
    let mut next: Option<(i64, bool)> = None;
    for index in 0..=input.len() {
        let now = input.get(index).map_or(end, |(now, _)| *now);
        while let Some((tick, _)) = next.filter(|(tick, first)| *tick < now || (*tick == now && !first)) {
            let goes_on = index.checked_sub(1).is_some_and(|last| !has_run_out(tick, &input[last].1));
            next = goes_on.then_some((tick + interval, false));
            if goes_on {
                beats.push((tick, index));
            }
        }
        if let Some((now, event)) = input.get(index) {
            next = if is_expired(*now, event) { None } else { next.or(Some((*now, true))) };
        }
    }
    beats
}

pub(crate) fn ddt_every(interval: i64, input: &[Timed], end: i64) -> Vec<Timed> {
    let mut output = Vec::new();
    let mut compared: Option<usize> = None;
    let sample = |index: usize| {
        let (now, event): &Timed = &input[index];
        (event.time.unwrap_or(*now), finite(event).unwrap_or(Number::Int(0)))
    };
    for (tick, came) in beats(interval, input, end) {
        let newest = (0..came).rev().find(|&index| finite(&input[index].1).is_some());
        if let (Some(before), Some(newest)) = (compared, newest) {
            let metric = if newest == before { None } else { slope(sample(before), sample(newest)) };
            output.push((tick, Plain { metric: Some(metric.unwrap_or(Number::Int(0))), time: Some(tick), ..input[newest].1.clone() }));
        }
        compared = newest;
    }
    output
}

pub(crate) fn interpolate_constant(interval: i64, input: &[Timed], end: i64) -> Vec<Timed> {
    let ticks = beats(interval, input, end).into_iter().map(|(tick, came)| (came, (tick, at(tick, &input[came - 1].1))));
    let expired = input.iter().enumerate().filter(|(_, (now, event))| is_expired(*now, event));
    let mut output: Vec<(usize, Timed)> = ticks.chain(expired.map(|(index, timed)| (index + 1, timed.clone()))).collect();
    // What comes out after so many events is either that event, which has expired, or ticks behind it.
    output.sort_by_key(|(came, (now, _))| (*came, *now));
    output.into_iter().map(|(_, timed)| timed).collect()
}

fn at(tick: i64, event: &Plain) -> Plain {
    Plain { time: Some(tick), ..event.clone() }
}

/// All events, and behind each that has not expired, and behind the start, what `fill` makes of it every so often until the next.
fn filled(interval: i64, input: &[Timed], start: Option<i64>, end: i64, fill: impl Fn(Option<&Plain>) -> Plain) -> Vec<Timed> {
    let mut output = Vec::new();
    for index in 0..=input.len() {
        let before = index.checked_sub(1).map(|before| &input[before]);
        let from = match before {
            Some((now, event)) => (!is_expired(*now, event)).then_some(*now),
            None => start,
        };
        let until = input.get(index).map_or(end, |(now, _)| *now);
        if let Some(from) = from {
            let ticks = (1..).map(|count| from + count * interval).take_while(|tick| *tick <= until);
            output.extend(ticks.map(|tick| (tick, at(tick, &fill(before.map(|(_, event)| event))))));
        }
        output.extend(input.get(index).cloned());
    }
    output
}

pub(crate) fn fill_in(interval: i64, input: &[Timed], start: i64, end: i64) -> Vec<Timed> {
    let fill = Plain { service: Some("filled".to_owned()), metric: Some(Number::Int(0)), ttl: Some(5.0), ..Plain::default() };
    filled(interval, input, Some(start), end, |_| fill.clone())
}

pub(crate) fn fill_in_last(interval: i64, input: &[Timed], end: i64) -> Vec<Timed> {
    filled(interval, input, None, end, |last| Plain { state: Some("filled".to_owned()), ..last.cloned().unwrap_or_default() })
}

pub(crate) fn lasting(bounds: Bounds, interval: i64, input: &[Timed], end: i64) -> Vec<Timed> {
    let mut output = Vec::new();
    let stays = |(now, event): &Timed| bounds.hold(event.metric) && !is_expired(*now, event);
    let mut rest = input;
    while let Some((begun, _)) = rest.first() {
        let mut length = usize::from(stays(&rest[0]));
        while length > 0 && rest.get(length).is_some_and(|next| stays(next) && !has_run_out(next.0, &rest[length - 1].1)) {
            length += 1;
        }
        let (run, next) = rest.split_at(length.max(1));
        let due = begun + interval;
        let before = run.iter().take_while(|(now, _)| *now < due).count();
        let over = next.first().map_or(end, |(now, _)| *now);
        if length > 0 && due <= run.get(before).map_or(over, |(now, _)| *now) && !has_run_out(due, &run[before - 1].1) {
            output.push((due, at(due, &run[before - 1].1)));
            output.extend(run[before..].iter().cloned());
        }
        rest = next;
    }
    output
}

pub(crate) fn debounce(interval: i64, input: &[Timed], end: i64) -> Vec<Timed> {
    let next = |index: usize| input.get(index + 1).map_or(end, |(now, _)| *now);
    let quiet = input.iter().enumerate().filter(|(index, (now, _))| now + interval <= next(*index));
    quiet.map(|(_, (now, event))| (now + interval, event.clone())).collect()
}

pub(crate) fn deadman(interval: i64, input: &[Timed], start: i64, end: i64) -> Vec<Timed> {
    let mut output = Vec::new();
    let (mut from, mut last) = (Some(start), Plain::default());
    for index in 0..=input.len() {
        let now = input.get(index).map_or(end, |(now, _)| *now);
        if let Some(tick) = from.map(|from| from + interval).filter(|tick| *tick <= now) {
            let metric = match interval % SECOND {
                0 => Number::Int(interval / SECOND),
                _ => Number::Float(interval as f64 / SECOND as f64),
            };
            let silent = Plain { state: Some("silent".to_owned()), metric: Some(metric), time: Some(tick), ttl: None, ..last.clone() };
            output.push((tick, silent));
            from = None;
        }
        if let Some((now, event)) = input.get(index) {
            if !is_expired(*now, event) {
                (from, last) = (Some(*now), event.clone());
            }
            output.push((*now, event.clone()));
        }
    }
    output
}

pub(crate) fn expire(input: &[Timed]) -> Vec<Timed> {
    let expired = input.iter().map(|(now, event)| Plain {
        host: event.host.clone(),
        service: event.service.clone(),
        state: Some("expired".to_owned()),
        time: Some(*now),
        ..Plain::default()
    });
    input.iter().map(|(now, _)| *now).zip(expired).collect()
}

pub(crate) fn clock_skew(input: &[Timed]) -> Vec<Timed> {
    const HOUR: i64 = 3600 * SECOND;
    let mut output = input.to_vec();
    for (index, (now, event)) in output.iter_mut().enumerate() {
        let Some(time) = event.time.filter(|_| !is_expired(*now, event)) else { continue };
        // The last event of each host that has a time, when it still holds; one that came expired has taken its host away.
        let mut skews = Vec::new();
        for (at, (came, other)) in input[..=index].iter().enumerate() {
            let speaks = |(came, event): &Timed| event.host == other.host && (event.time.is_some() || is_expired(*came, event));
            let newest = speaks(&input[at]) && !input[at + 1..=index].iter().any(speaks);
            let holds = !is_expired(*came, other) && !has_run_out(*now, other) && now.saturating_sub(*came) <= HOUR;
            if newest && holds {
                skews.push(other.time.unwrap_or(*came).saturating_sub(*came));
            }
        }
        skews.sort_unstable();
        let ahead = time.saturating_sub(*now).saturating_sub(skews[skews.len() / 2]);
        event.metric = Some(match ahead % SECOND {
            0 => Number::Int(ahead / SECOND),
            _ => Number::Float(ahead as f64 / SECOND as f64),
        });
    }
    output
}
