use std::io;

use super::{Log, Segment, lock};
use crate::disk::{Access, BLOCK, Block, Disk, DiskFile};
use crate::error::{DiskError, Shortage, Stopped, is_full};
use crate::format::group::{Group, marker};
use crate::format::head::{DATA, Head};
use crate::format::names;
use crate::mutants::{self, Mutant};

/// How often in a row a group is written to another segment before the journal gives up.
const ATTEMPTS: u32 = 3;

/// Who writes groups.
pub(super) struct Writer<F> {
    current: Option<Current<F>>,
    /// What is being written, or could not be yet. It stays here until it is safe.
    group: Group,
    /// How often in a row that has failed.
    failures: u32,
    /// The highest number that a marker or a group says to be safe.
    marked: u64,
    /// The last segment whose name is safe.
    previous: u64,
}

/// The segment that is written to.
struct Current<F> {
    file: F,
    head: Head,
    /// Where the next group goes.
    offset: u64,
}

/// What came of an attempt to write.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Commit {
    /// Nothing waits.
    Idle,
    /// What waited is safe.
    Done,
    /// There is no room. What waits goes on to wait.
    Short,
    /// It has failed. The next attempt goes to another segment.
    Failed,
    /// The journal writes no more.
    Stopped,
}

impl<F> Writer<F> {
    pub(super) fn new(synced: u64, previous: u64) -> Writer<F> {
        Writer { current: None, group: Group::default(), failures: 0, marked: synced, previous }
    }
}

impl<D: Disk> Log<D> {
    /// Writes what waits, as one group.
    pub(crate) fn commit(&self) -> Commit {
        let mut writer = lock(&self.writer);
        let spare = match self.take(&mut writer) {
            Ok(spare) => spare,
            Err(outcome) => return outcome,
        };
        let last = writer.group.last();
        let written = match spare {
            Some(spare) => self.roll(&mut writer, spare),
            None => self.write(&mut writer),
        };
        match written {
            Ok(()) => {
                writer.group.clear();
                writer.failures = 0;
                let mut state = self.state();
                if !state.spares.is_empty() {
                    state.shortage = None;
                }
                drop((state, writer));
                self.set_durable(last);
                Commit::Done
            }
            Err(error) if error.is_full() => {
                // It copies what is overwritten, so that room was needed. Nothing was synced: the same bytes can go to the same place.
                let mut state = self.state();
                state.left = 0;
                state.shortage = Some(Shortage::Disk(error.to_string()));
                Commit::Short
            }
            Err(error) => self.fail(&mut writer, error),
        }
    }

    /// Counts a failure.
    fn fail(&self, writer: &mut Writer<D::File>, error: DiskError) -> Commit {
        writer.failures += 1;
        // What the file holds behind the last sync is anybody's guess. The group goes to another one.
        writer.current = None;
        {
            let mut state = self.state();
            state.left = 0;
            self.ask_keeper(&mut state);
        }
        if writer.failures < ATTEMPTS {
            return Commit::Failed;
        }
        self.stop(Stopped::Broken(error));
        Commit::Stopped
    }

    /// Takes what waits, unless a group is still to be written, and a spare file where one is needed.
    fn take(&self, writer: &mut Writer<D::File>) -> Result<Option<String>, Commit> {
        let mut state = self.state();
        if state.stopped.is_some() {
            return Err(Commit::Stopped);
        }
        let again = !writer.group.is_empty();
        let space = if again { writer.group.space() } else { state.pending.space() };
        if space == 0 {
            return Err(Commit::Idle);
        }
        let left = writer.current.as_ref().map_or(0, |current| current.end().saturating_sub(current.offset));
        let mut spare = None;
        if space > left {
            spare = state.spares.pop_front();
            // The next one is made while this one is written to.
            self.ask_keeper(&mut state);
            if spare.is_none() {
                // Where writing has failed and no other file can be made either, that is another failure.
                let trouble = if writer.failures > 0 { state.trouble.take() } else { None };
                drop(state);
                return Err(trouble.map_or(Commit::Short, |error| self.fail(writer, error)));
            }
        }
        state.taken = spare.is_some();
        state.left = if spare.is_some() { self.options.capacity() } else { left } - space;
        if !again {
            std::mem::swap(&mut state.pending, &mut writer.group);
        }
        Ok(spare)
    }

    /// Goes on in another segment. It gets its name when its first group is safe: from then on it ends the segment before it, whose last
    /// records may be those of the group.
    fn roll(&self, writer: &mut Writer<D::File>, spare: String) -> Result<(), DiskError> {
        let Writer { group, previous, .. } = writer;
        let (id, previous) = (self.state().next_id, *previous);
        let (journal, salt, size) = (self.journal, self.disk.random(), self.options.segment_size);
        let head = Head { journal, id, previous, first: group.first(), salt, size };
        let blocks = group.seal(salt, self.mark_of_now());
        let file = match self.begin(&spare, &head, blocks) {
            Ok(file) => file,
            Err(error) => {
                let error = DiskError::new("begin a segment in", self.disk.path(&spare), error);
                self.return_spare(spare, &error);
                return Err(error);
            }
        };
        let offset = DATA + (blocks.len() * BLOCK) as u64;
        let name = names::segment(id);
        let failed = |error| DiskError::new("give a name to", self.disk.path(&name), error);
        if let Err(error) = self.disk.rename(&spare, &name).map_err(failed) {
            self.return_spare(spare, &error);
            return Err(error);
        }
        {
            // From here on it may be there after a crash. If it is followed by one with the same records, that one counts.
            let mut state = self.state();
            state.next_id += 1;
            state.taken = false;
            state.table.push_back(Segment { head });
        }
        if !mutants::on(Mutant::NoNameSync) {
            self.disk.sync_names().map_err(failed)?;
        }
        writer.current = Some(Current { file, head, offset });
        (writer.marked, writer.previous) = (self.durable(), id);
        Ok(())
    }

    /// Gives a spare file back that has become no segment. One that the disk has spoilt is removed.
    fn return_spare(&self, spare: String, error: &DiskError) {
        let mut state = self.state();
        state.taken = false;
        if error.is_full() {
            state.spares.push_front(spare);
            return;
        }
        drop(state);
        // If that fails as well it is used again the next time that the journal is opened.
        let _ = self.disk.remove(&spare);
    }

    fn begin(&self, spare: &str, head: &Head, group: &[Block]) -> io::Result<D::File> {
        let file = self.disk.open(spare, Access::Write)?;
        file.write_at(&head.write(), 0)?;
        file.write_at(group, DATA)?;
        if !mutants::on(Mutant::NoHeadSync) {
            self.sync(&file)?;
        }
        Ok(file)
    }

    /// Goes on in the segment that is written to.
    fn write(&self, writer: &mut Writer<D::File>) -> Result<(), DiskError> {
        let Writer { current: Some(current), group, marked, .. } = writer else { return Ok(()) };
        let failed = |error| DiskError::new("write to", self.disk.path(&names::segment(current.head.id)), error);
        let blocks = group.seal(current.head.salt, self.mark_of_now());
        current.file.write_at(blocks, current.offset).map_err(failed)?;
        self.sync(&current.file).map_err(failed)?;
        current.offset += (blocks.len() * BLOCK) as u64;
        *marked = self.durable();
        Ok(())
    }

    /// What the next write says to be safe.
    fn mark_of_now(&self) -> u64 {
        if mutants::on(Mutant::NoHighMark) { 0 } else { self.durable() }
    }

    fn sync(&self, file: &D::File) -> io::Result<()> {
        if mutants::on(Mutant::NoGroupSync) {
            return Ok(());
        }
        match file.sync() {
            Err(_) if mutants::on(Mutant::RetrySync) => file.sync(),
            done => done,
        }
    }

    /// Writes that all is safe that was acknowledged, so that damage to it can be told from a crash. To be called when nothing waits.
    pub(crate) fn mark(&self) -> Result<(), DiskError> {
        let mut writer = lock(&self.writer);
        let durable = self.durable();
        let Writer { current: Some(current), group, marked, .. } = &mut *writer else { return Ok(()) };
        {
            let mut state = self.state();
            // At the end of the segment the first number of the next one says the same.
            if !group.is_empty() || !state.pending.is_empty() || *marked == durable || current.offset + BLOCK as u64 > current.head.size {
                return Ok(());
            }
            state.left = state.left.saturating_sub(BLOCK as u64);
        }
        let block = marker(current.head.salt, self.mark_of_now());
        let done = current.file.write_at(&block, current.offset).and_then(|()| current.file.sync());
        *marked = durable;
        if let Err(error) = done {
            let path = self.disk.path(&names::segment(current.head.id));
            // A full disk has written nothing, or a marker; anything else may have spoilt the place.
            if !is_full(&error) {
                writer.current = None;
                self.state().left = 0;
            }
            return Err(DiskError::new("write to", path, error));
        }
        current.offset += BLOCK as u64;
        Ok(())
    }

    /// Tells whether a marker would say something new.
    pub(crate) fn is_unmarked(&self) -> bool {
        let writer = lock(&self.writer);
        writer.current.is_some() && writer.marked != self.durable()
    }

    /// Goes on writing where a segment is torn, which is wrong.
    #[cfg(test)]
    pub(super) fn repair_in_place(&self, file: D::File, head: Head, offset: u64) {
        let offset = offset.next_multiple_of(BLOCK as u64).min(head.size);
        self.state().left = (head.size - BLOCK as u64).saturating_sub(offset);
        lock(&self.writer).current = Some(Current { file, head, offset });
    }
}

impl<F> Current<F> {
    /// Where groups end: behind them there is room for a marker.
    fn end(&self) -> u64 {
        self.head.size - BLOCK as u64
    }
}
