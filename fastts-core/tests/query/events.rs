//! The events that queries are tried on.

use fastts_core::{Event, event, query::Query};

pub(crate) fn parse(text: &str) -> Query {
    Query::parse(text).unwrap_or_else(|error| panic!("{text}\n{}", error.report()))
}

/// Returns which of the events match.
pub(crate) fn matching(text: &str, events: &[Event]) -> Vec<usize> {
    let query = parse(text);
    let indices = events.iter().enumerate().filter(|(_, event)| query.matches(event.view()));
    indices.map(|(index, _)| index).collect()
}

/// 0 has everything, as whole numbers; 1 has floats; 2 is empty; 3 has what is odd.
pub(crate) fn events() -> Vec<Event> {
    vec![
        event! { host: "web1", service: "cpu", state: "ok", description: "all good", metric: 12, time: 100, ttl: 60, tags: ["prod", "web"], "dc": "eu-1", "my-attr": "x", "a.b": "x", "a:b": "x" },
        event! { host: "web2", service: "disk /", state: "critical", metric: 12.0, time: 100.25, ttl: 0.5, tags: ["prod"], "metric_f": "12" },
        Event::new(),
        event! { host: "", service: "a\nb", state: "true", metric: f64::NAN, time: 0, ttl: f64::INFINITY, "zahl": "5" },
    ]
}
