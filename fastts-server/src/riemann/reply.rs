//! Answers to requests, as bytes.

use fastts_core::event::{Envelope, encode_message};

use super::frame::put_frame;

/// The frame that says `ok: true`; always the same bytes, so they are written here.
pub const OK: [u8; 6] = [0, 0, 0, 2, 0x10, 1];

/// How long the reason of a refusal may be: a reply must stay small, whatever was asked.
const LONGEST_REASON: usize = 1_000;

/// Appends the frame that says `ok: true`.
#[inline]
pub fn put_ok(out: &mut Vec<u8>) {
    out.extend_from_slice(&OK);
}

/// Appends the frame that says `ok: false`, and why.
#[cold]
pub fn put_refusal(reason: &str, out: &mut Vec<u8>) {
    let reason = &reason[..reason.floor_char_boundary(LONGEST_REASON)];
    put_frame(out, |out| encode_message(Envelope::error(reason), [], out));
}

#[cfg(test)]
mod tests {
    use prost::Message;

    use super::*;
    use fastts_testkit::proto::Msg;

    #[test]
    fn the_constant_is_what_prost_writes() {
        let message = Msg { ok: Some(true), ..Msg::default() };
        let mut frame = Vec::new();
        put_frame(&mut frame, |out| out.extend_from_slice(&message.encode_to_vec()));
        assert_eq!(frame, OK);
    }

    #[test]
    fn a_refusal_says_why_and_stays_short() {
        for (reason, told) in [("no index", "no index".to_owned()), (&"ä".repeat(999), "ä".repeat(500))] {
            let mut frame = Vec::new();
            put_refusal(reason, &mut frame);
            let message = Msg::decode(&frame[4..]).unwrap();
            assert_eq!((message.ok, message.error), (Some(false), Some(told)));
        }
    }
}
