//! Makes batches out of what sources read.

use std::borrow::Cow;
use std::ops::Range;

use super::batch::Batch;
use super::decode::{self, DecodeError, Mended, Message};
use super::json::{self, JsonError};
use super::view::EventView;
use crate::model::time::Time;

/// Makes a [`Batch`] out of what a source reads.
///
/// It owns the read buffer, and the batch takes it over: text is never copied. A source
/// 1. reads into [`bytes_mut`](BatchBuilder::bytes_mut),
/// 2. finds its frames in [`bytes`](BatchBuilder::bytes) and decodes each with [`message`](BatchBuilder::message),
/// 3. moves what is left of an unfinished frame to the next builder with [`split_tail`](BatchBuilder::split_tail),
/// 4. hands out [`finish`](BatchBuilder::finish), and gets the memory back by [`Batch::into_builder`].
///
/// ```
/// use fastts_core::event::{BatchBuilder, Envelope, encode_message};
/// use fastts_core::{Event, Time};
///
/// let mut builder = BatchBuilder::new();
/// encode_message(Envelope::default(), [Event::new().with_host("web1").view()], builder.bytes_mut());
/// let message = builder.message(0..builder.bytes().len(), Time::from_secs(7))?;
/// assert_eq!(message.events, 1);
/// let batch = builder.finish();
/// assert_eq!(batch.get(0).host(), Some("web1"));
/// assert_eq!(batch.get(0).time(), Some(Time::from_secs(7)));
/// # Ok::<(), fastts_core::event::DecodeError>(())
/// ```
#[derive(Debug, Default)]
pub struct BatchBuilder {
    batch: Batch,
    /// Behind all bytes in which events lie.
    used: usize,
    /// Events whose texts were not UTF-8, if there are any.
    mended: Option<Box<Mended>>,
}

impl BatchBuilder {
    /// Makes a builder without memory.
    pub fn new() -> BatchBuilder {
        BatchBuilder::default()
    }

    /// Makes a builder with room for so many bytes and events.
    pub fn with_capacity(bytes: usize, events: usize) -> BatchBuilder {
        let mut builder = BatchBuilder::new();
        builder.batch.data.bytes.reserve_exact(bytes);
        builder.batch.records.reserve_exact(events);
        builder
    }

    /// Returns the bytes read so far.
    #[inline]
    pub fn bytes(&self) -> &[u8] {
        &self.batch.data.bytes
    }

    /// Returns the buffer to read into.
    ///
    /// # Panics
    /// When there are events already: their texts lie in these bytes and were validated. Read everything that is there first,
    /// then decode.
    #[inline]
    pub fn bytes_mut(&mut self) -> &mut Vec<u8> {
        assert!(self.batch.records.is_empty(), "bytes are read before events are decoded, not after");
        &mut self.batch.data.bytes
    }

    /// Decodes the Riemann message that lies at `range` of the bytes, without a length before it, and appends its events.
    ///
    /// Events without a time get `now`, unless that is `None`. When the message is wrong, nothing of it stays, and the builder
    /// can be used on.
    ///
    /// # Errors
    /// When prost would refuse the message too: broken or truncated wire format, wrong types. And when it holds more than 1,048,576
    /// events: two bytes are an event, but a record of it is 64. Text that is not UTF-8 is no error: what is none of it becomes
    /// U+FFFD, and [`mended`](BatchBuilder::mended) counts the event.
    ///
    /// # Panics
    /// When the range does not lie within the bytes.
    pub fn message(&mut self, range: Range<usize>, now: impl Into<Option<Time>>) -> Result<Message, DecodeError> {
        let Batch { data, records } = &mut self.batch;
        self.used = self.used.max(range.end);
        decode::message(data, records, &mut self.mended, range, now.into())
    }

    /// Appends the event that a line of JSON tells, see [`write_json`](super::write_json) for its form. An event without a time
    /// gets `now`, unless that is `None`. Nothing stays of a line that is wrong. Text that is not UTF-8 is taken as
    /// [`message`](BatchBuilder::message) takes it, and so are escapes of half a character.
    ///
    /// # Errors
    /// When it is not one JSON object, or a field has a value of another type than it must have.
    pub fn push_json(&mut self, line: impl AsRef<[u8]>, now: impl Into<Option<Time>>) -> Result<(), JsonError> {
        let Batch { data, records } = &mut self.batch;
        if json::read(data, records, line.as_ref(), now.into())? {
            self.mended.get_or_insert_default().events += 1;
        }
        self.used = data.bytes.len();
        Ok(())
    }

    /// Returns the text at a range that [`Message`] tells, such as a query, with U+FFFD for what is not UTF-8; empty for a range behind
    /// the bytes.
    pub fn text(&self, range: Range<usize>) -> Cow<'_, str> {
        String::from_utf8_lossy(self.bytes().get(range).unwrap_or_default())
    }

    /// Returns how many of the events had text that was not UTF-8.
    pub fn mended(&self) -> usize {
        self.mended.as_ref().map_or(0, |mended| mended.events)
    }

    /// Appends a copy of an event, changes applied.
    pub fn push(&mut self, view: EventView<'_>) {
        self.batch.push(view);
        self.used = self.bytes().len();
    }

    /// Drops the events of more than `limit` bytes among those from the place `from` on, and returns how many there were.
    pub fn drop_longer(&mut self, from: usize, limit: usize) -> usize {
        let Batch { data, records } = &mut self.batch;
        let (before, mut at) = (records.len(), 0);
        records.retain(|record| {
            at += 1;
            at <= from || record.extent(data).len() <= limit
        });
        before - records.len()
    }

    /// Returns the number of events.
    #[inline]
    pub fn len(&self) -> usize {
        self.batch.len()
    }

    /// Returns true when there is no event.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.batch.is_empty()
    }

    /// Moves the bytes from `at` on, which no event uses, to the end of those of the `next` builder.
    ///
    /// They are copied; as they are less than one frame, and `next` is filled while this batch is worked on, that is cheaper
    /// than anything which would share them.
    ///
    /// # Panics
    /// When there are fewer bytes than `at`, a message lies in what would move, or `next` has events already.
    pub fn split_tail(&mut self, at: usize, next: &mut BatchBuilder) {
        assert!(at >= self.used || self.batch.is_empty(), "messages lie in the bytes that are to be moved");
        let bytes = &mut self.batch.data.bytes;
        next.bytes_mut().extend_from_slice(&bytes[at..]);
        bytes.truncate(at);
    }

    /// Returns the batch; it takes the memory with it.
    pub fn finish(mut self) -> Batch {
        if let Some(mended) = self.mended.take() {
            mended.settle(&mut self.batch.data, &mut self.batch.records);
        }
        self.batch
    }

    /// Forgets events and bytes; the memory stays, but for that of more events than a read buffer usually holds.
    pub fn clear(&mut self) {
        const USUAL: usize = 32 << 10;
        let Batch { data, records } = &mut self.batch;
        data.bytes.clear();
        data.wide = None;
        match records.capacity() {
            ..=USUAL => records.clear(),
            _ => *records = Vec::new(),
        }
        self.used = 0;
        self.mended = None;
    }
}

impl Batch {
    /// Returns a builder with this batch's memory, empty.
    pub fn into_builder(self) -> BatchBuilder {
        let mut builder = BatchBuilder { batch: self, used: 0, mended: None };
        builder.clear();
        builder
    }
}
