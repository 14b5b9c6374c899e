//! Missing metrics, which Riemann throws at.

use serde_json::Value;

use super::threw;
use crate::vector::{Output, Vector};

/// The state that the last branch of a stream sets, which takes what no other branch wants.
fn last_state(stream: &str) -> &str {
    stream.rsplit("(with :state \"").next().and_then(|rest| rest.split('"').next()).unwrap()
}

pub(super) fn has_a_last_branch(vector: &Vector) -> bool {
    let compares = vector.stream.starts_with("(where (<") && vector.stream.contains("(else ") || vector.stream.starts_with("(split (<");
    compares && vector.outputs.iter().any(threw)
}

/// The events without a metric come out of the last branch.
pub(super) fn into_the_last_branch(vector: &Vector) -> Vec<Output> {
    let missing = vector.events().into_iter().filter(|(_, event)| event["metric"].is_null());
    let mut missing = missing.map(|(t, mut event)| {
        event["state"] = last_state(&vector.stream).into();
        Output { t, v: event }
    });
    vector.outputs.iter().map(|output| if threw(output) { missing.next().unwrap() } else { output.clone() }).collect()
}

pub(super) fn is_largest_so_far(vector: &Vector) -> bool {
    vector.stream.starts_with("(sreduce (fn [acc e] (assoc e :metric (max ") && vector.outputs.iter().any(threw)
}

/// The largest so far as the closure of the router has it: a missing metric is not larger, and what is compared with it is not either.
pub(super) fn largest_so_far(vector: &Vector) -> Vec<Output> {
    let mut events = vector.events().into_iter();
    let mut largest = events.next().map_or(Value::Null, |(_, first)| first["metric"].clone());
    let outputs = events.map(|(t, mut event)| {
        if largest.as_f64().zip(event["metric"].as_f64()).is_some_and(|(largest, metric)| largest > metric) {
            event["metric"] = largest.clone();
        }
        largest = event["metric"].clone();
        Output { t, v: event }
    });
    outputs.collect()
}
