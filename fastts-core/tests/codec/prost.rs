//! Our decoder against prost's own, on everything that can be put into bytes.

use fastts_core::Time;
use fastts_core::event::{BatchBuilder, DecodeError, Message};
use fastts_testkit::cases::cases;
use proptest::prelude::*;
use prost::Message as _;

use crate::model::{Model, event, text};
use fastts_testkit::proto;

const NOW: Time = Time::from_secs(1_700_000_000);

/// Decodes a message in the midst of other bytes, behind a good one, and checks that it leaves nothing when it is wrong.
fn decode(message: &[u8]) -> Result<(Message, Vec<Model>, BatchBuilder), DecodeError> {
    let good = proto::Msg { events: vec![proto::Event::default()], ..Default::default() }.encode_to_vec();
    let mut builder = BatchBuilder::new();
    let bytes = builder.bytes_mut();
    bytes.extend_from_slice(&good);
    bytes.extend_from_slice(message);
    let end = bytes.len();
    bytes.extend_from_slice(&[0x3a, 0x81, 0xff]);
    builder.message(0..good.len(), NOW).unwrap();
    let decoded = builder.message(good.len()..end, NOW);
    if decoded.is_err() {
        assert_eq!(builder.len(), 1, "nothing stays of a message that is wrong");
    }
    builder.message(0..good.len(), NOW).unwrap();
    let decoded = decoded?;
    assert_eq!(builder.len(), decoded.events + 2);
    let texts = [&decoded.error, &decoded.query];
    let texts = texts.map(|range| range.clone().map(|range| builder.text(range).into_owned()));
    let batch = builder.finish();
    let models = (1..=decoded.events).map(|index| Model::of(batch.get(index))).collect();
    let mut again = batch.into_builder();
    // So that the caller can look at the texts of the ranges.
    let mut ranged = decoded.clone();
    for (range, text) in [&mut ranged.error, &mut ranged.query].into_iter().zip(texts) {
        if let Some(text) = text {
            let start = again.bytes().len();
            again.bytes_mut().extend_from_slice(text.as_bytes());
            *range = Some(start..start + text.len());
        }
    }
    Ok((ranged, models, again))
}

/// Checks that we say of a message what prost says.
fn check(message: &[u8]) -> Result<(), TestCaseError> {
    match (proto::Msg::decode_lossy(message), decode(message)) {
        (Ok(theirs), Ok((ours, events, builder))) => {
            let expected: Vec<_> = theirs.events.iter().map(|event| Model::of_prost(event, Some(NOW))).collect();
            prop_assert_eq!(events, expected);
            prop_assert_eq!(ours.ok, theirs.ok);
            prop_assert_eq!(ours.error.map(|range| builder.text(range).into_owned()), theirs.error);
            let query = theirs.query.map(|query| query.string.unwrap_or_default());
            prop_assert_eq!(ours.query.map(|range| builder.text(range).into_owned()), query);
        }
        (Err(_), Err(error)) => {
            prop_assert!(error.offset() <= message.len());
            prop_assert!(error.to_string().contains("at byte"));
        }
        (theirs, ours) => {
            prop_assert!(false, "prost: {theirs:?}, ours: {:?}", ours.map(|(message, events, _)| (message, events)));
        }
    }
    Ok(())
}

/// Appends a varint, with `padding` bytes more than it needs.
fn put_varint(out: &mut Vec<u8>, mut value: u64, padding: usize) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    for _ in 0..padding {
        out.push(value as u8 | 0x80);
        value = 0;
    }
    out.push(value as u8);
}

fn varint() -> impl Strategy<Value = Vec<u8>> {
    let value = prop_oneof![any::<u64>(), 0..300u64, Just(u64::MAX), Just(1 << 63)];
    (value, prop_oneof![9 => Just(0), 1 => 0..4usize]).prop_map(|(value, padding)| {
        let mut out = Vec::new();
        put_varint(&mut out, value, padding);
        out
    })
}

fn block(content: impl Strategy<Value = Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    (content, prop_oneof![9 => Just(0), 1 => 0..3usize]).prop_map(|(content, padding)| {
        let mut out = Vec::new();
        put_varint(&mut out, content.len() as u64, padding);
        out.extend_from_slice(&content);
        out
    })
}

/// A field with any value, of the given wire type.
fn field(number: u32, wire: u8, value: impl Strategy<Value = Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    (value, prop_oneof![19 => Just(0), 1 => 0..3usize]).prop_map(move |(value, padding)| {
        let mut out = Vec::new();
        put_varint(&mut out, u64::from(number << 3 | u32::from(wire)), padding);
        out.extend_from_slice(&value);
        out
    })
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        20 => text().prop_map(String::into_bytes),
        2 => proptest::collection::vec(any::<u8>(), 0..30),
    ]
}

/// A field of any number and type, groups within groups included; sometimes one of a known number and a wrong type.
fn unknown() -> impl Strategy<Value = Vec<u8>> {
    let number = prop_oneof![16..100_000u32, Just(6), Just(11), Just((1 << 29) - 1), 0..16u32];
    let simple = (number, 0..6u8).prop_flat_map(|(number, wire)| {
        let value = match wire {
            0 => varint().boxed(),
            1 => any::<[u8; 8]>().prop_map(Vec::from).boxed(),
            2 => block(bytes()).boxed(),
            5 => any::<[u8; 4]>().prop_map(Vec::from).boxed(),
            _ => Just(Vec::new()).boxed(),
        };
        // A group that only begins or only ends is an error nearly always: seldom enough.
        let wire = if matches!(wire, 3 | 4) && !number.is_multiple_of(8) { 0 } else { wire };
        let value = if wire == 0 { varint().boxed() } else { value };
        field(number, wire, value)
    });
    simple.prop_recursive(3, 12, 4, |inner| {
        (16..40u32, proptest::collection::vec(inner, 0..4)).prop_map(|(number, fields)| {
            let mut out = Vec::new();
            put_varint(&mut out, u64::from(number << 3 | 3), 0);
            out.extend(fields.concat());
            put_varint(&mut out, u64::from(number << 3 | 4), 0);
            out
        })
    })
}

fn attribute() -> impl Strategy<Value = Vec<u8>> {
    let part = prop_oneof![
        10 => (1..3u32).prop_flat_map(|number| field(number, 2, block(bytes()))),
        1 => unknown(),
    ];
    proptest::collection::vec(part, 0..4).prop_map(|parts| parts.concat())
}

/// The bytes of an event: fields in any order, any number of times.
fn any_event() -> impl Strategy<Value = Vec<u8>> {
    let field = prop_oneof![
        3 => prop_oneof![Just(1), Just(10), Just(13)].prop_flat_map(|number| field(number, 0, varint())),
        5 => prop_oneof![2..6u32, Just(7)].prop_flat_map(|number| field(number, 2, block(bytes()))),
        2 => field(7, 2, block(bytes())),
        2 => field(9, 2, block(attribute())),
        1 => prop_oneof![Just(8), Just(15)].prop_flat_map(|number| field(number, 5, any::<[u8; 4]>().prop_map(Vec::from))),
        1 => field(14, 1, any::<[u8; 8]>().prop_map(Vec::from)),
        1 => unknown(),
    ];
    proptest::collection::vec(field, 0..12).prop_map(|fields| fields.concat())
}

/// The bytes of a message of such events.
fn any_message() -> impl Strategy<Value = Vec<u8>> {
    let part = prop_oneof![
        8 => field(6, 2, block(any_event())),
        1 => field(2, 0, varint()),
        1 => field(3, 2, block(bytes())),
        1 => field(5, 2, block(field(1, 2, block(bytes())))),
        1 => field(5, 2, block(Just(Vec::new()))),
        1 => unknown(),
    ];
    proptest::collection::vec(part, 0..6).prop_map(|parts| parts.concat())
}

/// The bytes of a message as clients send it.
fn usual_message() -> impl Strategy<Value = Vec<u8>> {
    let query = proptest::option::weighted(0.1, text()).prop_map(|text| text.map(|text| proto::Query { string: Some(text) }));
    (proptest::collection::vec(event(), 0..5), query)
        .prop_map(|(events, query)| proto::Msg { events, query, ..Default::default() }.encode_to_vec())
}

proptest! {
    #![proptest_config(cases(1000))]

    #[test]
    fn usual_messages_decode_as_prost_decodes_them(message in usual_message()) {
        check(&message)?;
    }

    #[test]
    fn any_fields_in_any_order_decode_as_prost_decodes_them(message in any_message()) {
        check(&message)?;
    }

    #[test]
    fn truncated_messages_are_refused_when_prost_refuses_them(message in prop_oneof![usual_message(), any_message()], at in any::<prop::sample::Index>()) {
        let at = at.index(message.len() + 1);
        check(&message[..at])?;
    }

    #[test]
    fn mutated_messages_decode_as_prost_decodes_them(
        mut message in prop_oneof![usual_message(), any_message()],
        mutations in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3u8), 1..4),
    ) {
        for (at, byte, how) in mutations {
            let at = at.index(message.len() + 1);
            match how {
                0 => message.insert(at, byte),
                1 if at < message.len() => drop(message.remove(at)),
                _ if at < message.len() => message[at] ^= byte,
                _ => {}
            }
        }
        check(&message)?;
    }

    #[test]
    fn bytes_without_any_meaning_are_refused_when_prost_refuses_them(message in proptest::collection::vec(any::<u8>(), 0..60)) {
        check(&message)?;
    }
}

proptest! {
    #![proptest_config(cases(48))]

    #[test]
    fn events_over_64_kib_decode_as_prost_decodes_them(
        mut events in proptest::collection::vec(event(), 1..4),
        lens in proptest::collection::vec(prop_oneof![65_000..66_000usize, 0..200_000usize], 3),
        which in 0..3usize,
        reversed in any::<bool>(),
    ) {
        for (event, len) in events.iter_mut().zip(lens) {
            let long = "é".repeat(len / 2) + "x";
            match which {
                0 => event.description = Some(long),
                1 => event.tags.push(long),
                _ => event.attributes.push(proto::Attribute { key: "long".into(), value: Some(long) }),
            }
        }
        let mut message = Vec::new();
        for event in &events {
            let mut body = event.encode_to_vec();
            if reversed {
                // A field in front that is in no client's order.
                body.splice(0..0, [0x7d, 0, 0, 0, 0]);
            }
            message.push(0x32);
            put_varint(&mut message, body.len() as u64, 0);
            message.extend(body);
        }
        check(&message)?;
    }
}

#[test]
fn groups_may_be_nested_as_deep_as_in_prost() {
    // In a message, in an event, in an attribute, in a query: each level takes one away.
    let wraps: [fn(Vec<u8>) -> Vec<u8>; 4] = [
        |groups| groups,
        |groups| [vec![0x32], vec![groups.len() as u8 | 0x80, (groups.len() >> 7) as u8], groups].concat(),
        |groups| {
            let attribute = [vec![0x4a], vec![groups.len() as u8 | 0x80, (groups.len() >> 7) as u8], groups].concat();
            [vec![0x32], vec![attribute.len() as u8 | 0x80, (attribute.len() >> 7) as u8], attribute].concat()
        },
        |groups| [vec![0x2a], vec![groups.len() as u8 | 0x80, (groups.len() >> 7) as u8], groups].concat(),
    ];
    let mut refused = 0;
    for wrap in wraps {
        for depth in 90..110 {
            let groups = [[0xa3, 0x06].repeat(depth), [0xa4, 0x06].repeat(depth)].concat();
            let message = wrap(groups);
            check(&message).unwrap();
            refused += usize::from(decode(&message).is_err());
        }
    }
    assert!((20..60).contains(&refused), "the limit lies in what was tried");
}

#[test]
fn a_batch_is_the_same_wherever_its_messages_lie() {
    let event = proto::Event { host: Some("a".into()), tags: vec!["x".into()], ..Default::default() };
    let message = proto::Msg { events: vec![event; 3], ..Default::default() }.encode_to_vec();
    let mut builder = BatchBuilder::with_capacity(1 << 10, 9);
    for _ in 0..3 {
        builder.bytes_mut().extend_from_slice(&message);
    }
    for place in [2, 0, 1] {
        let start = place * message.len();
        assert_eq!(builder.message(start..start + message.len(), None).unwrap().events, 3);
    }
    let batch = builder.finish();
    assert_eq!(batch.len(), 9);
    assert!(batch.iter().all(|event| event == batch.get(0)));
    assert_eq!(batch.get(8).time(), None, "nothing is stamped without a clock");
}

/// An event as clients send it, with every field; two attributes and two tags.
fn full() -> proto::Event {
    let attribute = |key: &str, value: &str| proto::Attribute { key: key.into(), value: Some(value.into()) };
    proto::Event {
        time: Some(1_700_000_000),
        state: Some("ok".into()),
        service: Some("disk /".into()),
        host: Some("web1".into()),
        description: Some("é".into()),
        tags: vec!["a".into(), "bc".into()],
        ttl: Some(60.0),
        attributes: vec![attribute("k", "v"), attribute("zone", "b")],
        time_micros: Some(1_700_000_000_123_456),
        metric_sint64: Some(-7),
        metric_d: Some(0.5),
        metric_f: Some(0.5),
    }
}

#[test]
fn every_byte_of_an_event_matters_as_it_does_to_prost() {
    let only = |keep: fn(&mut proto::Event)| {
        let mut event = full();
        keep(&mut event);
        event
    };
    // Without the fields at the end, what comes before them stands there.
    let events = [
        full(),
        only(|event| (event.metric_sint64, event.metric_d, event.metric_f) = (None, None, None)),
        only(|event| (event.metric_sint64, event.metric_d, event.time_micros) = (None, None, None)),
        only(|event| (event.metric_d, event.metric_f) = (None, None)),
        proto::Event { attributes: full().attributes, ..Default::default() },
        proto::Event { tags: full().tags, ttl: full().ttl, ..Default::default() },
        proto::Event { description: full().description, ..Default::default() },
    ];
    for event in events {
        let message = proto::Msg { events: vec![event], ..Default::default() }.encode_to_vec();
        for at in 0..message.len() {
            check(&message[..at]).unwrap();
            for byte in 0..=255 {
                let mut mutated = message.clone();
                mutated[at] = byte;
                check(&mutated).unwrap();
                if byte % 16 == 2 {
                    mutated.remove(at);
                    check(&mutated).unwrap();
                    let mut mutated = message.clone();
                    mutated.insert(at, byte);
                    check(&mutated).unwrap();
                }
            }
        }
    }
}
