//! Frames: a message with its length before it, four bytes, the highest first.

use std::ops::Range;

/// How many bytes the length takes.
pub const HEADER: usize = 4;

/// What lies at some place of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frame {
    /// A whole frame; its message lies at this range.
    Whole(Range<usize>),
    /// The begin of a frame, or nothing yet.
    Unfinished {
        /// How many bytes, from the begin of the frame on, must be there before it can be looked at again.
        need: usize,
    },
    /// A frame that is longer than is allowed.
    TooLong {
        /// How long it says it is.
        len: u32,
    },
}

/// Looks at the frame that begins at `at`; a message longer than `limit` is too long.
///
/// ```
/// use fastts_server::riemann::frame::{Frame, next_frame};
///
/// let stream = [0, 0, 0, 2, 0x10, 1, 0, 0];
/// assert_eq!(next_frame(&stream, 0, 16), Frame::Whole(4..6));
/// assert_eq!(next_frame(&stream, 6, 16), Frame::Unfinished { need: 4 });
/// assert_eq!(next_frame(&stream, 0, 1), Frame::TooLong { len: 2 });
/// ```
#[inline]
pub fn next_frame(bytes: &[u8], at: usize, limit: usize) -> Frame {
    let rest = bytes.get(at..).unwrap_or_default();
    let Some(header) = rest.first_chunk::<HEADER>() else {
        return Frame::Unfinished { need: HEADER };
    };
    let len = u32::from_be_bytes(*header);
    match usize::try_from(len) {
        Ok(size) if size <= limit => match rest.len() - HEADER >= size {
            true => Frame::Whole(at + HEADER..at + HEADER + size),
            false => Frame::Unfinished { need: HEADER + size },
        },
        _ => Frame::TooLong { len },
    }
}

/// Appends a frame whose message `write` appends.
///
/// # Panics
/// When the message is over 4 GiB: its length cannot be told.
pub fn put_frame(out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    out.extend_from_slice(&[0; HEADER]);
    write(out);
    let len = out.len() - start - HEADER;
    let Ok(len) = u32::try_from(len) else {
        panic!("a message of {len} bytes does not fit into a frame");
    };
    out[start..start + HEADER].copy_from_slice(&len.to_be_bytes());
}

/// Counts the events of a message without looking into them, up to where it is malformed.
///
/// An event of two bytes takes a record of 64 in memory, so that this is worth knowing of a long message before it is decoded.
pub fn count_events(mut message: &[u8]) -> usize {
    const EVENTS: u64 = 6 << 3 | 2;
    let mut events = 0;
    // What is in a group of an unknown field is skipped with it.
    let mut groups = 0_usize;
    while let Some(key) = varint(&mut message) {
        let skip = match key & 7 {
            0 if varint(&mut message).is_some() => 0,
            1 => 8,
            2 => match varint(&mut message).map(usize::try_from) {
                Some(Ok(len)) => len,
                _ => return events,
            },
            3 => {
                groups += 1;
                0
            }
            4 if groups > 0 => {
                groups -= 1;
                0
            }
            5 => 4,
            _ => return events,
        };
        let Some(rest) = message.get(skip..) else { return events };
        message = rest;
        events += usize::from(key == EVENTS && groups == 0);
    }
    events
}

fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(value);
        }
    }
    None
}

/// Says what speaks here when it is something else than Riemann's protocol, told by the first bytes.
pub fn other_protocol(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        // A handshake, or what is said to who begins with none.
        [0x15 | 0x16, 3, ..] => Some("TLS"),
        [b'G', b'E', b'T', b' ', ..] | [b'P', b'O', b'S', b'T', ..] | [b'P', b'U', b'T', b' ', ..] | [b'H', b'E', b'A', b'D', ..] => {
            Some("HTTP")
        }
        [b'H', b'T', b'T', b'P', ..] => Some("HTTP"),
        [b'S', b'S', b'H', b'-', ..] => Some("SSH"),
        [b'{', ..] => Some("JSON"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_of_exactly_the_limit_is_whole() {
        let mut stream = Vec::new();
        put_frame(&mut stream, |out| out.extend_from_slice(b"seven!!"));
        assert_eq!(next_frame(&stream, 0, 7), Frame::Whole(4..11));
        assert_eq!(next_frame(&stream, 0, 6), Frame::TooLong { len: 7 });
        assert_eq!(next_frame(&stream[..10], 0, 7), Frame::Unfinished { need: 11 });
    }

    #[test]
    fn an_announced_length_alone_asks_for_no_more_than_the_limit() {
        assert_eq!(next_frame(&[255; 4], 0, 1 << 24), Frame::TooLong { len: u32::MAX });
        assert_eq!(next_frame(&[], 0, 1), Frame::Unfinished { need: HEADER });
        assert_eq!(next_frame(&[0, 0, 0, 0], 0, 1), Frame::Whole(4..4));
    }

    #[test]
    fn events_are_counted_without_decoding_them() {
        // ok, an event of one byte, an unknown 64-bit field, a query, an empty event.
        let message = [0x10, 1, 0x32, 1, 0, 0x41, 0, 0, 0, 0, 0, 0, 0, 0, 0x2a, 0, 0x32, 0];
        assert_eq!(count_events(&message), 2);
        assert_eq!(count_events(&message[..17]), 1, "up to where it is cut off");
        assert_eq!(count_events(&[0x32, 0, 0x73, 0x7b, 0x32, 0, 0x7c, 0x74, 0x32, 0]), 2, "groups are skipped whole");
        assert_eq!(count_events(&[0x32, 0, 0x74, 0x32, 0]), 1, "no group ends there");
    }

    #[test]
    fn other_protocols_are_told_by_their_first_bytes() {
        assert_eq!(other_protocol(b"GET / HTTP/1.1\r\n"), Some("HTTP"));
        assert_eq!(other_protocol(&[0x16, 3, 1, 2]), Some("TLS"));
        assert_eq!(other_protocol(&[0, 0, 0, 2]), None);
    }
}
