//! `top`.

use serde_json::{Value, json};

use crate::vector::{Output, Vector, same};

pub(super) fn mistakes_the_smallest(vector: &Vector) -> bool {
    same(&run(vector, true), &vector.outputs).is_ok() && same(&run(vector, false), &vector.outputs).is_err()
}

pub(super) fn without_mistakes(vector: &Vector) -> Vec<Output> {
    run(vector, false)
}

/// What goes to the top and to the bottom, with the smallest member looked for when Riemann does, or every time.
fn run(vector: &Vector, as_riemann: bool) -> Vec<Output> {
    let count = vector.first_number() as usize;
    let has_bottom = vector.stream.contains("(with :state \"out\" out)");
    let name = |event: &Value| (event["host"].clone(), event["service"].clone());
    let metric = |event: &Value| event["metric"].as_f64();
    let mut outputs = Vec::new();
    let mut members: Vec<Value> = Vec::new();
    let mut smallest: Option<(Value, Value)> = None;
    let scan = |members: &[Value]| members.iter().min_by(|a, b| metric(a).unwrap().total_cmp(&metric(b).unwrap())).map(name);
    for (now, event) in vector.events() {
        let expire = |event: &Value| json!({ "host": event["host"], "service": event["service"], "state": "expired", "time": now });
        let mut tell = |state: &str, mut event: Value| {
            if has_bottom {
                event["state"] = state.into();
            }
            if has_bottom || state == "in" {
                outputs.push(Output { t: now, v: event });
            }
        };
        let own = members.iter().position(|member| name(member) == name(&event));
        let least = |members: &[Value]| members.iter().find(|member| Some(name(member)) == smallest).and_then(metric);
        let expired = event["state"] == "expired";
        let (is_member, out) = match (metric(&event).filter(|_| !expired), own) {
            (None, own) => {
                own.map(|own| members.remove(own));
                (false, None)
            }
            (Some(_), Some(own)) => {
                members[own] = event.clone();
                (true, None)
            }
            (Some(value), None) if members.len() < count || least(&members).is_some_and(|least| value > least) => {
                let full = members.len() == count;
                let out = full.then(|| members.iter().position(|member| Some(name(member)) == smallest)).flatten();
                let out = out.map(|out| members.remove(out));
                members.push(event.clone());
                (true, out)
            }
            (Some(_), None) => (false, None),
        };
        let gone = !members.iter().any(|member| Some(name(member)) == smallest);
        let smaller = is_member && metric(&event) < members.iter().find(|member| Some(name(member)) == smallest).and_then(metric);
        if gone || smaller || !as_riemann {
            smallest = scan(&members);
        }
        if let Some(out) = out.filter(|_| has_bottom) {
            tell("in", expire(&out));
            tell("out", out);
        }
        match (expired, is_member) {
            (true, _) => {
                tell("in", event.clone());
                tell("out", event);
            }
            (false, true) => {
                tell("out", expire(&event));
                tell("in", event);
            }
            (false, false) => {
                tell("in", expire(&event));
                tell("out", event);
            }
        }
    }
    outputs
}
