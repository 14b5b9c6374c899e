//! Answers to queries.

use std::ops::ControlFlow;

use fastts_core::event::{Envelope, encode_message};
use fastts_core::query::{Access, Query};
use fastts_core::{Index, runtime};

use super::frame::put_frame;
use super::reply;

/// How large the answer to a query may be; a larger one is refused.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// How many events it may have.
    pub(crate) events: usize,
    /// How many bytes it may have.
    pub(crate) bytes: usize,
}

/// Appends the frame that answers a query with the events of an index, or says why it is not answered; false for that.
pub(crate) fn put_answer(index: &Index, query: &Query, limits: Limits, out: &mut Vec<u8>) -> bool {
    let begin = out.len();
    let mut answer = || put_events(index, query, limits, out);
    // What looks at one entry takes no time; what may look at many must not keep the connections of this thread.
    let answered = match query.access() {
        Access::Nothing | Access::One { .. } => answer(),
        _ => runtime::blocking(answer),
    };
    if let Err(reason) = &answered {
        out.truncate(begin);
        reply::put_refusal(reason, out);
    }
    answered.is_ok()
}

fn put_events(index: &Index, query: &Query, limits: Limits, out: &mut Vec<u8>) -> Result<(), String> {
    let mut refusal = None;
    put_frame(out, |out| {
        let begin = out.len();
        encode_message(Envelope::ok(), [], out);
        let mut events = 0;
        index.visit(query, |event| {
            events += 1;
            // Messages one after the other are one message.
            encode_message(Envelope::default(), [event], out);
            if events > limits.events {
                refusal = Some(format!("more than {} events match: ask for fewer, or raise --max-results", limits.events));
            } else if out.len() - begin > limits.bytes {
                refusal = Some(format!("the events that match take more than {} bytes: ask for fewer, or raise --max-frame", limits.bytes));
            }
            if refusal.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
    });
    refusal.map_or(Ok(()), Err)
}

#[cfg(test)]
mod tests {
    use fastts_core::{Time, event};
    use prost::Message;

    use super::*;
    use fastts_testkit::proto::Msg;

    fn answer(query: &str, limits: Limits) -> (bool, Msg) {
        let index = Index::new();
        for number in 0..5 {
            let service = format!("service {number}");
            index.insert(event! { host: "a", service: &service[..], metric: number, "region": "eu" }.view(), Time::EPOCH);
        }
        let mut out = b"before".to_vec();
        let answered = put_answer(&index, &Query::parse(query).unwrap(), limits, &mut out);
        (answered, Msg::decode(&out[6 + 4..]).unwrap())
    }

    #[test]
    fn what_matches_is_answered_and_what_is_too_much_is_refused() {
        let all = Limits { events: 5, bytes: 10_000 };
        let (answered, message) = answer("true", all);
        assert_eq!((answered, message.ok, message.events.len()), (true, Some(true), 5));
        let (answered, message) = answer(r#"host = "a" and service = "service 3""#, all);
        assert_eq!((answered, message.events[0].metric_sint64, message.events[0].metric_f), (true, Some(3), Some(3.0)));
        assert_eq!(message.events[0].attributes[0].key, "region");
        let (answered, message) = answer("false", Limits { events: 0, bytes: 10 });
        assert_eq!((answered, message.ok, message.events.len()), (true, Some(true), 0));
        for (limits, reason) in [
            (Limits { events: 4, ..all }, "more than 4 events match: ask for fewer, or raise --max-results"),
            (Limits { bytes: 100, ..all }, "the events that match take more than 100 bytes: ask for fewer, or raise --max-frame"),
        ] {
            let (answered, message) = answer("true", limits);
            assert_eq!((answered, message.ok, message.events.len()), (false, Some(false), 0));
            assert_eq!(message.error.as_deref(), Some(reason));
        }
    }
}
