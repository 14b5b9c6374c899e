use std::collections::BTreeMap;
use std::io;

use super::super::Listed;
use super::Faults;
use super::file::{Inode, SECTOR, Survival};
use super::random::Random;

/// What is on the disk and what the system sees of it.
pub(super) struct State {
    pub(super) random: Random,
    pub(super) faults: Faults,
    pub(super) direct: bool,
    pub(super) capacity: u64,
    /// How many operations there are before all fail.
    pub(super) left: Option<u64>,
    pub(super) off: bool,
    /// Counts the restarts: files that were opened in an earlier one are closed.
    pub(super) epoch: u64,
    pub(super) operations: u64,
    files: Vec<Inode>,
    /// The names as the system sees them.
    seen: BTreeMap<String, usize>,
    /// The names that are on the disk whatever happens.
    safe: BTreeMap<String, usize>,
    /// What was done to names and not synced, in its order, with the file that it was done to.
    unsynced: Vec<(usize, Change)>,
}

enum Change {
    Create(String),
    Rename(String, String),
    Remove(String),
}

/// What comes of an operation.
#[derive(PartialEq, Eq)]
enum Turn {
    Works,
    /// Everything stops in the middle of it.
    Dies,
}

impl State {
    pub(super) fn new(seed: u64, direct: bool) -> State {
        State {
            random: Random::new(seed),
            faults: Faults::default(),
            direct,
            capacity: u64::MAX,
            left: None,
            off: false,
            epoch: 0,
            operations: 0,
            files: Vec::new(),
            seen: BTreeMap::new(),
            safe: BTreeMap::new(),
            unsynced: Vec::new(),
        }
    }

    pub(super) fn resume(&mut self) {
        (self.off, self.left) = (false, None);
        self.epoch += 1;
    }

    pub(super) fn restart(&mut self) {
        self.resume();
        let survival = Survival::draw(&mut self.random);
        for file in &mut self.files {
            file.sync_badly(survival, &mut self.random);
            file.restart();
        }
        // Of each file the first so many changes survive, whatever becomes of the other files.
        let mut left = BTreeMap::new();
        for (inode, _) in &self.unsynced {
            *left.entry(*inode).or_insert(0) += 1;
        }
        for count in left.values_mut() {
            *count = match survival {
                Survival::Nothing => 0,
                Survival::Everything => *count,
                Survival::Mixture => self.random.below(*count + 1),
            };
        }
        for (inode, change) in std::mem::take(&mut self.unsynced) {
            let left = left.entry(inode).or_default();
            if *left > 0 {
                *left -= 1;
                apply(&mut self.safe, inode, change);
            }
        }
        self.seen.clone_from(&self.safe);
        for (inode, file) in self.files.iter_mut().enumerate() {
            if !self.safe.values().any(|named| *named == inode) {
                *file = Inode::default();
            }
        }
    }

    pub(super) fn list(&mut self) -> io::Result<Vec<Listed>> {
        self.turn(0.0)?;
        let listed = |(name, inode): (&String, &usize)| Listed { name: name.clone(), size: self.files[*inode].seen.len() as u64 };
        Ok(self.seen.iter().map(listed).collect())
    }

    pub(super) fn create(&mut self, name: &str) -> io::Result<usize> {
        if self.seen.contains_key(name) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        let turn = self.turn(self.faults.names)?;
        self.files.push(Inode::default());
        let inode = self.files.len() - 1;
        self.change(inode, Change::Create(name.to_owned()), turn)?;
        Ok(inode)
    }

    pub(super) fn open(&mut self, name: &str) -> io::Result<usize> {
        self.turn(self.faults.read)?;
        self.seen.get(name).copied().ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    pub(super) fn rename(&mut self, from: &str, to: &str) -> io::Result<()> {
        if self.seen.contains_key(to) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        let turn = self.turn(self.faults.names)?;
        let inode = *self.seen.get(from).ok_or(io::ErrorKind::NotFound)?;
        self.change(inode, Change::Rename(from.to_owned(), to.to_owned()), turn)
    }

    pub(super) fn remove(&mut self, name: &str) -> io::Result<()> {
        let turn = self.turn(self.faults.names)?;
        let inode = *self.seen.get(name).ok_or(io::ErrorKind::NotFound)?;
        self.change(inode, Change::Remove(name.to_owned()), turn)
    }

    pub(super) fn sync_names(&mut self) -> io::Result<()> {
        if self.turn(self.faults.names)? == Turn::Dies {
            return Err(off());
        }
        for (inode, change) in std::mem::take(&mut self.unsynced) {
            apply(&mut self.safe, inode, change);
        }
        Ok(())
    }

    pub(super) fn size(&self, inode: usize, epoch: u64) -> io::Result<u64> {
        self.alive(epoch)?;
        Ok(self.files[inode].seen.len() as u64)
    }

    pub(super) fn read(&mut self, inode: usize, epoch: u64, into: &mut [u8], offset: u64) -> io::Result<()> {
        self.alive(epoch)?;
        self.turn(self.faults.read)?;
        self.files[inode].read(into, offset as usize);
        Ok(())
    }

    pub(super) fn write(&mut self, inode: usize, epoch: u64, from: &[u8], offset: u64) -> io::Result<()> {
        self.alive(epoch)?;
        let offset = offset as usize;
        let turn = self.turn(0.0)?;
        let size = self.files[inode].seen.len();
        let more = (offset + from.len()).saturating_sub(size) as u64;
        let room = if self.random.chance(if more > 0 { self.faults.full } else { 0.0 }) {
            self.random.below(more)
        } else {
            self.capacity.saturating_sub(self.used())
        };
        if more > room {
            let fits = (size + room as usize).saturating_sub(offset) / SECTOR * SECTOR;
            self.put(inode, &from[..fits.min(from.len())], offset);
            return Err(io::ErrorKind::StorageFull.into());
        }
        let fails = self.direct && self.random.chance(self.faults.sync);
        if turn == Turn::Dies || fails {
            self.files[inode].write(from, offset);
            if self.direct {
                // What was asked for may be on the disk in part, and reads see what is there.
                let survival = Survival::draw(&mut self.random);
                self.files[inode].sync_badly(survival, &mut self.random);
                self.files[inode].restart();
            }
            return Err(if fails { broken() } else { off() });
        }
        self.put(inode, from, offset);
        Ok(())
    }

    pub(super) fn sync(&mut self, inode: usize, epoch: u64) -> io::Result<()> {
        self.alive(epoch)?;
        if self.direct {
            return Ok(());
        }
        if self.turn(0.0)? == Turn::Dies {
            return Err(off());
        }
        if self.random.chance(self.faults.sync) {
            let survival = Survival::draw(&mut self.random);
            self.files[inode].sync_badly(survival, &mut self.random);
            return Err(broken());
        }
        self.files[inode].sync();
        Ok(())
    }

    pub(super) fn flip(&mut self, name: &str, byte: u64, bit: u8) {
        let inode = self.seen[name];
        self.files[inode].flip(byte as usize, bit);
    }

    pub(super) fn contents(&self, name: &str) -> Option<Vec<u8>> {
        self.seen.get(name).map(|inode| self.files[*inode].seen.clone())
    }

    pub(super) fn put_file(&mut self, name: &str, contents: &[u8]) {
        self.files.push(Inode::new(contents));
        self.seen.insert(name.to_owned(), self.files.len() - 1);
        self.safe.insert(name.to_owned(), self.files.len() - 1);
    }

    pub(super) fn lose(&mut self, name: &str) {
        self.seen.remove(name);
        self.safe.remove(name);
    }

    fn put(&mut self, inode: usize, from: &[u8], offset: usize) {
        if self.direct {
            self.files[inode].write_safely(from, offset);
        } else {
            self.files[inode].write(from, offset);
        }
    }

    fn used(&self) -> u64 {
        self.seen.values().map(|inode| self.files[*inode].seen.len() as u64).sum()
    }

    fn change(&mut self, inode: usize, change: Change, turn: Turn) -> io::Result<()> {
        let copy = match &change {
            Change::Create(name) => Change::Create(name.clone()),
            Change::Rename(from, to) => Change::Rename(from.clone(), to.clone()),
            Change::Remove(name) => Change::Remove(name.clone()),
        };
        apply(&mut self.seen, inode, copy);
        self.unsynced.push((inode, change));
        if turn == Turn::Dies { Err(off()) } else { Ok(()) }
    }

    fn alive(&self, epoch: u64) -> io::Result<()> {
        if self.off || self.epoch != epoch { Err(off()) } else { Ok(()) }
    }

    /// Counts an operation.
    fn turn(&mut self, fails: f64) -> io::Result<Turn> {
        if self.off {
            return Err(off());
        }
        self.operations += 1;
        match &mut self.left {
            Some(0) => {
                self.off = true;
                return Ok(Turn::Dies);
            }
            Some(left) => *left -= 1,
            None => {}
        }
        if self.random.chance(fails) { Err(broken()) } else { Ok(Turn::Works) }
    }
}

fn apply(names: &mut BTreeMap<String, usize>, inode: usize, change: Change) {
    match change {
        Change::Create(name) => {
            names.insert(name, inode);
        }
        Change::Rename(from, to) => {
            // A name that was made and not synced may be gone.
            if names.get(&from) == Some(&inode) {
                names.remove(&from);
            }
            names.insert(to, inode);
        }
        Change::Remove(name) => {
            if names.get(&name) == Some(&inode) {
                names.remove(&name);
            }
        }
    }
}

fn off() -> io::Error {
    io::Error::other("everything has stopped")
}

fn broken() -> io::Error {
    io::Error::other("the disk has failed")
}
