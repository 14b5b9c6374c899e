//! The handle on an event that travels through chains.

use std::collections::BTreeMap;
use std::fmt;
use std::mem::ManuallyDrop;

use super::attributes::Attributes;
use super::change::{Change, Kind, METRIC, TagChange};
use super::json::write_json;
use super::owned::Event;
use super::patch::Patch;
use super::record::{Data, Field, Record, flag};
use super::tag_set::TagSet;
use super::tags::Tags;
use crate::model::metric::Metric;
use crate::model::time::Time;

/// A view of an event: a `Copy` handle that stages pass on.
///
/// The event itself lies in a batch or in an [`Event`]; stages that change it (`tag`, `with`, `scale`) lay small changes over
/// it, on their stack. Every accessor tells the value after those changes.
#[derive(Clone, Copy)]
pub struct EventView<'a> {
    record: &'a Record,
    data: &'a Data,
    /// By value: where a view is inlined, a change that nobody looks at is never written down.
    patch: Patch<'a>,
    /// The tags that are added, where nothing else is changed: what is known of a stage while compiling need not be asked.
    added: Option<&'a TagSet>,
    /// The bits of the fields that changes lie over: one test, and most accessors need not look for changes.
    mask: u16,
}

impl<'a> EventView<'a> {
    #[inline]
    pub(crate) fn new(record: &'a Record, data: &'a Data) -> EventView<'a> {
        EventView { record, data, patch: Patch::NONE, added: None, mask: 0 }
    }

    /// Makes the view of a record under changes.
    pub(super) fn over_record(record: &'a Record, data: &'a Data, patch: Patch<'a>) -> EventView<'a> {
        let mask = patch.newest_first().fold(0, |mask, change| mask | change.mask());
        EventView { record, data, patch, added: None, mask }
    }

    /// Returns the record below the changes, and its bytes.
    #[inline]
    pub(crate) fn parts(self) -> (&'a Record, &'a Data) {
        (self.record, self.data)
    }

    /// Returns the changes that lie over the event.
    #[inline]
    pub(super) fn patch(self) -> Patch<'a> {
        self.patch
    }

    /// Calls `then` with this event under `changes`, the later of which win.
    #[inline]
    pub(crate) fn changed<R>(self, changes: &[Change<'_>], then: impl FnOnce(EventView<'_>) -> R) -> R {
        self.under(changes.iter().fold(0, |mask, change| mask | change.mask()), changes, then)
    }

    /// Calls `then` with this event under another metric.
    #[inline]
    pub(crate) fn measuring<R>(self, metric: Metric, then: impl FnOnce(EventView<'_>) -> R) -> R {
        // Nothing in it wants to be dropped, but the compiler could not know.
        let changes = ManuallyDrop::new([Change(Kind::Metric(metric))]);
        self.under(METRIC, &*changes, then)
    }

    /// Calls `then` with this event under another time.
    #[inline]
    pub(crate) fn at<R>(self, time: Time, then: impl FnOnce(EventView<'_>) -> R) -> R {
        let changes = ManuallyDrop::new([Change(Kind::Time(Some(time)))]);
        self.under(flag::TIME, &*changes, then)
    }

    /// Calls `then` with this event under a change of its tags.
    #[inline]
    pub(crate) fn retagged<R>(self, change: &TagChange, then: impl FnOnce(EventView<'_>) -> R) -> R {
        self.under(TagChange::MASK, change.changes(), then)
    }

    /// Calls `then` with this event under more tags.
    #[inline]
    pub(crate) fn tagged_with<R>(self, change: &TagChange, then: impl FnOnce(EventView<'_>) -> R) -> R {
        let only = self.patch.is_empty();
        self.retagged(change, |view| {
            let added = if only { Some(&*change.adds) } else { None };
            then(EventView { added, ..view })
        })
    }

    /// Returns the tags that are added, where nothing else is changed.
    #[inline]
    pub(super) fn added(self) -> Option<&'a TagSet> {
        self.added
    }

    /// Calls `then` with this event under changes that are about the fields of these bits.
    #[inline]
    fn under<R>(self, mask: u16, changes: &[Change<'_>], then: impl FnOnce(EventView<'_>) -> R) -> R {
        // The view is covariant in its lifetime, so it shrinks to that of the patch on this stack.
        let below = self.patch;
        let patch = Patch { below: (!below.is_empty()).then_some(&below), changes };
        then(EventView { record: self.record, data: self.data, patch, added: None, mask: self.mask | mask })
    }

    /// Returns the bits of the fields that changes lie over.
    #[inline]
    pub(crate) fn changed_mask(self) -> u16 {
        self.mask
    }

    /// Returns the changes from the newest to the oldest.
    #[inline]
    pub(crate) fn changes(self) -> impl Iterator<Item = &'a Change<'a>> {
        self.patch.newest_first()
    }

    /// Returns what changes say about the field of these bits, if one lies over it.
    ///
    /// `find` is not inlined, so that an accessor of a field that nothing lies over is one test and one load wherever it is.
    #[inline]
    fn over<T>(self, bits: u16, find: impl FnOnce(Patch<'a>) -> Option<T>) -> Option<T> {
        if self.mask & bits == 0 {
            return None;
        }
        find(self.patch)
    }

    #[inline]
    pub(crate) fn text(self, field: Field) -> Option<&'a str> {
        match self.over(field.bit(), |patch| patch.text(field)) {
            Some(changed) => changed,
            None => self.record.text(field, self.data),
        }
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
        if let Some(changed) = self.over(METRIC, Patch::metric) {
            changed
        } else if self.record.has(flag::INT) {
            Metric::Int(self.record.metric as i64)
        } else if self.record.has(flag::FLOAT) {
            Metric::Float(f64::from_bits(self.record.metric))
        } else {
            Metric::Missing
        }
    }

    /// Returns when the event happened; the server stamps events that lack a time.
    #[inline]
    pub fn time(self) -> Option<Time> {
        match self.over(flag::TIME, Patch::time) {
            Some(changed) => changed,
            None => self.record.has(flag::TIME).then(|| Time::from_micros(self.record.time)),
        }
    }

    /// Returns for how many seconds the event holds.
    #[inline]
    pub fn ttl(self) -> Option<f64> {
        match self.over(flag::TTL, Patch::ttl) {
            Some(changed) => changed,
            None => self.record.has(flag::TTL).then_some(self.record.ttl),
        }
    }

    /// Returns the tags in order.
    #[inline]
    pub fn tags(self) -> Tags<'a> {
        Tags::new(self)
    }

    /// Returns true when the event has `tag`.
    #[inline]
    pub fn tagged(self, tag: &str) -> bool {
        match self.over(Field::Tags.bit(), |patch| patch.tagged(tag)) {
            Some(changed) => changed,
            None => Tags::of_record(self.record, self.data).contains(tag),
        }
    }

    /// Returns the tags below the changes as bytes, in no order, some of them repeated.
    #[inline]
    pub(crate) fn sent_tags(self) -> impl Iterator<Item = &'a [u8]> {
        Tags::of_record(self.record, self.data).texts()
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
        match self.over(Field::Attributes.bit(), |patch| patch.attribute(key)) {
            Some(changed) => changed,
            None => {
                let own = Attributes::of_record(self.record, self.data).filter(|(name, _)| *name == key);
                own.last().map(|(_, value)| value)
            }
        }
    }

    /// Returns the attributes, names with values. Of those that a client has sent under the same name there is the last.
    pub fn attributes(self) -> Attributes<'a> {
        Attributes::new(self)
    }

    /// Returns true when the state is `expired`, or the ttl has run out by `now`: when more than the ttl has passed since the
    /// event's own time.
    ///
    /// An event without a ttl or without a time never runs out.
    // Always, as `Event::assign`.
    #[inline(always)]
    pub fn is_expired(self, now: Time) -> bool {
        const EXPIRED: &str = "expired";
        let state = match self.over(Field::State.bit(), |patch| patch.text(Field::State)) {
            Some(changed) => changed == Some(EXPIRED),
            // Nearly always the length says it.
            None if self.record.has(flag::WIDE) => is_state(self.record, self.data, EXPIRED),
            None => self.record.measures(Field::State, EXPIRED.len()) && is_state(self.record, self.data, EXPIRED),
        };
        if state {
            return true;
        }
        let (Some(time), Some(ttl)) = (self.time(), self.ttl()) else { return false };
        // Floats tell it, but for the last moments: today they are exact, at the ends of time a few thousand microseconds off.
        let passed = now.as_micros() as f64 - time.as_micros() as f64;
        if passed + 10_000.0 < ttl * 1e6 { false } else { has_run_out(time, ttl, now) }
    }

    /// Returns the last instant at which the ttl has not run out, `None` for never: without a ttl or a time, or with a ttl that
    /// is NaN or longer than all of time. Counted in whole microseconds.
    #[inline]
    pub(crate) fn runs_out(self) -> Option<Time> {
        runs_out(self.time()?, self.ttl()?)
    }

    /// As [`EventView::runs_out`], as if it had happened at `time`.
    pub(crate) fn runs_out_after(self, time: Time) -> Option<Time> {
        runs_out(time, self.ttl()?)
    }

    /// Returns how many bytes the event has, changes over it excepted.
    #[inline]
    pub(crate) fn size(self) -> usize {
        self.record.extent(self.data).len()
    }

    /// Returns whether this is a copy of that event: byte for byte, neither of them changed since.
    pub(crate) fn is_copy_of(self, other: EventView<'a>) -> bool {
        let numbers = |record: &Record| (record.flags & !flag::WIDE, record.time, record.metric, record.ttl.to_bits());
        let spans = |view: EventView<'_>| view.record.widened(view.data).spans;
        let bytes = |view: EventView<'a>| view.data.bytes.get(view.record.extent(view.data));
        numbers(self.record) == numbers(other.record) && spans(self) == spans(other) && bytes(self) == bytes(other)
    }

    /// Makes an owned event, which can be changed at will; it allocates.
    ///
    /// It does what [`to_owned`](EventView::to_owned) does, and of a reference too, where `to_owned` gives another view.
    ///
    /// ```
    /// use fastts_core::{Event, EventView, event};
    ///
    /// fn keep(last: &mut Vec<Event>, view: &EventView<'_>) {
    ///     last.push(view.to_event());
    /// }
    /// # let mut last = Vec::new();
    /// # keep(&mut last, &event! { host: "a" }.view());
    /// # assert_eq!(last, [event! { host: "a" }]);
    /// ```
    pub fn to_event(self) -> Event {
        Event::from_view(self)
    }

    /// Makes an owned event, which can be changed at will; it allocates.
    pub fn to_owned(self) -> Event {
        Event::from_view(self)
    }
}

#[cold]
#[inline(never)]
fn is_state(record: &Record, data: &Data, state: &str) -> bool {
    record.text(Field::State, data) == Some(state)
}

#[inline]
fn runs_out(time: Time, ttl: f64) -> Option<Time> {
    let micros = ttl * 1e6;
    if micros.is_nan() || micros >= i64::MAX as f64 {
        return None;
    }
    Some(Time::from_micros(time.as_micros().saturating_add(micros as i64)))
}

#[inline(never)]
fn has_run_out(time: Time, ttl: f64, now: Time) -> bool {
    runs_out(time, ttl).is_some_and(|until| now > until)
}

impl fmt::Display for EventView<'_> {
    /// Writes the event as one line of JSON.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut json = Vec::new();
        write_json(*self, &mut json);
        f.pad(&String::from_utf8_lossy(&json))
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
