use crate::disk::Disk;
use crate::error::{Shortage, Stopped};
use crate::log::Log;
use crate::number::Lsn;

/// A journal at one moment.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Status {
    /// The oldest record that is kept; the next one if there is none.
    pub oldest: Lsn,
    /// The newest record that is safe.
    pub durable: Lsn,
    /// The newest record that was taken.
    pub newest: Lsn,
    /// How many records are kept.
    pub records: u64,
    /// How many of them a cursor still needs; all of them without cursors.
    pub needed: u64,
    /// How many segments there are.
    pub segments: usize,
    /// How many bytes all files have, spare ones too.
    pub bytes: u64,
    /// How many bytes they may have.
    pub max_bytes: u64,
    /// Where the consumers are.
    pub cursors: Vec<CursorStatus>,
    /// Why there is no room for another segment, if there is none.
    pub shortage: Option<Shortage>,
    /// Why it writes no more, if it does not.
    pub stopped: Option<Stopped>,
}

/// How far a consumer is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CursorStatus {
    /// Its name.
    pub name: String,
    /// The last record that it is done with.
    pub position: Lsn,
    /// How many records are safe and not done.
    pub lag: u64,
    /// How many segments are kept that it has not done with.
    pub segments: usize,
    /// Whether somebody has it. One that nobody has keeps its records until it is removed.
    pub in_use: bool,
}

impl<D: Disk> Log<D> {
    pub(crate) fn status(&self) -> Status {
        let durable = self.durable();
        let state = self.state();
        let bytes = self.bytes(&state);
        let cursors = state.cursors.iter().map(|cursor| {
            let at = cursor.get();
            let behind = state.table.iter().skip(1).filter(|next| next.head.first <= at + 1).count();
            CursorStatus {
                name: cursor.name.clone(),
                position: Lsn(at),
                lag: durable.saturating_sub(at),
                segments: state.table.len() - behind,
                in_use: cursor.is_claimed(),
            }
        });
        Status {
            oldest: Lsn(state.oldest()),
            durable: Lsn(durable),
            newest: Lsn(state.next - 1),
            records: (durable + 1).saturating_sub(state.oldest()),
            needed: state.needed(),
            segments: state.table.len(),
            bytes,
            max_bytes: self.options.max_bytes,
            cursors: cursors.collect(),
            shortage: state.shortage.clone(),
            stopped: state.stopped.clone(),
        }
    }
}
