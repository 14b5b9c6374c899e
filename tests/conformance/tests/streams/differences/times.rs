//! Events that are late, ahead, or without a time.

use serde_json::Value;

use crate::vector::{Output, Vector};

/// Tells whether all events come when they happen.
pub(super) fn are_the_clock(vector: &Vector) -> bool {
    vector.events().iter().all(|(now, event)| event["time"].as_f64() == Some(*now))
}

fn metric(event: &Value) -> Option<f64> {
    event["metric"].as_f64()
}

fn with_metric(t: f64, mut v: Value, metric: f64) -> Output {
    v["metric"] = metric.into();
    Output { t, v }
}

pub(super) fn is_ewma(vector: &Vector) -> bool {
    vector.stream.starts_with("(ewma ") && !are_the_clock(vector)
}

/// As Riemann's averages, but without a time an event is of now, and late ones keep theirs.
pub(super) fn ewma(vector: &Vector) -> Vec<Output> {
    let half_life = vector.first_number();
    let left = |gap: f64| (-gap / half_life).exp2();
    let share = 1.0 - left(1.0);
    let (mut average, mut newest) = (0.0, None);
    let outputs = vector.events().into_iter().map(|(now, event)| {
        let Some(metric) = metric(&event) else { return Output { t: now, v: event } };
        let time = event["time"].as_f64().unwrap_or(now);
        let gap = time - *newest.get_or_insert(time);
        if gap > 0.0 {
            newest = Some(time);
            average = average * left(gap) + share * metric;
        } else {
            average += share * metric * left(-gap);
        }
        with_metric(now, event, average)
    });
    outputs.collect()
}

pub(super) fn is_ddt(vector: &Vector) -> bool {
    vector.stream == "(ddt out)" && vector.events().iter().any(|(_, event)| event["time"].is_null())
}

/// As Riemann's slopes, but without a time an event is of now.
pub(super) fn ddt(vector: &Vector) -> Vec<Output> {
    let mut before: Option<(f64, f64)> = None;
    let outputs = vector.events().into_iter().filter_map(|(now, event)| {
        let (metric, time) = (metric(&event)?, event["time"].as_f64().unwrap_or(now));
        let (earlier, was) = before.replace((time, metric))?;
        (time != earlier).then(|| with_metric(now, event, (metric - was) / (time - earlier)))
    });
    outputs.collect()
}

pub(super) fn is_stable(vector: &Vector) -> bool {
    vector.stream.contains("(stable ") && !are_the_clock(vector)
}

/// The events of a host, or of all, since the state has changed last.
struct Lasting {
    host: Value,
    state: Value,
    since: f64,
    held: Vec<Value>,
    timer: f64,
    /// How many changes there were before, of all hosts.
    changes: usize,
}

/// A state has lasted when an event says so, or when the clock has gone on for as long since the first of them came.
pub(super) fn stable(vector: &Vector) -> Vec<Output> {
    let interval: f64 = vector.stream.split("(stable ").nth(1).and_then(|rest| rest.split(' ').next()).unwrap().parse().unwrap();
    let by_host = vector.stream.starts_with("(by [:host] ");
    let mut outputs = Vec::new();
    let mut all: Vec<Lasting> = Vec::new();
    let mut changes = 0;
    for (now, event) in vector.events().into_iter().chain([(vector.end(), Value::Null)]) {
        let mut due: Vec<&mut Lasting> = all.iter_mut().filter(|lasting| lasting.timer <= now).collect();
        due.sort_by(|a, b| a.timer.total_cmp(&b.timer).then(a.changes.cmp(&b.changes)));
        for lasting in due {
            let t = std::mem::replace(&mut lasting.timer, f64::INFINITY);
            outputs.extend(lasting.held.drain(..).map(|v| Output { t, v }));
        }
        if event.is_null() {
            break;
        }
        let host = if by_host { event["host"].clone() } else { Value::Null };
        let (time, state) = (event["time"].as_f64().unwrap_or(now), event["state"].clone());
        match all.iter_mut().find(|lasting| lasting.host == host) {
            Some(lasting) if lasting.state == state => {
                lasting.held.push(event);
                if lasting.timer == f64::INFINITY || time >= lasting.since + interval {
                    lasting.timer = f64::INFINITY;
                    outputs.extend(lasting.held.drain(..).map(|v| Output { t: now, v }));
                }
            }
            before => {
                let changed = Lasting { host, state, since: time, held: vec![event], timer: now + interval, changes };
                changes += 1;
                match before {
                    Some(lasting) => *lasting = changed,
                    None => all.push(changed),
                }
            }
        }
    }
    outputs
}
