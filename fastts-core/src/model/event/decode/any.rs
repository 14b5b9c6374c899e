//! Decodes an event whatever it looks like: fields in any order, repeated, unknown, nested, of any length.
//!
//! What happens to fields that come twice is what protobuf asks for: the last one counts, lists grow.

use std::ops::Range;

use super::error::DecodeError;
use super::reader::Reader;
use crate::model::event::number;
use crate::model::event::record::{Field, Record, WideList, flag};

/// An event on its way into a record; spans are relative to where the event begins.
#[derive(Default)]
pub(super) struct Draft {
    flags: u16,
    spans: [(usize, usize); 7],
    seconds: i64,
    micros: Option<i64>,
    int: Option<i64>,
    double: Option<f64>,
    float: Option<f32>,
    ttl: f32,
    /// Whether all of its texts are UTF-8.
    pub(super) is_utf8: bool,
}

/// Decodes the event that lies at `part` of the message; `index` is its number, for errors.
#[cold]
pub(super) fn event(message: &Reader<'_>, part: Range<usize>, index: usize) -> Result<Draft, DecodeError> {
    let base = part.start;
    let mut reader = message.nested(part, index);
    let mut draft = Draft { flags: flag::PLAIN_TAGS, is_utf8: true, ..Draft::default() };
    while let Some(key) = reader.key()? {
        match key.number {
            number::TIME => {
                draft.seconds = reader.varint(key, "time")? as i64;
                draft.flags |= flag::TIME;
            }
            number::STATE => draft.text(Field::State, base, reader.text(key, "state")?),
            number::SERVICE => draft.text(Field::Service, base, reader.text(key, "service")?),
            number::HOST => draft.text(Field::Host, base, reader.text(key, "host")?),
            number::DESCRIPTION => {
                draft.text(Field::Description, base, reader.text(key, "description")?);
            }
            number::TAG => {
                let text = reader.text(key, "a tag")?;
                draft.tag(key.at - base..text.end - base, text.len());
            }
            number::TTL => {
                draft.ttl = reader.float(key, "ttl")?;
                draft.flags |= flag::TTL;
            }
            number::ATTRIBUTE => {
                let block = reader.block(key, "an attribute")?;
                draft.is_utf8 &= attribute(reader.nested(block.clone(), index))?;
                draft.grow(Field::Attributes, key.at - base..block.end - base);
            }
            number::TIME_MICROS => {
                draft.micros = Some(reader.varint(key, "time_micros")? as i64);
            }
            number::METRIC_SINT64 => {
                draft.int = Some(super::zigzag(reader.varint(key, "metric_sint64")?));
            }
            number::METRIC_D => draft.double = Some(reader.double(key, "metric_d")?),
            number::METRIC_F => draft.float = Some(reader.float(key, "metric_f")?),
            _ => reader.skip(key)?,
        }
    }
    draft.is_utf8 &= reader.is_utf8();
    Ok(draft)
}

/// Checks an attribute, and returns whether its texts are UTF-8; its parts are found again when it is asked for.
fn attribute(mut reader: Reader<'_>) -> Result<bool, DecodeError> {
    while let Some(key) = reader.key()? {
        match key.number {
            number::KEY => _ = reader.text(key, "the name of an attribute")?,
            number::VALUE => _ = reader.text(key, "the value of an attribute")?,
            _ => reader.skip(key)?,
        }
    }
    Ok(reader.is_utf8())
}

impl Draft {
    fn text(&mut self, field: Field, base: usize, text: Range<usize>) {
        self.flags |= field.bit();
        self.spans[field as usize] = (text.start - base, text.len());
    }

    /// Makes the span of a list reach over one more of its fields.
    fn grow(&mut self, field: Field, item: Range<usize>) {
        let (start, len) = &mut self.spans[field as usize];
        if self.flags & field.bit() == 0 {
            self.flags |= field.bit();
            *start = item.start;
        }
        *len = item.end - *start;
    }

    fn tag(&mut self, item: Range<usize>, text_len: usize) {
        let (start, len) = self.spans[Field::Tags as usize];
        let first = self.flags & Field::Tags.bit() == 0;
        if item.len() != text_len + 2 || !(first || item.start == start + len) {
            self.flags &= !flag::PLAIN_TAGS;
        }
        self.grow(Field::Tags, item);
    }

    /// Makes the record of an event that lies at `part` of the batch's bytes.
    pub(super) fn record(self, part: Range<usize>, wide: &mut WideList) -> Record {
        let mut record =
            Record { flags: self.flags, time: self.seconds.saturating_mul(1_000_000), ttl: self.ttl.into(), ..Record::default() };
        if let Some(micros) = self.micros {
            record.time = micros;
            record.flags |= flag::TIME;
        }
        if let Some(int) = self.int {
            record.metric = int as u64;
            record.flags |= flag::INT;
        } else if let Some(float) = self.double.or(self.float.map(f64::from)) {
            record.metric = float.to_bits();
            record.flags |= flag::FLOAT;
        }
        record.place(part, self.spans, wide);
        record
    }
}
