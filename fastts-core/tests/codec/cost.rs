//! Events that somebody has made to be expensive: time must not grow with the square of anything they hold.
//!
//! Times are not asserted, as machines differ; what would be quadratic would take minutes.

use fastts_core::Event;
use fastts_core::event::{BatchBuilder, Envelope, encode_message};
use prost::Message as _;

use fastts_testkit::proto;

const MANY: usize = 100_000;

#[test]
fn a_hundred_thousand_tags_and_attributes_cost_what_they_weigh() {
    let tags: Vec<String> = (0..MANY).map(|index| index.to_string()).collect();
    let attributes = tags.iter().map(|key| proto::Attribute { key: key.clone(), value: Some("v".into()) });
    let event = proto::Event { tags: tags.clone(), attributes: attributes.collect(), ..Default::default() };
    let message = proto::Msg { events: vec![event], ..Default::default() }.encode_to_vec();
    let mut builder = BatchBuilder::new();
    builder.bytes_mut().extend_from_slice(&message);
    builder.message(0..message.len(), None).unwrap();
    let batch = builder.finish();
    let view = batch.get(0);
    assert!(view.tagged("99999") && !view.tagged("100000"));
    assert_eq!(view.tags().count(), MANY);
    assert_eq!(view.attribute("99999"), Some("v"));

    let mut owned = view.to_owned();
    assert_eq!(owned.tags().last(), Some("99999"));
    let read: Event = owned.to_string().parse().unwrap();
    assert_eq!(read, owned);
    let mut encoded = Vec::new();
    encode_message(Envelope::default(), [view], &mut encoded);
    assert_eq!(encoded, message);

    // As lists that a program makes of them: the setters drop repetitions.
    let twice: Vec<&String> = tags.iter().chain(&tags).collect();
    owned.set_tags(twice);
    assert_eq!(owned.tags().count(), MANY);
    assert_eq!(owned, read);
}

#[test]
fn a_field_of_a_hundred_thousand_fields_costs_what_it_weighs() {
    // Unknown fields, repeated texts, tags between other fields: nothing of it is looked at twice.
    let mut body = Vec::new();
    for _ in 0..MANY {
        body.extend_from_slice(b"\xa0\x06\x01\x22\x01h\x3a\x01t\x4a\x03\x0a\x01k");
    }
    let mut message = vec![0x32];
    let mut len = body.len();
    while len >= 0x80 {
        message.push(len as u8 | 0x80);
        len >>= 7;
    }
    message.push(len as u8);
    message.extend_from_slice(&body);
    let mut builder = BatchBuilder::new();
    builder.bytes_mut().extend_from_slice(&message);
    builder.message(0..message.len(), None).unwrap();
    let batch = builder.finish();
    let event = batch.get(0).to_owned();
    assert_eq!((event.host(), event.tags().count(), event.attributes().count()), (Some("h"), MANY, 1), "an attribute is told once");
    assert!(!event.tagged("other"));
}

#[test]
fn many_small_messages_that_are_wrong_cost_nothing_that_stays() {
    let mut builder = BatchBuilder::new();
    for _ in 0..MANY {
        builder.bytes_mut().extend_from_slice(b"\x32\x03\x22\x01a\x32\x01\x22");
    }
    for index in 0..MANY {
        assert!(builder.message(index * 8..index * 8 + 8, None).is_err());
    }
    assert!(builder.is_empty());
}
