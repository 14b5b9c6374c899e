//! Literals, looked up once for each text.

use super::hash::Hasher;

/// Which pipelines ask for which text, for all texts that any of them asks for.
///
/// # Design
/// The texts themselves are not kept: two that hash alike share a slot, and a text of an event that hashes like one of them
/// reaches pipelines that then turn it down, as they look at each event again. A slot in four is taken at most.
#[derive(Debug, Default)]
pub(super) struct Table {
    slots: Vec<Slot>,
    /// The pipelines of the slots that have several.
    several: Vec<Vec<u32>>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    /// Zero when the slot is free.
    hash: u64,
    target: Target,
}

#[derive(Clone, Copy, Debug, Default)]
enum Target {
    #[default]
    Nobody,
    One(u32),
    /// Those at this place of `several`.
    Several(u32),
}

impl Table {
    /// Makes the table of texts with the pipeline that each belongs to.
    pub(super) fn new<'t>(hasher: Hasher, texts: impl Iterator<Item = (&'t str, u32)>) -> Table {
        let mut hashed: Vec<(u64, u32)> = texts.map(|(text, target)| (hasher.hash(text.as_bytes()), target)).collect();
        hashed.sort_unstable();
        hashed.dedup();
        if hashed.is_empty() {
            return Table::default();
        }
        let size = (4 * hashed.len()).next_power_of_two();
        let mut table = Table { slots: vec![Slot::default(); size], several: Vec::new() };
        for same in hashed.chunk_by(|a, b| a.0 == b.0) {
            let (hash, first) = same[0];
            let target = if same.len() == 1 {
                Target::One(first)
            } else {
                table.several.push(same.iter().map(|(_, target)| *target).collect());
                Target::Several(table.several.len() as u32 - 1)
            };
            let place = table.place(hash);
            table.slots[place] = Slot { hash, target };
        }
        table
    }

    pub(super) fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// Returns the slot of a hash, or the free one where it would be.
    #[inline]
    fn place(&self, hash: u64) -> usize {
        let mask = self.slots.len() - 1;
        // The lowest bit is always set.
        let mut place = (hash >> 1) as usize & mask;
        while self.slots[place].hash != hash && self.slots[place].hash != 0 {
            place = (place + 1) & mask;
        }
        place
    }

    /// Calls `wanted` with the pipelines that ask for a text of this hash. The table is not empty.
    #[inline]
    pub(super) fn find(&self, hash: u64, mut wanted: impl FnMut(u32)) {
        match self.slots[self.place(hash)].target {
            Target::Nobody => {}
            Target::One(target) => wanted(target),
            Target::Several(place) => self.several[place as usize].iter().for_each(|target| wanted(*target)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(table: &Table, hasher: Hasher, text: &str) -> Vec<u32> {
        let mut found = Vec::new();
        table.find(hasher.hash(text.as_bytes()), |target| found.push(target));
        found
    }

    #[test]
    fn every_text_finds_its_pipelines_and_no_other_does() {
        let hasher = Hasher::new();
        let lengths = [0, 1, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 1000];
        let texts: Vec<String> = lengths.iter().flat_map(|len| ["a", "b"].map(|letter| letter.repeat(*len))).collect();
        let rows = texts.iter().enumerate().map(|(index, text)| (text.as_str(), index as u32));
        let table = Table::new(hasher, rows.chain([("a", 99), ("a", 99)]));
        for (index, text) in texts.iter().enumerate() {
            let found = found(&table, hasher, text);
            assert!(found.contains(&(index as u32)), "{text:?}");
            let expected = if text.is_empty() { 2 } else { 1 + usize::from(text == "a") };
            assert_eq!(found.len(), expected, "{text:?}");
        }
        assert_eq!(found(&table, hasher, "c"), [0; 0]);
        assert!(Table::new(hasher, std::iter::empty()).is_empty());
    }

    #[test]
    fn one_byte_anywhere_in_64_makes_another_hash() {
        let hasher = Hasher::new();
        for len in 1..=64 {
            let text = vec![b'x'; len];
            for at in 0..len {
                let mut other = text.clone();
                other[at] = b'y';
                assert_ne!(hasher.hash(&text), hasher.hash(&other), "{len} bytes, at {at}");
            }
        }
    }
}
