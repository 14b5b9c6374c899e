//! `coalesce`.

use serde_json::Value;

use super::expiry::{has_old_events, is_expired, runs_out};
use crate::vector::{Output, Vector, sort};

/// Tells whether Riemann's timer stops while there are events, or several come before its first list.
pub(super) fn pauses(vector: &Vector) -> bool {
    let events = vector.events();
    let Some((start, _)) = events.first() else { return false };
    let several = events.iter().filter(|(now, _)| now == start).count() > 1;
    let expired = events.iter().any(|(now, event)| is_expired(event, *now));
    let interval = vector.first_number();
    let ticks = (0..).map(|tick| start + interval * f64::from(tick)).take_while(|tick| *tick <= vector.end());
    let last = |tick: f64| events.iter().rfind(|(now, _)| *now < tick).is_some_and(|(_, event)| tick > runs_out(event));
    several || expired || has_old_events(vector) || ticks.into_iter().any(last)
}

/// The last event of each host and service every interval, an expired one once more, as long as there are any.
pub(super) fn without_pauses(vector: &Vector) -> Vec<Output> {
    let interval = vector.first_number();
    let mut outputs = Vec::new();
    let mut known: Vec<Value> = Vec::new();
    // When the next list is due, and since when that is known: of one instant, a list that an event sets off comes behind the others.
    let mut next: Option<(f64, f64)> = None;
    let events = vector.events();
    let (end, ends) = (vector.end(), [(f64::INFINITY, Value::Null)]);
    for (now, event) in events.into_iter().chain(ends) {
        while let Some((tick, _)) = next.filter(|(tick, since)| *since < now.min(end) && *tick <= now.min(end)) {
            let mut output = Output { t: tick, v: known.clone().into() };
            sort(&mut output);
            outputs.push(output);
            known.retain(|event| !is_expired(event, tick));
            next = (!known.is_empty()).then_some((tick + interval, tick));
        }
        if event.is_null() {
            break;
        }
        known.retain(|other| (&other["host"], &other["service"]) != (&event["host"], &event["service"]));
        known.push(event);
        next = next.or(Some((now, now)));
    }
    outputs
}
