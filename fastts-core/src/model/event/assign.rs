//! How an owned event takes over what a view shows, and how its bytes are laid out.
//!
//! The bytes of the event below are copied as they are; what changes say is appended behind them, and the record's spans are
//! pointed at it. What a span no longer points at is waste, which setters shed when there is too much of it. Behind the
//! event's bytes there may be spare ones: [`Event::assign`] leaves the buffer as long as the longest event needed it.

use super::change::{Change, Kind};
use super::encode::put_attribute;
use super::owned::Event;
use super::patch::Patch;
use super::record::{Data, Field, Record, Span, Wide, flag, push_wide};
use super::tag_set::{SHORT, TagSet};
use super::view::EventView;
use super::{number, wire};

/// The longest event that a record's 16-bit spans can reach into.
const NARROW: usize = u16::MAX as usize;

impl Event {
    /// Overwrites this event with what `view` shows; the buffer is reused, so that keeping the last of many events does not
    /// allocate once the buffer has grown to the longest.
    // Always: left to itself, the compiler does so only for the one caller of a function that has no other.
    #[inline(always)]
    pub fn assign(&mut self, view: EventView<'_>) {
        let (record, data) = view.parts();
        let Patch { below, changes } = view.patch();
        // Everything rare goes another way: a wide event, one that is longer than all before it, and one that is so much
        // shorter that memory is to be given back.
        if record.has(flag::WIDE) {
            return self.assign_anew(record, data, below, changes);
        }
        let bytes = &data.bytes[record.base as usize..record.base as usize + record.len as usize];
        let Some((head, tail)) = self.data.bytes.split_at_mut_checked(bytes.len()) else {
            return self.assign_anew(record, data, below, changes);
        };
        if !(SHORT..=NARROW).contains(&tail.len()) {
            return self.assign_anew(record, data, below, changes);
        }
        head.copy_from_slice(bytes);
        self.record = *record;
        self.record.base = 0;
        if below.is_none() && changes.is_empty() {
            return;
        }
        // What `tag("x")` costs whenever an event is kept behind it. Inlined, most of these questions are answered while
        // compiling.
        if let Some(tags) = view.added()
            && let Some((padded, len)) = tags.short_wire()
            && !record.has(Field::Added.bit())
            && let Some(room) = tail.first_chunk_mut()
            && let Some(end) = record.len.checked_add(len)
        {
            *room = *padded;
            self.record.spans[Field::Added as usize] = Span { offset: record.len, len };
            self.record.len = end;
            self.record.flags = record.flags | Field::Added.bit();
            return;
        }
        self.apply(record, data, below, changes);
    }

    /// Assigns into a buffer of the right size.
    #[cold]
    #[inline(never)]
    fn assign_anew<'a>(&mut self, record: &'a Record, data: &'a Data, below: Option<&'a Patch<'a>>, changes: &'a [Change<'a>]) {
        let patch = Patch { below, changes };
        let bytes = &data.bytes[record.extent(data)];
        let len = bytes.len() + SHORT + room(record, data, patch);
        self.data.wide = None;
        self.data.bytes.clear();
        if self.data.bytes.capacity() / 4 > len {
            self.data.bytes = Vec::new();
        }
        self.data.bytes.reserve_exact(len);
        self.data.bytes.extend_from_slice(bytes);
        self.data.bytes.resize(bytes.len() + SHORT, 0);
        self.record = *record;
        self.record.base = 0;
        if record.has(flag::WIDE) {
            let wide = Wide { base: 0, ..record.widened(data) };
            self.record.base = push_wide(&mut self.data.wide, wide);
        }
        if !patch.is_empty() {
            self.apply(record, data, below, changes);
        }
    }

    /// Changes this event, which is a copy of `record`, as the changes over that say: a [`Patch`] in its parts, which come in
    /// registers, so that nobody writes them down who does not come here.
    #[inline(never)]
    fn apply<'a>(&mut self, record: &'a Record, data: &'a Data, below: Option<&'a Patch<'a>>, changes: &'a [Change<'a>]) {
        let patch = Patch { below, changes };
        let len = self.data.bytes.len();
        let lists = self.apply_simple(patch);
        if lists != 0 {
            self.apply_lists(EventView::over_record(record, data, patch), lists);
        }
        if self.data.bytes.len() < len {
            // The spare bytes that `assign` counts on.
            self.data.bytes.resize(len, 0);
        }
    }

    /// Makes those changes that do not need to look at the event, the oldest first, and returns the bits of the lists that the
    /// others are about.
    #[inline]
    fn apply_simple(&mut self, patch: Patch<'_>) -> u16 {
        let mut lists = match patch.below {
            Some(below) => self.apply_below(*below),
            None => 0,
        };
        for change in patch.changes {
            match &change.0 {
                Kind::None => {}
                Kind::AddTags(tags) => {
                    if !self.add_tags(tags) {
                        lists |= Field::Tags.bit();
                    }
                }
                Kind::SetTags(_) | Kind::RemoveTags(_) => lists |= Field::Tags.bit(),
                Kind::Attribute(..) => lists |= Field::Attributes.bit(),
                Kind::Text(field, text) => self.put_text(*field, text.as_deref()),
                Kind::Metric(metric) => drop(self.set_metric(*metric)),
                Kind::Time(time) => drop(self.set_time(*time)),
                Kind::Ttl(ttl) => drop(self.set_ttl(*ttl)),
            }
        }
        lists
    }

    #[inline(never)]
    fn apply_below(&mut self, patch: Patch<'_>) -> u16 {
        self.apply_simple(patch)
    }

    #[inline(never)]
    fn apply_lists(&mut self, view: EventView<'_>, lists: u16) {
        if lists & Field::Tags.bit() != 0 {
            self.put_tags(view.tags());
        }
        if lists & Field::Attributes.bit() != 0 {
            self.put_region(Field::Attributes, |bytes| {
                for (key, value) in view.attributes() {
                    put_attribute(bytes, key, value);
                }
            });
        }
    }

    /// Puts tags before those that are there; false when all of them have to be laid out anew.
    #[inline]
    fn add_tags(&mut self, tags: &TagSet) -> bool {
        let Some(wire) = tags.wire() else {
            return false;
        };
        let start = self.end();
        if start + wire.len() > NARROW || self.record.has(flag::WIDE | Field::Added.bit()) {
            return false;
        }
        self.data.bytes.truncate(start);
        self.data.bytes.extend_from_slice(wire);
        self.record.spans[Field::Added as usize] = Span { offset: start as u16, len: wire.len() as u16 };
        self.record.len = (start + wire.len()) as u16;
        self.record.flags |= Field::Added.bit();
        true
    }

    /// Returns where the event's bytes end; spare ones may follow.
    #[inline]
    fn end(&self) -> usize {
        self.record.extent(&self.data).end
    }

    /// Appends the bytes of a field and points its span at them.
    pub(super) fn put_region(&mut self, field: Field, write: impl FnOnce(&mut Vec<u8>)) {
        let start = self.end();
        self.data.bytes.truncate(start);
        write(&mut self.data.bytes);
        let end = self.data.bytes.len();
        if end > NARROW && !self.record.has(flag::WIDE) {
            self.widen();
        }
        if self.record.has(flag::WIDE) {
            if let Some(wide) = self.data.wide.as_mut().and_then(|list| list.first_mut()) {
                wide.spans[field as usize] = (start, end - start);
                wide.len = end;
            }
        } else {
            self.record.spans[field as usize] = Span { offset: start as u16, len: (end - start) as u16 };
            self.record.len = end as u16;
        }
        if end > start || Field::TEXTS.contains(&field) {
            self.record.flags |= field.bit();
        } else {
            self.record.flags &= !field.bit();
        }
    }

    pub(super) fn put_text(&mut self, field: Field, text: Option<&str>) {
        match text {
            Some(text) => {
                self.put_region(field, |bytes| bytes.extend_from_slice(text.as_bytes()));
            }
            None => self.record.flags &= !field.bit(),
        }
    }

    pub(super) fn put_tags<'t>(&mut self, tags: impl Iterator<Item = &'t str>) {
        let mut plain = true;
        self.put_region(Field::Tags, |bytes| {
            for tag in tags {
                wire::put_bytes(bytes, number::TAG, tag.as_bytes());
                plain &= tag.len() < 0x80;
            }
        });
        self.record.flags &= !Field::Added.bit();
        match plain {
            true => self.record.flags |= flag::PLAIN_TAGS,
            false => self.record.flags &= !flag::PLAIN_TAGS,
        }
    }

    /// Moves to wide spans.
    #[cold]
    fn widen(&mut self) {
        let wide = self.record.widened(&self.data);
        self.data.wide = None;
        self.record.base = push_wide(&mut self.data.wide, wide);
        self.record.flags |= flag::WIDE;
    }

    /// Copies the event together when setters have left more waste behind than it has content; `coming` bytes come next.
    pub(super) fn shed(&mut self, coming: usize) {
        let fields = Field::TEXTS.into_iter().chain(Field::LISTS).filter(|field| self.record.has(field.bit()));
        let live: usize = fields.clone().map(|field| self.record.span(field, &self.data).len()).sum();
        if self.end() <= 2 * live + coming + 256 {
            return;
        }
        let mut fresh = Event { record: self.record, data: Data::default() };
        fresh.data.bytes.reserve(live + coming);
        fresh.record.spans = Default::default();
        fresh.record.flags &= !flag::WIDE;
        fresh.record.base = 0;
        fresh.record.len = 0;
        for field in fields {
            let span = self.record.span(field, &self.data);
            fresh.put_region(field, |bytes| bytes.extend_from_slice(&self.data.bytes[span]));
        }
        *self = fresh;
    }
}

/// Returns about how many bytes the changes over an event take, so that a kept event is allocated once and no larger.
fn room(record: &Record, data: &Data, patch: Patch<'_>) -> usize {
    let mut room = 0;
    let mut lists = 0;
    for change in patch.newest_first() {
        lists |= change.mask() & (Field::Tags.bit() | Field::Attributes.bit());
        room += match &change.0 {
            Kind::Text(_, Some(text)) => text.len(),
            Kind::AddTags(tags) => tags.iter().map(|tag| tag.len() + 2).sum(),
            Kind::SetTags(tags) => tags.iter().map(|tag| tag.len() + 2).sum(),
            Kind::Attribute(key, Some(value)) => key.len() + value.len() + 6,
            _ => 0,
        };
    }
    for field in Field::LISTS {
        if lists & field.bit() != 0 {
            room += record.region(field, data).len();
        }
    }
    room
}
impl Clone for Event {
    fn clone(&self) -> Event {
        let bytes = self.data.bytes[..self.end()].to_vec();
        Event { data: Data { bytes, wide: self.data.wide.clone() }, record: self.record }
    }

    fn clone_from(&mut self, other: &Event) {
        self.assign(other.view());
    }
}
