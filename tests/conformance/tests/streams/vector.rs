//! Vectors: reading and comparing them.

use fastts_core::{Event, Metric, Time};
use serde_json::Value;

/// Inputs and the outputs that Riemann gave for them.
#[derive(Clone)]
pub(crate) struct Vector {
    pub(crate) id: String,
    pub(crate) stream: String,
    /// How many seconds pass before, and the event, if one comes then.
    pub(crate) inputs: Vec<(f64, Option<Value>)>,
    /// How many seconds pass after the last input.
    pub(crate) tail: f64,
    pub(crate) outputs: Vec<Output>,
}

/// Something that came out.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Output {
    /// When, in seconds.
    pub(crate) t: f64,
    /// An event, or a list of events.
    pub(crate) v: Value,
}

/// Reads the vectors of every `*.jsonl` that hold a `stream`.
pub(crate) fn read() -> Vec<Vector> {
    let texts = fastts_conformance_tests::texts(&fastts_conformance_tests::directory(), "");
    texts.iter().flat_map(|text| text.lines().filter_map(parse)).collect()
}

fn parse(line: &str) -> Option<Vector> {
    let value: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error} in {line}"));
    let text = |key: &str| value[key].as_str().map(str::to_owned);
    let stream = text("stream")?;
    let mut outputs = outputs(&value["outputs"]);
    if has_no_order(&stream) {
        outputs.iter_mut().for_each(sort);
    }
    Some(Vector {
        stream,
        id: text("id")?,
        inputs: value["inputs"]
            .as_array()?
            .iter()
            .map(|input| (input[0].as_f64().unwrap(), Some(input[1].clone()).filter(|e| !e.is_null())))
            .collect(),
        tail: value["tail"].as_f64()?,
        outputs,
    })
}

impl Vector {
    /// The inputs with when they come, those with an event.
    pub(crate) fn events(&self) -> Vec<(f64, Value)> {
        let mut now = 0.0;
        let mut events = Vec::new();
        for (advance, event) in &self.inputs {
            now += advance;
            if let Some(event) = event {
                let mut event = event.clone();
                if event.get("time").is_none() {
                    event["time"] = now.into();
                }
                events.push((now, event));
            }
        }
        events
    }

    /// When it all ends.
    pub(crate) fn end(&self) -> f64 {
        self.inputs.iter().map(|(advance, _)| advance).sum::<f64>() + self.tail
    }

    /// The first argument of the stream, a number.
    pub(crate) fn first_number(&self) -> f64 {
        self.stream.split([' ', ')']).nth(1).unwrap().parse().unwrap()
    }
}

/// Tells whether the order within a list that the stream gives is not defined.
pub(crate) fn has_no_order(stream: &str) -> bool {
    stream.contains("(coalesce ")
}

/// Puts the list of an output into one order, that of hosts and services.
pub(crate) fn sort(output: &mut Output) {
    if let Value::Array(list) = &mut output.v {
        list.sort_by_key(|event| (event["host"].to_string(), event["service"].to_string()));
    }
}

/// Reads a list of outputs.
pub(crate) fn outputs(value: &Value) -> Vec<Output> {
    let list = value.as_array().unwrap_or_else(|| panic!("no list of outputs: {value}"));
    // An output of a named sink is told from others by its name, which the routers here put into the value.
    let named = |output: &Value| match output["sink"].as_str() {
        Some(sink) => serde_json::json!({ "sink": sink, "value": output["v"] }),
        None => output["v"].clone(),
    };
    list.iter().map(|output| Output { t: output["t"].as_f64().unwrap(), v: named(output) }).collect()
}

/// Makes the event of an input; its time is `now` unless given.
pub(crate) fn event(input: &Value, now: Time) -> Event {
    let mut event = Event::new();
    let fields = input.as_object().unwrap();
    if !fields.contains_key("time") {
        event.set_time(now);
    }
    for (key, value) in fields {
        match (key.as_str(), value) {
            (_, Value::Null) => {}
            ("host", Value::String(text)) => drop(event.set_host(text)),
            ("service", Value::String(text)) => drop(event.set_service(text)),
            ("state", Value::String(text)) => drop(event.set_state(text)),
            ("description", Value::String(text)) => drop(event.set_description(text)),
            ("metric", Value::Number(number)) => {
                let metric = number.as_i64().map_or_else(|| number.as_f64().into(), Metric::Int);
                event.set_metric(metric);
            }
            ("time", Value::Number(number)) => drop(event.set_time(number.as_f64().unwrap())),
            ("ttl", Value::Number(number)) => drop(event.set_ttl(number.as_f64().unwrap())),
            ("tags", Value::Array(tags)) => drop(event.set_tags(tags.iter().map(|tag| tag.as_str().unwrap()).collect::<Vec<_>>())),
            (key, Value::String(text)) => drop(event.set_attribute(key, text)),
            (key, value) => panic!("unexpected field {key}: {value}"),
        }
    }
    event
}

/// Compares outputs: numbers by value, an empty list of tags as none; says what differs.
pub(crate) fn same(expected: &[Output], got: &[Output]) -> Result<(), String> {
    let mut lines = Vec::new();
    for index in 0..expected.len().max(got.len()) {
        match (expected.get(index), got.get(index)) {
            (Some(a), Some(b)) if close(a.t, b.t) && equal(&a.v, &b.v) => {}
            (a, b) => {
                let show = |o: Option<&Output>| o.map_or("nothing".to_owned(), |o| format!("t={} {}", o.t, o.v));
                lines.push(format!(
                    "  #{index} expected {}\n  {:width$} got      {}",
                    show(a),
                    "",
                    show(b),
                    width = index.to_string().len() + 1
                ));
            }
        }
    }
    let shown = lines.iter().take(3).cloned().collect::<Vec<_>>().join("\n");
    if lines.is_empty() { Ok(()) } else { Err(format!("{shown}\n  {} of {} differ", lines.len(), expected.len())) }
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1.0)
}

fn equal(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => close(a.as_f64().unwrap(), b.as_f64().unwrap()),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            let there = |object: &serde_json::Map<String, Value>| {
                object
                    .iter()
                    .filter(|(_, v)| !v.is_null() && v.as_array().is_none_or(|list| !list.is_empty()))
                    .map(|(k, _)| k.clone())
                    .collect::<Vec<_>>()
            };
            let (mut left, mut right) = (there(a), there(b));
            left.sort();
            right.sort();
            left == right && left.iter().all(|key| equal(&a[key], &b[key]))
        }
        (a, b) => a == b,
    }
}
