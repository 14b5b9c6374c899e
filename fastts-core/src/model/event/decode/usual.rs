//! Decodes an event that looks as those of all known clients do: fields in the order of their numbers, each once, texts under
//! 128 bytes.
//!
//! There is no loop over fields here, and no error: what is not as expected is left to [`super::any`], which decides.
//! Protobuf fields of one-byte keys and lengths have a property that this relies on: keys and lengths are ASCII, so that a
//! run of texts *with* them is valid UTF-8 exactly when every text is.

use crate::model::event::record::{Field, Record, Span, flag};
use crate::model::event::{text, wire};

const TIME: u8 = 0x08;
const STATE: u8 = 0x12;
const SERVICE: u8 = 0x1a;
const HOST: u8 = 0x22;
const DESCRIPTION: u8 = 0x2a;
pub(in crate::model::event) const TAG: u8 = 0x3a;
const TTL: u8 = 0x45;
const ATTRIBUTE: u8 = 0x4a;
const TIME_MICROS: u8 = 0x50;
const METRIC_SINT64: u8 = 0x68;
const METRIC_D: u8 = 0x71;
const METRIC_F: u8 = 0x7d;

/// Decodes `body` into an empty record, all but its base and length; false when it does not look as usual.
///
/// `body` is at most `u16::MAX` bytes long. Offsets are 32-bit, which tells the compiler that sums of them do not overflow.
#[inline]
pub(super) fn event(body: &[u8], record: &mut Record) -> bool {
    fields(body, record).is_some_and(|end| end as usize == body.len())
}

/// Decodes what looks as usual, and returns where it ends.
#[inline(always)]
fn fields(body: &[u8], record: &mut Record) -> Option<u32> {
    // 32 bits wide, which takes fewer instructions than 16.
    let mut flags = u32::from(flag::PLAIN_TAGS);
    let mut at = 0;
    let mut next = head(body, at);
    let mut seconds = None;
    if next.0 == TIME {
        // Read only when there is no `time_micros`, which most clients send besides.
        seconds = Some(at + 1);
        at += 1 + varint_len(body, at + 1)?;
        next = head(body, at);
    }
    let texts = at;
    for (key, field) in [(STATE, Field::State), (SERVICE, Field::Service), (HOST, Field::Host), (DESCRIPTION, Field::Description)] {
        if next.0 == key {
            let len = short(next.1)?;
            record.spans[field as usize] = span(at + 2, at + 2 + len);
            flags |= u32::from(field.bit());
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
        flags |= u32::from(Field::Tags.bit());
    }
    text::check(body.get(texts as usize..at as usize)?).ok()?;
    if next.0 == TTL {
        record.ttl = f32::from_le_bytes(fixed(body, at + 1)?).into();
        flags |= u32::from(flag::TTL);
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
        flags |= u32::from(Field::Attributes.bit());
        text::check(body.get(start as usize..at as usize)?).ok()?;
    }
    if next.0 == TIME_MICROS {
        let (micros, len) = varint(body, at + 1)?;
        record.time = micros as i64;
        flags |= u32::from(flag::TIME);
        at += 1 + len;
        next = head(body, at);
    } else if let Some(at) = seconds {
        record.time = (varint(body, at)?.0 as i64).saturating_mul(1_000_000);
        flags |= u32::from(flag::TIME);
    }
    if next.0 == METRIC_SINT64 {
        let (value, len) = varint(body, at + 1)?;
        record.metric = super::zigzag(value) as u64;
        flags |= u32::from(flag::INT);
        at += 1 + len;
        next = head(body, at);
    }
    if next.0 == METRIC_D {
        let value = f64::from_le_bytes(fixed(body, at + 1)?);
        if flags & u32::from(flag::INT) == 0 {
            record.metric = value.to_bits();
            flags |= u32::from(flag::FLOAT);
        }
        at += 9;
        next = head(body, at);
    }
    if next.0 == METRIC_F {
        let value = f32::from_le_bytes(fixed(body, at + 1)?);
        if flags & u32::from(flag::INT | flag::FLOAT) == 0 {
            record.metric = f64::from(value).to_bits();
            flags |= u32::from(flag::FLOAT);
        }
        at += 5;
    }
    record.flags = flags as u16;
    Some(at)
}

/// Returns the byte at `at` and the one after it; zeros, which no field begins with, at the end.
#[inline(always)]
fn head(body: &[u8], at: u32) -> (u8, u8) {
    match body.get(at as usize..at as usize + 2) {
        Some(&[key, len]) => (key, len),
        _ => (0, 0),
    }
}

/// Returns a length of one byte.
#[inline(always)]
fn short(len: u8) -> Option<u32> {
    (len < 0x80).then_some(len.into())
}

#[inline(always)]
fn span(start: u32, end: u32) -> Span {
    Span { offset: start as u16, len: (end - start) as u16 }
}

#[inline(always)]
fn fixed<const N: usize>(body: &[u8], at: u32) -> Option<[u8; N]> {
    body.get(at as usize..at as usize + N)?.first_chunk().copied()
}

#[inline(always)]
fn varint(body: &[u8], at: u32) -> Option<(u64, u32)> {
    let (value, len) = wire::varint(body.get(at as usize..)?)?;
    Some((value, len as u32))
}

/// Returns the length of a varint without reading it.
#[inline(always)]
fn varint_len(body: &[u8], at: u32) -> Option<u32> {
    let word = u64::from_le_bytes(fixed(body, at)?);
    let ends = !word & 0x8080_8080_8080_8080;
    (ends != 0).then(|| ends.trailing_zeros() / 8 + 1)
}

/// Walks over an attribute of `len` bytes, name and value of one-byte lengths, and returns where it ends.
#[inline(always)]
fn attribute(body: &[u8], at: u32, len: u32) -> Option<u32> {
    let (key, key_len) = head(body, at);
    let value = at + 2 + short(key_len)?;
    let (value_key, value_len) = head(body, value);
    let end = value + 2 + short(value_len)?;
    (key == 0x0a && value_key == 0x12 && end == at + len).then_some(end)
}
