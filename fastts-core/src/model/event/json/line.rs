//! An event on its way from JSON into a record.

use std::collections::HashMap;
use std::ops::Range;

use crate::model::event::encode::put_attribute;
use crate::model::event::record::{Data, Field, Record, flag};
use crate::model::event::wire::Fields;
use crate::model::event::{number, wire};
use crate::model::metric::Metric;
use crate::model::time::Time;

/// An event whose fields come one by one; of those that come twice, the last counts.
pub(super) struct Line<'b> {
    bytes: &'b mut Vec<u8>,
    start: usize,
    spans: [(usize, usize); 7],
    record: Record,
    /// The attributes in wire form; they may come in pieces, with other fields between them.
    attributes: Vec<u8>,
    /// The names of attributes that were null, each with how long the attributes were then: what came before is not there.
    cleared: Vec<(String, usize)>,
}

impl<'b> Line<'b> {
    /// Begins an event at the end of the bytes.
    pub(super) fn new(bytes: &'b mut Vec<u8>) -> Line<'b> {
        let start = bytes.len();
        let record = Record { flags: flag::PLAIN_TAGS, ..Record::default() };
        Line { bytes, start, spans: Default::default(), record, attributes: Vec::new(), cleared: Vec::new() }
    }

    fn set(&mut self, bits: u16, there: bool) {
        self.record.flags &= !bits;
        if there {
            self.record.flags |= bits;
        }
    }

    /// Points a field at the bytes from `start` on.
    fn place(&mut self, field: Field, start: usize) {
        self.spans[field as usize] = (start - self.start, self.bytes.len() - start);
    }

    pub(super) fn text(&mut self, field: Field, text: Option<&str>) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(text.unwrap_or_default().as_bytes());
        self.place(field, start);
        self.set(field.bit(), text.is_some());
    }

    pub(super) fn time(&mut self, time: Option<Time>) {
        self.record.time = time.unwrap_or_default().as_micros();
        self.set(flag::TIME, time.is_some());
    }

    pub(super) fn ttl(&mut self, ttl: Option<f64>) {
        self.record.ttl = ttl.unwrap_or_default();
        self.set(flag::TTL, ttl.is_some());
    }

    pub(super) fn metric(&mut self, metric: Metric) {
        self.set(flag::INT | flag::FLOAT, false);
        match metric {
            Metric::Missing => {}
            Metric::Int(value) => {
                self.record.metric = value as u64;
                self.set(flag::INT, true);
            }
            Metric::Float(value) => {
                self.record.metric = value.to_bits();
                self.set(flag::FLOAT, true);
            }
        }
    }

    /// Begins the list of tags and returns where.
    pub(super) fn begin_tags(&mut self) -> usize {
        self.set(flag::PLAIN_TAGS, true);
        self.bytes.len()
    }

    pub(super) fn tag(&mut self, tag: &str) {
        wire::put_bytes(self.bytes, number::TAG, tag.as_bytes());
        if tag.len() > 0x7f {
            self.set(flag::PLAIN_TAGS, false);
        }
    }

    /// Ends the list of tags that began at `start`.
    pub(super) fn end_tags(&mut self, start: usize) {
        self.place(Field::Tags, start);
        self.set(Field::Tags.bit(), self.bytes.len() > start);
    }

    pub(super) fn attribute(&mut self, key: &str, value: &str) {
        put_attribute(&mut self.attributes, key, value);
    }

    /// Clears an attribute, which may come again.
    pub(super) fn no_attribute(&mut self, key: &str) {
        if !self.attributes.is_empty() {
            self.cleared.push((key.to_owned(), self.attributes.len()));
        }
    }

    /// Leaves out the attributes that were cleared behind where they stand.
    fn without_cleared(&mut self) {
        let cleared: HashMap<&str, usize> = self.cleared.iter().map(|(key, at)| (&**key, *at)).collect();
        let mut left = Vec::new();
        let (mut at, mut attribute) = (0, Vec::new());
        for (number, bytes) in Fields::new(&self.attributes) {
            let key = Fields::new(bytes).find_map(|(number, key)| (number == number::KEY).then(|| std::str::from_utf8(key).ok())?);
            attribute.clear();
            wire::put_bytes(&mut attribute, number, bytes);
            if key.and_then(|key| cleared.get(key)).is_none_or(|cleared| at >= *cleared) {
                left.extend_from_slice(&attribute);
            }
            at += attribute.len();
        }
        self.attributes = left;
    }

    /// Ends the event and returns what makes a record of it, once `self` is gone.
    pub(super) fn end(mut self) -> Parts {
        if !self.cleared.is_empty() {
            self.without_cleared();
        }
        let start = self.bytes.len();
        let attributes = std::mem::take(&mut self.attributes);
        self.bytes.extend_from_slice(&attributes);
        self.place(Field::Attributes, start);
        self.set(Field::Attributes.bit(), !attributes.is_empty());
        Parts { record: self.record, spans: self.spans, extent: self.start..self.bytes.len() }
    }
}

/// A record without its spans, those, and where the event's bytes lie.
pub(super) struct Parts {
    record: Record,
    spans: [(usize, usize); 7],
    extent: Range<usize>,
}

impl Parts {
    /// Makes the record; events without a time get `now`.
    pub(super) fn record(self, data: &mut Data, now: Option<Time>) -> Record {
        let mut record = self.record;
        record.place(self.extent, self.spans, &mut data.wide);
        record.stamp(now);
        record
    }
}
