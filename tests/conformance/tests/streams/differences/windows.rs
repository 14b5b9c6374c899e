//! Windows of time.

use serde_json::Value;

use crate::vector::{Output, Vector};

fn is_of_the_epoch(event: &Value) -> bool {
    event["time"].as_f64().is_some_and(|time| time <= 0.0)
}

pub(super) fn has_events_of_the_epoch(vector: &Vector) -> bool {
    vector.events().iter().any(|(_, event)| is_of_the_epoch(event))
}

pub(super) fn without_events_of_the_epoch(vector: &Vector) -> Vector {
    let mut given = vector.clone();
    let mut now = 0.0;
    for (advance, event) in &mut given.inputs {
        now += *advance;
        let is_old = |event: &Value| match event.get("time") {
            None => now <= 0.0,
            Some(_) => is_of_the_epoch(event),
        };
        event.take_if(|event| is_old(event));
    }
    given
}

/// Tells whether the windows of a stream are fixed ones, and all events come when they happen.
pub(super) fn is_fixed(vector: &Vector) -> bool {
    let fixed = ["(fixed-time-window ", "(fixed-offset-time-window "].iter().any(|begin| vector.stream.starts_with(begin));
    fixed && vector.events().iter().all(|(now, event)| event["time"].as_f64() == Some(*now))
}

/// The same windows, each as soon as the clock has reached its end; those that are empty when an event comes.
pub(super) fn closed_by_the_clock(vector: &Vector) -> Vec<Output> {
    let events = vector.events();
    let Some((first, _)) = events.first() else { return Vec::new() };
    let length = vector.first_number();
    let start = if vector.stream.contains("offset") { first - first.rem_euclid(length) } else { *first };
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
