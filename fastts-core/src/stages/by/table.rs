//! Where the block of a key lies, by the hash of the key.

use crate::model::prefetch::prefetch;

/// A hash table of places: linear probing over eight-byte entries, at most half full, so that a look-up is one memory access
/// whose address is known from the hash alone. That is what lets `by` fetch the entries of many items at once.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    /// A power of two of them, or none.
    entries: Vec<Entry>,
    len: usize,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    hash: u32,
    /// `FREE` when the entry is.
    index: u32,
}

const FREE: u32 = u32::MAX;

impl Table {
    /// Returns the number of entries in use.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Returns how many bytes of memory it holds.
    pub(super) fn held(&self) -> usize {
        self.entries.capacity() * size_of::<Entry>()
    }

    #[inline]
    fn mask(&self) -> usize {
        self.entries.len().wrapping_sub(1)
    }

    /// Hints that the entry of `hash` will be looked up soon.
    #[inline]
    pub(super) fn prefetch(&self, hash: u32) {
        if let Some(entry) = self.entries.get(hash as usize & self.mask()) {
            prefetch(entry);
        }
    }

    /// Returns the first place of that hash for which `same` is true.
    // Always: what looks a key up has a second caller, the watched way, and would have a call for it.
    #[inline(always)]
    pub(super) fn find(&self, hash: u32, mut same: impl FnMut(u32) -> bool) -> Option<u32> {
        let mut at = hash as usize & self.mask();
        loop {
            let entry = self.entries.get(at)?;
            if entry.index == FREE {
                return None;
            }
            if entry.hash == hash && same(entry.index) {
                return Some(entry.index);
            }
            at = (at + 1) & self.mask();
        }
    }

    /// Adds a place.
    pub(super) fn insert(&mut self, hash: u32, index: u32) {
        if (self.len + 1) * 2 > self.entries.len() {
            self.resize((self.entries.len() * 2).max(16));
        }
        self.put(Entry { hash, index });
        self.len += 1;
    }

    fn put(&mut self, entry: Entry) {
        let mut at = entry.hash as usize & self.mask();
        while self.entries[at].index != FREE {
            at = (at + 1) & self.mask();
        }
        self.entries[at] = entry;
    }

    /// Takes a place out.
    pub(super) fn remove(&mut self, hash: u32, index: u32) {
        let mut at = hash as usize & self.mask();
        loop {
            match self.entries.get(at) {
                Some(entry) if entry.index == index => break,
                Some(entry) if entry.index != FREE => at = (at + 1) & self.mask(),
                _ => return,
            }
        }
        self.len -= 1;
        // Moves back what follows, so that no look-up finds a hole before its entry.
        let mut hole = at;
        loop {
            at = (at + 1) & self.mask();
            let entry = self.entries[at];
            if entry.index == FREE {
                break;
            }
            let home = entry.hash as usize & self.mask();
            if (at.wrapping_sub(home) & self.mask()) >= (at.wrapping_sub(hole) & self.mask()) {
                self.entries[hole] = entry;
                hole = at;
            }
        }
        self.entries[hole].index = FREE;
    }

    /// Gives memory back when little of it is used.
    pub(super) fn shrink(&mut self) {
        let wanted = (self.len * 4).next_power_of_two().max(16);
        if wanted * 2 <= self.entries.len() {
            self.resize(wanted);
        }
    }

    fn resize(&mut self, size: usize) {
        let old = std::mem::replace(&mut self.entries, vec![Entry { hash: 0, index: FREE }; size]);
        old.into_iter().filter(|entry| entry.index != FREE).for_each(|entry| self.put(entry));
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[test]
    fn finds_what_a_map_finds() {
        let mut table = Table::default();
        let mut model: HashMap<u32, u32> = HashMap::new();
        // Few homes, so that entries pile up and wrap around.
        let hash = |index: u32| (index % 7).wrapping_mul(0xffff_fffd);
        let mut random = 1u32;
        for _ in 0..100_000 {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let index = (random >> 16) % 61;
            if model.remove(&index).is_some() {
                table.remove(hash(index), index);
            } else {
                table.insert(hash(index), index);
                model.insert(index, index);
            }
            if random.is_multiple_of(1000) {
                table.shrink();
            }
            assert_eq!(table.len(), model.len());
            for index in 0..61 {
                assert_eq!(table.find(hash(index), |found| found == index), model.get(&index).copied());
            }
        }
    }
}
