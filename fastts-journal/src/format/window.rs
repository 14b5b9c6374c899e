use std::io;

use crate::disk::{BLOCK, Block, DiskFile, bytes};

/// How many bytes are read at once, unless a record has more.
const READ: usize = 512 * 1024;

/// The part of a file that is being looked at.
pub(super) struct Window<F> {
    file: F,
    size: u64,
    blocks: Vec<Block>,
    start: u64,
}

impl<F: DiskFile> Window<F> {
    /// `size` is how many bytes the file should have. It may have fewer, if somebody has cut it.
    pub(super) fn new(file: F, size: u64) -> io::Result<Window<F>> {
        let size = size.min(file.size()?);
        Ok(Window { file, size, blocks: Vec::new(), start: 0 })
    }

    /// How many bytes there are to read.
    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// Returns the bytes at an offset; fewer where the file ends.
    pub(super) fn get(&mut self, offset: u64, length: usize) -> io::Result<&[u8]> {
        let end = (offset + length as u64).min(self.size);
        if offset < self.start || end > self.start + (self.blocks.len() * BLOCK) as u64 {
            self.read(offset, length)?;
        }
        let length = end.saturating_sub(offset) as usize;
        let from = (offset - self.start) as usize;
        Ok(bytes(&self.blocks).get(from..from + length).unwrap_or_default())
    }

    /// Returns the bytes at an offset that need not be read for it, or some that are.
    pub(super) fn some(&mut self, offset: u64, least: usize) -> io::Result<&[u8]> {
        self.get(offset, least)?;
        let left = self.size.saturating_sub(offset) as usize;
        let bytes = bytes(&self.blocks).get((offset - self.start) as usize..).unwrap_or_default();
        Ok(&bytes[..bytes.len().min(left)])
    }

    /// Has the bytes read again that are asked for next: the file may have changed.
    pub(super) fn forget(&mut self) {
        self.blocks.clear();
        self.start = 0;
    }

    fn read(&mut self, offset: u64, length: usize) -> io::Result<()> {
        let block = BLOCK as u64;
        let start = offset / block * block;
        let wanted = (offset - start) as usize + length;
        let rest = self.size.next_multiple_of(block).saturating_sub(start) as usize;
        let count = wanted.next_multiple_of(BLOCK).max(READ).min(rest) / BLOCK;
        self.blocks.resize_with(count, Block::zeroed);
        self.start = start;
        let read = self.file.read_at(&mut self.blocks, start);
        if read.is_err() {
            self.forget();
        }
        read
    }
}
