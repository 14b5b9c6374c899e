use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::{Log, lock};
use crate::disk::{Access, BLOCK, Block, Disk, DiskFile};
use crate::error::{CursorError, DiskError};
use crate::format::ledger::{LONGEST, Ledger, SLOT};
use crate::format::names;
use crate::mutants::{self, Mutant};
use crate::number::Lsn;

/// Where a cursor that is not known yet begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// With the oldest record that is kept.
    Oldest,
    /// With the first record to come.
    Latest,
    /// With the record after this one.
    After(Lsn),
}

/// How far a consumer is.
pub(crate) struct Position {
    pub(crate) name: String,
    /// The last record that its owner is done with.
    at: AtomicU64,
    /// The same, as it is on the disk.
    saved: AtomicU64,
    claimed: AtomicBool,
}

impl Position {
    pub(super) fn new(name: String, at: u64, saved: u64) -> Position {
        Position { name, at: at.into(), saved: saved.into(), claimed: false.into() }
    }

    pub(crate) fn get(&self) -> u64 {
        self.at.load(Ordering::Acquire)
    }

    pub(crate) fn saved(&self) -> u64 {
        self.saved.load(Ordering::Acquire)
    }

    pub(crate) fn is_claimed(&self) -> bool {
        self.claimed.load(Ordering::Acquire)
    }

    pub(crate) fn release(&self) {
        self.claimed.store(false, Ordering::Release);
    }
}

/// The file with the cursors, and whoever makes and gives back files.
pub(crate) struct Book<F> {
    file: F,
    path: String,
    sequence: u64,
    /// What was read when the file was opened, until it is known to be safe: a process before this one may have written it, and be killed
    /// before it was synced.
    survived: Option<Ledger>,
    /// Names were changed and could not be synced: no other name is changed before they are.
    pub(super) unsynced: bool,
}

impl<F: DiskFile> Book<F> {
    /// Makes the file.
    pub(super) fn create<D: Disk<File = F>>(disk: &D, ledger: &Ledger) -> io::Result<Book<F>> {
        let making = names::making(names::CURSORS);
        let file = disk.create(&making)?;
        file.write_at(&vec![Block::zeroed(); 2 * SLOT], 0)?;
        let mut book = Book { file, path: disk.path(names::CURSORS), sequence: 0, survived: None, unsynced: false };
        book.write(ledger)?;
        disk.rename(&making, names::CURSORS)?;
        disk.sync_names()?;
        Ok(book)
    }

    pub(super) fn open<D: Disk<File = F>>(disk: &D, ledger: &Ledger) -> io::Result<Book<F>> {
        let (file, path) = (disk.open(names::CURSORS, Access::Write)?, disk.path(names::CURSORS));
        let survived = (!mutants::on(Mutant::TrustCursors)).then(|| ledger.clone());
        Ok(Book { file, path, sequence: ledger.sequence, survived, unsynced: false })
    }

    /// Writes the cursors to the place that does not have the latest ones. Until that is done those count.
    fn write(&mut self, ledger: &Ledger) -> io::Result<()> {
        // The same bytes to the same place, so that it is whole whatever happens. Only then the other place may be written to.
        if let Some(survived) = self.survived.take() {
            let written = self.write_slot(&survived);
            if written.is_err() {
                self.survived = Some(survived);
                return written;
            }
        }
        let sequence = self.sequence + 1;
        self.write_slot(&Ledger { sequence, ..ledger.clone() })?;
        self.sequence = sequence;
        Ok(())
    }

    fn write_slot(&mut self, ledger: &Ledger) -> io::Result<()> {
        let blocks = ledger.write().ok_or(io::ErrorKind::InvalidInput)?;
        self.file.write_at(&blocks, place(ledger.sequence))?;
        if mutants::on(Mutant::NoCursorSync) { Ok(()) } else { self.file.sync() }
    }
}

/// Where the cursors stand that are the nth to be written.
fn place(sequence: u64) -> u64 {
    sequence % 2 * (SLOT * BLOCK) as u64
}

impl<D: Disk> Log<D> {
    /// Returns a cursor that nobody else has. One that is not known yet is safe when this returns.
    pub(crate) fn claim(&self, name: &str, start: Start) -> Result<Arc<Position>, CursorError> {
        if name.is_empty() || name.len() > LONGEST {
            return Err(CursorError::Name { name: name.to_owned(), most: LONGEST });
        }
        // Nothing is given back meanwhile that it may begin with.
        let mut book = lock(&self.book);
        let (position, new) = {
            let mut state = self.state();
            let known = state.cursors.iter().find(|cursor| cursor.name == name).cloned();
            let new = known.is_none();
            let position = known.unwrap_or_else(|| {
                let at = match start {
                    Start::Oldest => state.oldest() - 1,
                    Start::Latest if state.cursors_lost => state.oldest() - 1,
                    Start::Latest => self.durable(),
                    Start::After(number) => number.0.min(self.durable()).max(state.oldest() - 1),
                };
                let position = Arc::new(Position::new(name.to_owned(), at, at));
                state.cursors.push(position.clone());
                position
            });
            (position, new)
        };
        if position.claimed.swap(true, Ordering::AcqRel) {
            return Err(CursorError::InUse(name.to_owned()));
        }
        if (new || book.survived.is_some())
            && let Err(error) = self.save(&mut book)
        {
            position.release();
            if new {
                self.state().cursors.retain(|cursor| cursor.name != name);
            }
            return Err(error);
        }
        Ok(position)
    }

    /// Forgets a cursor that nobody has.
    pub(crate) fn forget(&self, name: &str) -> Result<(), CursorError> {
        let mut book = lock(&self.book);
        let removed = {
            let mut state = self.state();
            let index = state.cursors.iter().position(|cursor| cursor.name == name);
            let index = index.ok_or_else(|| CursorError::Unknown(name.to_owned()))?;
            if state.cursors[index].is_claimed() {
                return Err(CursorError::InUse(name.to_owned()));
            }
            state.cursors.remove(index)
        };
        let saved = self.save(&mut book);
        if saved.is_err() {
            self.state().cursors.push(removed);
        }
        self.ask_keeper(&mut self.state());
        saved
    }

    /// Notes that a consumer is done with all up to this number. It is on the disk later.
    pub(crate) fn advance(&self, position: &Position, number: u64) {
        let number = number.min(self.durable());
        if position.at.fetch_max(number, Ordering::AcqRel) >= number {
            return;
        }
        let mut state = self.state();
        if !std::mem::replace(&mut state.moved, true) {
            self.chores.notify_one();
        }
    }

    /// Writes the cursors, if one has moved.
    pub(crate) fn save_cursors(&self) -> Result<(), CursorError> {
        let mut book = lock(&self.book);
        if std::mem::take(&mut self.state().moved) { self.save(&mut book) } else { Ok(()) }
    }

    /// Writes the cursors. What they are done with may be given back then.
    pub(super) fn save(&self, book: &mut Book<D::File>) -> Result<(), CursorError> {
        let cursors = self.state().cursors.clone();
        let positions: Vec<_> = cursors.iter().map(|cursor| (cursor.name.clone(), cursor.get())).collect();
        let ledger = Ledger { journal: self.journal, sequence: 0, synced: self.durable(), cursors: positions };
        if let Err(error) = book.write(&ledger) {
            self.state().moved = true;
            if error.kind() == io::ErrorKind::InvalidInput {
                return Err(CursorError::TooMany(cursors.len() - 1));
            }
            return Err(DiskError::new("write", book.path.clone(), error).into());
        }
        for (cursor, (_, at)) in cursors.iter().zip(&ledger.cursors) {
            cursor.saved.store(*at, Ordering::Release);
        }
        Ok(())
    }
}
