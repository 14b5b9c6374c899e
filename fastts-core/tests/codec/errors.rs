//! What is said about messages that are wrong, and what a builder refuses.

use fastts_core::Event;
use fastts_core::event::{BatchBuilder, Envelope, encode_message};

fn error(message: &[u8]) -> String {
    let mut builder = BatchBuilder::new();
    builder.bytes_mut().extend_from_slice(message);
    builder.message(0..message.len(), None).unwrap_err().to_string()
}

#[test]
fn errors_tell_the_event_the_field_and_the_byte() {
    for (message, expected) in [
        (&b"\x32\x02\x22\x05"[..], "event 1: host is cut short at byte 4"),
        (b"\x32\x01\x22", "event 1: host is cut short at byte 3"),
        (b"\x32\x05\x22", "an event is cut short at byte 2"),
        (b"\x32", "an event is cut short at byte 1"),
        (b"\x32\x80", "an event is cut short at byte 1"),
        (b"\x32\x02\x20\x01", "event 1: host must be length-delimited, not a varint at byte 2"),
        (b"\x32\x03\x75\x00\x00", "event 1: metric_d must be 64 bits, not 32 bits at byte 2"),
        (b"\x32\x03\x71\x00\x00", "event 1: metric_d is cut short at byte 3"),
        (b"\x32\x02\x0a\x00", "event 1: time must be a varint, not length-delimited at byte 2"),
        (b"\x32\x0c\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", "event 1: time is a varint of more than 64 bits at byte 3"),
        (b"\x32\x02\x08\x80", "event 1: time is cut short at byte 3"),
        (b"\x32\x01\x0f", "event 1: there is no wire type 7 at byte 2"),
        (b"\x32\x01\x02", "event 1: 0 is not a field number at byte 2"),
        (b"\x32\x02\xa3\x06", "event 1: a group is cut short at byte 4"),
        (b"\x32\x02\xa4\x06", "event 1: a group ends that did not begin at byte 2"),
        (b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", "the key of a field is a varint of more than 64 bits at byte 0"),
    ] {
        assert_eq!(error(message), expected, "{message:02x?}");
    }
}

#[test]
fn a_message_of_more_events_than_anybody_sends_is_refused() {
    let mut message = b"\x32\x00".repeat(1 << 20);
    let mut builder = BatchBuilder::new();
    builder.bytes_mut().extend_from_slice(&message);
    assert_eq!(builder.message(0..message.len(), None).unwrap().events, 1 << 20);
    for event in [&b"\x32\x00"[..], b"\x32\x80\x80\x00"] {
        message.truncate(2 << 20);
        message.extend_from_slice(event);
        assert_eq!(error(&message), "a message holds 1048576 events at most at byte 2097152");
    }
}

#[test]
fn errors_can_be_asked_for_their_parts() {
    let message = b"\x32\x00\x32\x04\x22\x03a\xff";
    let mut builder = BatchBuilder::new();
    builder.bytes_mut().extend_from_slice(message);
    let error = builder.message(0..message.len(), None).unwrap_err();
    assert_eq!((error.event(), error.offset()), (Some(2), 6));
}

#[test]
fn answers_and_queries_are_told_apart() {
    let mut builder = BatchBuilder::new();
    encode_message(Envelope::error("no index"), [], builder.bytes_mut());
    let end = builder.bytes().len();
    encode_message(Envelope::query("true"), [Event::new().view()], builder.bytes_mut());
    let answer = builder.message(0..end, None).unwrap();
    assert_eq!((answer.ok, answer.events, answer.query), (Some(false), 0, None));
    assert_eq!(builder.text(answer.error.unwrap()), "no index");
    let query = builder.message(end..builder.bytes().len(), None).unwrap();
    assert_eq!((query.ok, query.events, query.error), (None, 1, None));
    assert_eq!(builder.text(query.query.unwrap()), "true");
}

#[test]
fn an_unfinished_frame_moves_to_the_next_builder() {
    let mut builder = BatchBuilder::new();
    encode_message(Envelope::default(), [Event::new().with_host("a").view()], builder.bytes_mut());
    let end = builder.bytes().len();
    builder.bytes_mut().extend_from_slice(b"rest");
    builder.message(0..end, None).unwrap();
    let mut next = BatchBuilder::new();
    builder.split_tail(end, &mut next);
    assert_eq!(next.bytes(), b"rest");
    let batch = builder.finish();
    assert_eq!(batch.get(0).host(), Some("a"));
    assert!(batch.into_builder().bytes().is_empty());
}

#[test]
#[should_panic(expected = "bytes are read before events are decoded")]
fn bytes_that_hold_events_cannot_be_changed() {
    let mut builder = BatchBuilder::new();
    builder.push(Event::new().view());
    builder.bytes_mut();
}

#[test]
#[should_panic(expected = "messages lie in the bytes")]
fn bytes_that_hold_events_cannot_be_moved_away() {
    let mut builder = BatchBuilder::new();
    builder.push(Event::new().with_host("abc").view());
    builder.split_tail(1, &mut BatchBuilder::new());
}
