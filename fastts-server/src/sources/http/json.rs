//! Events as Riemann's dashboards want them.

use fastts_core::{EventView, Metric, Time};
use serde_json::{Map, Value, json};

/// Returns an event as JSON on one line: every standard field is there, null when it is missing; attributes stand beside them; and the
/// time has milliseconds.
///
/// A metric or ttl that JSON has no number for is a text, as everywhere.
pub(super) fn event(event: EventView<'_>) -> String {
    let mut fields: Map<String, Value> = event.attributes().map(|(key, value)| (key.to_owned(), value.into())).collect();
    let tags: Vec<&str> = event.tags().collect();
    let metric = match event.metric() {
        Metric::Missing => Value::Null,
        Metric::Int(value) => value.into(),
        Metric::Float(value) => float(value),
    };
    // An attribute of the name of a field would hide that.
    let standard = [
        ("host", json!(event.host())),
        ("service", json!(event.service())),
        ("state", json!(event.state())),
        ("description", json!(event.description())),
        ("metric", metric),
        ("tags", if tags.is_empty() { Value::Null } else { tags.into() }),
        ("time", event.time().map_or(Value::Null, |time| text(time).into())),
        ("ttl", event.ttl().map_or(Value::Null, float)),
    ];
    fields.extend(standard.map(|(key, value)| (key.to_owned(), value)));
    Value::Object(fields).to_string()
}

fn float(value: f64) -> Value {
    match value {
        _ if value.is_nan() => "NaN".into(),
        f64::INFINITY => "Infinity".into(),
        f64::NEG_INFINITY => "-Infinity".into(),
        value => value.into(),
    }
}

/// Returns a time with three digits of its second, whatever it has.
fn text(time: Time) -> String {
    let text = time.to_string();
    let Some(rest) = text.strip_suffix('Z') else { return text };
    match rest.split_once('.') {
        None => format!("{rest}.000Z"),
        Some((seconds, fraction)) => format!("{seconds}.{fraction:0<3.3}Z"),
    }
}

#[cfg(test)]
mod tests {
    use fastts_core::event;

    use super::*;

    #[test]
    fn every_field_is_there() {
        let full = event! {
            time: 10, host: "h", service: "s", state: "ok", description: "d", metric: 7, ttl: 60, tags: ["a", "b"], "region": "eu", "host": "not this"
        };
        assert_eq!(
            event(full.view()),
            r#"{"description":"d","host":"h","metric":7,"region":"eu","service":"s","state":"ok","tags":["a","b"],"time":"1970-01-01T00:00:10.000Z","ttl":60.0}"#
        );
        assert_eq!(
            event(event! { metric: f64::NAN }.view()),
            r#"{"description":null,"host":null,"metric":"NaN","service":null,"state":null,"tags":null,"time":null,"ttl":null}"#
        );
    }

    #[test]
    fn times_have_milliseconds() {
        let rows = [
            (0, "1970-01-01T00:00:00.000Z"),
            (1_234_567, "1970-01-01T00:00:01.234Z"),
            (500_000, "1970-01-01T00:00:00.500Z"),
            (7, "1970-01-01T00:00:00.000Z"),
        ];
        for (micros, expected) in rows {
            assert_eq!(text(Time::from_micros(micros)), expected);
        }
    }
}
