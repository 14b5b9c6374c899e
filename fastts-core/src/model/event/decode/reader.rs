//! Protobuf's wire format, read with care: every error has its name and its place.
//!
//! What is accepted is what prost accepts, so that the two can be tested against each other.

use std::ops::Range;

use super::error::{DecodeError, Problem};
use crate::model::event::{text, wire};

pub(super) const VARINT: u8 = 0;
pub(super) const BITS_64: u8 = 1;
pub(super) const BLOCK: u8 = 2;
const GROUP: u8 = 3;
const GROUP_END: u8 = 4;
pub(super) const BITS_32: u8 = 5;

/// How deep messages and groups may be nested, as in prost.
pub(super) const DEPTH: u32 = 100;

/// Reads fields from a part of a message.
#[derive(Clone)]
pub(super) struct Reader<'a> {
    /// The message up to the end of the part, so that offsets are those of the message.
    bytes: &'a [u8],
    at: usize,
    /// How deep groups may still be nested.
    depth: u32,
    /// The event that the part belongs to, for errors; zero for none.
    event: usize,
    /// Whether all texts that were read are UTF-8.
    is_utf8: bool,
}

/// What stands before a field: its number and the type of what follows.
#[derive(Clone, Copy)]
pub(super) struct Key {
    pub(super) number: u32,
    pub(super) wire: u8,
    /// Where it begins.
    pub(super) at: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(message: &'a [u8]) -> Reader<'a> {
        Reader { bytes: message, at: 0, depth: DEPTH, event: 0, is_utf8: true }
    }

    pub(super) fn at(&self) -> usize {
        self.at
    }

    pub(super) fn set_at(&mut self, at: usize) {
        self.at = at;
    }

    /// Returns whether all texts that were read so far are UTF-8.
    pub(super) fn is_utf8(&self) -> bool {
        self.is_utf8
    }

    /// Returns bytes of the message.
    pub(super) fn bytes(&self, range: Range<usize>) -> &'a [u8] {
        &self.bytes[range]
    }

    /// Reads a part of this part; `event` is its number, for errors.
    pub(super) fn nested(&self, part: Range<usize>, event: usize) -> Reader<'a> {
        Reader { bytes: &self.bytes[..part.end], at: part.start, depth: self.depth - 1, event, is_utf8: true }
    }

    #[cold]
    fn error<T>(&self, at: usize, problem: Problem) -> Result<T, DecodeError> {
        Err(DecodeError { problem, event: self.event, at })
    }

    /// Refuses a message for its number of events.
    pub(super) fn too_many<T>(&self, at: usize, limit: usize) -> Result<T, DecodeError> {
        self.error(at, Problem::TooMany(limit))
    }

    /// Reads the next key, `None` at the end.
    #[inline]
    pub(super) fn key(&mut self) -> Result<Option<Key>, DecodeError> {
        let at = self.at;
        if at >= self.bytes.len() {
            return Ok(None);
        }
        let key = self.raw_varint("the key of a field")?;
        let wire = (key & 7) as u8;
        if key > u32::MAX.into() || key >> 3 == 0 {
            return self.error(at, Problem::FieldNumber(key));
        }
        if wire > BITS_32 {
            return self.error(at, Problem::NoWireType(wire));
        }
        Ok(Some(Key { number: (key >> 3) as u32, wire, at }))
    }

    #[inline]
    fn raw_varint(&mut self, name: &'static str) -> Result<u64, DecodeError> {
        let rest = &self.bytes[self.at..];
        if let Some((value, len)) = wire::varint(rest) {
            self.at += len;
            return Ok(value);
        }
        let problem = match rest.iter().take(10).all(|&byte| byte >= 0x80) && rest.len() < 10 {
            true => Problem::CutShort(name),
            false => Problem::LongVarint(name),
        };
        self.error(self.at, problem)
    }

    #[inline]
    fn expect(&self, key: Key, wanted: u8, name: &'static str) -> Result<(), DecodeError> {
        if key.wire == wanted {
            return Ok(());
        }
        let found = key.wire;
        self.error(key.at, Problem::WrongWireType { name, wanted, found })
    }

    #[inline]
    pub(super) fn varint(&mut self, key: Key, name: &'static str) -> Result<u64, DecodeError> {
        self.expect(key, VARINT, name)?;
        self.raw_varint(name)
    }

    #[inline]
    fn take(&mut self, len: u64, name: &'static str) -> Result<Range<usize>, DecodeError> {
        let start = self.at;
        if len > (self.bytes.len() - start) as u64 {
            return self.error(start, Problem::CutShort(name));
        }
        self.at = start + len as usize;
        Ok(start..self.at)
    }

    #[inline]
    fn fixed<const N: usize>(&mut self, name: &'static str) -> Result<[u8; N], DecodeError> {
        let range = self.take(N as u64, name)?;
        Ok(*self.bytes[range].first_chunk().unwrap_or(&[0; N]))
    }

    #[inline]
    pub(super) fn double(&mut self, key: Key, name: &'static str) -> Result<f64, DecodeError> {
        self.expect(key, BITS_64, name)?;
        self.fixed(name).map(f64::from_le_bytes)
    }

    #[inline]
    pub(super) fn float(&mut self, key: Key, name: &'static str) -> Result<f32, DecodeError> {
        self.expect(key, BITS_32, name)?;
        self.fixed(name).map(f32::from_le_bytes)
    }

    /// Reads a length-delimited field and returns where its bytes are.
    #[inline]
    pub(super) fn block(&mut self, key: Key, name: &'static str) -> Result<Range<usize>, DecodeError> {
        self.expect(key, BLOCK, name)?;
        let len = self.raw_varint(name)?;
        self.take(len, name)
    }

    /// Reads a text and returns where it is; when it is not UTF-8, [`is_utf8`](Reader::is_utf8) says so from then on.
    #[inline]
    pub(super) fn text(&mut self, key: Key, name: &'static str) -> Result<Range<usize>, DecodeError> {
        let range = self.block(key, name)?;
        self.is_utf8 &= text::check(&self.bytes[range.clone()]).is_ok();
        Ok(range)
    }

    /// Passes over a field that means nothing to us.
    pub(super) fn skip(&mut self, key: Key) -> Result<(), DecodeError> {
        self.skip_at_depth(key, self.depth)
    }

    fn skip_at_depth(&mut self, key: Key, depth: u32) -> Result<(), DecodeError> {
        const NAME: &str = "a field that is not known";
        if depth == 0 {
            return self.error(key.at, Problem::TooDeep);
        }
        match key.wire {
            VARINT => self.raw_varint(NAME).map(drop),
            BITS_64 => self.take(8, NAME).map(drop),
            BITS_32 => self.take(4, NAME).map(drop),
            BLOCK => self.block(key, NAME).map(drop),
            GROUP => loop {
                match self.key()? {
                    None => return self.error(self.at, Problem::CutShort("a group")),
                    Some(inner) if inner.wire == GROUP_END && inner.number == key.number => {
                        return Ok(());
                    }
                    Some(inner) => self.skip_at_depth(inner, depth - 1)?,
                }
            },
            _ => self.error(key.at, Problem::GroupEnd),
        }
    }
}
