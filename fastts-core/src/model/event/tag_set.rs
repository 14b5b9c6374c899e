//! The tags that a stage adds.

use std::ops::Deref;

use smol_str::SmolStr;

use super::change::TagList;
use super::number;
use super::wire;

/// Tags that a stage adds, and how they lie in an event that is kept: written once, copied ever after.
#[derive(Clone, Debug)]
pub(crate) struct TagSet {
    tags: Box<[SmolStr]>,
    /// As plain tags on the wire, see [`flag::PLAIN_TAGS`](super::record::flag::PLAIN_TAGS); empty when one is too long.
    wire: Box<[u8]>,
    /// The same once more when it is short: copying a number of bytes that is known while compiling takes two instructions.
    short: [u8; SHORT],
    short_len: u16,
}

/// How many bytes tags may have to be copied at once.
pub(super) const SHORT: usize = 16;

impl TagSet {
    pub(crate) fn new(tags: impl TagList) -> TagSet {
        let tags = tags.into_tags();
        let mut plain = Vec::new();
        if tags.iter().all(|tag| tag.len() < 0x80) {
            tags.iter().for_each(|tag| wire::put_bytes(&mut plain, number::TAG, tag.as_bytes()));
        }
        let mut set = TagSet { tags: tags.into(), wire: plain.into(), short: [0; SHORT], short_len: 0 };
        if let Some(short) = set.short.get_mut(..set.wire.len()) {
            short.copy_from_slice(&set.wire);
            set.short_len = set.wire.len() as u16;
        }
        set
    }

    /// Returns the tags as they lie in an event, `None` when they need longer lengths than plain tags have.
    #[inline]
    pub(super) fn wire(&self) -> Option<&[u8]> {
        (!self.wire.is_empty() || self.tags.is_empty()).then_some(&self.wire)
    }
}

impl TagSet {
    /// Returns the same, padded, with its length; `None` when there is none or it is long.
    #[inline]
    pub(super) fn short_wire(&self) -> Option<(&[u8; SHORT], u16)> {
        (self.short_len > 0).then_some((&self.short, self.short_len))
    }
}

impl Deref for TagSet {
    type Target = [SmolStr];

    #[inline]
    fn deref(&self) -> &[SmolStr] {
        &self.tags
    }
}
