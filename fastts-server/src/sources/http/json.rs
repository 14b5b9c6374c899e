//! Events as Riemann's dashboards want them.

use fastts_core::{EventView, Metric};
use serde_json::{Map, Value, json};

/// Returns an event as JSON on one line: every standard field is there, null when it is missing; and attributes stand beside them.
///
/// Those that are called like a field stand in `attributes`, where they are read from again: beside the fields they would hide one. A
/// metric or ttl that JSON has no number for is a text, as everywhere.
pub(super) fn event(event: EventView<'_>) -> String {
    let tags: Vec<&str> = event.tags().collect();
    let metric = match event.metric() {
        Metric::Missing => Value::Null,
        Metric::Int(value) => value.into(),
        Metric::Float(value) => float(value),
    };
    let standard = [
        ("host", json!(event.host())),
        ("service", json!(event.service())),
        ("state", json!(event.state())),
        ("description", json!(event.description())),
        ("metric", metric),
        ("tags", if tags.is_empty() { Value::Null } else { tags.into() }),
        ("time", event.time().map_or(Value::Null, |time| time.to_string().into())),
        ("ttl", event.ttl().map_or(Value::Null, float)),
    ];
    let mut fields: Map<String, Value> = standard.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    let mut named_as_fields = Map::new();
    for (key, value) in event.attributes() {
        let taken = key == ATTRIBUTES || FIELDS.contains(&key);
        let into = if taken { &mut named_as_fields } else { &mut fields };
        into.insert(key.to_owned(), value.into());
    }
    if !named_as_fields.is_empty() {
        fields.insert(ATTRIBUTES.to_owned(), named_as_fields.into());
    }
    Value::Object(fields).to_string()
}

/// The names that are no attributes where those stand beside the fields.
const FIELDS: [&str; 8] = ["host", "service", "state", "description", "metric", "tags", "time", "ttl"];
const ATTRIBUTES: &str = "attributes";

fn float(value: f64) -> Value {
    match value {
        _ if value.is_nan() => "NaN".into(),
        f64::INFINITY => "Infinity".into(),
        f64::NEG_INFINITY => "-Infinity".into(),
        value => value.into(),
    }
}

#[cfg(test)]
mod tests {
    use fastts_core::{Event, event};

    use super::*;

    #[test]
    fn every_field_is_there() {
        let full = event! {
            time: 10, host: "h", service: "s", state: "ok", description: "d", metric: 7, ttl: 60, tags: ["a", "b"], "region": "eu"
        };
        assert_eq!(
            event(full.view()),
            r#"{"description":"d","host":"h","metric":7,"region":"eu","service":"s","state":"ok","tags":["a","b"],"time":"1970-01-01T00:00:10Z","ttl":60.0}"#
        );
        assert_eq!(
            event(event! { metric: f64::NAN }.view()),
            r#"{"description":null,"host":null,"metric":"NaN","service":null,"state":null,"tags":null,"time":null,"ttl":null}"#
        );
    }

    #[test]
    fn what_is_told_is_read_as_it_was() {
        let names = FIELDS.into_iter().chain([ATTRIBUTES, "region", "", "a b"]);
        let named = names.fold(event! { host: "h", metric: 1.5 }, |event, name| event.with_attribute(name, format!("the {name}")));
        for original in [named, event! { time: 1_795_957_145.123456, ttl: 2.5 }, event! { time: i64::MAX, "a": "1" }, event! {}] {
            let told = event(original.view());
            assert_eq!(told.parse::<Event>(), Ok(original), "{told}");
        }
    }
}
