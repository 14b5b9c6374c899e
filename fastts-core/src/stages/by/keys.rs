//! The keys of a `by` and their blocks.

use std::fmt;
use std::hash::{BuildHasher, Hasher};

use foldhash::fast::RandomState;

use super::table::Table;
use super::timers::Timer;
use crate::model::prefetch::prefetch;
use crate::model::time::Time;

/// Blocks by key: looked up by borrowed bytes, each key stored once, hashed with a random seed.
#[derive(Clone)]
pub(in crate::stages) struct Keys<B> {
    table: Table,
    slots: Vec<Option<Slot<B>>>,
    free: Vec<u32>,
    seed: RandomState,
}

/// A key and its block.
#[derive(Clone)]
pub(in crate::stages) struct Slot<B> {
    key: StoredKey,
    pub(in crate::stages) block: B,
    pub(in crate::stages) timer: Timer,
    /// When the last item of the key came.
    pub(in crate::stages) seen: Time,
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

impl<B> Default for Keys<B> {
    fn default() -> Keys<B> {
        Keys { table: Table::default(), slots: Vec::new(), free: Vec::new(), seed: RandomState::default() }
    }
}

impl<B> Keys<B> {
    #[inline]
    pub(in crate::stages) fn hash(&self, key: &[u8]) -> u32 {
        let mut hasher = self.seed.build_hasher();
        hasher.write(key);
        (hasher.finish() >> 32) as u32
    }

    /// Hints that a key of this hash will be looked up soon.
    #[inline]
    pub(in crate::stages) fn prefetch(&self, hash: u32) {
        self.table.prefetch(hash);
    }

    /// Returns the slot that a key of this hash most likely has, and hints that it will be used.
    #[inline]
    pub(in crate::stages) fn prefetch_slot(&self, hash: u32) -> Option<u32> {
        let index = self.table.find(hash, |_| true)?;
        self.prefetch_at(index);
        Some(index)
    }

    /// Hints that a slot will be used soon.
    #[inline]
    pub(in crate::stages) fn prefetch_at(&self, index: u32) {
        if let Some(slot) = self.slots.get(index as usize) {
            prefetch(slot);
        }
    }

    /// Returns the place of a key.
    #[inline(always)]
    pub(in crate::stages) fn find(&self, hash: u32, key: &[u8]) -> Option<u32> {
        self.table.find(hash, |index| self.get(index).is_some_and(|slot| slot.key.as_bytes() == key))
    }

    /// Adds a key that is not there and returns its place.
    pub(in crate::stages) fn insert(&mut self, hash: u32, key: &[u8], block: B, now: Time) -> u32 {
        let slot = Some(Slot { key: StoredKey::new(key), block, timer: Timer::OFF, seen: now });
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
        self.table.insert(hash, index);
        index
    }

    /// Takes out a key's block.
    pub(in crate::stages) fn remove(&mut self, index: u32) -> Option<B> {
        let slot = self.slots.get_mut(index as usize)?.take()?;
        self.table.remove(self.hash(slot.key.as_bytes()), index);
        self.free.push(index);
        Some(slot.block)
    }

    /// Gives memory back when most of it is unused.
    pub(in crate::stages) fn shrink(&mut self) {
        self.table.shrink();
        let before = self.slots.len();
        while let Some(None) = self.slots.last() {
            self.slots.pop();
        }
        if self.slots.len() * 4 < self.slots.capacity() {
            self.slots.shrink_to(self.slots.len() * 2);
        }
        if self.slots.len() < before {
            self.free.retain(|&index| (index as usize) < self.slots.len());
            self.free.shrink_to(self.free.len() * 2);
        }
    }

    /// Returns the place of the key that was idle for longest among a few that were picked at random.
    pub(in crate::stages) fn idlest(&self) -> u32 {
        idlest(&self.seed, self.free.len(), self.slots(), &|index| self.get(index).map(|slot| slot.seen))
    }

    #[inline]
    pub(in crate::stages) fn get(&self, index: u32) -> Option<&Slot<B>> {
        self.slots.get(index as usize)?.as_ref()
    }

    #[inline]
    pub(in crate::stages) fn get_mut(&mut self, index: u32) -> Option<&mut Slot<B>> {
        self.slots.get_mut(index as usize)?.as_mut()
    }

    pub(in crate::stages) fn blocks_mut(&mut self) -> impl Iterator<Item = &mut B> {
        self.slots.iter_mut().flatten().map(|slot| &mut slot.block)
    }

    /// Returns how many bytes the keys take, and what their blocks hold as `block` tells.
    pub(in crate::stages) fn held(&self, block: impl Fn(&B) -> usize) -> usize {
        let keys = self.slots.iter().flatten().map(|slot| {
            let boxed = if let StoredKey::Boxed(bytes) = &slot.key { bytes.len() } else { 0 };
            boxed + block(&slot.block)
        });
        self.slots.capacity() * size_of::<Option<Slot<B>>>()
            + self.free.capacity() * size_of::<u32>()
            + self.table.held()
            + keys.sum::<usize>()
    }

    /// Returns the number of keys.
    pub(in crate::stages) fn len(&self) -> usize {
        self.table.len()
    }

    /// Returns the number of slots, used or free.
    pub(in crate::stages) fn slots(&self) -> u32 {
        self.slots.len() as u32
    }
}

/// Picks among slots of which `seen` tells when their last item came; apart from [`Keys`], as it needs no type of the chain's.
fn idlest(seed: &RandomState, free: usize, slots: u32, seen: &dyn Fn(u32) -> Option<Time>) -> u32 {
    let mut random = seed.build_hasher();
    let picks = (0..64).filter_map(|_| {
        random.write_usize(free);
        let index = (random.finish() % u64::from(slots.max(1))) as u32;
        seen(index).map(|seen| (seen, index))
    });
    let first = || (0..slots).find(|&index| seen(index).is_some());
    picks.take(8).min().map(|(_, index)| index).or_else(first).unwrap_or(0)
}

impl<B> fmt::Debug for Keys<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} keys", self.len())
    }
}
