//! Answers to queries.

use std::ops::ControlFlow;

use fastts_core::Index;
use fastts_core::event::{Envelope, encode_message};
use fastts_core::query::{Budget, OutOfBudget, Query};

use super::frame::put_frame;

/// How large the answer to a query may be; a larger one is refused.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// How many events it may have.
    pub(crate) events: usize,
    /// How many bytes it may have.
    pub(crate) bytes: usize,
}

/// Returns the frame that answers a query with the events of an index, or why there is none.
///
/// # Errors
/// When the budget has run out.
pub(crate) fn answer(index: &Index, query: &Query, limits: Limits, budget: &mut Budget) -> Result<Result<Vec<u8>, String>, OutOfBudget> {
    let (mut out, mut events, mut refusal) = (Vec::new(), 0, None);
    let mut gone_through = Ok(());
    put_frame(&mut out, |out| {
        let begin = out.len();
        encode_message(Envelope::ok(), [], out);
        gone_through = index.visit_within(query, budget, |event| {
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
    gone_through?;
    Ok(refusal.map_or(Ok(out), Err))
}

#[cfg(test)]
mod tests {
    use fastts_core::{Time, event};
    use prost::Message;

    use super::*;
    use fastts_testkit::proto::Msg;

    fn ask(query: &str, limits: Limits) -> Result<Msg, String> {
        let index = Index::new();
        for number in 0..5 {
            let service = format!("service {number}");
            index.insert(event! { host: "a", service: &service[..], metric: number, "region": "eu" }.view(), Time::EPOCH);
        }
        let frame = answer(&index, &Query::parse(query).unwrap(), limits, &mut Budget::unlimited()).unwrap()?;
        Ok(Msg::decode(&frame[4..]).unwrap())
    }

    #[test]
    fn what_matches_is_answered_and_what_is_too_much_is_refused() {
        let all = Limits { events: 5, bytes: 10_000 };
        let message = ask("true", all).unwrap();
        assert_eq!((message.ok, message.events.len()), (Some(true), 5));
        let message = ask(r#"host = "a" and service = "service 3""#, all).unwrap();
        assert_eq!((message.events[0].metric_sint64, message.events[0].metric_f), (Some(3), Some(3.0)));
        assert_eq!(message.events[0].attributes[0].key, "region");
        let message = ask("false", Limits { events: 0, bytes: 10 }).unwrap();
        assert_eq!((message.ok, message.events.len()), (Some(true), 0));
        for (limits, reason) in [
            (Limits { events: 4, ..all }, "more than 4 events match: ask for fewer, or raise --max-results"),
            (Limits { bytes: 100, ..all }, "the events that match take more than 100 bytes: ask for fewer, or raise --max-frame"),
        ] {
            assert_eq!(ask("true", limits).unwrap_err(), reason);
        }
    }
}
