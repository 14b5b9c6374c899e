//! Events without a ttl, which Riemann's `expired?` lets expire after 60 seconds.

use serde_json::{Value, json};

use crate::vector::{Output, Vector};

const RIEMANN: f64 = 60.0;

/// When the ttl of an event runs out.
pub(super) fn runs_out(event: &Value) -> f64 {
    event["ttl"].as_f64().map_or(f64::INFINITY, |ttl| event["time"].as_f64().unwrap_or(f64::INFINITY) + ttl)
}

pub(super) fn is_expired(event: &Value, now: f64) -> bool {
    event["state"] == "expired" || now > runs_out(event)
}

/// Tells whether an event without a ttl is older than Riemann allows, at the end at the latest.
pub(super) fn has_old_events(vector: &Vector) -> bool {
    let is_old = |event: &Value| event["ttl"].is_null() && event["time"].as_f64().is_some_and(|time| vector.end() > time + RIEMANN);
    vector.events().iter().any(|(_, event)| is_old(event))
}

pub(super) fn is_filter(vector: &Vector) -> bool {
    ["(expired out)", "(not-expired out)"].contains(&vector.stream.as_str()) && has_old_events(vector)
}

pub(super) fn filtered(vector: &Vector) -> Vec<Output> {
    let wanted = vector.stream.starts_with("(expired");
    let events = vector.events().into_iter().filter(|(now, event)| is_expired(event, *now) == wanted);
    events.map(|(t, v)| Output { t, v }).collect()
}

pub(super) fn is_project(vector: &Vector) -> bool {
    vector.stream.starts_with("(project ") && vector.stream.ends_with("] out)") && has_old_events(vector)
}

/// The last event of each service of a `project`, told as expired once.
pub(super) fn projected(vector: &Vector) -> Vec<Output> {
    let services: Vec<&str> = vector.stream.split('"').skip(1).step_by(2).collect();
    let mut places = vec![Value::Null; services.len()];
    let mut outputs = Vec::new();
    for (now, event) in vector.events() {
        let Some(place) = services.iter().position(|service| event["service"] == **service) else { continue };
        places[place] = event;
        let expired = |event: &Value| json!({ "host": event["host"], "service": event["service"], "state": "expired", "time": now });
        let told = places.iter().map(|event| if is_expired(event, now) { expired(event) } else { event.clone() });
        outputs.push(Output { t: now, v: told.collect() });
        places.iter_mut().filter(|event| is_expired(event, now)).for_each(|event| *event = Value::Null);
    }
    outputs
}
