//! `index`, `delete_from_index`, and the index that the pipelines of a router share.

use fastts_core::prelude::*;
use fastts_core::testing::Driver;
use fastts_core::{Replay, event};

rows! {
    index_passes_everything_on: { index } ["0 host=a metric=1", "1", "2 host=a state=expired", "3 host=a ttl=1 time=0"]
        => ["0 host=a metric=1", "1", "2 host=a state=expired", "3 host=a ttl=1 time=0"];
    delete_from_index_passes_everything_on: { delete_from_index; delete_from_index(state, metric) } ["0 host=a", "1", "2 state=expired"]
        => ["0 host=a", "1", "2 state=expired"];
    index_takes_expired_events: { index; expired } ["0 state=expired"] => ["0 state=expired"];
}

/// Runs events, and returns what is in the index then, sorted.
fn indexed(router: Router, events: impl IntoIterator<Item = Event>) -> Vec<String> {
    let mut driver = Driver::new(router);
    driver.inject_all(events);
    let mut events: Vec<String> = driver.index().events().iter().map(Event::to_string).collect();
    events.sort();
    events
}

router! {
    pub fn indexing;
    #[allow(no_effect)]
    pipeline "index" { tag("t"); index; with(host = "never") }
}

#[test]
fn the_last_event_of_each_host_and_service_wins_whatever_its_time() {
    let events = [
        event! { time: 9, host: "a", service: "s", metric: 1 },
        event! { time: 3, host: "a", service: "s", metric: 2 },
        event! { time: 3, host: "a" },
        event! { time: 3, host: "a", service: "" },
        event! { time: 3, service: "s" },
        event! { time: 3 },
    ];
    let expected = [
        r#"{"time":"1970-01-01T00:00:03Z","host":"a","service":"","tags":["t"]}"#,
        r#"{"time":"1970-01-01T00:00:03Z","host":"a","service":"s","metric":2,"tags":["t"]}"#,
        r#"{"time":"1970-01-01T00:00:03Z","host":"a","tags":["t"]}"#,
        r#"{"time":"1970-01-01T00:00:03Z","service":"s","tags":["t"]}"#,
        r#"{"time":"1970-01-01T00:00:03Z","tags":["t"]}"#,
    ];
    assert_eq!(indexed(indexing(), events), expected);
}

#[test]
fn an_expired_event_removes_the_entry_and_is_none_itself() {
    let entry = || event! { time: 5, host: "a", service: "s", ttl: 100 };
    for gone in [event! { host: "a", service: "s", state: "expired" }, event! { time: 1, host: "a", service: "s", ttl: 2 }] {
        assert_eq!(indexed(indexing(), [entry(), gone]), [""; 0]);
    }
    let others = [event! { host: "a", state: "expired" }, event! { time: 3, host: "a", service: "s", ttl: 2 }];
    for other in others {
        assert_eq!(indexed(indexing(), [entry(), other]).len(), 1);
    }
}

#[test]
fn delete_from_index_deletes_the_entry_of_its_host_and_service() {
    router! { pipeline "p" { split { tagged("delete") => delete_from_index, _ => index } } }
    let entries = [event! { host: "a", service: "s" }, event! { host: "a" }, event! { service: "s" }, event! { host: "b", service: "s" }];
    let delete = [event! { host: "a", tags: "delete" }, event! { host: "b", service: "s", tags: "delete" }, event! { tags: "delete" }];
    let left = indexed(router(), entries.into_iter().chain(delete));
    assert_eq!(left, [r#"{"time":"1970-01-01T00:00:00Z","host":"a","service":"s"}"#, r#"{"time":"1970-01-01T00:00:00Z","service":"s"}"#]);
}

#[test]
fn delete_from_index_deletes_what_has_the_same_fields() {
    router! { pipeline "p" { split { tagged("delete") => delete_from_index(state, metric), _ => index } } }
    let entry = |host: &str, state: &str, metric: f64| event! { host: host, state: state, metric: metric };
    let entries = [entry("a", "ok", 1.0), entry("b", "ok", 2.0), entry("c", "bad", 1.0), event! { host: "d", state: "ok" }];
    let delete = [event! { state: "ok", metric: 1, tags: "delete" }, event! { state: "ok", tags: "delete" }];
    let left = indexed(router(), entries.into_iter().chain(delete));
    assert_eq!(left.len(), 2, "{left:?}");
    assert!(left[0].contains(r#""host":"b""#) && left[1].contains(r#""host":"c""#), "{left:?}");
}

#[test]
fn pipelines_share_the_index_of_their_router_and_no_other() {
    router! {
        pipeline "writes" { by(host) { where(tagged("write")); index } }
        pipeline "deletes" { where(tagged("delete")); delete_from_index }
    }
    let (mut one, mut other) = (Driver::new(router()), Driver::new(router()));
    one.inject_all([event! { host: "a", tags: "write" }, event! { host: "b", tags: "write" }]);
    other.inject(event! { host: "a", tags: "write" });
    assert_eq!((one.index().len(), other.index().len()), (2, 1));
    one.inject(event! { host: "a", tags: "delete" });
    assert_eq!((one.index().len(), other.index().len()), (1, 1));
}

#[test]
fn the_index_survives_a_panic_of_what_writes_it() {
    router! { #[allow(no_effect)] pipeline "p" { index; map(|event| { assert!(event.metric() != 13, "unlucky"); event.to_owned() }) } }
    let mut replay = Replay::new(&router(), Time::EPOCH);
    for metric in [1, 13, 2] {
        replay.event(event! { service: "s", metric: metric, host: metric.to_string() }.view());
    }
    assert_eq!((replay.panicked(), replay.index().len()), (1, 3));
}
