//! The keys of a `by` and their blocks.

use std::fmt;
use std::hash::{BuildHasher, Hasher};

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use super::timers;
use crate::time::Time;

/// A table of blocks by key: looked up by borrowed bytes, each key stored once, randomly seeded.
#[derive(Clone)]
pub(super) struct Keys<B> {
    /// Places in `slots`, by the hash of their key.
    table: HashTable<Entry>,
    slots: Vec<Option<Slot<B>>>,
    free: Vec<u32>,
    seed: RandomState,
}

#[derive(Clone, Copy)]
struct Entry {
    /// The upper bits of the hash, so that the table can grow, and dismiss most other keys, without a look at the slots.
    hash: u32,
    index: u32,
}

/// A key and its block.
#[derive(Clone)]
pub(super) struct Slot<B> {
    key: StoredKey,
    block: B,
    /// When the block's timer is set for.
    timer: Time,
    pub(super) seen: Time,
}

/// How many bytes of a key lie in the slot itself, where looking at them costs no further memory access.
const INLINE: usize = 46;

#[derive(Clone)]
enum StoredKey {
    Inline(u8, [u8; INLINE]),
    Boxed(Box<[u8]>),
}

impl StoredKey {
    fn new(bytes: &[u8]) -> StoredKey {
        let mut inline = [0; INLINE];
        match inline.get_mut(..bytes.len()) {
            Some(start) => {
                start.copy_from_slice(bytes);
                StoredKey::Inline(bytes.len() as u8, inline)
            }
            None => StoredKey::Boxed(bytes.into()),
        }
    }

    #[inline]
    fn as_bytes(&self) -> &[u8] {
        match self {
            StoredKey::Inline(len, bytes) => &bytes[..usize::from(*len)],
            StoredKey::Boxed(bytes) => bytes,
        }
    }
}

impl<B> Slot<B> {
    #[inline]
    pub(super) fn block(&self) -> &B {
        &self.block
    }

    #[inline]
    pub(super) fn block_mut(&mut self) -> &mut B {
        &mut self.block
    }

    #[inline]
    pub(super) fn timer_mut(&mut self) -> &mut Time {
        &mut self.timer
    }
}

impl<B> Default for Keys<B> {
    fn default() -> Keys<B> {
        Keys { table: HashTable::new(), slots: Vec::new(), free: Vec::new(), seed: RandomState::default() }
    }
}

impl<B> Keys<B> {
    #[inline]
    pub(super) fn hash(&self, key: &[u8]) -> u64 {
        let mut hasher = self.seed.build_hasher();
        hasher.write(key);
        hasher.finish()
    }

    /// Returns the place of a key.
    #[inline]
    pub(super) fn find(&self, hash: u64, key: &[u8]) -> Option<u32> {
        let short = (hash >> 32) as u32;
        let same = |entry: &Entry| entry.hash == short && self.get(entry.index).is_some_and(|slot| slot.key.as_bytes() == key);
        self.table.find(spread(short), same).map(|entry| entry.index)
    }

    /// Adds a key that is not there and returns its place.
    pub(super) fn insert(&mut self, hash: u64, key: &[u8], block: B, now: Time) -> u32 {
        let slot = Some(Slot { key: StoredKey::new(key), block, timer: timers::OFF, seen: now });
        let index = match self.free.pop() {
            Some(index) => {
                self.slots[index as usize] = slot;
                index
            }
            None => {
                self.slots.push(slot);
                (self.slots.len() - 1) as u32
            }
        };
        let entry = Entry { hash: (hash >> 32) as u32, index };
        self.table.insert_unique(spread(entry.hash), entry, |entry| spread(entry.hash));
        index
    }

    /// Takes out a key's block.
    pub(super) fn remove(&mut self, index: u32) -> Option<B> {
        let slot = self.slots.get_mut(index as usize)?.take()?;
        let short = (self.hash(slot.key.as_bytes()) >> 32) as u32;
        if let Ok(entry) = self.table.find_entry(spread(short), |entry| entry.index == index) {
            entry.remove();
        }
        self.free.push(index);
        Some(slot.block)
    }

    /// Gives memory back when most of it is unused.
    pub(super) fn shrink(&mut self) {
        if self.table.len() * 4 < self.table.capacity() {
            self.table.shrink_to(self.table.len() * 2, |entry| spread(entry.hash));
        }
        while let Some(None) = self.slots.last() {
            self.slots.pop();
        }
        if self.slots.len() * 4 < self.slots.capacity() {
            self.slots.shrink_to(self.slots.len() * 2);
        }
        if self.free.len() > self.slots.len() - self.table.len() {
            self.free.retain(|&index| (index as usize) < self.slots.len());
            self.free.shrink_to(self.free.len() * 2);
        }
    }

    /// Returns the place of the key that was idle for longest among a few that were picked at random.
    pub(super) fn idlest(&self) -> u32 {
        let mut random = self.seed.build_hasher();
        let picks = (0..64).filter_map(|_| {
            random.write_usize(self.free.len());
            let index = (random.finish() % self.slots.len().max(1) as u64) as u32;
            self.get(index).map(|slot| (slot.seen, index))
        });
        let first = || self.slots.iter().position(Option::is_some).map(|index| index as u32);
        picks.take(8).min().map(|(_, index)| index).or_else(first).unwrap_or(0)
    }

    #[inline]
    pub(super) fn get(&self, index: u32) -> Option<&Slot<B>> {
        self.slots.get(index as usize)?.as_ref()
    }

    #[inline]
    pub(super) fn get_mut(&mut self, index: u32) -> Option<&mut Slot<B>> {
        self.slots.get_mut(index as usize)?.as_mut()
    }

    pub(super) fn blocks_mut(&mut self) -> impl Iterator<Item = &mut B> {
        self.slots.iter_mut().flatten().map(|slot| &mut slot.block)
    }

    /// Returns the number of keys.
    pub(super) fn len(&self) -> usize {
        self.table.len()
    }

    /// Returns the number of slots, used or free.
    pub(super) fn slots(&self) -> u32 {
        self.slots.len() as u32
    }
}

/// Makes a full hash of a stored one; the table takes its bucket from the lower and its tag from the upper bits.
#[inline]
fn spread(short: u32) -> u64 {
    u64::from(short) << 32 | u64::from(short)
}

impl<B> fmt::Debug for Keys<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} keys", self.len())
    }
}
