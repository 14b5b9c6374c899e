//! What we write, read by prost and by ourselves.

use fastts_core::event::{BatchBuilder, Envelope, encode_event, encode_message};
use fastts_core::{Event, Time};
use fastts_testkit::cases::cases;
use proptest::prelude::*;
use prost::Message as _;

use crate::model::{Model, event};
use fastts_testkit::proto;

proptest! {
    #![proptest_config(cases(500))]

    #[test]
    fn what_was_decoded_is_encoded_as_prost_reads_it(events in proptest::collection::vec(event(), 0..4)) {
        let message = proto::Msg { events, ..Default::default() }.encode_to_vec();
        let mut builder = BatchBuilder::new();
        builder.bytes_mut().extend_from_slice(&message);
        builder.message(0..message.len(), None).unwrap();
        let batch = builder.finish();
        let mut out = Vec::new();
        encode_message(Envelope::ok(), batch.iter(), &mut out);
        let read = proto::Msg::decode(&out[..]).unwrap();
        prop_assert_eq!(read.ok, Some(true));
        let expected: Vec<_> = batch.iter().map(Model::of).collect();
        let models: Vec<_> = read.events.iter().map(|event| Model::of_prost(event, None)).collect();
        prop_assert_eq!(models, expected);
        for event in &read.events {
            prop_assert_eq!(event.time, event.time_micros.map(|micros| micros.div_euclid(1_000_000)));
            let float = event.metric_sint64.map(|value| value as f32).or(event.metric_d.map(|value| value as f32));
            prop_assert_eq!(event.metric_f.map(f32::to_bits), float.map(f32::to_bits));
        }
        // Prost writes ascending numbers too: ours are the same bytes, attributes without value aside.
        let ascending = proto::Msg { ok: Some(true), ..read };
        prop_assert_eq!(ascending.encode_to_vec(), out);
    }
}

#[test]
fn an_event_is_written_with_all_its_changes() {
    let event = Event::new().with_host("h").with_time(Time::from_micros(-1)).with_metric(3).with_ttl(1.5);
    let mut out = Vec::new();
    encode_event(event.view(), &mut out);
    let read = proto::Event::decode(&out[..]).unwrap();
    assert_eq!((read.time, read.time_micros), (Some(-1), Some(-1)));
    assert_eq!((read.metric_sint64, read.metric_d, read.metric_f), (Some(3), None, Some(3.0)));
    assert_eq!((read.ttl, read.host.as_deref()), (Some(1.5), Some("h")));
}
