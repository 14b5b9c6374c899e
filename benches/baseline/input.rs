//! The events that both sides of a comparison get.

use fastts_core::{Batch, Event};

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
