use std::sync::OnceLock;

use fastts_core::query::Query;
use fastts_core::{Event, event};

/// Parses a query and tries it on events; what it is written as means the same, and an error has a place in the text.
pub fn query(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let query = match Query::parse(text) {
        Ok(query) => query,
        Err(error) => {
            let line = text.split('\n').nth(error.line() - 1).unwrap();
            assert!((1..=line.chars().count() + 1).contains(&error.column()), "{error}");
            assert!(!error.to_string().contains('\n') && error.report().contains('^'), "{error}");
            return;
        }
    };
    assert_eq!(query.text(), text);
    let written = query.to_string();
    // Parentheses that were not needed may be what makes it too deep.
    let again = Query::parse(&written).unwrap_or_else(|error| panic!("{written:?}: {error}"));
    assert_eq!(again.to_string(), written);
    let _ = query.access();
    for event in events() {
        assert_eq!(query.matches(event.view()), again.matches(event.view()), "{written:?} on {event:?}");
    }
}

fn events() -> &'static [Event] {
    static EVENTS: OnceLock<Vec<Event>> = OnceLock::new();
    EVENTS.get_or_init(|| {
        vec![
            Event::new(),
            event! { host: "web1", service: "cpu", state: "ok", metric: 0.5, tags: ["prod", "web"], time: 100, ttl: 60, description: "all good" },
            event! { host: "db1", service: "disk /", state: "warning", metric: 12, time: 102 },
            event! { host: "", service: "a%b", metric: f64::NAN, tags: [""] },
            event! { service: "req", metric: -3 }.with_attribute("dc", "eu-1"),
        ]
    })
}
