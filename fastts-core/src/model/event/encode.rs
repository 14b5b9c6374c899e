//! Writes events and messages in Riemann's wire format.

use super::number;
use super::view::EventView;
use super::wire::{put_bytes, put_varint, varint_len};
use crate::model::metric::Metric;
use crate::model::time::Time;

const VARINT: u32 = 0;
const BITS_64: u32 = 1;
const BLOCK: u32 = 2;
const BITS_32: u32 = 5;

/// What a message holds besides its events: `ok` and `error` when it is an answer, `query` when it asks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Envelope<'a> {
    /// Whether the request was carried out.
    pub ok: Option<bool>,
    /// Why it was not.
    pub error: Option<&'a str>,
    /// A query to be answered with events.
    pub query: Option<&'a str>,
}

impl<'a> Envelope<'a> {
    /// Makes the answer that all went well.
    pub fn ok() -> Envelope<'a> {
        Envelope { ok: Some(true), ..Envelope::default() }
    }

    /// Makes the answer that something went wrong.
    pub fn error(reason: &'a str) -> Envelope<'a> {
        Envelope { ok: Some(false), error: Some(reason), ..Envelope::default() }
    }

    /// Makes a query.
    pub fn query(query: &'a str) -> Envelope<'a> {
        Envelope { query: Some(query), ..Envelope::default() }
    }
}

/// Appends a message, without a length before it.
pub fn encode_message<'e>(envelope: Envelope<'_>, events: impl IntoIterator<Item = EventView<'e>>, out: &mut Vec<u8>) {
    if let Some(ok) = envelope.ok {
        put_key(out, number::OK, VARINT);
        put_varint(out, ok.into());
    }
    if let Some(error) = envelope.error {
        put_bytes(out, number::ERROR, error.as_bytes());
    }
    if let Some(query) = envelope.query {
        put_key(out, number::QUERY, BLOCK);
        put_varint(out, block_len(query.len()) as u64);
        put_bytes(out, number::STRING, query.as_bytes());
    }
    for event in events {
        put_key(out, number::EVENTS, BLOCK);
        let start = out.len();
        encode_event(event, out);
        // The length stands before the event but is known only after it.
        let len = out.len() - start;
        put_varint(out, len as u64);
        let written = out.len() - start - len;
        out[start..].rotate_right(written);
    }
}

/// Appends an event, changes applied: the body of a message's `events` field.
///
/// As Riemann does, it writes `metric_f` beside the exact metric, and `time` beside `time_micros`, for readers that know only
/// those. A ttl is a 32-bit float on the wire. Bytes that came in are not reused: unknown fields are not passed on.
pub fn encode_event(event: EventView<'_>, out: &mut Vec<u8>) {
    let time = event.time().map(Time::as_micros);
    if let Some(micros) = time {
        put_key(out, number::TIME, VARINT);
        put_varint(out, micros.div_euclid(1_000_000) as u64);
    }
    for (number, text) in [
        (number::STATE, event.state()),
        (number::SERVICE, event.service()),
        (number::HOST, event.host()),
        (number::DESCRIPTION, event.description()),
    ] {
        if let Some(text) = text {
            put_bytes(out, number, text.as_bytes());
        }
    }
    for tag in event.tags() {
        put_bytes(out, number::TAG, tag.as_bytes());
    }
    if let Some(ttl) = event.ttl() {
        put_key(out, number::TTL, BITS_32);
        out.extend_from_slice(&(ttl as f32).to_le_bytes());
    }
    for (key, value) in event.attributes() {
        put_attribute(out, key, value);
    }
    if let Some(micros) = time {
        put_key(out, number::TIME_MICROS, VARINT);
        put_varint(out, micros as u64);
    }
    let float = match event.metric() {
        Metric::Missing => return,
        Metric::Int(value) => {
            put_key(out, number::METRIC_SINT64, VARINT);
            put_varint(out, (value << 1 ^ value >> 63) as u64);
            value as f32
        }
        Metric::Float(value) => {
            put_key(out, number::METRIC_D, BITS_64);
            out.extend_from_slice(&value.to_le_bytes());
            value as f32
        }
    };
    put_key(out, number::METRIC_F, BITS_32);
    out.extend_from_slice(&float.to_le_bytes());
}

/// Appends an attribute as a field of an event.
pub(super) fn put_attribute(out: &mut Vec<u8>, key: &str, value: &str) {
    put_key(out, number::ATTRIBUTE, BLOCK);
    put_varint(out, (block_len(key.len()) + block_len(value.len())) as u64);
    put_bytes(out, number::KEY, key.as_bytes());
    put_bytes(out, number::VALUE, value.as_bytes());
}

fn put_key(out: &mut Vec<u8>, number: u32, wire: u32) {
    put_varint(out, u64::from(number << 3 | wire));
}

/// Returns how many bytes a length-delimited field takes, its key of one byte included.
fn block_len(len: usize) -> usize {
    1 + varint_len(len as u64) + len
}
