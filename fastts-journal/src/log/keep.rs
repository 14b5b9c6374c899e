use super::{Book, Log, State, lock};
use crate::disk::{BLOCK, Block, Disk, DiskFile};
use crate::error::{CursorError, DiskError, Shortage};
use crate::format::names;
use crate::mutants::{self, Mutant};
use crate::number::Lsn;

/// How many files are kept ready for segments to come. The next one is made when the last one is taken; one that is given back is kept as
/// the second.
const READY: usize = 2;

/// How many blocks are written at once ahead.
const AHEAD: usize = 256;

/// What was given back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Trimmed {
    /// How many records.
    pub records: u64,
    /// How many segments.
    pub segments: usize,
    /// Which cursors were moved on, and how many records each of them has lost.
    pub skipped: Vec<(String, u64)>,
}

impl<D: Disk> Log<D> {
    /// Writes the cursors, gives back what none of them needs, and makes a spare file. Who waits for room is woken when there is some.
    pub(crate) fn keep(&self) -> Result<(), CursorError> {
        let saved = self.save_cursors();
        let mut book = lock(&self.book);
        let trimmed = {
            let done = self.state().done();
            self.give_back(&mut book, done).map(|_| ())
        };
        let made = self.make_spare();
        drop(book);
        if made.is_ok() {
            self.work.notify_one();
        }
        self.room.wake(u64::MAX);
        saved.and(trimmed.map_err(CursorError::from)).and(made.map_err(CursorError::from))
    }

    /// Gives back all whole segments up to a number, whoever needs them.
    pub(crate) fn trim(&self, upto: u64) -> Result<Trimmed, CursorError> {
        let mut book = lock(&self.book);
        let (oldest, end) = {
            let state = self.state();
            let ends = state.table.iter().skip(1).map(|next| next.head.first - 1);
            (state.oldest(), ends.take_while(|end| *end <= upto).last())
        };
        let Some(end) = end else { return Ok(Trimmed::default()) };
        let behind: Vec<_> = self.state().cursors.iter().filter(|cursor| cursor.get() < end).cloned().collect();
        let mut trimmed = Trimmed::default();
        for cursor in behind {
            trimmed.skipped.push((cursor.name.clone(), end - cursor.get().max(oldest - 1)));
            self.advance(&cursor, end);
        }
        if !trimmed.skipped.is_empty() {
            self.save(&mut book)?;
        }
        trimmed.segments = self.give_back(&mut book, end)?;
        trimmed.records = self.state().oldest() - oldest;
        drop(book);
        self.ask_keeper(&mut self.state());
        Ok(trimmed)
    }

    /// The number of the last record of the oldest segment, if it is not the last one.
    pub(crate) fn end_of_oldest(&self) -> Option<Lsn> {
        self.state().table.get(1).map(|next| Lsn(next.head.first - 1))
    }

    /// Gives back the segments whose records all have this number or a lower one, and returns how many. The last one stays.
    fn give_back(&self, book: &mut Book<D::File>, done: u64) -> Result<usize, DiskError> {
        let mut count = 0;
        if book.unsynced {
            self.disk.sync_names().map_err(|error| DiskError::new("sync", self.disk.path(""), error))?;
            book.unsynced = false;
        }
        loop {
            let (segment, spare) = {
                let mut state = self.state();
                match state.table.get(1) {
                    Some(next) if next.head.first <= done + 1 => {}
                    _ => return Ok(count),
                }
                let segment = state.table[0];
                let keep = state.spares.len() < READY && segment.head.size == self.options.segment_size && !self.is_over(&state);
                let spare = keep.then(|| names::spare(state.next_spare));
                state.next_spare += 1;
                state.table.pop_front();
                (segment, spare)
            };
            let failed = |error| DiskError::new("give back", self.disk.path(&segment.name()), error);
            let retired = match &spare {
                Some(spare) => self.disk.rename(&segment.name(), spare),
                None => self.disk.remove(&segment.name()),
            };
            if let Err(error) = retired {
                self.state().table.push_front(segment);
                return Err(failed(error));
            }
            // One by one, the oldest first: a hole between segments always means that somebody has removed one. And the file is not
            // written to as long as its old name may come again.
            if !mutants::on(Mutant::NoTrimSync) {
                book.unsynced = true;
                self.disk.sync_names().map_err(failed)?;
                book.unsynced = false;
            }
            if let Some(spare) = spare {
                let mut state = self.state();
                state.spares.push_back(spare);
                state.shortage = None;
            }
            count += 1;
        }
    }

    /// Tells whether there are more files than there may be, as after the limit was lowered.
    fn is_over(&self, state: &State) -> bool {
        self.bytes(state) > self.options.max_bytes
    }

    /// How many bytes all files have.
    pub(crate) fn bytes(&self, state: &State) -> u64 {
        let segments: u64 = state.table.iter().map(|segment| segment.head.size).sum();
        segments + (state.spares.len() as u64 + u64::from(state.taken)) * self.options.segment_size
    }

    /// Makes a file for the next segment if there is none: written once, so that no write to it finds the disk full.
    fn make_spare(&self) -> Result<(), DiskError> {
        let name = {
            let mut state = self.state();
            if !state.spares.is_empty() {
                state.shortage = None;
                return Ok(());
            }
            if state.stopped.is_some() {
                return Ok(());
            }
            if self.bytes(&state) + self.options.segment_size > self.options.max_bytes {
                state.shortage = Some(Shortage::Bytes { bytes: self.options.max_bytes, holder: state.holder() });
                return Ok(());
            }
            state.next_spare += 1;
            names::spare(state.next_spare - 1)
        };
        let making = names::making(&name);
        let made = self.write_ahead(&making, &name);
        if let Err(error) = &made {
            // A part of it would be in the way of others.
            let _ = self.disk.remove(&making);
            let mut state = self.state();
            state.shortage = Some(Shortage::Disk(error.to_string()));
            state.trouble = (!error.is_full()).then(|| error.clone());
        } else {
            let mut state = self.state();
            state.spares.push_back(name);
            state.shortage = None;
        }
        made
    }

    fn write_ahead(&self, making: &str, name: &str) -> Result<(), DiskError> {
        let attempt = || {
            let file = self.disk.create(making)?;
            let blocks = vec![Block::zeroed(); AHEAD.min((self.options.segment_size / BLOCK as u64) as usize)];
            let step = (blocks.len() * BLOCK) as u64;
            for offset in (0..self.options.segment_size).step_by(step as usize) {
                let rest = ((self.options.segment_size - offset) / BLOCK as u64) as usize;
                file.write_at(&blocks[..blocks.len().min(rest)], offset)?;
            }
            file.sync()?;
            self.disk.rename(making, name)?;
            self.disk.sync_names()
        };
        attempt().map_err(|error| DiskError::new("make", self.disk.path(name), error))
    }
}
