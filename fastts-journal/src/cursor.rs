use std::sync::Arc;

use crate::disk::{Disk, RealDisk};
use crate::log::{Log, Position};
use crate::number::Lsn;
use crate::reader::Reader;

/// How far a consumer is, under a name that outlives the process. What is behind the slowest cursor is kept.
///
/// It belongs to one owner; when that drops it, it stays where it is and keeps what it has not read.
pub struct Cursor<D: Disk = RealDisk> {
    log: Arc<Log<D>>,
    position: Arc<Position>,
}

impl<D: Disk> Cursor<D> {
    pub(crate) fn new(log: Arc<Log<D>>, position: Arc<Position>) -> Cursor<D> {
        Cursor { log, position }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.position.name
    }

    /// The last record that its owner is done with.
    pub fn position(&self) -> Lsn {
        Lsn(self.position.get())
    }

    /// Notes that all up to this record is done. It never goes back. It is written to the disk a little later, so that after a crash some
    /// records are read again.
    pub fn advance(&self, lsn: Lsn) {
        self.log.advance(&self.position, lsn.0);
    }

    /// Reads from where it stands.
    pub fn reader(&self) -> Reader<D> {
        Reader::new(self.log.clone(), self.position.get() + 1)
    }
}

impl<D: Disk> Drop for Cursor<D> {
    fn drop(&mut self) {
        self.position.release();
    }
}
