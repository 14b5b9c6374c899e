//! How an event lies in memory: a small record of spans into bytes that are shared by a batch.

use std::ops::Range;

use super::text;
use crate::model::time::Time;

/// The fields whose value is a span of bytes; the number is the place in [`Record::spans`] and the bit in [`Flags`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(usize)]
pub(crate) enum Field {
    Host = 0,
    Service = 1,
    State = 2,
    Description = 3,
    /// The bytes from the first tag to the last, in wire form; other fields may lie between them.
    Tags = 4,
    /// The same for attributes.
    Attributes = 5,
    /// Plain tags that were added to a kept event: they come before those in [`Field::Tags`], which they hide where they are
    /// the same. So that adding a tag copies nothing and compares nothing.
    Added = 6,
}

/// Bits that say which fields an event has.
pub(crate) mod flag {
    pub(crate) const TIME: u16 = 1 << 7;
    pub(crate) const TTL: u16 = 1 << 8;
    /// `metric` holds an `i64`.
    pub(crate) const INT: u16 = 1 << 9;
    /// `metric` holds an `f64`.
    pub(crate) const FLOAT: u16 = 1 << 10;
    /// The event is too long for 16-bit spans: `base` is its place in [`Data::wide`].
    pub(crate) const WIDE: u16 = 1 << 11;
    /// The tags lie side by side, each as its key (one byte), its length (one byte) and its text: they are plain. It says
    /// nothing when there are no tags.
    pub(crate) const PLAIN_TAGS: u16 = 1 << 12;
}

impl Field {
    pub(crate) const TEXTS: [Field; 4] = [Field::Host, Field::Service, Field::State, Field::Description];
    pub(crate) const LISTS: [Field; 3] = [Field::Tags, Field::Attributes, Field::Added];

    #[inline]
    pub(crate) const fn bit(self) -> u16 {
        1 << self as usize
    }
}

/// A place in an event's bytes, relative to where they begin.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Span {
    pub(crate) offset: u16,
    pub(crate) len: u16,
}

/// One event: spans into the batch's bytes, and its numbers.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Record {
    /// Where the event's bytes begin in [`Data::bytes`], or the place in [`Data::wide`].
    pub(crate) base: u32,
    /// How many bytes the event has; unused by a wide one.
    pub(crate) len: u16,
    pub(crate) flags: u16,
    pub(crate) spans: [Span; 7],
    /// Microseconds since the epoch.
    pub(crate) time: i64,
    /// The bits of an `i64` or an `f64`.
    pub(crate) metric: u64,
    /// Seconds.
    pub(crate) ttl: f64,
}

const _: () = assert!(size_of::<Record>() <= 64, "a record fits a cache line");

/// The spans of an event over 64 KiB, or of one that lies behind 4 GiB of others.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Wide {
    pub(crate) base: usize,
    pub(crate) len: usize,
    /// Offset (from `base`) and length.
    pub(crate) spans: [(usize, usize); 7],
}

/// The wide events of a batch. Boxed twice because they are rare and [`Data`] is kept once per key.
#[allow(clippy::box_collection)]
pub(crate) type WideList = Option<Box<Vec<Wide>>>;

/// Adds the spans of a wide event and returns their place.
#[cold]
pub(crate) fn push_wide(list: &mut WideList, wide: Wide) -> u32 {
    let list = list.get_or_insert_default();
    list.push(wide);
    // Four billion of them would take 450 GB.
    (list.len() - 1) as u32
}

/// The bytes that records point into.
///
/// Every text span of a record that points here holds valid UTF-8: the codec and the setters see to it.
#[derive(Clone, Default, Debug)]
pub(crate) struct Data {
    pub(crate) bytes: Vec<u8>,
    pub(crate) wide: WideList,
}

impl Data {
    #[cold]
    pub(crate) fn wide(&self, index: u32) -> &Wide {
        const NONE: &Wide = &Wide { base: 0, len: 0, spans: [(0, 0); 7] };
        self.wide.as_ref().and_then(|list| list.get(index as usize)).unwrap_or(NONE)
    }
}

impl Record {
    #[inline]
    pub(crate) fn has(&self, bit: u16) -> bool {
        self.flags & bit != 0
    }

    /// Points the record at an event that lies at `extent` of its bytes, its fields at `spans` relative to that.
    pub(crate) fn place(&mut self, extent: Range<usize>, spans: [(usize, usize); 7], wide: &mut WideList) {
        match (u32::try_from(extent.start), u16::try_from(extent.len())) {
            (Ok(base), Ok(len)) => {
                self.base = base;
                self.len = len;
                self.spans = spans.map(|(offset, len)| Span { offset: offset as u16, len: len as u16 });
            }
            _ => {
                self.flags |= flag::WIDE;
                self.base = push_wide(wide, Wide { base: extent.start, len: extent.len(), spans });
            }
        }
    }

    /// Moves the event `by` bytes on: to where its bytes have been moved.
    #[cold]
    pub(crate) fn shift(&mut self, by: usize, wide: &mut WideList) {
        if self.has(flag::WIDE) {
            let moved = wide.as_mut().and_then(|list| list.get_mut(self.base as usize));
            moved.into_iter().for_each(|moved| moved.base += by);
            return;
        }
        let start = self.base as usize + by;
        let spans = self.spans.map(|span| (span.offset.into(), span.len.into()));
        self.place(start..start + usize::from(self.len), spans, wide);
    }

    /// Gives an event without a time this one.
    #[inline]
    pub(crate) fn stamp(&mut self, now: Option<Time>) {
        if let Some(now) = now
            && !self.has(flag::TIME)
        {
            self.time = now.as_micros();
            self.flags |= flag::TIME;
        }
    }

    /// Returns the spans in their wide form.
    pub(crate) fn widened(&self, data: &Data) -> Wide {
        if self.has(flag::WIDE) {
            return *data.wide(self.base);
        }
        Wide { base: self.base as usize, len: self.len.into(), spans: self.spans.map(|span| (span.offset.into(), span.len.into())) }
    }

    /// Returns where the event's bytes lie.
    #[inline]
    pub(crate) fn extent(&self, data: &Data) -> Range<usize> {
        if self.has(flag::WIDE) {
            let wide = data.wide(self.base);
            return wide.base..wide.base + wide.len;
        }
        self.base as usize..self.base as usize + self.len as usize
    }

    /// Returns where a field's bytes lie, without regard to whether the event has it.
    #[inline]
    pub(crate) fn span(&self, field: Field, data: &Data) -> Range<usize> {
        let (start, len) = if self.has(flag::WIDE) {
            let wide = data.wide(self.base);
            let (offset, len) = wide.spans[field as usize];
            (wide.base + offset, len)
        } else {
            let span = self.spans[field as usize];
            (self.base as usize + span.offset as usize, span.len as usize)
        };
        start..start + len
    }

    /// Returns false when a field of a record that is not wide is surely not `len` bytes long; asks as little as can be.
    #[inline]
    pub(crate) fn measures(&self, field: Field, len: usize) -> bool {
        usize::from(self.spans[field as usize].len) == len
    }

    /// Returns a text, `None` when the event has none.
    #[inline]
    pub(crate) fn text<'a>(&self, field: Field, data: &'a Data) -> Option<&'a str> {
        self.has(field.bit()).then(|| text::at(&data.bytes, self.span(field, data)))
    }

    /// Returns the bytes of the tags or attributes, empty when there are none.
    #[inline]
    pub(crate) fn region<'a>(&self, field: Field, data: &'a Data) -> &'a [u8] {
        if self.has(field.bit()) { data.bytes.get(self.span(field, data)).unwrap_or_default() } else { &[] }
    }
}
