//! How an owned event takes over what a view shows, and how its bytes are laid out.
//!
//! The bytes of the event below are copied as they are; what changes say is appended behind them, and the record's spans are
//! pointed at it. What a span no longer points at is waste, which setters shed when there is too much of it.

use super::change::{Change, Kind, METRIC, Patch};
use super::encode::put_attribute;
use super::owned::Event;
use super::record::{Data, Field, Span, Wide, flag, push_wide};
use super::tags::{self, PLAIN_KEY};
use super::view::EventView;
use super::{number, wire};

/// The longest event that a record's 16-bit spans can reach into.
const NARROW: usize = u16::MAX as usize;

impl Event {
    /// Overwrites this event with what `view` shows; the buffer is reused, so that keeping the last of many events does not
    /// allocate once the buffer has grown to the longest.
    #[inline]
    pub fn assign(&mut self, view: EventView<'_>) {
        let (record, data) = view.parts();
        // One comparison finds everything rare: a long event here or a buffer that is still as long as one.
        if record.has(flag::WIDE) || self.data.bytes.capacity() > NARROW {
            return self.assign_long(view);
        }
        let bytes = &data.bytes[record.extent(data)];
        self.data.bytes.clear();
        if let Some(patch) = view.patch() {
            return self.assign_changed(view, bytes, patch);
        }
        self.data.bytes.extend_from_slice(bytes);
        self.record = *record;
        self.record.base = 0;
    }

    /// Assigns events over 64 KiB, and gives memory back when one was here that is not needed again.
    #[cold]
    fn assign_long(&mut self, view: EventView<'_>) {
        let (record, data) = view.parts();
        let bytes = &data.bytes[record.extent(data)];
        self.data.clear();
        if self.data.bytes.capacity() / 4 > bytes.len() {
            self.data = Data::default();
        }
        self.data.bytes.extend_from_slice(bytes);
        self.record = *record;
        self.record.base = 0;
        if record.has(flag::WIDE) {
            let wide = Wide { base: 0, ..record.widened(data) };
            self.record.base = push_wide(&mut self.data.wide, wide);
        }
        self.apply(view);
    }

    fn assign_changed(&mut self, view: EventView<'_>, bytes: &[u8], patch: &Patch<'_>) {
        let (record, data) = view.parts();
        self.record = *record;
        self.record.base = 0;
        if let Patch { below: None, changes: [Change(Kind::AddTags(added))] } = patch
            && record.has(flag::PLAIN_TAGS)
            && self.add_tags(bytes, record.region(Field::Tags, data), added)
        {
            return;
        }
        self.data.bytes.reserve(bytes.len() + room(view));
        self.data.bytes.extend_from_slice(bytes);
        self.apply(view);
    }

    /// Appends `bytes`, then plain tags before the plain tags that lie in `own`; false when that cannot be done by copying.
    ///
    /// This is what `tag("x")` costs whenever an event is kept behind it, so it does nothing that it need not do.
    fn add_tags<S: AsRef<str>>(&mut self, bytes: &[u8], own: &[u8], added: &[S]) -> bool {
        let mut len = own.len();
        for tag in added {
            let tag = tag.as_ref();
            if tag.len() > 0x7f || tags::plain(own).any(|own| own == tag.as_bytes()) {
                return false;
            }
            len += 2 + tag.len();
        }
        let start = bytes.len();
        if start + len > NARROW {
            return false;
        }
        let all = &mut self.data.bytes;
        all.reserve(start + len);
        all.extend_from_slice(bytes);
        for tag in added {
            let tag = tag.as_ref();
            all.extend_from_slice(&[PLAIN_KEY, tag.len() as u8]);
            all.extend_from_slice(tag.as_bytes());
        }
        all.extend_from_slice(own);
        self.record.spans[Field::Tags as usize] = Span { offset: start as u16, len: len as u16 };
        self.record.len = (start + len) as u16;
        if len > 0 {
            self.record.flags |= Field::Tags.bit();
        }
        true
    }

    /// Takes over the fields that lie changed over a view's event, whose bytes are here already.
    fn apply(&mut self, view: EventView<'_>) {
        let mask = view.changed_mask();
        for field in Field::TEXTS {
            if mask & field.bit() != 0 {
                self.put_text(field, view.text(field));
            }
        }
        if mask & METRIC != 0 {
            self.set_metric(view.metric());
        }
        if mask & flag::TIME != 0 {
            self.set_time(view.time());
        }
        if mask & flag::TTL != 0 {
            self.set_ttl(view.ttl());
        }
        if mask & Field::Tags.bit() != 0 {
            self.put_tags(view.tags());
        }
        if mask & Field::Attributes.bit() != 0 {
            self.put_region(Field::Attributes, |bytes| {
                for (key, value) in view.attributes() {
                    put_attribute(bytes, key, value);
                }
            });
        }
    }

    /// Appends the bytes of a field and points its span at them.
    pub(super) fn put_region(&mut self, field: Field, write: impl FnOnce(&mut Vec<u8>)) {
        let start = self.data.bytes.len();
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
        let fields = Field::TEXTS.into_iter().chain([Field::Tags, Field::Attributes]).filter(|field| self.record.has(field.bit()));
        let live: usize = fields.clone().map(|field| self.record.span(field, &self.data).len()).sum();
        if self.data.bytes.len() <= 2 * live + coming + 256 {
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
fn room(view: EventView<'_>) -> usize {
    let (record, data) = view.parts();
    let mut room = 0;
    let mut lists = 0;
    for change in view.changes() {
        lists |= change.mask() & (Field::Tags.bit() | Field::Attributes.bit());
        room += match &change.0 {
            Kind::Text(_, Some(text)) => text.len(),
            Kind::AddTags(tags) => tags.iter().map(|tag| tag.len() + 2).sum(),
            Kind::SetTags(tags) => tags.iter().map(|tag| tag.len() + 2).sum(),
            Kind::Attribute(key, Some(value)) => key.len() + value.len() + 6,
            _ => 0,
        };
    }
    for field in [Field::Tags, Field::Attributes] {
        if lists & field.bit() != 0 {
            room += record.region(field, data).len();
        }
    }
    room
}
