use zerocopy::{FromBytes, FromZeros, Immutable, IntoBytes, KnownLayout};

/// How many bytes a block has: what is written and read at once, and at which multiples. No known disk asks for more with `O_DIRECT`.
pub const BLOCK: usize = 4096;

/// Bytes that lie in memory as `O_DIRECT` asks for it.
#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable, KnownLayout)]
#[repr(C, align(4096))]
pub struct Block([u8; BLOCK]);

impl Block {
    /// Makes a block of zeros.
    pub fn zeroed() -> Block {
        Block::new_zeroed()
    }
}

/// Returns the bytes of blocks.
pub fn bytes(blocks: &[Block]) -> &[u8] {
    blocks.as_bytes()
}

/// Returns the bytes of blocks, to be changed.
pub fn bytes_mut(blocks: &mut [Block]) -> &mut [u8] {
    blocks.as_mut_bytes()
}

/// Bytes that grow at their end and are written as whole blocks; behind the bytes stand zeros.
#[derive(Default)]
pub(crate) struct Buffer {
    blocks: Vec<Block>,
    length: usize,
}

impl Buffer {
    /// How many bytes have been appended.
    pub(crate) fn len(&self) -> usize {
        self.length
    }

    /// Appends bytes.
    pub(crate) fn extend(&mut self, data: &[u8]) {
        let start = self.length;
        self.grow(data.len());
        bytes_mut(&mut self.blocks)[start..start + data.len()].copy_from_slice(data);
    }

    /// Appends zeros up to the next multiple of so many bytes.
    pub(crate) fn pad(&mut self, multiple: usize) {
        self.grow(self.length.next_multiple_of(multiple) - self.length);
    }

    /// Returns what has been appended, to be changed.
    pub(crate) fn bytes_mut(&mut self) -> &mut [u8] {
        &mut bytes_mut(&mut self.blocks)[..self.length]
    }

    /// Returns what has been appended as whole blocks.
    pub(crate) fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// Forgets the bytes and keeps the memory.
    pub(crate) fn clear(&mut self) {
        self.blocks.clear();
        self.length = 0;
    }

    /// Appends zeros: new blocks are zeroed, and nothing behind the end is ever written.
    fn grow(&mut self, more: usize) {
        self.length += more;
        self.blocks.resize_with(self.length.div_ceil(BLOCK), Block::zeroed);
    }
}
