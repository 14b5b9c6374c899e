//! The tags of an event, changes included.

use smol_str::SmolStr;

use super::change::Kind;
use super::number;
use super::record::{Data, Field, Record, flag};
use super::view::EventView;
use super::wire::Fields;

/// The tags of an event, in order: those added last come first.
#[derive(Clone)]
pub struct Tags<'a> {
    own: OwnTags<'a>,
    /// Where the iteration is in the changes that lie over the tags; `None` when it is through them.
    changed: Option<Place<'a>>,
}

#[derive(Clone, Copy)]
struct Place<'a> {
    view: EventView<'a>,
    /// Which change, newest first, and which of its tags.
    change: usize,
    tag: usize,
}

/// The tags that lie in the record.
#[derive(Clone)]
pub(super) struct OwnTags<'a> {
    added: Plain<'a>,
    sent: Sent<'a>,
    /// All added tags, which hide those sent.
    hides: Plain<'a>,
}

#[derive(Clone)]
enum Sent<'a> {
    Plain(Plain<'a>),
    Any(Fields<'a>),
}

/// The tags in a region of which the record says that they are plain.
#[derive(Clone)]
pub(super) struct Plain<'a>(&'a [u8]);

/// Returns the texts of plain tags.
#[inline]
pub(super) fn plain(region: &[u8]) -> Plain<'_> {
    Plain(region)
}

impl<'a> Iterator for Plain<'a> {
    type Item = &'a [u8];

    #[inline]
    fn next(&mut self) -> Option<&'a [u8]> {
        let [_, len, rest @ ..] = self.0 else {
            return None;
        };
        let (text, rest) = rest.split_at_checked(usize::from(*len))?;
        self.0 = rest;
        Some(text)
    }
}

impl<'a> Iterator for Sent<'a> {
    type Item = &'a [u8];

    #[inline]
    fn next(&mut self) -> Option<&'a [u8]> {
        match self {
            Sent::Plain(plain) => plain.next(),
            Sent::Any(fields) => fields.find(|(number, _)| *number == number::TAG).map(|(_, text)| text),
        }
    }
}

impl<'a> OwnTags<'a> {
    #[inline]
    fn of(record: &'a Record, data: &'a Data) -> OwnTags<'a> {
        let region = record.region(Field::Tags, data);
        let sent = match record.has(flag::PLAIN_TAGS) {
            true => Sent::Plain(plain(region)),
            false => Sent::Any(Fields::new(region)),
        };
        let added = plain(record.region(Field::Added, data));
        OwnTags { hides: added.clone(), added, sent }
    }

    fn none() -> OwnTags<'a> {
        OwnTags { added: plain(&[]), sent: Sent::Plain(plain(&[])), hides: plain(&[]) }
    }

    /// Returns the texts of all, those that repeat others or are hidden by them included.
    #[inline]
    pub(super) fn texts(self) -> impl Iterator<Item = &'a [u8]> {
        self.added.chain(self.sent)
    }

    #[inline]
    pub(super) fn contains(mut self, tag: &str) -> bool {
        self.added.any(|text| text == tag.as_bytes()) || self.sent.any(|text| text == tag.as_bytes())
    }
}

impl<'a> Iterator for OwnTags<'a> {
    type Item = &'a str;

    #[inline]
    fn next(&mut self) -> Option<&'a str> {
        let tag = match self.added.next() {
            Some(tag) => tag,
            None => self.sent.find(|tag| !self.hides.clone().any(|added| added == *tag))?,
        };
        // Validated when the record was made; validating again is cheaper than being wrong.
        std::str::from_utf8(tag).ok()
    }
}

impl<'a> Tags<'a> {
    pub(super) fn new(view: EventView<'a>) -> Tags<'a> {
        let (record, data) = view.parts();
        let changed = view.changed_mask() & Field::Tags.bit() != 0;
        let place = Place { view, change: 0, tag: 0 };
        Tags { own: OwnTags::of(record, data), changed: changed.then_some(place) }
    }

    #[inline]
    pub(super) fn of_record(record: &'a Record, data: &'a Data) -> OwnTags<'a> {
        OwnTags::of(record, data)
    }
}

impl<'a> Place<'a> {
    /// Returns the next tag of the changes; `Err` says whether the event's own tags follow them.
    fn next(&mut self) -> Result<&'a str, bool> {
        loop {
            let Some(change) = self.view.changes().nth(self.change) else {
                return Err(true);
            };
            let (tags, replaces): (&[SmolStr], bool) = match &change.0 {
                Kind::AddTags(tags) => (tags.as_ref(), false),
                Kind::SetTags(tags) => (tags, true),
                _ => (&[], false),
            };
            match tags.get(self.tag) {
                Some(tag) => {
                    self.tag += 1;
                    if !shadowed(self.view, self.change, tag) {
                        return Ok(tag);
                    }
                }
                None if replaces => return Err(false),
                None => (self.change, self.tag) = (self.change + 1, 0),
            }
        }
    }
}

/// Returns true when one of the `newer` newest changes has said what becomes of `tag`.
fn shadowed(view: EventView<'_>, newer: usize, tag: &str) -> bool {
    view.changes().take(newer).any(|change| match &change.0 {
        Kind::AddTags(tags) | Kind::RemoveTags(tags) => tags.iter().any(|known| known == tag),
        _ => false,
    })
}

impl<'a> Iterator for Tags<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let Some(place) = &mut self.changed else {
            return self.own.next();
        };
        match place.next() {
            Ok(tag) => return Some(tag),
            Err(true) => {}
            Err(false) => {
                self.own = OwnTags::none();
            }
        }
        let view = place.view;
        self.own.find(|tag| !shadowed(view, usize::MAX, tag))
    }
}
