use std::io;
use std::sync::Arc;

use crate::disk::LockError;

/// Something that the disk has not done, and what follows from it.
#[derive(Clone, Debug, thiserror::Error)]
#[error("cannot {action} {path}: {source}; {advice}")]
#[non_exhaustive]
pub struct DiskError {
    /// What was to be done.
    pub action: &'static str,
    /// With which file.
    pub path: String,
    /// What can be done now.
    pub advice: &'static str,
    /// What the system says.
    pub source: Arc<io::Error>,
}

impl DiskError {
    pub(crate) fn new(action: &'static str, path: String, source: io::Error) -> DiskError {
        let advice = if is_full(&source) {
            "make room on the disk, or trim the journal"
        } else if matches!(source.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem) {
            "the directory must be one that this process may write to"
        } else if source.kind() == io::ErrorKind::NotFound {
            "somebody has removed it; look for who else works in the directory"
        } else {
            "look at the disk and at the system's log"
        };
        DiskError { action, path, advice, source: Arc::new(source) }
    }

    pub(crate) fn is_full(&self) -> bool {
        is_full(&self.source)
    }
}

/// Why a journal cannot be opened. Nothing has been changed then.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The directory cannot be had.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The disk does not do what is needed.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// A later version of this crate has written it.
    #[error("{path} has format {found}, and this program reads format {known}; start a newer program, or give this one another directory")]
    Newer {
        /// The file that says so.
        path: String,
        /// The format that it has.
        found: u32,
        /// The latest one that is known.
        known: u32,
    },
    /// The options contradict each other.
    #[error("{0}")]
    Options(String),
}

/// Why a record was not taken. It is not in the journal and will not be.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AppendError {
    /// It has more bytes than a record may have.
    #[error("a record of {bytes} bytes is too long, {most} are allowed; split it, or raise `max_record` and `segment_size`")]
    TooLong {
        /// How many bytes it has.
        bytes: usize,
        /// How many it may have.
        most: usize,
    },
    /// More is waiting to be written than may wait. It passes by itself: wait for [`Journal::room`](crate::Journal::room).
    #[error("the disk is slower than the writers; wait for room and append again")]
    Busy,
    /// There is no room for another segment. [`Journal::room`](crate::Journal::room) waits until there is.
    #[error("the journal is full: {0}")]
    Full(Shortage),
    /// The journal writes no more.
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

/// Why there is no room.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Shortage {
    /// All segments that it may have are in use.
    #[error("it has the {bytes} bytes that it may have; {holder}, raise `max_bytes`, or trim it")]
    Bytes {
        /// How many bytes it may have.
        bytes: u64,
        /// What keeps the oldest records, as advice.
        holder: String,
    },
    /// It has as many records that somebody still needs as it may have.
    #[error("it has the {records} records that it may have; {holder}, raise `max_records`, or trim it")]
    Records {
        /// How many records it may have.
        records: u64,
        /// What keeps the oldest records, as advice.
        holder: String,
    },
    /// The disk is full, or cannot be written to.
    #[error("{0}")]
    Disk(String),
}

/// Why a journal writes no more.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Stopped {
    /// It has been closed.
    #[error("the journal has been closed")]
    Closed,
    /// Several attempts to write the same records have failed, each into another segment. What waits may be in the journal or not.
    #[error("the journal has given up: {0}; what was acknowledged is safe, open it again when the disk works")]
    Broken(DiskError),
}

/// Why a record cannot be read.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The disk does not give it. The reader may try again.
    #[error(transparent)]
    Disk(#[from] DiskError),
}

/// Why a cursor cannot be had, moved or removed.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CursorError {
    /// Its name is empty or too long.
    #[error("{name:?} is no name for a cursor; it must have 1 to {most} bytes")]
    Name {
        /// The name.
        name: String,
        /// How many bytes it may have.
        most: usize,
    },
    /// Somebody has it already.
    #[error("the cursor {0:?} is in use; give each consumer one of its own")]
    InUse(String),
    /// There is none of this name.
    #[error("there is no cursor {0:?}")]
    Unknown(String),
    /// No more cursors fit.
    #[error("the journal has {0} cursors and room for no more; remove those that nobody uses")]
    TooMany(usize),
    /// It cannot be written.
    #[error(transparent)]
    Disk(#[from] DiskError),
}

/// Tells whether an error says that there is no room.
pub(crate) fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}
