use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};

/// The file whose lock says that a process has the directory. It stays when the process is gone; only its lock counts.
pub(crate) const LOCK: &str = "lock";

/// Why a directory cannot be had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LockError {
    /// Another process has it.
    #[error("the journal in {} is in use by {holder}; stop that one, or give this one a directory of its own", directory.display())]
    InUse {
        /// The directory.
        directory: PathBuf,
        /// Who has it: a process by number, and by name where that can be known.
        holder: String,
    },
    /// The file of the lock cannot be made, locked or written.
    #[error("cannot lock {}: {source}; the directory must be one that this process may write to", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

/// Has a directory for this process.
///
/// It is given back by a call and not by closing the file alone: a process that another thread starts at that moment has the file open, too,
/// until it becomes another program, and the system keeps the lock as long.
#[derive(Debug)]
pub(crate) struct Lock(File);

impl Drop for Lock {
    fn drop(&mut self) {
        // Where that fails, closing it does the same a moment later.
        let _ = self.0.unlock();
    }
}

/// Takes a directory for this process, until what is returned is dropped.
pub(crate) fn lock(directory: &Path) -> Result<Lock, LockError> {
    let path = directory.join(LOCK);
    let failed = |source| LockError::Io { path: path.clone(), source };
    let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut holder = String::new();
            // Who is in it is only for the message.
            let _ = file.read_to_string(&mut holder);
            return Err(LockError::InUse { directory: directory.to_owned(), holder: name(holder.trim()) });
        }
        Err(TryLockError::Error(source)) => return Err(failed(source)),
    }
    let write = |file: &mut File| {
        file.set_len(0)?;
        file.rewind()?;
        file.write_all(std::process::id().to_string().as_bytes())
    };
    // A full disk must not keep anybody from reading the journal; the message to others is the poorer.
    match write(&mut file) {
        Err(error) if !crate::error::is_full(&error) => Err(failed(error)),
        _ => Ok(Lock(file)),
    }
}

fn name(process: &str) -> String {
    if process.is_empty() {
        return "another process".to_owned();
    }
    match std::fs::read_to_string(format!("/proc/{process}/comm")) {
        Ok(name) => format!("process {process} ({})", name.trim()),
        Err(_) => format!("process {process}"),
    }
}
