use std::io::IoSlice;
use std::sync::atomic::Ordering;

use super::{Log, State};
use crate::disk::Disk;
use crate::error::{AppendError, Shortage, Stopped};

impl<D: Disk> Log<D> {
    /// Takes a record and gives it its number. It is safe later.
    ///
    /// What is taken has room: where there is none the record is refused here, before anybody relies on it.
    pub(crate) fn append(&self, parts: &[IoSlice<'_>]) -> Result<u64, AppendError> {
        let length = parts.iter().map(|part| part.len()).sum();
        if length > self.options.max_record {
            return Err(AppendError::TooLong { bytes: length, most: self.options.max_record });
        }
        let mut state = self.state();
        self.room_for(&state, length)?;
        let number = state.next;
        state.next += 1;
        let first = state.pending.is_empty();
        state.pending.push(number, parts);
        drop(state);
        if first {
            self.work.notify_one();
        }
        Ok(number)
    }

    /// Tells whether a record of so many bytes is taken now.
    pub(crate) fn room_for(&self, state: &State, length: usize) -> Result<(), AppendError> {
        if let Some(stopped) = &state.stopped {
            return Err(stopped.clone().into());
        }
        if state.closing {
            return Err(Stopped::Closed.into());
        }
        if let Some(records) = self.options.max_records
            && state.needed() >= records
        {
            return Err(AppendError::Full(Shortage::Records { records, holder: state.holder() }));
        }
        let space = state.pending.space_with(length);
        if space > self.options.max_group as u64 {
            return Err(AppendError::Busy);
        }
        if space > state.left && state.spares.is_empty() {
            // Without a reason a spare file is being made.
            return Err(state.shortage.clone().map_or(AppendError::Busy, AppendError::Full));
        }
        Ok(())
    }

    /// The highest number that is safe.
    pub(crate) fn durable(&self) -> u64 {
        self.durable.load(Ordering::Acquire)
    }

    /// Everything up to this number is safe.
    pub(super) fn set_durable(&self, number: u64) {
        self.durable.store(number, Ordering::Release);
        self.safe.wake(number);
        self.room.wake(u64::MAX);
    }

    /// Has the keeper look what there is to do.
    pub(super) fn ask_keeper(&self, state: &mut State) {
        state.asked = true;
        self.chores.notify_one();
    }

    /// Writes no more. Who waits is told.
    pub(crate) fn stop(&self, why: Stopped) {
        self.state().stopped.get_or_insert(why);
        self.safe.wake(u64::MAX);
        self.room.wake(u64::MAX);
        self.work.notify_all();
        self.chores.notify_all();
    }
}
