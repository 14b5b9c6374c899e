//! A disk in memory that loses power, space and patience when a test says so.
//!
//! What it does is what disks and file systems are allowed to do:
//!
//! - When the process is killed, what it was doing is done, or half done; the system keeps the rest.
//! - When the power fails, of all sectors that were written and not synced any mixture is on the disk, also earlier versions of them, also
//!   a part of a sector. The write during which it fails is such a write, with `O_DSYNC` too.
//! - Names that were made, changed or removed and not synced survive or not, each file's for themselves.
//! - A sync that fails has written any part of what it was to write, and forgets the rest: the next sync succeeds and writes nothing of it,
//!   and until the power fails reads give what was to be written.
//! - A write to new sectors may find no room, and then has written a part.
//!
//! | where | what |
//! |---|---|
//! | `state` | what is on the disk and what the system sees of it |
//! | `file` | a file's bytes, the safe ones and the others |
//! | `random` | numbers from a seed |

mod file;
pub(crate) mod random;
mod state;

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Access, Block, Disk, DiskFile, Guarantees, Listed, SyncKind, bytes, bytes_mut};
use state::State;

/// A disk in memory with one directory. A clone is the same disk; everything that happens on it follows from the seed.
#[derive(Clone)]
pub struct SimDisk {
    state: Arc<Mutex<State>>,
}

/// How often a [`SimDisk`] fails by itself: chances from 0 to 1, each for one operation.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Faults {
    /// A write to new sectors finds no room.
    pub full: f64,
    /// A sync fails, or a write that is one.
    pub sync: f64,
    /// A change of names, or their sync, fails.
    pub names: f64,
    /// A read fails.
    pub read: f64,
}

impl SimDisk {
    /// Makes an empty disk. With `direct` each write is safe when it returns, else when it is synced.
    pub fn new(seed: u64, direct: bool) -> SimDisk {
        SimDisk { state: Arc::new(Mutex::new(State::new(seed, direct))) }
    }

    /// Sets how often it fails.
    pub fn set_faults(&self, faults: Faults) {
        self.lock().faults = faults;
    }

    /// Sets how many bytes all files may have together.
    pub fn set_capacity(&self, bytes: u64) {
        self.lock().capacity = bytes;
    }

    /// Has the power fail, or the process be killed, during the operation that comes after so many others. From then on all of them fail.
    pub fn stop_after(&self, operations: u64) {
        self.lock().left = Some(operations);
    }

    /// Tells whether it has come to that.
    pub fn is_off(&self) -> bool {
        self.lock().off
    }

    /// Starts the process again that was killed. The system has kept what was not safe yet. Files that were open cannot be used any more.
    pub fn resume(&self) {
        self.lock().resume();
    }

    /// Starts the machine again after the power has failed, or has it fail now: what was not safe is lost, or not. Files that were open
    /// cannot be used any more.
    pub fn restart(&self) {
        self.lock().restart();
    }

    /// Flips a bit of what is on the disk, as rot does.
    ///
    /// # Panics
    ///
    /// If there is no such file or it is shorter.
    pub fn flip(&self, name: &str, byte: u64, bit: u8) {
        self.lock().flip(name, byte, bit);
    }

    /// Returns what is in a file, as the system sees it.
    pub fn contents(&self, name: &str) -> Option<Vec<u8>> {
        self.lock().contents(name)
    }

    /// Makes or replaces a file, safe at once: for tests that begin with somebody's mess.
    pub fn put(&self, name: &str, contents: &[u8]) {
        self.lock().put_file(name, contents);
    }

    /// Removes a file, safe at once.
    pub fn lose(&self, name: &str) {
        self.lock().lose(name);
    }

    /// How many operations there have been.
    pub fn operations(&self) -> u64 {
        self.lock().operations
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn file(&self, inode: usize) -> SimFile {
        SimFile { disk: self.clone(), inode, epoch: self.lock().epoch }
    }
}

impl Disk for SimDisk {
    type File = SimFile;

    fn list(&self) -> io::Result<Vec<Listed>> {
        self.lock().list()
    }

    fn create(&self, name: &str) -> io::Result<SimFile> {
        let inode = self.lock().create(name)?;
        Ok(self.file(inode))
    }

    fn open(&self, name: &str, _: Access) -> io::Result<SimFile> {
        let inode = self.lock().open(name)?;
        Ok(self.file(inode))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.lock().rename(from, to)
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        self.lock().remove(name)
    }

    fn sync_names(&self) -> io::Result<()> {
        self.lock().sync_names()
    }

    fn guarantees(&self) -> Guarantees {
        let direct = self.lock().direct;
        let sync = if direct { SyncKind::EachWrite } else { SyncKind::AfterWrites };
        Guarantees { file_system: "simulated".to_owned(), direct, sync, weaker: Vec::new() }
    }

    fn random(&self) -> u64 {
        self.lock().random.next()
    }

    fn path(&self, name: &str) -> String {
        format!("simulated/{name}")
    }
}

/// A file of a [`SimDisk`].
pub struct SimFile {
    disk: SimDisk,
    inode: usize,
    epoch: u64,
}

impl DiskFile for SimFile {
    fn size(&self) -> io::Result<u64> {
        self.disk.lock().size(self.inode, self.epoch)
    }

    fn read_at(&self, into: &mut [Block], offset: u64) -> io::Result<()> {
        self.disk.lock().read(self.inode, self.epoch, bytes_mut(into), offset)
    }

    fn write_at(&self, from: &[Block], offset: u64) -> io::Result<()> {
        self.disk.lock().write(self.inode, self.epoch, bytes(from), offset)
    }

    fn sync(&self) -> io::Result<()> {
        self.disk.lock().sync(self.inode, self.epoch)
    }
}
