use std::io::IoSlice;
use std::path::Path;
use std::sync::Arc;
use std::thread::{Builder, JoinHandle};

use crate::cursor::Cursor;
use crate::disk::{Disk, Guarantees, RealDisk};
use crate::error::{AppendError, CursorError, OpenError, Stopped};
use crate::log::{Commit, Log, Start, Trimmed};
use crate::number::Lsn;
use crate::options::Options;
use crate::reader::Reader;
use crate::report::Report;
use crate::status::Status;
use crate::threads;
use crate::waiting::{Durable, Room};

/// A log of records in a directory of its own.
///
/// A record is safe when [`Journal::durable`] says so and not before. All that waits when the disk is free is written at once, so that many
/// writers cost little more than one. All methods may be called from any thread; only [`Durable::wait`], [`Room::wait`], cursors that are
/// new and trimming wait for the disk.
///
/// Dropped, it writes what it has taken, as [`Journal::close`] does.
pub struct Journal<D: Disk = RealDisk> {
    log: Arc<Log<D>>,
    writer: Option<JoinHandle<()>>,
    keeper: Option<JoinHandle<()>>,
}

impl Journal<RealDisk> {
    /// Opens a directory, or makes it. What was found is in the report; nothing that is damaged keeps it from starting.
    ///
    /// # Errors
    ///
    /// If another process has the directory, a later version has written it, or the disk does not do what is needed.
    pub fn open(directory: impl AsRef<Path>, options: Options) -> Result<(Journal, Report), OpenError> {
        options.check()?;
        Journal::open_on(RealDisk::lock(directory.as_ref())?, options)
    }
}

impl<D: Disk> Journal<D> {
    /// Opens what is on a disk.
    ///
    /// # Errors
    ///
    /// If a later version has written it, or the disk does not do what is needed.
    pub fn open_on(disk: D, options: Options) -> Result<(Journal<D>, Report), OpenError> {
        let (mut journal, report) = Journal::open_stepped(disk, options)?;
        let started = |what: &str, error| {
            let path = journal.log.disk.path("");
            OpenError::from(crate::DiskError::new("start a thread for", format!("{path} ({what})"), error))
        };
        let log = journal.log.clone();
        let writer = Builder::new().name("fastts-journal".to_owned()).spawn(move || threads::write(&log));
        let log = journal.log.clone();
        let keeper = Builder::new().name("fastts-keeper".to_owned()).spawn(move || threads::keep(&log));
        let (writer, keeper) = (writer.map_err(|error| started("writer", error)), keeper.map_err(|error| started("keeper", error)));
        journal.writer = Some(writer?);
        journal.keeper = Some(keeper?);
        Ok((journal, report))
    }

    /// Opens what is on a disk, without threads: everything happens in [`Journal::step`]. For simulations, on a
    /// [`SimDisk`](crate::disk::SimDisk).
    ///
    /// # Errors
    ///
    /// As [`Journal::open_on`].
    pub fn open_stepped(disk: D, options: Options) -> Result<(Journal<D>, Report), OpenError> {
        let (log, report) = Log::open(disk, options)?;
        let journal = Journal { log: Arc::new(log), writer: None, keeper: None };
        // What fails here is tried again, and told by the status; what is there can be read meanwhile.
        let _ = journal.log.keep();
        if report.carried > 0 {
            journal.log.commit();
        }
        Ok((journal, report))
    }

    /// Does what the threads would do: keeps order, writes what waits, and marks it as safe if nothing does. Returns whether something was
    /// written.
    pub fn step(&self) -> bool {
        let _ = self.log.keep();
        let done = self.log.commit();
        if done == Commit::Idle {
            let _ = self.log.mark();
        }
        done == Commit::Done
    }

    /// Takes a record, made of parts, and returns its number. It is safe when [`Journal::durable`] says so; until then it may be lost, or
    /// not. Never waits.
    ///
    /// # Errors
    ///
    /// If it is too long, or there is no room: [`Journal::room`] waits until there is.
    pub fn append(&self, parts: &[IoSlice<'_>]) -> Result<Lsn, AppendError> {
        self.log.append(parts).map(Lsn)
    }

    /// Waits until a record is safe, and with it all before it.
    pub fn durable(&self, lsn: Lsn) -> Durable<D> {
        Durable::new(self.log.clone(), lsn.0)
    }

    /// Waits until a record of so many bytes is taken.
    pub fn room(&self, length: usize) -> Room<D> {
        Room::new(self.log.clone(), length)
    }

    /// Returns the cursor of a consumer, which begins at `start` if it is not known yet.
    ///
    /// # Errors
    ///
    /// If somebody has it, its name is none, or it cannot be written.
    pub fn cursor(&self, name: &str, start: Start) -> Result<Cursor<D>, CursorError> {
        Ok(Cursor::new(self.log.clone(), self.log.claim(name, start)?))
    }

    /// Removes a cursor that nobody has, and what only it has kept.
    ///
    /// # Errors
    ///
    /// If somebody has it, there is none of this name, or the cursors cannot be written.
    pub fn remove_cursor(&self, name: &str) -> Result<(), CursorError> {
        self.log.forget(name)
    }

    /// Writes where the cursors stand, instead of a little later.
    ///
    /// # Errors
    ///
    /// If they cannot be written.
    pub fn save_cursors(&self) -> Result<(), CursorError> {
        self.log.save_cursors()
    }

    /// Reads from a record on; from the oldest one if that is gone.
    pub fn read_from(&self, lsn: Lsn) -> Reader<D> {
        Reader::new(self.log.clone(), lsn.0)
    }

    /// Gives back all whole segments up to a record. Cursors that stand before it are moved on, and what they lose is told.
    ///
    /// # Errors
    ///
    /// If the disk does not do it.
    pub fn trim(&self, upto: Lsn) -> Result<Trimmed, CursorError> {
        self.log.trim(upto.0)
    }

    /// Gives back the oldest segment, whoever needs it, so that there is room. The last one stays.
    ///
    /// # Errors
    ///
    /// If the disk does not do it.
    pub fn drop_oldest(&self) -> Result<Trimmed, CursorError> {
        match self.log.end_of_oldest() {
            Some(end) => self.log.trim(end.0),
            None => Ok(Trimmed::default()),
        }
    }

    /// Tells how large it is, and where the consumers are.
    pub fn status(&self) -> Status {
        self.log.status()
    }

    /// Tells what the disk promises.
    pub fn guarantees(&self) -> Guarantees {
        self.log.disk.guarantees()
    }

    /// Takes nothing more, writes what waits, and gives the directory free.
    ///
    /// # Errors
    ///
    /// If something could not be written; who waits for it is told the same.
    pub fn close(mut self) -> Result<(), Stopped> {
        self.end()
    }

    fn end(&mut self) -> Result<(), Stopped> {
        self.log.state().closing = true;
        match self.writer.take() {
            Some(writer) => {
                self.log.work.notify_all();
                // A thread that has panicked has written nothing more, and what waits is not safe.
                let _ = writer.join();
            }
            None => while self.step() {},
        }
        let (stopped, newest) = {
            let state = self.log.state();
            (state.stopped.clone(), state.next - 1)
        };
        self.log.stop(Stopped::Closed);
        if let Some(keeper) = self.keeper.take() {
            self.log.state().stopped = Some(Stopped::Closed);
            self.log.chores.notify_all();
            let _ = keeper.join();
        }
        let _ = self.log.save_cursors();
        self.log.disk.release();
        if self.log.durable() < newest { Err(stopped.unwrap_or(Stopped::Closed)) } else { Ok(()) }
    }
}

impl<D: Disk> Drop for Journal<D> {
    fn drop(&mut self) {
        if !matches!(self.log.state().stopped, Some(Stopped::Closed)) {
            let _ = self.end();
        }
    }
}
