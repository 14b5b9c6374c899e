//! Lists, verifies, dumps and trims what is in a directory, for command lines.
//!
//! All but [`trim`] only look, also while another process has the journal open; then what is written meanwhile may be seen half.
//! [`RealDisk::look`](crate::disk::RealDisk::look) gives a disk for that.

use std::fmt;
use std::ops::ControlFlow;
use std::path::Path;

use crate::disk::{Access, Disk, RealDisk};
use crate::error::{CursorError, DiskError, OpenError};
use crate::format::names::{self, Kind};
use crate::format::scan::{Scan, Step};
use crate::log::{Log, Segment, Trimmed, examine, read_tail};
use crate::number::Lsn;
use crate::options::Options;
use crate::reader::Entry;
use crate::report::Finding;

/// What is in a directory.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Listing {
    /// The segments, the oldest first.
    pub segments: Vec<SegmentInfo>,
    /// Where the cursors stand.
    pub cursors: Vec<(String, Lsn)>,
    /// All files with their sizes in bytes, and what they are.
    pub files: Vec<(String, u64, FileKind)>,
    /// What can be seen to be wrong without reading the records.
    pub findings: Vec<Finding>,
}

/// A segment of a journal.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SegmentInfo {
    /// The file.
    pub path: String,
    /// How many bytes it has.
    pub bytes: u64,
    /// The number of its first record.
    pub first: Lsn,
    /// The number of its last record; `None` for the last segment, which has to be read for it.
    pub last: Option<Lsn>,
}

/// What a file in the directory is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FileKind {
    /// Records.
    Segment,
    /// Room for the next records.
    Spare,
    /// Where the cursors stand.
    Cursors,
    /// Not finished; the next start removes it.
    Unfinished,
    /// Put aside, because it could not be read.
    Damaged,
    /// Tells who has the directory.
    Lock,
    /// Nothing that the journal knows.
    Other,
}

/// What [`verify`] has read.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Verified {
    /// How many records are whole.
    pub records: u64,
    /// How many bytes they have.
    pub bytes: u64,
    /// The oldest record, whole or not.
    pub oldest: Lsn,
    /// The newest record that is known to be safe.
    pub newest: Lsn,
    /// What is not as it was written.
    pub findings: Vec<Finding>,
}

/// Lists what is in a directory.
///
/// # Errors
///
/// If it cannot be read, or a later version has written it.
pub fn list<D: Disk>(disk: &D) -> Result<Listing, OpenError> {
    let mut examined = examine(disk)?;
    for (name, why) in &examined.unusable {
        examined.findings.push(Finding::PutAside { path: disk.path(name), now: names::damaged(name, 0), why });
    }
    let until = ends(&examined.segments);
    let segments = examined.segments.iter().zip(until).map(|(segment, until)| SegmentInfo {
        path: disk.path(&segment.name()),
        bytes: segment.head.size,
        first: Lsn(segment.head.first),
        last: until.map(|until| Lsn(until - 1)),
    });
    let cursors = examined.ledger.iter().flat_map(|ledger| ledger.cursors.iter().map(|(name, at)| (name.clone(), Lsn(*at))));
    let files = examined.files.iter().map(|file| (file.name.clone(), file.size, kind(&file.name)));
    Ok(Listing { segments: segments.collect(), cursors: cursors.collect(), files: files.collect(), findings: examined.findings })
}

/// Reads every record and tells whatever is not as it was written.
///
/// # Errors
///
/// If the disk does not give what is there, or a later version has written it.
pub fn verify<D: Disk>(disk: &D) -> Result<Verified, OpenError> {
    let examined = examine(disk)?;
    let mut findings = list(disk)?.findings;
    let synced = examined.ledger.as_ref().map_or(0, |ledger| ledger.synced);
    let oldest = examined.segments.first().map_or(synced + 1, |segment| segment.head.first);
    let mut verified = Verified { records: 0, bytes: 0, oldest: Lsn(oldest), newest: Lsn(synced), findings: Vec::new() };
    for (segment, until) in examined.segments.iter().zip(ends(&examined.segments)) {
        let path = disk.path(&segment.name());
        let failed = |error| DiskError::new("read", path.clone(), error);
        let open = || disk.open(&segment.name(), Access::Read).map_err(failed);
        let mut scan = Scan::new(open()?, &segment.head, until).map_err(failed)?;
        loop {
            match scan.next().map_err(failed)? {
                Step::Record(record) => {
                    verified.records += 1;
                    verified.bytes += record.payload.len() as u64;
                }
                // Of the last segment the end decides what it means.
                Step::Damage(damage) if until.is_some() => findings.push(damage.finding(&path)),
                Step::Damage(_) => {}
                Step::End(_) => break,
            }
        }
        if until.is_some() {
            findings.extend(scan.damage_behind().map_err(failed)?.map(|damage| damage.finding(&path)));
        } else {
            let tail = read_tail(open()?, &segment.head, &path, synced).map_err(failed)?;
            verified.newest = Lsn(tail.synced);
            findings.extend(tail.findings);
        }
    }
    verified.findings = findings;
    Ok(verified)
}

/// Reads records from a number on and hands them over, until it is told to stop. At the end there may be some that were not acknowledged.
///
/// # Errors
///
/// If the disk does not give what is there, or a later version has written it.
pub fn dump<D: Disk>(disk: &D, from: Lsn, mut each: impl FnMut(Entry<'_>) -> ControlFlow<()>) -> Result<(), OpenError> {
    let examined = examine(disk)?;
    for (segment, until) in examined.segments.iter().zip(ends(&examined.segments)) {
        if until.is_some_and(|until| until <= from.0) {
            continue;
        }
        let path = disk.path(&segment.name());
        let failed = |error| DiskError::new("read", path.clone(), error);
        let file = disk.open(&segment.name(), Access::Read).map_err(failed)?;
        let mut scan = Scan::new(file, &segment.head, until).map_err(failed)?;
        loop {
            let entry = match scan.next().map_err(failed)? {
                Step::Record(record) if record.number >= from.0 => Entry::Record { lsn: Lsn(record.number), payload: record.payload },
                Step::Damage(damage) => match damage.lost {
                    Some((first, last)) if last >= from.0 => Entry::Lost { first: Lsn(first.max(from.0)), last: Lsn(last) },
                    _ => continue,
                },
                Step::Record(_) => continue,
                Step::End(_) => break,
            };
            if each(entry).is_break() {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// Gives back all whole segments up to a record, as [`Journal::trim`](crate::Journal::trim) does, of a journal that nobody has open.
///
/// # Errors
///
/// If another process has it, it cannot be opened, or the disk does not do it.
pub fn trim(directory: &Path, upto: Lsn) -> Result<Trimmed, TrimError> {
    let disk = RealDisk::lock(directory).map_err(OpenError::from)?;
    let mut options = Options::default();
    if let Some(last) = examine(&disk)?.segments.last() {
        // So that spare files of this size are kept.
        options.segment_size = last.head.size;
        options.max_group = options.capacity() as usize;
        options.max_record = options.max_record.min(options.max_group / 2);
        options.max_bytes = options.max_bytes.max(2 * options.segment_size);
    }
    let (log, _) = Log::open(disk, options)?;
    Ok(log.trim(upto.0)?)
}

/// Why a directory was not trimmed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TrimError {
    /// The journal cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The disk does not do it.
    #[error(transparent)]
    Trim(#[from] CursorError),
}

/// Returns for each segment the number that ends it, which is that of the next one.
fn ends(segments: &[Segment]) -> impl Iterator<Item = Option<u64>> {
    segments.iter().skip(1).map(|next| Some(next.head.first)).chain([None])
}

fn kind(name: &str) -> FileKind {
    match names::kind(name) {
        Kind::Segment(_) => FileKind::Segment,
        Kind::Spare(_) => FileKind::Spare,
        Kind::Making => FileKind::Unfinished,
        Kind::Damaged(_) => FileKind::Damaged,
        Kind::Cursors => FileKind::Cursors,
        Kind::Other if name == crate::disk::LOCK => FileKind::Lock,
        Kind::Other => FileKind::Other,
    }
}

impl fmt::Display for FileKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            FileKind::Segment => "records",
            FileKind::Spare => "room for records",
            FileKind::Cursors => "cursors",
            FileKind::Unfinished => "unfinished",
            FileKind::Damaged => "damaged, put aside",
            FileKind::Lock => "the lock",
            FileKind::Other => "not of the journal",
        })
    }
}
