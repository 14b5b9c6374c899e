//! An event that owns its bytes.

use std::fmt;

use super::attributes;
use super::change::{IntoMetric, IntoSeconds, IntoText, IntoTime, METRIC, TagList};
use super::record::{Data, Field, Record, Span, Wide, flag, push_wide};
use super::tags::TAG;
use super::view::EventView;
use super::wire;
use super::{Attributes, Tags};
use crate::metric::Metric;
use crate::time::Time;

/// An owned event.
///
/// Stages see an [`EventView`]; an owned event is made where one is kept or sent away, and by `map` functions that change
/// more than `with` can. It has the view's accessors, setters for every field, and `with_…` forms of those for building:
///
/// ```
/// use fastts_core::{Event, Metric};
///
/// let event = Event::new().with_host("web1").with_service("cpu").with_metric(0.5).with_tags(["prod"]);
/// assert_eq!(event.host(), Some("web1"));
/// assert_eq!(event.metric(), 0.5);
/// assert!(event.state().is_none());
/// ```
#[derive(Clone, Default)]
pub struct Event {
    data: Data,
    record: Record,
}

/// The longest event that a record's 16-bit spans can reach into.
const NARROW: usize = u16::MAX as usize;

impl Event {
    /// Makes an event without any field.
    pub fn new() -> Event {
        Event::default()
    }

    /// Makes an event from a view, with all changes applied.
    pub fn from_view(view: EventView<'_>) -> Event {
        let mut event = Event::new();
        event.assign(view);
        event
    }

    /// Returns the view of this event.
    #[inline]
    pub fn view(&self) -> EventView<'_> {
        EventView::new(&self.record, &self.data)
    }

    /// Overwrites this event with what `view` shows; the buffer is reused, so that keeping the last of many events does not
    /// allocate once the buffer has grown to the longest.
    #[inline]
    pub fn assign(&mut self, view: EventView<'_>) {
        let (record, data) = view.parts();
        let extent = record.extent(data);
        self.data.clear();
        self.record = *record;
        self.record.base = 0;
        if record.has(flag::WIDE) {
            let wide = Wide { base: 0, ..*data.wide(record.base) };
            self.record.base = push_wide(&mut self.data.wide, wide);
        }
        self.data.bytes.extend_from_slice(&data.bytes[extent]);
        let mask = view.changed_mask();
        if mask != 0 {
            self.apply(view, mask);
        }
    }

    /// Takes over the fields in `mask` from a view of another event.
    fn apply(&mut self, view: EventView<'_>, mask: u16) {
        let texts = [view.host(), view.service(), view.state(), view.description()];
        for (field, text) in Field::TEXTS.into_iter().zip(texts) {
            if mask & field.bit() != 0 {
                self.put_text(field, text);
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
            self.put_region(Field::Tags, |bytes| {
                for tag in view.tags() {
                    wire::put_bytes(bytes, TAG, tag.as_bytes());
                }
            });
        }
        if mask & Field::Attributes.bit() != 0 {
            self.put_region(Field::Attributes, |bytes| put_attributes(bytes, view.attributes()));
        }
    }

    /// Appends the bytes of a field and points its span at them.
    fn put_region(&mut self, field: Field, write: impl FnOnce(&mut Vec<u8>)) {
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

    /// Moves to 32-bit spans.
    #[cold]
    fn widen(&mut self) {
        let wide = self.record.widened(&self.data);
        self.data.wide = None;
        self.record.base = push_wide(&mut self.data.wide, wide);
        self.record.flags |= flag::WIDE;
    }

    fn put_text(&mut self, field: Field, text: Option<&str>) {
        match text {
            Some(text) => {
                self.shed(text.len());
                self.put_region(field, |bytes| bytes.extend_from_slice(text.as_bytes()));
            }
            None => self.record.flags &= !field.bit(),
        }
    }

    /// Copies the event together when setters have left more waste behind than it has content.
    fn shed(&mut self, coming: usize) {
        let live: usize = (0..6).map(|field| self.span_len(field)).sum();
        if self.data.bytes.len() > 2 * live + coming + 256 {
            let old = std::mem::take(self);
            let mut fresh = Event { record: old.record, data: Data::default() };
            fresh.record.spans = Default::default();
            fresh.record.flags &= !flag::WIDE;
            fresh.record.base = 0;
            fresh.record.len = 0;
            let texts = Field::TEXTS.into_iter().chain([Field::Tags, Field::Attributes]);
            for field in texts.filter(|field| old.record.has(field.bit())) {
                let span = old.record.span(field, &old.data);
                fresh.put_region(field, |bytes| bytes.extend_from_slice(&old.data.bytes[span]));
            }
            *self = fresh;
        }
    }

    fn span_len(&self, field: usize) -> usize {
        if self.record.flags & (1 << field) == 0 {
            return 0;
        }
        match self.record.has(flag::WIDE) {
            true => self.data.wide(self.record.base).spans[field].1,
            false => self.record.spans[field].len.into(),
        }
    }

    /// Sets the metric; [`Metric::Missing`] clears it.
    pub fn set_metric(&mut self, metric: impl IntoMetric) -> &mut Event {
        self.record.flags &= !METRIC;
        match metric.into_metric() {
            Metric::Missing => {}
            Metric::Int(value) => {
                self.record.flags |= flag::INT;
                self.record.metric = value as u64;
            }
            Metric::Float(value) => {
                self.record.flags |= flag::FLOAT;
                self.record.metric = value.to_bits();
            }
        }
        self
    }

    /// Sets when the event happened; `None` clears it.
    pub fn set_time(&mut self, time: impl IntoTime) -> &mut Event {
        let time = time.into_time();
        self.record.flags &= !flag::TIME;
        if let Some(time) = time {
            self.record.flags |= flag::TIME;
            self.record.time = time.as_micros();
        }
        self
    }

    /// Sets for how many seconds the event holds; `None` clears it.
    pub fn set_ttl(&mut self, ttl: impl IntoSeconds) -> &mut Event {
        let ttl = ttl.into_seconds();
        self.record.flags &= !flag::TTL;
        if let Some(ttl) = ttl {
            self.record.flags |= flag::TTL;
            self.record.ttl = ttl;
        }
        self
    }

    /// Replaces the tags.
    pub fn set_tags(&mut self, tags: impl TagList) -> &mut Event {
        let tags = tags.into_tags();
        self.shed(tags.iter().map(|tag| tag.len()).sum());
        self.put_region(Field::Tags, |bytes| {
            for tag in &tags {
                wire::put_bytes(bytes, TAG, tag.as_bytes());
            }
        });
        self
    }

    /// Sets one attribute; `None` removes it.
    pub fn set_attribute<'v>(&mut self, key: &str, value: impl IntoText<'v>) -> &mut Event {
        let old = self.clone();
        let value = value.into_text();
        self.shed(key.len());
        self.put_region(Field::Attributes, |bytes| {
            let others = old.view().attributes().filter(|(name, _)| *name != key);
            put_attributes(bytes, others.chain(value.as_deref().map(|value| (key, value))));
        });
        self
    }

    /// Returns the metric.
    pub fn metric(&self) -> Metric {
        self.view().metric()
    }

    /// Returns when the event happened.
    pub fn time(&self) -> Option<Time> {
        self.view().time()
    }

    /// Returns for how many seconds the event holds.
    pub fn ttl(&self) -> Option<f64> {
        self.view().ttl()
    }

    /// Returns the tags in order.
    pub fn tags(&self) -> Tags<'_> {
        self.view().tags()
    }

    /// Returns true when the event has `tag`.
    pub fn tagged(&self, tag: &str) -> bool {
        self.view().tagged(tag)
    }

    /// Returns the value of an attribute.
    pub fn attribute(&self, key: &str) -> Option<&str> {
        self.view().attribute(key)
    }

    /// Returns the attributes, names with values.
    pub fn attributes(&self) -> Attributes<'_> {
        self.view().attributes()
    }

    /// Sets the metric, for building.
    pub fn with_metric(mut self, metric: impl IntoMetric) -> Event {
        self.set_metric(metric);
        self
    }

    /// Sets the time, for building.
    pub fn with_time(mut self, time: impl IntoTime) -> Event {
        self.set_time(time);
        self
    }

    /// Sets the ttl, for building.
    pub fn with_ttl(mut self, ttl: impl IntoSeconds) -> Event {
        self.set_ttl(ttl);
        self
    }

    /// Replaces the tags, for building.
    pub fn with_tags(mut self, tags: impl TagList) -> Event {
        self.set_tags(tags);
        self
    }

    /// Sets one attribute, for building.
    pub fn with_attribute<'v>(mut self, key: &str, value: impl IntoText<'v>) -> Event {
        self.set_attribute(key, value);
        self
    }
}

macro_rules! texts {
    ($($name:ident $set:ident $with:ident $field:ident;)*) => {
        impl Event {$(
            #[doc = concat!("Returns the ", stringify!($name), ", `None` when it is missing.")]
            pub fn $name(&self) -> Option<&str> {
                self.view().$name()
            }

            #[doc = concat!("Sets the ", stringify!($name), "; `None::<&str>` clears it.")]
            pub fn $set<'v>(&mut self, value: impl IntoText<'v>) -> &mut Event {
                self.put_text(Field::$field, value.into_text().as_deref());
                self
            }

            #[doc = concat!("Sets the ", stringify!($name), ", for building.")]
            pub fn $with<'v>(mut self, value: impl IntoText<'v>) -> Event {
                self.$set(value);
                self
            }
        )*}
    };
}
texts! {
    host set_host with_host Host;
    service set_service with_service Service;
    state set_state with_state State;
    description set_description with_description Description;
}

fn put_attributes<'t>(bytes: &mut Vec<u8>, attributes: impl Iterator<Item = (&'t str, &'t str)>) {
    let mut one = Vec::new();
    for (key, value) in attributes {
        one.clear();
        wire::put_bytes(&mut one, 1, key.as_bytes());
        wire::put_bytes(&mut one, 2, value.as_bytes());
        wire::put_bytes(bytes, attributes::ATTRIBUTE, &one);
    }
}

impl From<EventView<'_>> for Event {
    fn from(view: EventView<'_>) -> Event {
        Event::from_view(view)
    }
}

impl PartialEq for Event {
    fn eq(&self, other: &Event) -> bool {
        self.view() == other.view()
    }
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.view().fmt(f)
    }
}
