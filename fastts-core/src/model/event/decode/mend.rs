//! Mends events whose texts are not UTF-8: one Latin-1 log line must not cost its sender the events beside it.
//!
//! Bytes that are no text become U+FFFD, as other decoders of protobuf do it. That takes more room than they had, so a mended event is
//! written anew, and its bytes wait here until all messages of the batch have been read: only then is it known where the batch's bytes end.

use std::ops::Range;

use super::any;
use super::error::DecodeError;
use super::reader::{Key, Reader};
use crate::model::event::number;
use crate::model::event::record::{Data, Record, WideList};
use crate::model::event::wire;

/// The mended events of a batch.
#[derive(Debug, Default)]
pub(in crate::model::event) struct Mended {
    /// The events in wire form, one behind the other.
    bytes: Vec<u8>,
    /// The places of their records in the batch. Until [`settle`](Mended::settle) these point into `bytes`.
    records: Vec<usize>,
    /// How many events of messages that were taken, and of lines of JSON.
    pub(in crate::model::event) events: usize,
}

impl Mended {
    /// Mends the event that lies at `part` of a message, and makes the record that will be the batch's at `place`.
    pub(super) fn event(
        &mut self,
        message: &Reader<'_>,
        part: Range<usize>,
        index: usize,
        place: usize,
        wide: &mut WideList,
    ) -> Result<Record, DecodeError> {
        let start = self.bytes.len();
        event(message.nested(part, index), &mut self.bytes)?;
        let end = self.bytes.len();
        let draft = any::event(&Reader::new(&self.bytes), start..end, index)?;
        self.records.push(place);
        Ok(draft.record(start..end, wide))
    }

    /// Returns how much there is, for [`rewind`](Mended::rewind).
    pub(super) fn mark(&self) -> (usize, usize) {
        (self.bytes.len(), self.records.len())
    }

    /// Forgets what was mended since the mark.
    pub(super) fn rewind(&mut self, (bytes, records): (usize, usize)) {
        self.bytes.truncate(bytes);
        self.records.truncate(records);
    }

    /// Moves the mended events to the end of the batch's bytes.
    pub(in crate::model::event) fn settle(self, data: &mut Data, records: &mut [Record]) {
        let by = data.bytes.len();
        data.bytes.extend_from_slice(&self.bytes);
        for place in self.records {
            records[place].shift(by, &mut data.wide);
        }
    }
}

/// Copies an event with its texts mended.
fn event(mut part: Reader<'_>, out: &mut Vec<u8>) -> Result<(), DecodeError> {
    while let Some(key) = part.key()? {
        match key.number {
            number if number::is_text(number) => text(&mut part, key, out)?,
            number::ATTRIBUTE => {
                let block = part.block(key, "an attribute")?;
                let mut mended = Vec::with_capacity(block.len());
                attribute(part.nested(block, 0), &mut mended)?;
                wire::put_bytes(out, number::ATTRIBUTE, &mended);
            }
            _ => other(&mut part, key, out)?,
        }
    }
    Ok(())
}

fn attribute(mut part: Reader<'_>, out: &mut Vec<u8>) -> Result<(), DecodeError> {
    while let Some(key) = part.key()? {
        match key.number {
            number::KEY | number::VALUE => text(&mut part, key, out)?,
            _ => other(&mut part, key, out)?,
        }
    }
    Ok(())
}

fn text(part: &mut Reader<'_>, key: Key, out: &mut Vec<u8>) -> Result<(), DecodeError> {
    let text = part.block(key, "a text")?;
    wire::put_bytes(out, key.number, String::from_utf8_lossy(part.bytes(text)).as_bytes());
    Ok(())
}

/// Copies a field as it is.
fn other(part: &mut Reader<'_>, key: Key, out: &mut Vec<u8>) -> Result<(), DecodeError> {
    part.skip(key)?;
    out.extend_from_slice(part.bytes(key.at..part.at()));
    Ok(())
}
