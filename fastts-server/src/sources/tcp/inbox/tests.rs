use fastts_testkit::cases::cases;
use proptest::prelude::*;
use prost::Message;

use super::*;
use crate::riemann::frame::put_frame;
use fastts_testkit::proto::{Event, Msg, Query};

const MAX_FRAME: usize = 600_000;

const LONGEST: Longest = Longest { frame: MAX_FRAME, event: MAX_FRAME };

/// Feeds a stream in reads of the given sizes, over and over, as a connection would; returns the services of the events that
/// came out, the answers, and whether the stream was lost.
fn fed(stream: &[u8], reads: &[usize]) -> (Vec<String>, Vec<u8>, bool) {
    let mut inbox = Inbox::default();
    let (mut services, mut replies) = (Vec::new(), Vec::new());
    let mut rest = stream;
    for size in reads.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let mut buffers = if inbox.is_direct() {
            let room = inbox.room();
            let size = (*size).min(room.capacity() - room.len()).min(rest.len());
            assert!(size > 0, "there is always room");
            room.extend_from_slice(rest.split_off(..size).unwrap());
            assert!(room.capacity() <= 2 * room.len().max(64), "memory follows what was sent");
            match inbox.take_whole() {
                Some(buffers) => buffers,
                None => continue,
            }
        } else {
            let mut buffers = Buffers { builder: BatchBuilder::with_capacity(READ_BUFFER, 0), ..Buffers::default() };
            inbox.give(&mut buffers.builder);
            let bytes = buffers.builder.bytes_mut();
            let size = (*size).min(bytes.capacity() - bytes.len()).min(rest.len());
            assert!(size > 0, "there is always room");
            bytes.extend_from_slice(rest.split_off(..size).unwrap());
            buffers
        };
        loop {
            let round = inbox.sort(&mut buffers, LONGEST, Time::EPOCH);
            assert!(buffers.replies.len() < MOST_REPLIES + 2_000, "answers are bounded");
            services.extend(buffers.builder.finish().iter().map(|event| event.service().unwrap_or("none").to_owned()));
            let mut at = 0;
            for asked in &round.asked {
                replies.extend_from_slice(&buffers.replies[at..asked.behind]);
                at = asked.behind;
                // The answer of an index that only counts what came into it.
                reply::put_refusal(&format!("behind {} events", services.len()), &mut replies);
            }
            replies.extend_from_slice(&buffers.replies[at..]);
            if round.lost.is_some() {
                return (services, replies, true);
            }
            buffers = Buffers::default();
            if !inbox.has_more() {
                break;
            }
            inbox.give(&mut buffers.builder);
        }
    }
    (services, replies, false)
}

/// What a client may send.
#[derive(Clone, Debug)]
enum Request {
    Events(Vec<usize>),
    Query,
    Ping,
    NotUtf8,
    /// So many messages that are refused.
    Refused(usize),
    TooLong,
}

impl Request {
    fn put(&self, number: usize, out: &mut Vec<u8>) {
        let event = |len: &usize| Event { service: Some("s".repeat(*len)), ..Event::default() };
        let message = match self {
            Request::Events(lens) => Msg { events: lens.iter().map(event).collect(), ..Msg::default() },
            Request::Query => {
                Msg { query: Some(Query { string: Some("true".to_owned()) }), events: vec![event(&number)], ..Msg::default() }
            }
            Request::Ping => Msg::default(),
            Request::NotUtf8 => return put_frame(out, |out| out.extend_from_slice(&[0x32, 3, 0x1a, 1, 0xff])),
            Request::Refused(count) => return out.extend([0, 0, 0, 1, 0xff].repeat(*count)),
            Request::TooLong => return put_frame(out, |out| out.resize(out.len() + MAX_FRAME + 1, 0)),
        };
        put_frame(out, |out| out.extend_from_slice(&message.encode_to_vec()));
    }
}

fn request() -> impl Strategy<Value = Request> {
    prop_oneof![
        20 => prop::collection::vec(0..40_usize, 0..20).prop_map(Request::Events),
        2 => prop::collection::vec(1..200_000_usize, 1..3).prop_map(Request::Events),
        3 => Just(Request::Query),
        3 => Just(Request::Ping),
        3 => Just(Request::NotUtf8),
        2 => (1..4_000_usize).prop_map(Request::Refused),
        1 => Just(Request::TooLong),
    ]
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn how_the_stream_is_split_into_reads_changes_nothing(
        requests in prop::collection::vec(request(), 1..12),
        reads in prop::collection::vec(prop_oneof![1..9_usize, 100..5_000_usize, 1_000..400_000_usize], 1..5),
    ) {
        let mut stream = Vec::new();
        requests.iter().enumerate().for_each(|(number, request)| request.put(number, &mut stream));
        // A sum of read sizes that is too small would make this slow.
        prop_assume!(reads.iter().sum::<usize>() * 20_000 / reads.len() > stream.len());
        prop_assert_eq!(fed(&stream, &reads), fed(&stream, &[usize::MAX]));
    }

    #[test]
    fn answers_come_in_the_order_of_the_requests(requests in prop::collection::vec(request(), 1..12)) {
        let mut stream = Vec::new();
        requests.iter().enumerate().for_each(|(number, request)| request.put(number, &mut stream));
        let (services, replies, lost) = fed(&stream, &[usize::MAX]);
        let (mut expected, mut events) = (Vec::new(), 0);
        for request in &requests {
            expected.push(match request {
                Request::Events(_) | Request::Ping => None,
                Request::Query => Some(format!("behind {} events", events + 1)),
                Request::NotUtf8 => None,
                Request::Refused(count) => {
                    expected.extend(vec![Some("the key of a field is cut short at byte 0".to_owned()); *count]);
                    continue;
                }
                Request::TooLong => Some("a frame of 600001 bytes is over the limit of 600000 bytes".to_owned()),
            });
            events += match request {
                Request::Events(lens) => lens.len(),
                Request::Query | Request::NotUtf8 => 1,
                _ => 0,
            };
            if matches!(request, Request::TooLong) {
                break;
            }
        }
        prop_assert_eq!(answers(&replies), expected);
        prop_assert_eq!(services.len(), events);
        prop_assert_eq!(lost, requests.iter().any(|request| matches!(request, Request::TooLong)));
    }

    #[test]
    fn no_bytes_make_it_panic(stream in prop::collection::vec(any::<u8>(), 0..2_000), reads in prop::collection::vec(1..500_usize, 1..4)) {
        // A leading zero makes a length that is below the limit likely.
        let stream: Vec<u8> = [0, 0].into_iter().chain(stream).collect();
        prop_assert_eq!(fed(&stream, &reads), fed(&stream, &[usize::MAX]));
    }
}

/// Reads answers: `None` for ok, else the error.
fn answers(mut replies: &[u8]) -> Vec<Option<String>> {
    let mut answers = Vec::new();
    while let Frame::Whole(range) = next_frame(replies, 0, usize::MAX) {
        let message = Msg::decode(&replies[range.clone()]).unwrap();
        assert_eq!(message.ok, Some(message.error.is_none()));
        answers.push(message.error);
        replies = &replies[range.end..];
    }
    assert!(replies.is_empty());
    answers
}

#[test]
fn a_big_frame_is_read_in_place_and_a_small_one_is_not() {
    let mut inbox = Inbox::default();
    let mut buffers = Buffers { builder: BatchBuilder::with_capacity(READ_BUFFER, 0), ..Buffers::default() };
    // Two pings and the begin of a third.
    buffers.builder.bytes_mut().extend_from_slice(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    let round = inbox.sort(&mut buffers, LONGEST, Time::EPOCH);
    assert_eq!((round.frames, inbox.is_direct(), inbox.has_begun()), (2, false, true));
    assert_eq!(inbox.holds(), 2, "what is held is held exactly");

    let mut buffers = Buffers::default();
    buffers.builder.bytes_mut().extend_from_slice(&[0, 8, 0, 0, 0x32]);
    inbox.sort(&mut buffers, LONGEST, Time::EPOCH);
    assert!(inbox.is_direct());
    assert_eq!(inbox.room().capacity(), 5 + 64);
}

#[test]
fn decoding_stops_when_there_are_answers_enough_and_goes_on_after_them() {
    let mut inbox = Inbox::default();
    let mut buffers = Buffers::default();
    buffers.builder.bytes_mut().extend([0; 4].repeat(20_000));
    buffers.builder.bytes_mut().push(0);
    let mut frames = Vec::new();
    loop {
        frames.push(inbox.sort(&mut buffers, LONGEST, Time::EPOCH).frames);
        assert!(!inbox.is_direct());
        buffers = Buffers::default();
        if !inbox.has_more() {
            break;
        }
        inbox.give(&mut buffers.builder);
    }
    let most = MOST_REPLIES.div_ceil(reply::OK.len());
    assert_eq!(frames, [most, 20_000 - most]);
    assert!(inbox.has_begun(), "the begin of another frame is held");
}

#[test]
fn another_protocol_is_told_what_this_is() {
    let mut buffers = Buffers::default();
    buffers.builder.bytes_mut().extend_from_slice(b"GET / HTTP/1.1\r\n\r\n");
    let lost = Inbox::default().sort(&mut buffers, LONGEST, Time::EPOCH).lost.unwrap();
    assert_eq!(lost.reason, "this port speaks the Riemann protocol, not HTTP (a frame of 1195725856 bytes is over the limit of 600000)");
}

#[test]
fn a_message_of_millions_of_empty_events_is_refused_before_it_takes_their_memory() {
    for (events, answer) in
        [(1_000_000, None), (1_000_001, Some("a message of 1000001 events is over the limit of 1000000, send them in several"))]
    {
        let mut buffers = Buffers::default();
        put_frame(buffers.builder.bytes_mut(), |out| out.extend([0x32, 0].repeat(events)));
        let round = Inbox::default().sort(&mut buffers, Longest { frame: 16 << 20, event: 16 << 20 }, Time::EPOCH);
        assert_eq!((round.frames, round.refused, round.bytes), (1, usize::from(answer.is_some()), 4 + 2 * events));
        assert!(round.lost.is_none() && round.asked.is_empty());
        assert_eq!(answers(&buffers.replies), [answer.map(str::to_owned)]);
        assert_eq!(buffers.builder.len(), if answer.is_some() { 0 } else { events });
    }
}
