//! `index`, `delete_from_index`, and the index that the pipelines of a router share.

use fastts_core::index::{Index, IndexOptions, Keep};
use fastts_core::prelude::*;
use fastts_core::testing::Driver;
use fastts_core::{Replay, Services, event};

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
    assert_eq!(indexed(indexing(), [entry(), event! { host: "a", service: "s", state: "expired" }]), [""; 0]);
    assert_eq!(indexed(indexing(), [entry(), event! { host: "a", state: "expired" }]).len(), 1);
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

/// Tells what comes back when entries expire: what came to the first pipeline, and when.
fn told(driver: &mut Driver) -> Vec<(f64, String)> {
    let seen = driver.tapped::<Event>("seen");
    seen.into_iter().map(|(now, event)| (now.as_secs_f64(), event.to_string())).collect()
}

router! {
    pub fn expiring;
    pipeline "index" { tap("seen"); index }
}

#[test]
fn what_expires_is_told_to_every_pipeline_at_its_instant_and_in_order() {
    let mut driver = Driver::new(expiring());
    driver.inject_all([
        event! { time: 0, host: "late", service: "s", metric: 1, ttl: 3, tags: "t" },
        event! { time: 0, host: "early", description: "d", ttl: 1 },
        event! { time: 0, host: "never" },
        event! { time: 0, host: "longer", ttl: 1 },
        event! { time: 0, host: "longer", ttl: 100 },
        event! { time: 0, host: "deleted", ttl: 1 },
        event! { time: 0, host: "deleted", state: "expired" },
    ]);
    told(&mut driver);
    driver.advance(3);
    assert_eq!(told(&mut driver), [(1.000001, r#"{"time":"1970-01-01T00:00:01.000001Z","host":"early","state":"expired"}"#.to_owned())]);
    driver.advance(10);
    let late = r#"{"time":"1970-01-01T00:00:03.000001Z","host":"late","service":"s","state":"expired"}"#;
    assert_eq!(told(&mut driver), [(3.000001, late.to_owned())]);
    assert_eq!(driver.index().len(), 2);
}

#[test]
fn timers_fire_before_what_expires_at_their_instant() {
    router! {
        let instant = Duration::from_micros(3_000_001);
        pipeline "index" { index }
        pipeline "lets go at that instant" { debounce(instant); tap("let go") }
    }
    let mut driver = Driver::new(router());
    driver.inject(event! { time: 0, host: "a", ttl: 3 });
    driver.advance(5);
    // Had the other come first, it would have been held in its place.
    driver.assert_tapped("let go", [(Time::from_micros(3_000_001), event! { time: 0, host: "a", ttl: 3 })]);
}

#[test]
fn what_expires_can_be_indexed_again_under_another_state_and_expires_again() {
    router! { pipeline "index" { split { expired => { with(state = "silent", ttl = 5); index }, _ => index }; tap("seen") } }
    let mut driver = Driver::new(router());
    driver.inject(event! { time: 0, host: "a", ttl: 1 });
    driver.advance(8);
    assert_eq!(told(&mut driver).len(), 3);
    assert_eq!(driver.index().get(Some("a"), None).unwrap().state(), Some("silent"));
}

#[test]
fn the_index_can_have_a_default_ttl_and_keep_all_fields() {
    let index = Index::with(IndexOptions::new().default_ttl(Duration::from_secs(5)).keep(Keep::All));
    let mut driver = Driver::within(Services::new().index(index), expiring(), Time::EPOCH);
    driver.inject_all([event! { time: 0, host: "a", metric: 1, "k": "v" }, event! { time: 0, host: "b", ttl: 50 }]);
    told(&mut driver);
    driver.advance(40);
    let all = r#"{"time":"1970-01-01T00:00:05.000001Z","host":"a","state":"expired","metric":1,"attributes":{"k":"v"}}"#;
    assert_eq!(told(&mut driver), [(5.000001, all.to_owned())]);
}

/// As what comes from a host whose clock is behind, or from long ago.
#[test]
fn what_comes_with_its_ttl_run_out_has_it_from_then_on_and_ten_seconds_at_least() {
    let index = Index::with(IndexOptions::new().default_ttl(Duration::from_secs(5)));
    let mut driver = Driver::within(Services::new().index(index), expiring(), Time::from_secs(100));
    driver.inject_all([
        event! { time: 94, host: "a" },
        event! { time: 95, host: "b" },
        event! { time: 1, host: "c", ttl: 60 },
        event! { time: 99, host: "d", ttl: 0 },
        event! { time: 50, host: "e", ttl: 50 },
    ]);
    told(&mut driver);
    driver.advance(100);
    let host = |event: String| event.split(r#""host":""#).nth(1).and_then(|rest| rest.chars().next()).unwrap();
    let gone: Vec<(u64, char)> = told(&mut driver).into_iter().map(|(at, event)| (at as u64, host(event))).collect();
    assert_eq!(gone, [(100, 'b'), (100, 'e'), (110, 'a'), (110, 'd'), (160, 'c')]);
}

#[test]
fn a_drain_expires_nothing() {
    let mut driver = Driver::new(expiring());
    driver.inject(event! { time: 0, host: "a", ttl: 1 });
    driver.finish();
    assert_eq!(driver.index().len(), 1);
}
