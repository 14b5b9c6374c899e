//! An event that owns its bytes.

use std::fmt;
use std::str::FromStr;

use super::change::{IntoMetric, IntoSeconds, IntoText, IntoTime, METRIC, TagList};
use super::encode::put_attribute;
use super::json::JsonError;
use super::record::{Data, Field, Record, Wide, flag};
use super::view::EventView;
use super::{Attributes, BatchBuilder, Tags};
use crate::model::metric::Metric;
use crate::model::prefetch::prefetch;
use crate::model::time::Time;

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
#[derive(Default)]
pub struct Event {
    pub(super) data: Data,
    pub(super) record: Record,
}

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

    /// Hints that this event will be used soon.
    #[inline]
    pub(crate) fn prefetch(&self) {
        prefetch(&*self.data.bytes);
    }

    /// Returns how many bytes of memory it holds, itself not counted.
    #[inline]
    pub(crate) fn data_held(&self) -> usize {
        self.data.bytes.capacity() + if self.data.wide.is_some() { size_of::<Vec<Wide>>() + size_of::<Wide>() } else { 0 }
    }

    /// Returns the view of this event.
    #[inline]
    pub fn view(&self) -> EventView<'_> {
        EventView::new(&self.record, &self.data)
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
        self.shed(tags.iter().map(|tag| tag.len() + 2).sum());
        self.put_tags(tags.iter().map(|tag| tag.as_str()));
        self
    }

    /// Sets one attribute; `None::<&str>` removes it. It reads all attributes: to set many, lay them out in a batch.
    pub fn set_attribute<'v>(&mut self, key: &str, value: impl IntoText<'v>) -> &mut Event {
        let mut region = Vec::new();
        for (name, value) in self.attributes().filter(|(name, _)| *name != key) {
            put_attribute(&mut region, name, value);
        }
        if let Some(value) = value.into_text() {
            put_attribute(&mut region, key, &value);
        }
        self.shed(region.len());
        self.put_region(Field::Attributes, |bytes| bytes.extend_from_slice(&region));
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
                let text = value.into_text();
                self.shed(text.as_ref().map_or(0, |text| text.len()));
                self.put_text(Field::$field, text.as_deref());
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

impl fmt::Display for Event {
    /// Writes the event as one line of JSON.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.view(), f)
    }
}

impl FromStr for Event {
    type Err = JsonError;

    /// Reads an event from JSON.
    ///
    /// ```
    /// use fastts_core::Event;
    ///
    /// let event: Event = r#"{"host":"web1","metric":1.5,"tags":["prod"],"zone":"b"}"#.parse()?;
    /// assert_eq!(event.attribute("zone"), Some("b"));
    /// assert_eq!(event.to_string(), r#"{"host":"web1","metric":1.5,"tags":["prod"],"attributes":{"zone":"b"}}"#);
    /// # Ok::<(), fastts_core::event::JsonError>(())
    /// ```
    fn from_str(json: &str) -> Result<Event, JsonError> {
        let mut builder = BatchBuilder::new();
        builder.push_json(json, None)?;
        Ok(builder.finish().get(0).to_owned())
    }
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.view(), f)
    }
}
