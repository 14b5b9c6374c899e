use std::sync::Arc;

use crate::disk::{Access, Disk, RealDisk};
use crate::error::{DiskError, ReadError};
use crate::format::scan::{Scan, Step};
use crate::log::Log;
use crate::number::Lsn;

/// Reads records in their order, up to the last one that is safe.
pub struct Reader<D: Disk = RealDisk> {
    log: Arc<Log<D>>,
    /// The number of the record to read.
    next: u64,
    segment: Option<Open<D>>,
}

struct Open<D: Disk> {
    id: u64,
    scan: Scan<D::File>,
}

/// What a [`Reader`] gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry<'a> {
    /// A record as it was appended.
    Record {
        /// Its number.
        lsn: Lsn,
        /// Its bytes.
        payload: &'a [u8],
    },
    /// Records that cannot be had: they are damaged, or were given back before they were read.
    Lost {
        /// The first of them.
        first: Lsn,
        /// The last of them.
        last: Lsn,
    },
}

/// An entry without the bytes.
enum Found {
    Record,
    Lost(u64, u64),
    Nothing,
}

impl<D: Disk> Reader<D> {
    pub(crate) fn new(log: Arc<Log<D>>, next: u64) -> Reader<D> {
        Reader { log, next: next.max(1), segment: None }
    }

    /// The number of the record that comes next.
    pub fn position(&self) -> Lsn {
        Lsn(self.next)
    }

    /// Returns what comes next; `None` if there is no more yet. Wait for more with [`Journal::durable`](crate::Journal::durable).
    ///
    /// # Errors
    ///
    /// If the disk does not give what is there. The same is tried again the next time.
    pub fn read(&mut self) -> Result<Option<Entry<'_>>, ReadError> {
        match self.find()? {
            Found::Nothing => return Ok(None),
            Found::Lost(first, last) => return Ok(Some(Entry::Lost { first: Lsn(first), last: Lsn(last) })),
            Found::Record => {}
        }
        // It was read just now, and is there still.
        let Some(Open { scan, .. }) = &mut self.segment else { return Ok(None) };
        let payload = scan.last().map_err(|error| DiskError::new("read", "the journal".to_owned(), error))?;
        Ok(Some(Entry::Record { lsn: Lsn(self.next - 1), payload }))
    }

    fn find(&mut self) -> Result<Found, ReadError> {
        loop {
            let Some(open) = &mut self.segment else {
                match self.open()? {
                    None => continue,
                    Some(found) => return Ok(found),
                }
            };
            let step = open.scan.next().map_err(|error| {
                let name = crate::format::names::segment(open.id);
                DiskError::new("read", self.log.disk.path(&name), error)
            });
            match step {
                Ok(Step::Record(record)) if record.number >= self.next => {
                    self.next = record.number + 1;
                    return Ok(Found::Record);
                }
                Ok(Step::Record(_)) => {}
                Ok(Step::Damage(damage)) => {
                    if let Some((first, last)) = damage.lost
                        && last >= self.next
                    {
                        let first = first.max(self.next);
                        self.next = last + 1;
                        return Ok(Found::Lost(first, last));
                    }
                }
                Ok(Step::End(_)) => {
                    if !self.is_longer() {
                        return Ok(Found::Nothing);
                    }
                }
                Err(error) => {
                    // From the start of the segment, the next time.
                    self.segment = None;
                    return Err(error.into());
                }
            }
        }
    }

    /// Opens the segment with the next record.
    fn open(&mut self) -> Result<Option<Found>, ReadError> {
        let durable = self.log.durable();
        let (oldest, found) = {
            let state = self.log.state();
            (state.oldest(), state.segment_of(self.next))
        };
        if self.next > durable {
            return Ok(Some(Found::Nothing));
        }
        let Some((segment, until)) = found else {
            let first = self.next;
            self.next = oldest.min(durable + 1);
            return Ok(Some(Found::Lost(first, self.next - 1)));
        };
        let name = segment.name();
        let file = match self.log.disk.open(&name, Access::Read) {
            Ok(file) => file,
            // It was given back in this moment.
            Err(_) if self.log.state().oldest() > segment.head.first => return Ok(None),
            Err(error) => return Err(DiskError::new("read", self.log.disk.path(&name), error).into()),
        };
        let until = until.unwrap_or(u64::MAX).min(durable + 1);
        let scan = Scan::new(file, &segment.head, Some(until));
        let scan = scan.map_err(|error| DiskError::new("read", self.log.disk.path(&name), error))?;
        self.segment = Some(Open { id: segment.head.id, scan });
        Ok(None)
    }

    /// Looks whether there is more than there was, in this segment or in the next one.
    fn is_longer(&mut self) -> bool {
        let durable = self.log.durable();
        if self.next > durable {
            return false;
        }
        let found = self.log.state().segment_of(self.next);
        match (found, &mut self.segment) {
            (Some((segment, until)), Some(open)) if segment.head.id == open.id => {
                open.scan.set_until(until.unwrap_or(u64::MAX).min(durable + 1));
            }
            _ => self.segment = None,
        }
        true
    }
}
