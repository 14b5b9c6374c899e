use std::collections::hash_map::RandomState;
use std::fs::{self, File, OpenOptions};
use std::hash::{BuildHasher, Hasher};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::lock::{self, Lock, LockError};
use super::{Access, BLOCK, Block, Disk, DiskFile, Guarantees, Listed, SyncKind, Weakness, bytes, bytes_mut};

/// A directory of a file system.
pub struct RealDisk {
    directory: PathBuf,
    guarantees: Guarantees,
    /// Without it nothing is written.
    lock: Mutex<Option<Lock>>,
}

/// What a file is called that is written and read once, to see how the file system does it.
const PROBE: &str = "making-probe";

impl RealDisk {
    /// Makes the directory if it is not there, takes it for this process, and finds out what its file system can do.
    ///
    /// # Errors
    ///
    /// If the directory cannot be made or written to, or another process has it.
    pub fn lock(directory: &Path) -> Result<RealDisk, LockError> {
        let failed = |source| LockError::Io { path: directory.to_owned(), source };
        let made = !directory.exists();
        fs::create_dir_all(directory).map_err(failed)?;
        if made && let Some(parent) = directory.canonicalize().map_err(failed)?.parent() {
            // The directory is a name in another one.
            let _ = File::open(parent).and_then(|parent| parent.sync_all());
        }
        let lock = lock::lock(directory)?;
        let guarantees = guarantees(directory).map_err(failed)?;
        Ok(RealDisk { directory: directory.to_owned(), guarantees, lock: Mutex::new(Some(lock)) })
    }

    /// Opens a directory to look at it while another process may have it. Nothing can be changed.
    pub fn look(directory: &Path) -> RealDisk {
        let guarantees = Guarantees { file_system: system(directory).0, direct: false, sync: SyncKind::AfterWrites, weaker: Vec::new() };
        RealDisk { directory: directory.to_owned(), guarantees, lock: Mutex::new(None) }
    }

    fn may_write(&self) -> io::Result<()> {
        let locked = self.lock.lock().unwrap_or_else(PoisonError::into_inner).is_some();
        if locked { Ok(()) } else { Err(io::Error::new(io::ErrorKind::PermissionDenied, "it was opened only to look, or is closed")) }
    }

    fn options(&self, access: Access) -> OpenOptions {
        let mut options = OpenOptions::new();
        options.read(true).write(access == Access::Write);
        if self.guarantees.direct {
            direct(&mut options);
        }
        options
    }

    fn file(&self, file: File) -> RealFile {
        RealFile { file, sync: self.guarantees.sync }
    }
}

impl Disk for RealDisk {
    type File = RealFile;

    fn list(&self) -> io::Result<Vec<Listed>> {
        let mut files = Vec::new();
        for entry in fs::read_dir(&self.directory)? {
            let entry = entry?;
            match entry.metadata() {
                Ok(metadata) if metadata.is_file() => {
                    files.push(Listed { name: entry.file_name().to_string_lossy().into_owned(), size: metadata.len() });
                }
                // It was removed meanwhile, or is none of ours.
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(files)
    }

    fn create(&self, name: &str) -> io::Result<RealFile> {
        self.may_write()?;
        Ok(self.file(self.options(Access::Write).create_new(true).open(self.directory.join(name))?))
    }

    fn open(&self, name: &str, access: Access) -> io::Result<RealFile> {
        if access == Access::Write {
            self.may_write()?;
        }
        Ok(self.file(self.options(access).open(self.directory.join(name))?))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.may_write()?;
        fs::rename(self.directory.join(from), self.directory.join(to))
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        self.may_write()?;
        fs::remove_file(self.directory.join(name))
    }

    fn sync_names(&self) -> io::Result<()> {
        if self.guarantees.weaker.contains(&Weakness::Names) {
            return Ok(());
        }
        File::open(&self.directory)?.sync_all()
    }

    fn guarantees(&self) -> Guarantees {
        self.guarantees.clone()
    }

    fn random(&self) -> u64 {
        RandomState::new().build_hasher().finish()
    }

    fn path(&self, name: &str) -> String {
        self.directory.join(name).display().to_string()
    }

    fn release(&self) {
        *self.lock.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// A file of a [`RealDisk`].
pub struct RealFile {
    file: File,
    sync: SyncKind,
}

impl DiskFile for RealFile {
    fn size(&self) -> io::Result<u64> {
        Ok(self.file.metadata()?.len())
    }

    fn read_at(&self, into: &mut [Block], offset: u64) -> io::Result<()> {
        let into = bytes_mut(into);
        let mut done = 0;
        while done < into.len() {
            match at::read(&self.file, &mut into[done..], offset + done as u64) {
                Ok(0) => break,
                // With O_DIRECT the next read must begin at a multiple again; what is left of a block lies behind the end.
                Ok(read) if read % BLOCK != 0 => {
                    done += read;
                    break;
                }
                Ok(read) => done += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        into[done..].fill(0);
        Ok(())
    }

    fn write_at(&self, from: &[Block], offset: u64) -> io::Result<()> {
        at::write(&self.file, bytes(from), offset)
    }

    fn sync(&self) -> io::Result<()> {
        match self.sync {
            SyncKind::EachWrite => Ok(()),
            SyncKind::AfterWrites => self.file.sync_data(),
        }
    }
}

/// Finds out what the file system of a directory can do, by doing it.
fn guarantees(directory: &Path) -> io::Result<Guarantees> {
    let (file_system, mut weaker) = system(directory);
    let direct = match probe(directory) {
        Ok(()) => true,
        // A full disk cannot be asked; it was made on a machine that could.
        Err(error) if crate::error::is_full(&error) => cfg!(target_os = "linux") && !weaker.contains(&Weakness::Memory),
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied || error.kind() == io::ErrorKind::ReadOnlyFilesystem => {
            return Err(error);
        }
        Err(_) => false,
    };
    if !direct {
        weaker.push(Weakness::Cached);
    }
    if !cfg!(unix) {
        weaker.push(Weakness::Names);
    }
    let sync = if direct { SyncKind::EachWrite } else { SyncKind::AfterWrites };
    Ok(Guarantees { file_system, direct, sync, weaker })
}

/// Writes and reads a block with `O_DIRECT`.
fn probe(directory: &Path) -> io::Result<()> {
    let path = directory.join(PROBE);
    let attempt = || {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true);
        direct(&mut options);
        let file = options.open(&path)?;
        let mut block = [Block::zeroed()];
        at::write(&file, bytes(&block), 0)?;
        at::read(&file, bytes_mut(&mut block), 0).map(|_| ())
    };
    let done = attempt();
    // What is left of it is removed when the journal is opened.
    let _ = fs::remove_file(&path);
    done
}

#[cfg(target_os = "linux")]
fn direct(options: &mut OpenOptions) {
    use std::os::unix::fs::OpenOptionsExt;
    let flags = rustix::fs::OFlags::DIRECT | rustix::fs::OFlags::DSYNC;
    options.custom_flags(flags.bits().cast_signed());
}

#[cfg(not(target_os = "linux"))]
fn direct(_: &mut OpenOptions) {}

/// Tells which file system a directory is on, and what is known to be weaker there.
#[cfg(target_os = "linux")]
fn system(directory: &Path) -> (String, Vec<Weakness>) {
    let Ok(found) = rustix::fs::statfs(directory) else { return ("unknown".to_owned(), Vec::new()) };
    // The numbers are those of `linux/magic.h`; 32 bits whatever the type is on this processor.
    let (name, weaker) = match found.f_type as u32 {
        0xEF53 => ("ext4", vec![]),
        0x5846_5342 => ("xfs", vec![]),
        0xF2F5_2010 => ("f2fs", vec![]),
        0x0102_1994 => ("tmpfs", vec![Weakness::Memory]),
        0x8584_58F6 => ("ramfs", vec![Weakness::Memory]),
        0x794C_7630 => ("overlayfs", vec![Weakness::Layered]),
        0x6573_5546 => ("fuse", vec![Weakness::Layered]),
        0x9123_683E => ("btrfs", vec![Weakness::CopiesOnWrite]),
        0x2FC1_2FC1 => ("zfs", vec![Weakness::CopiesOnWrite]),
        0xCA45_1A4E => ("bcachefs", vec![Weakness::CopiesOnWrite]),
        0x6969 => ("nfs", vec![Weakness::Remote]),
        0xFF53_4D42 | 0xFE53_4D42 => ("smb", vec![Weakness::Remote]),
        0x0102_1997 => ("9p", vec![Weakness::Remote]),
        0x00C3_6400 => ("ceph", vec![Weakness::Remote]),
        _ => ("unknown", vec![Weakness::Layered]),
    };
    (name.to_owned(), weaker)
}

#[cfg(not(target_os = "linux"))]
fn system(_: &Path) -> (String, Vec<Weakness>) {
    (std::env::consts::OS.to_owned(), Vec::new())
}

/// Reading and writing at an offset.
#[cfg(unix)]
mod at {
    use std::fs::File;
    use std::io;
    use std::os::unix::fs::FileExt;

    pub(super) fn read(file: &File, into: &mut [u8], offset: u64) -> io::Result<usize> {
        file.read_at(into, offset)
    }

    pub(super) fn write(file: &File, from: &[u8], offset: u64) -> io::Result<()> {
        file.write_all_at(from, offset)
    }
}

/// Reading and writing at an offset; each user of a file has it opened for itself, or behind a lock.
#[cfg(windows)]
mod at {
    use std::fs::File;
    use std::io;
    use std::os::windows::fs::FileExt;

    pub(super) fn read(file: &File, into: &mut [u8], offset: u64) -> io::Result<usize> {
        file.seek_read(into, offset)
    }

    pub(super) fn write(file: &File, mut from: &[u8], mut offset: u64) -> io::Result<()> {
        while !from.is_empty() {
            let written = file.seek_write(from, offset)?;
            if written == 0 {
                return Err(io::ErrorKind::WriteZero.into());
            }
            from = &from[written..];
            offset += written as u64;
        }
        Ok(())
    }
}
