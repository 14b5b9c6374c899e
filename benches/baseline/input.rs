//! The events that both sides of a comparison get.

use fastts_core::{Batch, Event};
use fastts_testkit::proto;
use prost::Message;

/// Makes the usual event: about 91 bytes on the wire, a service of 20 characters, a host of 12, two tags, a ttl and a metric.
pub fn event(number: usize, keys: usize) -> Event {
    Event::new()
        .with_state("ok")
        .with_service(format!("service-{:012}", number % keys).as_str())
        .with_host(format!("host-{:07}", number % keys / 7).as_str())
        .with_tags(["prod", "eu-west"])
        .with_ttl(60.0)
        .with_time(1_700_000_000i64 + (number / 100_000) as i64)
        .with_metric((number % 24) as f64)
}

/// Makes `count` events of `keys` services, metrics going round from 0 to 23.
pub fn events(count: usize, keys: usize) -> Vec<Event> {
    (0..count).map(|number| event(number, keys)).collect()
}

/// Makes the same as a batch.
pub fn batch(count: usize, keys: usize) -> Batch {
    events(count, keys).iter().collect()
}

/// Encodes the usual message: `events` events of about 91 bytes.
pub fn message(events: usize) -> Vec<u8> {
    let event = |number: usize| proto::Event {
        time: Some(1_700_000_000),
        state: Some("ok".to_owned()),
        service: Some(format!("service-{number:012}")),
        host: Some(format!("host-{number:07}")),
        tags: vec!["prod".to_owned(), "eu-west".to_owned()],
        ttl: Some(60.0),
        time_micros: Some(1_700_000_000_000_000 + number as i64),
        metric_d: Some((number % 24) as f64),
        ..proto::Event::default()
    };
    proto::Msg { events: (0..events).map(event).collect(), ..proto::Msg::default() }.encode_to_vec()
}
