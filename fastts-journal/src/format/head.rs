use zerocopy::byteorder::little_endian::{U32, U64};
use zerocopy::{FromBytes, FromZeros, Immutable, IntoBytes, KnownLayout};

use super::{LAST, VERSION};
use crate::disk::{BLOCK, Block, bytes, bytes_mut};

/// Where the groups of a segment begin: behind its head and the copy of it.
pub(crate) const DATA: u64 = 2 * BLOCK as u64;

const MAGIC: [u8; 8] = *b"fts-jrnl";

/// What is known of a segment before its first record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    /// The journal that it is of.
    pub(crate) journal: u64,
    /// Its place among the segments.
    pub(crate) id: u64,
    /// The segment before it whose name was safe, 0 where there was none: if it is gone, somebody has removed it.
    pub(crate) previous: u64,
    /// The number of its first record. It ends the segment before: what stands there under this number or a later one does not count.
    pub(crate) first: u64,
    /// Stands in each of its records, so that those of an earlier life of the file are none.
    pub(crate) salt: u64,
    /// How many bytes the file has.
    pub(crate) size: u64,
}

/// Why a head cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoHead {
    /// Neither of the copies is one.
    Damaged,
    /// A later version has written it.
    Newer(u32),
}

#[derive(FromBytes, IntoBytes, Immutable, KnownLayout)]
#[repr(C)]
struct Written {
    magic: [u8; 8],
    version: U32,
    /// The checksum of the whole block with zeros here.
    check: U32,
    journal: U64,
    id: U64,
    previous: U64,
    first: U64,
    salt: U64,
    size: U64,
}

impl Head {
    /// Returns the blocks to write.
    pub(crate) fn write(&self) -> [Block; 2] {
        let mut written = Written {
            magic: MAGIC,
            version: VERSION.into(),
            check: U32::new(0),
            journal: self.journal.into(),
            id: self.id.into(),
            previous: self.previous.into(),
            first: self.first.into(),
            salt: self.salt.into(),
            size: self.size.into(),
        };
        let mut block = Block::zeroed();
        let place = size_of::<Written>();
        bytes_mut(std::slice::from_mut(&mut block))[..place].copy_from_slice(written.as_bytes());
        written.check = crc32fast::hash(bytes(&[block])).into();
        bytes_mut(std::slice::from_mut(&mut block))[..place].copy_from_slice(written.as_bytes());
        [block; 2]
    }

    /// Reads the head from the first blocks of a file, and whether one of its copies is damaged.
    pub(crate) fn read(blocks: &[Block; 2]) -> Result<(Head, bool), NoHead> {
        match blocks.map(|block| read(&block)) {
            [Ok(first), Ok(second)] => Ok((first, first != second)),
            [Ok(head), Err(_)] | [Err(_), Ok(head)] => Ok((head, true)),
            [Err(NoHead::Newer(version)), Err(_)] | [Err(_), Err(NoHead::Newer(version))] => Err(NoHead::Newer(version)),
            [Err(NoHead::Damaged), Err(NoHead::Damaged)] => Err(NoHead::Damaged),
        }
    }
}

fn read(block: &Block) -> Result<Head, NoHead> {
    let mut block = *block;
    let all = bytes_mut(std::slice::from_mut(&mut block));
    let Ok((written, _)) = Written::mut_from_prefix(all) else { return Err(NoHead::Damaged) };
    let check = written.check.get();
    written.check.zero();
    let (magic, version) = (written.magic, written.version.get());
    let head = Head {
        journal: written.journal.get(),
        id: written.id.get(),
        previous: written.previous.get(),
        first: written.first.get(),
        salt: written.salt.get(),
        size: written.size.get(),
    };
    if magic != MAGIC || crc32fast::hash(bytes(&[block])) != check {
        return Err(NoHead::Damaged);
    }
    if version != VERSION {
        return Err(NoHead::Newer(version));
    }
    let possible = (1..=LAST).contains(&head.first) && (1..=LAST).contains(&head.id) && head.size >= DATA;
    if possible { Ok(head) } else { Err(NoHead::Damaged) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: Head = Head { journal: 1, id: 2, previous: 1, first: 77, salt: 5, size: 65536 };

    #[test]
    fn a_flip_in_one_copy_is_told_and_costs_nothing() {
        for bit in 0..2 * BLOCK * 8 {
            let mut blocks = HEAD.write();
            bytes_mut(&mut blocks)[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(Head::read(&blocks), Ok((HEAD, true)), "bit {bit}");
        }
        assert_eq!(Head::read(&HEAD.write()), Ok((HEAD, false)));
    }

    #[test]
    fn a_later_version_is_told_from_damage() {
        let mut blocks = HEAD.write();
        for block in blocks.chunks_mut(1) {
            let all = bytes_mut(block);
            all[8] = 9;
            all[12..16].fill(0);
            let check = crc32fast::hash(all);
            all[12..16].copy_from_slice(&check.to_le_bytes());
        }
        assert_eq!(Head::read(&blocks), Err(NoHead::Newer(9)));
        assert_eq!(Head::read(&[Block::zeroed(); 2]), Err(NoHead::Damaged));
    }
}
