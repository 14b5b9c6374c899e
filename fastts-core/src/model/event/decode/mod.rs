//! Decodes Riemann messages into records.
//!
//! Events are not copied: a record points into the bytes in which the message lies. `usual` takes the events that all known
//! clients send, `any` takes all others, with the same result; `mend` writes those anew whose texts are not UTF-8; `reader` is where
//! errors come from.

mod any;
mod error;
mod mend;
mod reader;
mod usual;

use std::ops::Range;

pub use error::DecodeError;
pub(super) use mend::Mended;
use reader::{Key, Reader};

use super::number;
use super::record::{Data, Record, WideList};
use crate::model::time::Time;

/// What a message holds besides its events.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Message {
    /// How many events were appended.
    pub events: usize,
    /// Whether the request that this answers was carried out; only answers have it.
    pub ok: Option<bool>,
    /// Where the text of the error lies in the builder's bytes, which may be no UTF-8; only answers have one.
    pub error: Option<Range<usize>>,
    /// Where the text of the query lies in the builder's bytes, which may be no UTF-8. A query without text is an empty range.
    pub query: Option<Range<usize>>,
}

/// How many events a message may hold. A message of empty events would otherwise take 32 times its size as records; clients send
/// some thousands at most.
const MOST_EVENTS: usize = 1 << 20;

/// Decodes the message at `range` of the bytes; nothing of it stays when it is wrong.
pub(super) fn message(
    data: &mut Data,
    records: &mut Vec<Record>,
    mended: &mut Option<Box<Mended>>,
    range: Range<usize>,
    now: Option<Time>,
) -> Result<Message, DecodeError> {
    let known = records.len();
    let known_wide = data.wide.as_ref().map_or(0, |wide| wide.len());
    let known_mended = mended.as_ref().map_or((0, 0), |mended| mended.mark());
    let message = read(data, records, mended, range, now);
    if message.is_err() {
        records.truncate(known);
        if let Some(wide) = &mut data.wide {
            wide.truncate(known_wide);
        }
    }
    if let Some(mended) = mended {
        match &message {
            Ok(_) => mended.events += mended.mark().1 - known_mended.1,
            Err(_) => mended.rewind(known_mended),
        }
    }
    message
}

fn read(
    data: &mut Data,
    records: &mut Vec<Record>,
    mended: &mut Option<Box<Mended>>,
    range: Range<usize>,
    now: Option<Time>,
) -> Result<Message, DecodeError> {
    let start = range.start;
    let bytes = &data.bytes[range];
    let known = records.len();
    let mut message = Message::default();
    let mut at = 0;
    while at < bytes.len() {
        if let Some(part) = short_event(bytes, at)
            && let Some(body) = bytes.get(part.clone())
            && let Ok(base) = u32::try_from(start + part.start)
        {
            if records.len() - known == MOST_EVENTS {
                return Reader::new(bytes).too_many(at, MOST_EVENTS);
            }
            at = part.end;
            let record = records.push_mut(Record { base, len: body.len() as u16, ..Record::default() });
            if !usual::event(body, record) {
                records.pop();
                let place = (records.len() - known + 1, records.len());
                records.push(unusual(&Reader::new(bytes), part, start, place, mended, &mut data.wide)?);
            }
            continue;
        }
        let mut reader = Reader::new(bytes);
        reader.set_at(at);
        let Some(key) = reader.key()? else {
            break;
        };
        match key.number {
            number::EVENTS => {
                let part = reader.block(key, "an event")?;
                if records.len() - known == MOST_EVENTS {
                    return reader.too_many(at, MOST_EVENTS);
                }
                let place = (records.len() - known + 1, records.len());
                records.push(unusual(&reader, part, start, place, mended, &mut data.wide)?);
            }
            number::OK => message.ok = Some(reader.varint(key, "ok")? != 0),
            number::ERROR => {
                let text = reader.block(key, "error")?;
                message.error = Some(start + text.start..start + text.end);
            }
            number::QUERY => query(&mut message, &mut reader, key, start)?,
            _ => reader.skip(key)?,
        }
        at = reader.at();
    }
    message.events = records.len() - known;
    if now.is_some() {
        records[known..].iter_mut().for_each(|record| record.stamp(now));
    }
    Ok(message)
}

/// Decodes an event that does not look as usual. It lies at `part` of the message, which lies at `start` of the batch's bytes; it is
/// the event of that number in the message, counted from one, and at that place in the batch.
#[cold]
fn unusual(
    message: &Reader<'_>,
    part: Range<usize>,
    start: usize,
    (index, place): (usize, usize),
    mended: &mut Option<Box<Mended>>,
    wide: &mut WideList,
) -> Result<Record, DecodeError> {
    let draft = any::event(message, part.clone(), index)?;
    if draft.is_utf8 {
        return Ok(draft.record(start + part.start..start + part.end, wide));
    }
    mended.get_or_insert_default().event(message, part, index, place, wide)
}

/// Returns where the body of an event lies whose header is at `at`, if it is of less than 16 KiB.
#[inline(always)]
fn short_event(bytes: &[u8], at: usize) -> Option<Range<usize>> {
    const EVENT: u8 = (number::EVENTS << 3) as u8 | reader::BLOCK;
    match *bytes.get(at..)? {
        [EVENT, len @ ..0x80, ..] => Some(at + 2..at + 2 + usize::from(len)),
        [EVENT, low @ 0x80..=0xff, high @ ..0x80, ..] => {
            let len = usize::from(low & 0x7f) | usize::from(high) << 7;
            Some(at + 3..at + 3 + len)
        }
        _ => None,
    }
}

/// Reads a query; of several, the last text counts.
fn query(message: &mut Message, reader: &mut Reader<'_>, key: Key, base: usize) -> Result<(), DecodeError> {
    let part = reader.block(key, "query")?;
    let start = base + part.start;
    message.query.get_or_insert(start..start);
    let mut inner = reader.nested(part, 0);
    while let Some(key) = inner.key()? {
        match key.number {
            number::STRING => {
                let text = inner.block(key, "query")?;
                message.query = Some(base + text.start..base + text.end);
            }
            _ => inner.skip(key)?,
        }
    }
    Ok(())
}

#[inline]
fn zigzag(value: u64) -> i64 {
    (value >> 1) as i64 ^ -((value & 1) as i64)
}
