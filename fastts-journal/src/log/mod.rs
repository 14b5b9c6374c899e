//! The journal without its threads: what they do is called here step by step, so that tests can decide what happens when.
//!
//! | where | what |
//! |---|---|
//! | `state` | what all share, behind one lock |
//! | `recover` | opens a directory: what is there, and what of it counts |
//! | `tail` | the end of the last segment: what was safe, what survived, what is torn |
//! | `append` | takes records, or says why not |
//! | `commit` | writes what waits, and goes on in another segment where it cannot |
//! | `keep` | makes spare files, gives back what no cursor needs |
//! | `cursors` | the cursors and the file that they are written to |
//! | `waiters` | who waits for a record to be safe, or for room |

mod append;
mod commit;
mod cursors;
mod keep;
mod recover;
mod state;
mod tail;
mod waiters;

use std::sync::atomic::AtomicU64;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::disk::Disk;
use crate::options::Options;

pub(crate) use commit::Commit;
pub use cursors::Start;
pub(crate) use cursors::{Book, Position};
pub use keep::Trimmed;
pub(crate) use recover::examine;
pub(crate) use state::{Segment, State};
pub(crate) use tail::read as read_tail;
pub(crate) use waiters::Waiters;

/// A journal that is open.
pub(crate) struct Log<D: Disk> {
    pub(crate) disk: D,
    pub(crate) options: Options,
    /// The number that all its files carry.
    journal: u64,
    state: Mutex<State>,
    /// Whoever writes groups; held while the disk works.
    writer: Mutex<commit::Writer<D::File>>,
    /// Whoever changes which files there are, and the cursors; held while the disk works. Taken before `state`, never under it.
    book: Mutex<Book<D::File>>,
    /// The highest number that is safe.
    durable: AtomicU64,
    /// There is something to write.
    pub(crate) work: Condvar,
    /// There is something to keep in order.
    pub(crate) chores: Condvar,
    /// Who waits for a record to be safe.
    pub(crate) safe: Waiters,
    /// Who waits for room.
    pub(crate) room: Waiters,
}

impl<D: Disk> Log<D> {
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

/// Locks, whether somebody has panicked under the lock or not: no change under these locks is made in two steps that may panic.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
