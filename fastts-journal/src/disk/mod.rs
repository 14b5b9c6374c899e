//! What the journal asks of a disk.
//!
//! | where | what |
//! |---|---|
//! | `block` | memory that is aligned as `O_DIRECT` wants it |
//! | `guarantees` | what a disk promises, and what is weaker than it could be |
//! | `real` | a directory of a file system |
//! | `lock` | one process a directory |
//! | `sim` | a disk in memory that loses power, space and patience when a test says so |

pub(crate) mod block;
mod guarantees;
mod lock;
mod real;
mod sim;
#[cfg(test)]
pub(crate) use sim::random as sim_random;

use std::io;

pub use block::{BLOCK, Block, bytes, bytes_mut};
pub use guarantees::{Guarantees, SyncKind, Weakness};
pub(crate) use lock::LOCK;
pub use lock::LockError;
pub use real::{RealDisk, RealFile};
pub use sim::{Faults, SimDisk, SimFile};

/// A directory with files in it, as the journal uses one.
///
/// Names may be lost in a crash until [`Disk::sync_names`] has returned, and bytes until [`DiskFile::sync`] has.
pub trait Disk: Send + Sync + 'static {
    /// A file that is open.
    type File: DiskFile;

    /// Lists the files.
    fn list(&self) -> io::Result<Vec<Listed>>;

    /// Makes a file that is not there yet.
    fn create(&self, name: &str) -> io::Result<Self::File>;

    /// Opens a file that is there.
    fn open(&self, name: &str, access: Access) -> io::Result<Self::File>;

    /// Gives a file another name, which no file has.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;

    /// Removes a file.
    fn remove(&self, name: &str) -> io::Result<()>;

    /// Returns when all names are safe that were made, changed or removed before.
    fn sync_names(&self) -> io::Result<()>;

    /// Tells what this disk promises.
    fn guarantees(&self) -> Guarantees;

    /// Returns a number that nobody can foretell.
    fn random(&self) -> u64;

    /// Names the file for messages, with the way to it.
    fn path(&self, name: &str) -> String;

    /// Lets others have the directory. What is open can still be read.
    fn release(&self) {}
}

/// A file of a [`Disk`].
pub trait DiskFile: Send + Sync + 'static {
    /// How many bytes the file has.
    fn size(&self) -> io::Result<u64>;

    /// Reads blocks from an offset that is a multiple of [`BLOCK`]; behind the end of the file there are zeros.
    fn read_at(&self, into: &mut [Block], offset: u64) -> io::Result<()>;

    /// Writes blocks at an offset that is a multiple of [`BLOCK`]. They are safe once [`DiskFile::sync`] has returned.
    fn write_at(&self, from: &[Block], offset: u64) -> io::Result<()>;

    /// Returns when everything is safe that was written before. When it fails, what was written since the last time is lost or not.
    fn sync(&self) -> io::Result<()>;
}

/// What a file is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Only to be read.
    Read,
    /// To be read and written.
    Write,
}

/// A file in a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its name.
    pub name: String,
    /// How many bytes it has.
    pub size: u64,
}
