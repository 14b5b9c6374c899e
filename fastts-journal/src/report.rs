use std::fmt;

use crate::disk::Guarantees;
use crate::number::Lsn;

/// What was found when a journal was opened. Its text has a line for each thing.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Report {
    /// Where the journal is.
    pub place: String,
    /// What the disk promises.
    pub guarantees: Guarantees,
    /// The oldest record that is kept; the next one to come if there is none.
    pub oldest: Lsn,
    /// The newest record that is safe.
    pub newest: Lsn,
    /// How many segments there are.
    pub segments: usize,
    /// How many records survived a crash of which nobody knows whether they were acknowledged. They are written again before they count.
    pub carried: u64,
    /// What is not as it was written.
    pub findings: Vec<Finding>,
    /// The cursors of the last time. One that nobody asks for keeps its records; [`Journal::remove_cursor`](crate::Journal::remove_cursor)
    /// gives them back.
    pub cursors: Vec<(String, Lsn)>,
}

/// Something in a journal that is not as it was written. Its text says where, and what it costs.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Finding {
    /// The last writes were cut off by a crash. They were never acknowledged.
    Torn {
        /// The segment.
        path: String,
        /// Where its first damaged byte is.
        offset: u64,
        /// The first number that is given again.
        next: Lsn,
    },
    /// Bytes are damaged that no record needs.
    Damage {
        /// The file.
        path: String,
        /// Where the first damaged byte is, or the record that it is in.
        offset: u64,
        /// Where the next whole thing begins.
        end: u64,
    },
    /// Records that were safe are damaged.
    Lost {
        /// The segment.
        path: String,
        /// Where they should begin.
        offset: u64,
        /// Where the next whole thing begins.
        end: u64,
        /// The first of them.
        first: Lsn,
        /// The last of them.
        last: Lsn,
    },
    /// A file is no part of this journal and was put aside under another name.
    PutAside {
        /// The file.
        path: String,
        /// What it is called now.
        now: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// A segment is gone.
    Gone {
        /// What it was called.
        path: String,
    },
    /// The journal has been longer than it is.
    Shorter {
        /// The first number that is missing.
        first: Lsn,
        /// The last one. It is not given again.
        last: Lsn,
    },
    /// The file with the cursors is gone or damaged. Consumers begin with the oldest record.
    NoCursors {
        /// The file.
        path: String,
    },
    /// One of the two places of the cursors is damaged; the other one is a little older. A crash does that, too.
    OlderCursors {
        /// The file.
        path: String,
    },
    /// What comes after a cursor is gone.
    Behind {
        /// The cursor.
        cursor: String,
        /// Where it stands.
        at: Lsn,
        /// The oldest record that is there.
        oldest: Lsn,
    },
}

/// How bad something is that was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// A crash does that. Nothing is lost.
    Note,
    /// Something is damaged, and no record is lost.
    Damage,
    /// Records are lost that were safe, or may be.
    Loss,
}

impl Finding {
    /// Tells how bad it is.
    pub fn severity(&self) -> Severity {
        match self {
            Finding::Torn { .. } | Finding::OlderCursors { .. } => Severity::Note,
            Finding::Damage { .. } | Finding::NoCursors { .. } => Severity::Damage,
            Finding::Lost { .. } | Finding::PutAside { .. } | Finding::Gone { .. } | Finding::Shorter { .. } | Finding::Behind { .. } => {
                Severity::Loss
            }
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Finding::Torn { path, offset, next } => {
                write!(f, "{path} ends torn at byte {offset}, as after a crash: nothing from record {next} on was acknowledged")
            }
            Finding::Damage { path, offset, end } => {
                write!(f, "{path} is damaged somewhere from byte {offset} to {end}: no record is lost; look at the disk")
            }
            Finding::Lost { path, offset, end, first, last } => {
                let records = records(*first, *last);
                write!(f, "{path} is damaged somewhere from byte {offset} to {end}: lost {records}; look at the disk")
            }
            Finding::PutAside { path, now, why } => {
                write!(f, "{path} {why}: it is put aside as {now}, without its records; look at the disk, remove it when it is of no use")
            }
            Finding::Gone { path } => write!(f, "{path} is gone, with its records; look for who else works in the directory"),
            Finding::Shorter { first, last } => {
                write!(f, "the journal has been longer: lost {}; look for who else works in the directory", records(*first, *last))
            }
            Finding::NoCursors { path } => {
                write!(f, "{path} is gone or damaged: all consumers begin with the oldest record that is there")
            }
            Finding::OlderCursors { path } => {
                write!(f, "{path} is damaged in one of its two places, as after a crash: the other one counts, some records are read twice")
            }
            Finding::Behind { cursor, at, oldest } => {
                write!(f, "the cursor {cursor:?} stands at {at} and the oldest record is {oldest}: what is between them is gone")
            }
        }
    }
}

fn records(first: Lsn, last: Lsn) -> String {
    if first == last { format!("record {first}") } else { format!("records {first} to {last}") }
}

impl Report {
    /// Returns how bad the worst finding is.
    pub fn worst(&self) -> Option<Severity> {
        self.findings.iter().map(Finding::severity).max()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (newest, kept) = (self.newest, (self.newest.0 + 1).saturating_sub(self.oldest.0));
        write!(f, "{}: {kept} records up to {newest} in {} segments, on {}", self.place, self.segments, self.guarantees)?;
        if self.carried > 0 {
            write!(f, "\n{} records were written last and have survived; they are written again", self.carried)?;
        }
        self.findings.iter().try_for_each(|finding| write!(f, "\n{finding}"))?;
        self.cursors.iter().try_for_each(|(name, at)| write!(f, "\nthe cursor {name:?} stands at {at}"))
    }
}
