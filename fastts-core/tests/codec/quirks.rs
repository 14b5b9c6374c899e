//! What real clients send that a careful reader of the protocol would not expect.

use fastts_core::event::BatchBuilder;
use fastts_core::{Batch, Metric, Time};
use prost::Message as _;

use fastts_testkit::proto::{Event, Msg};

fn decode(events: Vec<Event>, now: Time) -> Batch {
    let message = Msg { events, ..Default::default() }.encode_to_vec();
    let mut builder = BatchBuilder::new();
    builder.bytes_mut().extend_from_slice(&message);
    builder.message(0..message.len(), now).unwrap();
    builder.finish()
}

#[test]
fn ruby_sends_two_metrics_and_the_exact_one_counts() {
    let batch = decode(
        vec![
            Event { metric_d: Some(0.1), metric_f: Some(0.1), ..Default::default() },
            Event { metric_sint64: Some(16_777_217), metric_f: Some(16_777_216.0), ..Default::default() },
            Event { metric_sint64: Some(-3), metric_d: Some(7.5), metric_f: Some(1.0), ..Default::default() },
        ],
        Time::EPOCH,
    );
    assert!(matches!(batch.get(0).metric(), Metric::Float(0.1)));
    assert!(matches!(batch.get(1).metric(), Metric::Int(16_777_217)));
    assert!(matches!(batch.get(2).metric(), Metric::Int(-3)));
}

#[test]
fn python_and_node_send_every_number_as_a_float() {
    let batch = decode(vec![Event { metric_f: Some(42.0), ..Default::default() }], Time::EPOCH);
    assert!(matches!(batch.get(0).metric(), Metric::Float(42.0)));
}

#[test]
fn collectd_sends_both_times_and_empty_texts() {
    let event = Event {
        time: Some(1_700_000_000),
        time_micros: Some(1_700_000_000_123_456),
        service: Some(String::new()),
        description: Some(String::new()),
        ..Default::default()
    };
    let batch = decode(vec![event], Time::EPOCH);
    let event = batch.get(0);
    assert_eq!(event.time(), Some(Time::from_micros(1_700_000_000_123_456)));
    assert_eq!((event.service(), event.description(), event.host()), (Some(""), Some(""), None));
}

#[test]
fn an_event_without_a_time_gets_the_servers() {
    let now = Time::from_secs(5);
    let batch = decode(vec![Event::default(), Event { time: Some(3), ..Default::default() }], now);
    assert_eq!(batch.get(0).time(), Some(now));
    assert_eq!(batch.get(1).time(), Some(Time::from_secs(3)));
}

#[test]
fn bernhard_sends_neither_host_nor_time() {
    let batch = decode(vec![Event { service: Some("s".into()), ..Default::default() }], Time::from_secs(1));
    assert_eq!((batch.get(0).host(), batch.get(0).service()), (None, Some("s")));
}

#[test]
fn a_time_that_does_not_fit_saturates() {
    let times = [i64::MAX, i64::MIN].map(|time| Event { time: Some(time), ..Default::default() });
    let batch = decode(times.into(), Time::EPOCH);
    assert_eq!(batch.get(0).time(), Some(Time::MAX));
    assert_eq!(batch.get(1).time(), Some(Time::MIN));
}

#[test]
fn the_c_client_adds_an_attribute() {
    let attributes = ["x-client", "k"].map(|key| fastts_testkit::proto::Attribute { key: key.into(), value: Some("v".into()) });
    let batch = decode(vec![Event { attributes: attributes.into(), ..Default::default() }], Time::EPOCH);
    assert_eq!(batch.get(0).attribute("x-client"), Some("v"));
    assert_eq!(batch.get(0).attribute("X-client"), None);
}

#[test]
fn an_attribute_sent_twice_counts_as_sent_last_and_one_without_value_is_empty() {
    let attributes = [("a", Some("1")), ("b", None), ("a", Some("2"))]
        .map(|(key, value)| fastts_testkit::proto::Attribute { key: key.into(), value: value.map(Into::into) });
    let batch = decode(vec![Event { attributes: attributes.into(), ..Default::default() }], Time::EPOCH);
    assert_eq!(batch.get(0).attribute("a"), Some("2"));
    assert_eq!(batch.get(0).attribute("b"), Some(""));
    assert_eq!(batch.get(0).attributes().collect::<Vec<_>>(), [("b", ""), ("a", "2")]);
}

#[test]
fn an_empty_message_is_a_ping() {
    let mut builder = BatchBuilder::new();
    let message = builder.message(0..0, Time::EPOCH).unwrap();
    assert_eq!((message.events, message.ok, message.query), (0, None, None));
}

#[test]
fn states_are_passed_over_as_riemann_does() {
    // States have not been sent for years; even what is no state in them does no harm.
    let mut builder = BatchBuilder::new();
    builder.bytes_mut().extend_from_slice(b"\x22\x03\xff\xff\xff\x32\x00");
    assert_eq!(builder.message(0..7, None).unwrap().events, 1);
}
