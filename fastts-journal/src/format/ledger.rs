use zerocopy::byteorder::little_endian::{U16, U32, U64};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use super::head::NoHead;
use super::{LAST, VERSION};
use crate::disk::{BLOCK, Block, bytes, bytes_mut};

/// How many blocks one writing of the cursors may take. There are two places, which are written in turn.
pub(crate) const SLOT: usize = 16;

/// How long the name of a cursor may be, in bytes.
pub(crate) const LONGEST: usize = 255;

const MAGIC: [u8; 8] = *b"fts-curs";

/// Where the cursors stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ledger {
    pub(crate) journal: u64,
    /// Counts the writings: of the two places the later one counts.
    pub(crate) sequence: u64,
    /// The highest number that was safe when this was written. The journal has been that long.
    pub(crate) synced: u64,
    /// The cursors by name, each with the number of the last record that its owner is done with.
    pub(crate) cursors: Vec<(String, u64)>,
}

#[derive(FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
struct Written {
    magic: [u8; 8],
    version: U32,
    /// The checksum of all blocks of it with zeros here.
    check: U32,
    journal: U64,
    sequence: U64,
    synced: U64,
    count: U32,
    length: U32,
}

impl Ledger {
    /// Returns the blocks to write, or `None` if there are too many cursors for them.
    pub(crate) fn write(&self) -> Option<Vec<Block>> {
        let mut entries = Vec::new();
        for (name, position) in &self.cursors {
            entries.extend_from_slice(U16::new(u16::try_from(name.len()).ok()?).as_bytes());
            entries.extend_from_slice(name.as_bytes());
            entries.extend_from_slice(U64::new(*position).as_bytes());
        }
        let place = size_of::<Written>();
        let count = (place + entries.len()).div_ceil(BLOCK);
        if count > SLOT {
            return None;
        }
        let mut written = Written {
            magic: MAGIC,
            version: VERSION.into(),
            check: U32::new(0),
            journal: self.journal.into(),
            sequence: self.sequence.into(),
            synced: self.synced.into(),
            count: U32::new(u32::try_from(self.cursors.len()).ok()?),
            length: U32::new(u32::try_from(entries.len()).ok()?),
        };
        let mut blocks = vec![Block::zeroed(); count];
        let all = bytes_mut(&mut blocks);
        all[place..place + entries.len()].copy_from_slice(&entries);
        all[..place].copy_from_slice(written.as_bytes());
        written.check = crc32fast::hash(all).into();
        all[..place].copy_from_slice(written.as_bytes());
        Some(blocks)
    }

    /// Reads one of the two places.
    pub(crate) fn read(slot: &[Block]) -> Result<Ledger, NoHead> {
        let all = bytes(slot);
        let (written, rest) = Written::ref_from_prefix(all).map_err(|_| NoHead::Damaged)?;
        let (length, check) = (written.length.get() as usize, written.check.get());
        let end = (size_of::<Written>() + length.min(all.len())).next_multiple_of(BLOCK);
        if written.magic != MAGIC || rest.len() < length || end > all.len() || sum(&all[..end]) != check {
            return Err(NoHead::Damaged);
        }
        if written.version != VERSION {
            return Err(NoHead::Newer(written.version.get()));
        }
        if written.synced.get() > LAST || written.sequence.get() > LAST {
            return Err(NoHead::Damaged);
        }
        let mut rest = &rest[..length];
        let mut cursors = Vec::new();
        for _ in 0..written.count.get() {
            let (name, position, after) = entry(rest).ok_or(NoHead::Damaged)?;
            if position > written.synced.get() {
                return Err(NoHead::Damaged);
            }
            cursors.push((name.to_owned(), position));
            rest = after;
        }
        Ok(Ledger { journal: written.journal.get(), sequence: written.sequence.get(), synced: written.synced.get(), cursors })
    }
}

fn entry(bytes: &[u8]) -> Option<(&str, u64, &[u8])> {
    let (length, rest) = U16::read_from_prefix(bytes).ok()?;
    let (name, rest) = rest.split_at_checked(length.get() as usize)?;
    let (position, rest) = U64::read_from_prefix(rest).ok()?;
    Some((std::str::from_utf8(name).ok()?, position.get(), rest))
}

/// Sums up all bytes as if there were zeros in the place of the sum.
fn sum(all: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&all[..12]);
    hasher.update(&[0; 4]);
    hasher.update(&all[16..]);
    hasher.finalize()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ledger() -> Ledger {
        Ledger { journal: 1, sequence: 7, synced: 99, cursors: vec![("mail".to_owned(), 98), (String::new(), 0), ("ü".to_owned(), 3)] }
    }

    #[test]
    fn cursors_are_read_as_they_are_written() {
        let mut slot = ledger().write().unwrap();
        slot.resize(SLOT, Block::zeroed());
        assert_eq!(Ledger::read(&slot), Ok(ledger()));
    }

    #[test]
    fn no_flip_makes_other_cursors() {
        let written = ledger().write().unwrap();
        for bit in 0..written.len() * BLOCK * 8 {
            let mut slot = written.clone();
            bytes_mut(&mut slot)[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(Ledger::read(&slot), Err(NoHead::Damaged), "bit {bit}");
        }
    }

    #[test]
    fn more_cursors_than_fit_are_not_written() {
        let cursors = |count| Ledger { cursors: (0..count).map(|index| (format!("{index:0>254}"), 1)).collect(), ..Ledger::default() };
        assert!(cursors(240).write().is_some());
        assert!(cursors(260).write().is_none());
    }
}
