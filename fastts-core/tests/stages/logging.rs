//! `log`, and texts with fields in them.

use fastts_core::testing::Driver;
use fastts_core::{Item, event, router};

rows! {
    log_passes_on: { log(info, "{host}") } ["0 host=a", "1 metric=1"] => ["0 host=a", "1 metric=1"];
    log_stands_in_every_block: { by(host) { log(info, "{host}") }; tee { { log(warn, "x") } }; split { _ => log(error, "x") } } ["0 host=a"] => ["0 host=a"];
    with_writes_texts: { with(description = text("{host} is {state} at {metric:.2}"), state = "x") } ["0 host=a state=ok metric=0.5", "1 metric=2"]
        => ["0 host=a state=x description=a is ok at 0.50 metric=0.5", "1 state=x description= is  at 2.00 metric=2"];
    with_writes_several_texts: { with(host = text("{service}"), service = text("{host}"), attribute("k") = text("{attribute.k}{{}}")) }
        ["0 host=a service=b k=c"] => ["0 host=b service=a k=c{}"];
    default_writes_texts_where_nothing_is: { default(description = text("{host}!"), state = text("{host}?")) } ["0 host=a state=ok"]
        => ["0 host=a state=ok description=a!"];
    conditions_compare_with_texts: { where(service == text("{host} api")) } ["0 host=a service=a-api", "1 host=a service=b"] => [];
    conditions_ask_texts: { where(text("{host}/{service}") =~ "^a/b" || state == text("{host}")) }
        ["0 host=a service=b", "1 host=b service=a", "2 host=b state=b"] => ["0 host=a service=b", "2 host=b state=b"];
    keys_are_texts: { changed(text("{host}{service}")) } ["0 host=ab service=c", "1 host=a service=bc", "2 host=a service=b"]
        => ["0 host=ab service=c", "2 host=a service=b"];
    arms_ask_texts: { split { host == text("{service}") => tag("same"), _ => tag("other") } } ["0 host=a service=a", "1 host=a service=b"]
        => ["0 host=a service=a tags=same", "1 host=a service=b tags=other"];
}

#[derive(Clone, Item)]
struct Reading {
    place: String,
    value: Option<u32>,
}

router! {
    let name = String::from("the cellar");
    pipeline "all" { log(warn, "{host} {service} is {state} at {metric:.1} in {attribute.region}, of {name}") }
    #[allow(silent_topic)]
    pipeline "some" from subscribe("some") { log(info, "{host}", rate = 2, per = 10s) }
    #[allow(silent_topic)]
    pipeline "of a key" from subscribe("of a key") { by(host) { log(debug, "{host}", rate = 1) } }
    pipeline "readings": Reading { log(error, "{place}: {value:>4}|") }
}

#[test]
fn lines_have_their_level_and_no_value_breaks_out_of_them() {
    let mut driver = Driver::new(router());
    driver.inject(event! { host: "web1", service: "api", state: "ok", metric: 1, "region": "eu" });
    driver.inject(event! { host: "web1\n2026-01-01T00:00:00Z ERROR made up", service: "\u{1b}[2J\u{202e}", state: "\r\u{2028}" });
    let lines = driver.lines("log");
    assert_eq!(lines[0], "warn web1 api is ok at 1.0 in eu, of the cellar");
    assert_eq!(lines[1], r"warn web1\n2026-01-01T00:00:00Z ERROR made up \u{1b}[2J\u{202e} is \r\u{2028} at  in , of the cellar");
    driver.send(Reading { place: "hall".to_owned(), value: Some(7) }).send(Reading { place: "hall".to_owned(), value: None });
    assert_eq!(driver.lines("log"), ["error hall:    7|", "error hall:     |"]);
}

#[test]
fn what_a_limit_leaves_out_is_counted() {
    let mut driver = Driver::new(router());
    for host in ["a", "b", "c", "d"] {
        driver.publish("some", event! { host: host });
    }
    assert_eq!(driver.lines("log"), ["info a", "info b"]);
    driver.advance(9);
    assert_eq!(driver.lines("log"), Vec::<String>::new());
    driver.advance(1);
    assert_eq!(driver.lines("log"), ["info 2 more lines like the last left out within 10s"]);
    for host in ["e", "f", "g"] {
        driver.publish("some", event! { host: host });
    }
    driver.finish();
    assert_eq!(driver.lines("log"), ["info e", "info f", "info 1 more line like the last left out within 10s"]);
}

#[test]
fn a_limit_in_a_block_is_that_of_a_key() {
    let mut driver = Driver::new(router());
    for host in ["a", "a", "b", "a"] {
        driver.publish("of a key", event! { host: host });
    }
    driver.advance(1);
    assert_eq!(driver.lines("log"), ["debug a", "debug b", "debug 2 more lines like the last left out within 1s"]);
}
