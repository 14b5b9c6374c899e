//! Decodes an event that looks as those of all known clients do: fields in the order of their numbers, each once, texts under
//! 128 bytes.
//!
//! There is no loop over fields here, and no error: what is not as expected is left to [`super::any`], which decides.
//! Protobuf fields of one-byte keys and lengths have a property that this relies on: keys and lengths are ASCII, so that a
//! run of texts *with* them is valid UTF-8 exactly when every text is.

use crate::event::record::{Field, Record, Span, flag};
use crate::event::{text, wire};

const TIME: u8 = 0x08;
const STATE: u8 = 0x12;
const SERVICE: u8 = 0x1a;
const HOST: u8 = 0x22;
const DESCRIPTION: u8 = 0x2a;
pub(in crate::event) const TAG: u8 = 0x3a;
const TTL: u8 = 0x45;
const ATTRIBUTE: u8 = 0x4a;
const TIME_MICROS: u8 = 0x50;
const METRIC_SINT64: u8 = 0x68;
const METRIC_D: u8 = 0x71;
const METRIC_F: u8 = 0x7d;

/// Decodes the event that lies at `base` of the batch's bytes, `None` when it does not look as usual.
///
/// `body` is at most `u16::MAX` bytes long.
#[inline]
pub(super) fn event(body: &[u8], base: u32) -> Option<Record> {
    let mut record = Record { base, len: body.len() as u16, ..Record::default() };
    let mut flags = flag::PLAIN_TAGS;
    let mut at = 0;
    let mut next = head(body, at);
    if next.0 == TIME {
        let (seconds, len) = wire::varint(body.get(1..)?)?;
        record.time = (seconds as i64).saturating_mul(1_000_000);
        flags |= flag::TIME;
        at = 1 + len;
        next = head(body, at);
    }
    let texts = at;
    for (key, field) in [(STATE, Field::State), (SERVICE, Field::Service), (HOST, Field::Host), (DESCRIPTION, Field::Description)] {
        if next.0 == key {
            let len = short(next.1)?;
            record.spans[field as usize] = Span { offset: (at + 2) as u16, len: len as u16 };
            flags |= field.bit();
            at += 2 + len;
            next = head(body, at);
        }
    }
    if next.0 == TAG {
        let start = at;
        while next.0 == TAG {
            at += 2 + short(next.1)?;
            next = head(body, at);
        }
        record.spans[Field::Tags as usize] = span(start, at);
        flags |= Field::Tags.bit();
    }
    text::check(body.get(texts..at)?).ok()?;
    if next.0 == TTL {
        record.ttl = f32::from_le_bytes(fixed(body, at + 1)?).into();
        flags |= flag::TTL;
        at += 5;
        next = head(body, at);
    }
    if next.0 == ATTRIBUTE {
        let start = at;
        while next.0 == ATTRIBUTE {
            at = attribute(body, at + 2, short(next.1)?)?;
            next = head(body, at);
        }
        record.spans[Field::Attributes as usize] = span(start, at);
        flags |= Field::Attributes.bit();
        text::check(body.get(start..at)?).ok()?;
    }
    if next.0 == TIME_MICROS {
        let (micros, len) = wire::varint(body.get(at + 1..)?)?;
        record.time = micros as i64;
        flags |= flag::TIME;
        at += 1 + len;
        next = head(body, at);
    }
    // From the least to the most precise in turn: what counts is written last.
    let mut int = None;
    if next.0 == METRIC_SINT64 {
        let (value, len) = wire::varint(body.get(at + 1..)?)?;
        int = Some(super::zigzag(value));
        at += 1 + len;
        next = head(body, at);
    }
    let mut float = None;
    if next.0 == METRIC_D {
        float = Some(f64::from_le_bytes(fixed(body, at + 1)?));
        at += 9;
        next = head(body, at);
    }
    if next.0 == METRIC_F {
        let value = f32::from_le_bytes(fixed(body, at + 1)?).into();
        float = float.or(Some(value));
        at += 5;
    }
    if let Some(int) = int {
        record.metric = int as u64;
        flags |= flag::INT;
    } else if let Some(float) = float {
        record.metric = float.to_bits();
        flags |= flag::FLOAT;
    }
    record.flags = flags;
    (at == body.len()).then_some(record)
}

/// Returns the byte at `at` and the one after it; zeros, which no field begins with, at the end.
#[inline(always)]
fn head(body: &[u8], at: usize) -> (u8, u8) {
    match body.get(at..at + 2) {
        Some(&[key, len]) => (key, len),
        _ => (0, 0),
    }
}

/// Returns a length of one byte.
#[inline(always)]
fn short(len: u8) -> Option<usize> {
    (len < 0x80).then_some(len.into())
}

#[inline(always)]
fn span(start: usize, end: usize) -> Span {
    Span { offset: start as u16, len: (end - start) as u16 }
}

#[inline(always)]
fn fixed<const N: usize>(body: &[u8], at: usize) -> Option<[u8; N]> {
    body.get(at..at + N)?.first_chunk().copied()
}

/// Walks over an attribute of `len` bytes, name and value of one-byte lengths, and returns where it ends.
#[inline(always)]
fn attribute(body: &[u8], at: usize, len: usize) -> Option<usize> {
    let (key, key_len) = head(body, at);
    let value = at + 2 + short(key_len)?;
    let (value_key, value_len) = head(body, value);
    let end = value + 2 + short(value_len)?;
    (key == 0x0a && value_key == 0x12 && end == at + len).then_some(end)
}
