//! Windows of time.

use serde_json::Value;

use super::times::are_the_clock;
use crate::vector::{Output, Vector};

/// Tells whether Riemann's moving window leaves an event out or keeps it for ever.
pub(super) fn is_moving(vector: &Vector) -> bool {
    let is_odd = |event: &Value| event["time"].as_f64().is_none_or(|time| time <= 0.0);
    vector.stream.starts_with("(moving-time-window ") && vector.events().iter().any(|(_, event)| is_odd(event))
}

/// As Riemann's windows, but an event without a time happens with the latest before it, and time does not begin at the epoch.
pub(super) fn moving(vector: &Vector) -> Vec<Output> {
    let length = vector.first_number();
    let mut latest = None;
    let mut window: Vec<(f64, Value)> = Vec::new();
    let mut outputs = Vec::new();
    for (now, event) in vector.events() {
        let time = event["time"].as_f64().or(latest).unwrap_or(now);
        let end = latest.map_or(time, |latest: f64| latest.max(time));
        if end - time >= length {
            continue;
        }
        latest = Some(end);
        window.push((time, event));
        window.retain(|(time, _)| end - time < length);
        let events = window.iter().map(|(_, event)| event);
        let v = if vector.stream.contains("(smap folds/sum ") { sum(events.collect()) } else { events.cloned().collect() };
        outputs.push(Output { t: now, v });
    }
    outputs
}

fn sum(events: Vec<&Value>) -> Value {
    let mut first = events[0].clone();
    first["metric"] = events.iter().filter_map(|event| event["metric"].as_f64()).sum::<f64>().into();
    first
}

/// Tells whether the windows of a stream are fixed ones.
fn is_fixed(vector: &Vector) -> bool {
    ["(fixed-time-window ", "(fixed-offset-time-window "].iter().any(|begin| vector.stream.starts_with(begin))
}

/// Tells whether the windows of a stream are fixed ones, and all events come when they happen.
pub(super) fn is_fixed_by_the_clock(vector: &Vector) -> bool {
    is_fixed(vector) && are_the_clock(vector)
}

/// Riemann's windows, each as soon as the clock has reached its end; those that are empty when an event comes.
pub(super) fn closed_by_the_clock(vector: &Vector) -> Vec<Output> {
    let events = vector.events();
    let Some((first, _)) = events.first() else { return Vec::new() };
    let length = vector.first_number();
    let start = start(vector, *first);
    let end_of = |index: usize| start + length * (index + 1) as f64;
    let mut outputs = vector.outputs.clone();
    for (index, output) in outputs.iter_mut().enumerate().filter(|(_, output)| output.v != Value::Array(Vec::new())) {
        output.t = output.t.min(end_of(index));
    }
    // What Riemann still holds: the last window, or nothing of it when all came too late.
    let held = end_of(outputs.len()) - length;
    let last: Vec<Value> = events.into_iter().filter(|(now, _)| *now >= held).map(|(_, event)| event).collect();
    let end = end_of(outputs.len());
    if !last.is_empty() && end <= vector.end() {
        outputs.push(Output { t: end, v: last.into() });
    }
    outputs
}

fn start(vector: &Vector, first: f64) -> f64 {
    if vector.stream.contains("offset") { first - first.rem_euclid(vector.first_number()) } else { first }
}

/// Tells whether the windows of a stream are fixed ones, and some events do not come when they happen.
pub(super) fn is_fixed_by_events(vector: &Vector) -> bool {
    is_fixed(vector) && !are_the_clock(vector)
}

/// Windows that close when a later event says so, or when the clock has gone on for as long since the latest came.
pub(super) fn closed_by_events(vector: &Vector) -> Vec<Output> {
    let length = vector.first_number();
    let mut outputs = Vec::new();
    // The latest time and when it came, where the open window begins, and its events.
    let mut known: Option<(f64, f64, f64)> = None;
    let mut window: Vec<Value> = Vec::new();
    for (now, event) in vector.events().into_iter().chain([(vector.end(), Value::Null)]) {
        if let Some((latest, came, start)) = &mut known
            && let closes = *came + *start + length - *latest
            && closes <= now
            && !window.is_empty()
        {
            outputs.push(Output { t: closes, v: std::mem::take(&mut window).into() });
            *start += length;
        }
        if event.is_null() {
            break;
        }
        let time = event["time"].as_f64().or(known.map(|(latest, _, _)| latest)).unwrap_or(now);
        let (latest, came, begin) = known.get_or_insert((time, now, start(vector, time)));
        if time > *latest {
            (*latest, *came) = (time, now);
        }
        let closed = *latest + now - *came;
        if !window.is_empty() && *begin + length <= closed {
            outputs.push(Output { t: now, v: std::mem::take(&mut window).into() });
            *begin += length;
        }
        if time >= *begin {
            while window.is_empty() && *begin + length <= closed {
                outputs.push(Output { t: now, v: Value::Array(Vec::new()) });
                *begin += length;
            }
            if time >= *begin {
                window.push(event);
            }
        }
    }
    outputs
}
