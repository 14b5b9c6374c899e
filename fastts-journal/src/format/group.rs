use std::io::IoSlice;

use zerocopy::{FromBytes, IntoBytes};

use super::record::{ALIGN, HEADER, Header, space};
use crate::disk::block::Buffer;
use crate::disk::{BLOCK, Block, bytes_mut};

/// Records that are written at once. They are numbered when they come and sealed when it is known where they go.
#[derive(Default)]
pub(crate) struct Group {
    buffer: Buffer,
    first: u64,
    last: u64,
}

impl Group {
    pub(crate) fn is_empty(&self) -> bool {
        self.buffer.len() == 0
    }

    /// The number of the first record; of no meaning in a group without.
    pub(crate) fn first(&self) -> u64 {
        self.first
    }

    /// The number of the last record; of no meaning in a group without.
    pub(crate) fn last(&self) -> u64 {
        self.last
    }

    /// How many bytes are written.
    pub(crate) fn space(&self) -> u64 {
        self.buffer.len().next_multiple_of(BLOCK) as u64
    }

    /// How many bytes would be written with such a record more.
    pub(crate) fn space_with(&self, length: usize) -> u64 {
        (self.buffer.len() + space(length)).next_multiple_of(BLOCK) as u64
    }

    /// Appends a record. Its parts together have less than 4 GiB.
    pub(crate) fn push(&mut self, number: u64, parts: &[IoSlice<'_>]) {
        if self.is_empty() {
            self.first = number;
        }
        self.last = number;
        let start = self.buffer.len();
        self.buffer.extend(&[0; HEADER]);
        for part in parts {
            self.buffer.extend(part);
        }
        let length = self.buffer.len() - start - HEADER;
        self.buffer.pad(ALIGN);
        let record = &mut self.buffer.bytes_mut()[start..];
        let (header, payload) = record.split_at_mut(HEADER);
        header.copy_from_slice(Header::record(number, length as u32, crc32fast::hash(payload)).as_bytes());
    }

    /// Fills in what is known when the group is written: into which segment, and what was safe before.
    pub(crate) fn seal(&mut self, salt: u64, synced: u64) -> &[Block] {
        let mut rest = self.buffer.bytes_mut();
        while let Ok((header, _)) = Header::mut_from_prefix(rest) {
            header.seal(salt, synced);
            let space = header.space();
            rest = &mut rest[space..];
        }
        self.buffer.blocks()
    }

    /// Forgets the records and keeps the memory.
    pub(crate) fn clear(&mut self) {
        self.buffer.clear();
    }
}

/// Returns a marker: a block that says, twice, that all up to `synced` is safe.
pub(crate) fn marker(salt: u64, synced: u64) -> [Block; 1] {
    let mut block = [Block::zeroed()];
    let header = Header::mark(salt, synced);
    let bytes = bytes_mut(&mut block);
    bytes[..HEADER].copy_from_slice(header.as_bytes());
    bytes[HEADER..2 * HEADER].copy_from_slice(header.as_bytes());
    block
}
