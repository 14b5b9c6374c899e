use super::random::Random;

/// What a disk writes as a whole, if it writes it.
pub(super) const SECTOR: usize = 512;

/// A file's bytes.
#[derive(Default)]
pub(super) struct Inode {
    /// What reads give.
    pub(super) seen: Vec<u8>,
    /// What is on the disk whatever happens.
    safe: Vec<u8>,
    /// What was written and not synced, in its order.
    unsynced: Vec<(usize, Vec<u8>)>,
}

/// How much of what is not safe survives.
#[derive(Clone, Copy)]
pub(super) enum Survival {
    Nothing,
    Everything,
    /// Each sector for itself, and now and then only the beginning of one.
    Mixture,
}

impl Survival {
    pub(super) fn draw(random: &mut Random) -> Survival {
        match random.below(6) {
            0 => Survival::Nothing,
            1 => Survival::Everything,
            _ => Survival::Mixture,
        }
    }
}

impl Inode {
    pub(super) fn new(contents: &[u8]) -> Inode {
        Inode { seen: contents.to_vec(), safe: contents.to_vec(), unsynced: Vec::new() }
    }

    pub(super) fn read(&self, into: &mut [u8], offset: usize) {
        let from = self.seen.get(offset..).unwrap_or_default();
        let length = from.len().min(into.len());
        into[..length].copy_from_slice(&from[..length]);
        into[length..].fill(0);
    }

    /// Writes what is safe with the next sync.
    pub(super) fn write(&mut self, from: &[u8], offset: usize) {
        put(&mut self.seen, from, offset);
        self.unsynced.push((offset, from.to_vec()));
    }

    /// Writes what is safe at once.
    pub(super) fn write_safely(&mut self, from: &[u8], offset: usize) {
        put(&mut self.seen, from, offset);
        put(&mut self.safe, from, offset);
    }

    pub(super) fn sync(&mut self) {
        for (offset, data) in self.unsynced.drain(..) {
            put(&mut self.safe, &data, offset);
        }
    }

    /// Writes a part of what was not synced to the disk and forgets the rest. What reads give is as before.
    pub(super) fn sync_badly(&mut self, survival: Survival, random: &mut Random) {
        for (offset, data) in std::mem::take(&mut self.unsynced) {
            for (index, sector) in data.chunks(SECTOR).enumerate() {
                let length = match survival {
                    Survival::Nothing => 0,
                    Survival::Everything => sector.len(),
                    Survival::Mixture => match random.below(16) {
                        0 => random.below(sector.len() as u64) as usize,
                        1..8 => 0,
                        _ => sector.len(),
                    },
                };
                put(&mut self.safe, &sector[..length], offset + index * SECTOR);
            }
        }
    }

    /// Reads give what is on the disk from now on.
    pub(super) fn restart(&mut self) {
        self.seen.clone_from(&self.safe);
    }

    pub(super) fn flip(&mut self, byte: usize, bit: u8) {
        self.seen[byte] ^= 1 << bit;
        self.safe[byte] ^= 1 << bit;
    }
}

fn put(into: &mut Vec<u8>, from: &[u8], offset: usize) {
    if from.is_empty() {
        return;
    }
    if into.len() < offset + from.len() {
        into.resize(offset + from.len(), 0);
    }
    into[offset..offset + from.len()].copy_from_slice(from);
}
