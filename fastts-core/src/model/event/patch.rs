//! Changes that lie over an event, and what they say.

use super::change::{Change, Kind};
use super::record::Field;
use crate::model::metric::Metric;
use crate::model::time::Time;

/// Changes on top of an event and of the changes below them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patch<'a> {
    pub(super) below: Option<&'a Patch<'a>>,
    pub(super) changes: &'a [Change<'a>],
}

impl<'a> Patch<'a> {
    /// No changes.
    pub(super) const NONE: Patch<'a> = Patch { below: None, changes: &[] };

    #[inline]
    pub(super) fn is_empty(self) -> bool {
        self.below.is_none() && self.changes.is_empty()
    }

    /// Returns the changes from the newest to the oldest.
    #[inline]
    pub(super) fn newest_first(self) -> impl Iterator<Item = &'a Change<'a>> {
        std::iter::successors(Some(self), |patch| patch.below.copied()).flat_map(|patch| patch.changes.iter().rev())
    }

    /// Returns what the newest change that says anything says.
    #[inline]
    fn find<T>(self, pick: impl Fn(&'a Kind<'a>) -> Option<T>) -> Option<T> {
        let mut patch = self;
        loop {
            for change in patch.changes.iter().rev() {
                if let Some(value) = pick(&change.0) {
                    return Some(value);
                }
            }
            patch = *patch.below?;
        }
    }

    #[inline(never)]
    pub(super) fn text(self, field: Field) -> Option<Option<&'a str>> {
        self.find(|kind| match kind {
            Kind::Text(changed, value) if *changed == field => Some(value.as_deref()),
            _ => None,
        })
    }

    #[inline(never)]
    pub(super) fn metric(self) -> Option<Metric> {
        self.find(|kind| match kind {
            Kind::Metric(metric) => Some(*metric),
            _ => None,
        })
    }

    #[inline(never)]
    pub(super) fn time(self) -> Option<Option<Time>> {
        self.find(|kind| match kind {
            Kind::Time(time) => Some(*time),
            _ => None,
        })
    }

    #[inline(never)]
    pub(super) fn ttl(self) -> Option<Option<f64>> {
        self.find(|kind| match kind {
            Kind::Ttl(ttl) => Some(*ttl),
            _ => None,
        })
    }

    /// Returns whether the event has a tag, as far as the changes say.
    #[inline(never)]
    pub(super) fn tagged(self, tag: &str) -> Option<bool> {
        self.find(|kind| match kind {
            Kind::AddTags(tags) => tags.iter().any(|added| added == tag).then_some(true),
            Kind::RemoveTags(tags) => tags.iter().any(|removed| removed == tag).then_some(false),
            Kind::SetTags(tags) => Some(tags.iter().any(|set| set == tag)),
            _ => None,
        })
    }

    #[inline(never)]
    pub(super) fn attribute(self, key: &str) -> Option<Option<&'a str>> {
        self.find(|kind| match kind {
            Kind::Attribute(name, value) if name == key => Some(value.as_deref()),
            _ => None,
        })
    }
}
