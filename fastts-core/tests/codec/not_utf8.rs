//! Text that is not UTF-8 costs nobody an event, wherever it stands.

use fastts_core::event::{BatchBuilder, encode_message};
use fastts_core::{Event, Time};

/// Writes a message by hand: a block of a field.
fn block(number: u8, content: &[u8]) -> Vec<u8> {
    assert!(content.len() < 0x80);
    [&[number << 3 | 2, content.len() as u8], content].concat()
}

fn messages(messages: &[&[u8]]) -> (BatchBuilder, Vec<Result<usize, String>>) {
    let mut builder = BatchBuilder::new();
    builder.bytes_mut().extend_from_slice(&messages.concat());
    let mut at = 0;
    let mut taken = Vec::new();
    for message in messages {
        let decoded = builder.message(at..at + message.len(), Time::from_secs(7));
        taken.push(decoded.map(|message| message.events).map_err(|error| error.to_string()));
        at += message.len();
    }
    (builder, taken)
}

#[test]
fn every_text_of_an_event_is_mended_and_the_events_beside_it_stay() {
    let good = block(6, &block(3, b"good"));
    let attribute = |key: &[u8], value: &[u8]| block(9, &[block(1, key), block(2, value)].concat());
    // In an order that no client has, with an unknown field between.
    let fields = [
        attribute(b"k\xff", b"v"),
        block(7, b"t\xc3"),
        vec![0xa0, 1, 5],
        block(4, b"h\xe9h"),
        block(3, b"\xff\xfe"),
        block(7, b"fine"),
        attribute(b"k2", b"v\xf0\x9f"),
        block(2, b"\xed\xa0\x80"),
        block(5, "d\u{e9}".as_bytes()),
    ];
    let (builder, taken) = messages(&[&[good.clone(), block(6, &fields.concat()), good.clone()].concat(), &good]);
    assert_eq!((taken, builder.mended(), builder.len()), (vec![Ok(3), Ok(1)], 1, 4));
    let batch = builder.finish();
    let event = batch.get(1);
    assert_eq!(
        (event.host(), event.service(), event.state(), event.description()),
        (Some("h\u{fffd}h"), Some("\u{fffd}\u{fffd}"), Some("\u{fffd}\u{fffd}\u{fffd}"), Some("d\u{e9}"))
    );
    assert_eq!(event.tags().collect::<Vec<_>>(), ["t\u{fffd}", "fine"]);
    assert_eq!(event.attributes().collect::<Vec<_>>(), [("k\u{fffd}", "v"), ("k2", "v\u{fffd}")]);
    assert_eq!(event.time(), Some(Time::from_secs(7)));
    for other in [0, 2, 3] {
        assert_eq!(batch.get(other).service(), Some("good"));
    }
    // It is kept, copied and sent like any other.
    let kept = Event::from_view(event);
    assert_eq!(kept.view(), event);
    let mut sent = BatchBuilder::new();
    encode_message(Default::default(), [event], sent.bytes_mut());
    sent.message(0..sent.bytes().len(), None).unwrap();
    assert_eq!(sent.mended(), 0, "what was mended is UTF-8");
    assert_eq!(sent.finish().get(0), event);
    assert_eq!(batch.into_builder().mended(), 0);
}

#[test]
fn nothing_stays_of_a_message_that_is_wrong_and_had_such_text() {
    let bad = block(6, &block(3, b"caf\xe9"));
    let (builder, taken) = messages(&[&bad, &[&bad[..], b"\x32\x01\x0f"].concat(), &bad]);
    assert_eq!(taken, [Ok(1), Err("event 2: there is no wire type 7 at byte 10".to_owned()), Ok(1)]);
    assert_eq!(builder.mended(), 2);
    let batch = builder.finish();
    assert_eq!(batch.iter().map(|event| event.service().unwrap()).collect::<Vec<_>>(), ["caf\u{fffd}"; 2]);
}

#[test]
fn long_events_and_those_behind_them_are_mended_too() {
    let long = [b"x".repeat(70_000), b"\xff".repeat(30_000)].concat();
    let event = [vec![0x2a], vec![0xa0, 0x8d, 0x06], long].concat();
    let message = [vec![0x32], vec![0xa4, 0x8d, 0x06], event].concat();
    let short = block(6, &block(4, b"\x80"));
    let (builder, taken) = messages(&[&short, &message, &short]);
    assert_eq!((taken, builder.mended()), (vec![Ok(1); 3], 3));
    let batch = builder.finish();
    assert_eq!(batch.get(1).description(), Some(&*("x".repeat(70_000) + &"\u{fffd}".repeat(30_000))));
    assert_eq!([0, 2].map(|index| batch.get(index).host()), [Some("\u{fffd}"); 2]);
}

#[test]
fn an_answer_or_a_query_is_mended_when_it_is_asked_for() {
    let (builder, taken) = messages(&[&[block(3, b"no\xff"), block(5, &block(1, b"\xe9")), block(6, b"")].concat()]);
    assert_eq!(taken, [Ok(1)]);
    assert_eq!((builder.text(2..5), builder.mended()), ("no\u{fffd}".into(), 0));
}

#[test]
fn lines_of_json_are_mended_in_every_text() {
    let mut builder = BatchBuilder::new();
    let line = b"{\"host\":\"h\xe9\",\"tags\":[\"\xff\"],\"k\xc3\":\"v\",\"attributes\":{\"a\":[\"\xff\"]},\"description\":\"caf\\udce9\"}";
    builder.push_json(line, None).unwrap();
    builder.push_json("{}", None).unwrap();
    assert!(builder.push_json(b"{\"host\":\"\xff\"", None).is_err());
    assert!(builder.push_json(b"\xff", None).is_err());
    assert_eq!((builder.mended(), builder.len()), (1, 2));
    let batch = builder.finish();
    let event = batch.get(0);
    assert_eq!((event.host(), event.description()), (Some("h\u{fffd}"), Some("caf\u{fffd}")));
    assert!(event.tagged("\u{fffd}"));
    assert_eq!((event.attribute("k\u{fffd}"), event.attribute("a")), (Some("v"), Some("[\"\u{fffd}\"]")));
}
