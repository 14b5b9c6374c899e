//! The handle on an event that travels through chains.

use std::collections::BTreeMap;
use std::fmt;

use super::attributes::Attributes;
use super::change::{Change, Kind, METRIC, Patch};
use super::owned::Event;
use super::record::{Data, Field, Record, flag};
use super::tags::Tags;
use crate::metric::Metric;
use crate::time::Time;

/// A view of an event: a `Copy` handle that stages pass on.
///
/// The event itself lies in a batch or in an [`Event`]; stages that change it (`tag`, `with`, `scale`) lay small changes over
/// it, on their stack. Every accessor tells the value after those changes.
#[derive(Clone, Copy)]
pub struct EventView<'a> {
    record: &'a Record,
    data: &'a Data,
    patch: Option<&'a Patch<'a>>,
    /// The bits of the fields that changes lie over. In a fused chain it is a constant, so that reading a field that no
    /// stage has changed does not look at the changes at all.
    changed: u16,
}

impl<'a> EventView<'a> {
    #[inline]
    pub(crate) fn new(record: &'a Record, data: &'a Data) -> EventView<'a> {
        EventView { record, data, patch: None, changed: 0 }
    }

    /// Returns the record below the changes, and its bytes.
    #[inline]
    pub(crate) fn parts(self) -> (&'a Record, &'a Data) {
        (self.record, self.data)
    }

    /// Returns the changes that lie over the event.
    #[inline]
    pub(super) fn patch(self) -> Option<&'a Patch<'a>> {
        self.patch
    }

    /// Calls `then` with this event under `changes`, the later of which win.
    #[inline]
    pub(crate) fn changed<R>(self, changes: &[Change<'_>], then: impl FnOnce(EventView<'_>) -> R) -> R {
        let mask = changes.iter().fold(0, |mask, change| mask | change.mask());
        self.changed_in(mask, changes, then)
    }

    /// The same, where the stage knows which fields its changes are about.
    #[inline]
    pub(crate) fn changed_in<R>(self, mask: u16, changes: &[Change<'_>], then: impl FnOnce(EventView<'_>) -> R) -> R {
        debug_assert_eq!(mask, changes.iter().fold(0, |mask, change| mask | change.mask()));
        // The view is covariant in its lifetime, so it shrinks to that of the patch on this stack.
        let patch = Patch { below: self.patch, changes };
        then(EventView { record: self.record, data: self.data, patch: Some(&patch), changed: self.changed | mask })
    }

    /// Returns the bits of the fields that changes lie over.
    #[inline]
    pub(crate) fn changed_mask(self) -> u16 {
        self.changed
    }

    /// Returns the changes from the newest to the oldest.
    #[inline]
    pub(crate) fn changes(self) -> impl Iterator<Item = &'a Change<'a>> {
        Patch::newest_first(self.patch)
    }

    /// Returns the changed value of a field, if one lies over it.
    #[inline]
    fn over<T>(self, bits: u16, pick: impl Fn(&'a Kind<'a>) -> Option<T>) -> Option<T> {
        if self.changed & bits == 0 {
            return None;
        }
        let mut patch = self.patch;
        while let Some(Patch { below, changes }) = patch {
            for change in changes.iter().rev() {
                if let Some(value) = pick(&change.0) {
                    return Some(value);
                }
            }
            patch = *below;
        }
        None
    }

    #[inline]
    pub(crate) fn text(self, field: Field) -> Option<&'a str> {
        let changed = self.over(field.bit(), |kind| match kind {
            Kind::Text(changed, value) if *changed == field => Some(value.as_deref()),
            _ => None,
        });
        changed.unwrap_or_else(|| self.record.text(field, self.data))
    }

    /// Returns the host, `None` when it is missing; an empty host is not missing.
    #[inline]
    pub fn host(self) -> Option<&'a str> {
        self.text(Field::Host)
    }

    /// Returns the service.
    #[inline]
    pub fn service(self) -> Option<&'a str> {
        self.text(Field::Service)
    }

    /// Returns the state.
    #[inline]
    pub fn state(self) -> Option<&'a str> {
        self.text(Field::State)
    }

    /// Returns the description.
    #[inline]
    pub fn description(self) -> Option<&'a str> {
        self.text(Field::Description)
    }

    /// Returns the metric.
    #[inline]
    pub fn metric(self) -> Metric {
        let changed = self.over(METRIC, |kind| match kind {
            Kind::Metric(metric) => Some(*metric),
            _ => None,
        });
        changed.unwrap_or_else(|| {
            if self.record.has(flag::INT) {
                Metric::Int(self.record.metric as i64)
            } else if self.record.has(flag::FLOAT) {
                Metric::Float(f64::from_bits(self.record.metric))
            } else {
                Metric::Missing
            }
        })
    }

    /// Returns when the event happened; the server stamps events that lack a time.
    #[inline]
    pub fn time(self) -> Option<Time> {
        let changed = self.over(flag::TIME, |kind| match kind {
            Kind::Time(time) => Some(*time),
            _ => None,
        });
        changed.unwrap_or_else(|| self.record.has(flag::TIME).then(|| Time::from_micros(self.record.time)))
    }

    /// Returns for how many seconds the event holds.
    #[inline]
    pub fn ttl(self) -> Option<f64> {
        let changed = self.over(flag::TTL, |kind| match kind {
            Kind::Ttl(ttl) => Some(*ttl),
            _ => None,
        });
        changed.unwrap_or_else(|| self.record.has(flag::TTL).then_some(self.record.ttl))
    }

    /// Returns the tags in order.
    #[inline]
    pub fn tags(self) -> Tags<'a> {
        Tags::new(self)
    }

    /// Returns true when the event has `tag`.
    #[inline]
    pub fn tagged(self, tag: &str) -> bool {
        self.over(Field::Tags.bit(), |kind| match kind {
            Kind::AddTags(tags) => tags.iter().any(|added| added == tag).then_some(true),
            Kind::RemoveTags(tags) => tags.iter().any(|removed| removed == tag).then_some(false),
            Kind::SetTags(tags) => Some(tags.iter().any(|set| set == tag)),
            _ => None,
        })
        .unwrap_or_else(|| Tags::of_record(self.record, self.data).contains(tag))
    }

    /// Returns true when the event has at least one of `tags`.
    #[inline]
    pub fn tagged_any<S: AsRef<str>>(self, tags: &[S]) -> bool {
        tags.iter().any(|tag| self.tagged(tag.as_ref()))
    }

    /// Returns true when the event has all of `tags`.
    #[inline]
    pub fn tagged_all<S: AsRef<str>>(self, tags: &[S]) -> bool {
        tags.iter().all(|tag| self.tagged(tag.as_ref()))
    }

    /// Returns the value of an attribute, `None` when the event has none of that name. Of several the last counts, as in
    /// Riemann.
    pub fn attribute(self, key: &str) -> Option<&'a str> {
        let changed = self.over(Field::Attributes.bit(), |kind| match kind {
            Kind::Attribute(name, value) if name == key => Some(value.as_deref()),
            _ => None,
        });
        changed.unwrap_or_else(|| {
            Attributes::of_record(self.record, self.data).filter(|(name, _)| *name == key).last().map(|(_, value)| value)
        })
    }

    /// Returns the attributes, names with values. A name that a client has sent twice comes twice; the last counts.
    pub fn attributes(self) -> Attributes<'a> {
        Attributes::new(self)
    }

    /// Returns true when the state is `expired`, or the ttl has run out by `now`.
    ///
    /// An event without a ttl or without a time never runs out.
    #[inline]
    pub fn is_expired(self, now: Time) -> bool {
        if self.state() == Some("expired") {
            return true;
        }
        self.runs_out().is_some_and(|until| now > until)
    }

    /// Returns when the ttl runs out, `None` for never: without a ttl or a time.
    #[inline]
    pub(crate) fn runs_out(self) -> Option<Time> {
        let (time, ttl) = (self.time()?, self.ttl()?);
        Some(Time::from_micros(time.as_micros().saturating_add((ttl * 1e6) as i64)))
    }

    /// Makes an owned event, which can be changed at will; it allocates.
    pub fn to_owned(self) -> Event {
        Event::from_view(self)
    }
}

impl fmt::Debug for EventView<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("Event");
        for (name, value) in
            [("host", self.host()), ("service", self.service()), ("state", self.state()), ("description", self.description())]
        {
            if let Some(value) = value {
                out.field(name, &value);
            }
        }
        if !self.metric().is_missing() {
            out.field("metric", &format_args!("{}", self.metric()));
        }
        if let Some(time) = self.time() {
            out.field("time", &time);
        }
        if let Some(ttl) = self.ttl() {
            out.field("ttl", &ttl);
        }
        if self.tags().next().is_some() {
            out.field("tags", &self.tags().collect::<Vec<_>>());
        }
        for (name, value) in self.attributes() {
            out.field(name, &value);
        }
        out.finish()
    }
}

impl<'a> PartialEq for EventView<'a> {
    /// Compares field by field; numbers by value, attributes in any order.
    fn eq(&self, other: &EventView<'a>) -> bool {
        let metric = match (self.metric(), other.metric()) {
            (Metric::Missing, Metric::Missing) => true,
            (a, b) => a == b,
        };
        let attributes = |view: EventView<'a>| view.attributes().collect::<BTreeMap<_, _>>();
        metric
            && Field::TEXTS.iter().all(|&field| self.text(field) == other.text(field))
            && self.time() == other.time()
            && self.ttl() == other.ttl()
            && self.tags().eq(other.tags())
            && attributes(*self) == attributes(*other)
    }
}
