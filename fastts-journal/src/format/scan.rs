use std::io;

use super::LAST;
use super::head::{DATA, Head};
use super::record::{ALIGN, HEADER, Header, MARK, RECORD, resembles};
use super::window::Window;
use crate::disk::{BLOCK, DiskFile};

/// Reads a segment from its start, over whatever is damaged in it.
///
/// Where no record begins although one should, it looks for the next one that belongs to the segment and has a number that may come.
pub(crate) struct Scan<F> {
    window: Window<F>,
    salt: u64,
    at: u64,
    /// The number that should come next.
    expected: u64,
    /// The number that ends the segment, where that is known.
    until: Option<u64>,
    /// The highest number that was safe when something was written that has been read.
    synced: u64,
    /// Where a record should have begun and does not.
    lost: Option<u64>,
    /// Where the payload is of the record that was read last, and how long it is.
    last: (u64, usize),
}

/// What comes next in a segment.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Step<'a> {
    Record(Record<'a>),
    Damage(Damage),
    End(End),
}

/// A record as it was appended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Record<'a> {
    pub(crate) number: u64,
    pub(crate) offset: u64,
    pub(crate) payload: &'a [u8],
}

/// Bytes that are not what was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Damage {
    pub(crate) offset: u64,
    pub(crate) end: u64,
    /// The first and the last number that is missing, if any is.
    pub(crate) lost: Option<(u64, u64)>,
}

/// Where a segment ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct End {
    pub(crate) offset: u64,
    /// The number that comes next.
    pub(crate) next: u64,
    /// Something stands there that looks like the beginning of a record.
    pub(crate) torn: bool,
}

/// A step without the bytes of its record.
enum Found {
    Record { number: u64, offset: u64, length: usize },
    Damage(Damage),
    End(End),
}

enum Probe {
    Record(Header, bool),
    Mark(Header),
    Nothing,
}

impl<F: DiskFile> Scan<F> {
    /// Begins at the start of a segment. `until` is the first number of the next one.
    pub(crate) fn new(file: F, head: &Head, until: Option<u64>) -> io::Result<Scan<F>> {
        let window = Window::new(file, head.size)?;
        Ok(Scan {
            window,
            salt: head.salt,
            at: DATA,
            expected: head.first,
            until,
            synced: head.first.saturating_sub(1),
            lost: None,
            last: (0, 0),
        })
    }

    /// The highest number that is known to have been safe.
    pub(crate) fn synced(&self) -> u64 {
        self.synced
    }

    /// Sets the number that ends what is to be read. What was written meanwhile is read anew.
    pub(crate) fn set_until(&mut self, until: u64) {
        if self.until != Some(until) {
            self.until = Some(until);
            self.window.forget();
        }
    }

    /// Returns what comes next.
    pub(crate) fn next(&mut self) -> io::Result<Step<'_>> {
        Ok(match self.find()? {
            Found::Record { number, offset, length } => {
                self.last = (offset + HEADER as u64, length);
                let payload = self.window.get(offset + HEADER as u64, length)?;
                Step::Record(Record { number, offset, payload })
            }
            Found::Damage(damage) => Step::Damage(damage),
            Found::End(end) => Step::End(end),
        })
    }

    /// Looks behind the last record of a segment that has ended: nothing is there but zeros and a marker, or what does not count.
    pub(crate) fn damage_behind(&mut self) -> io::Result<Option<Damage>> {
        let block = BLOCK as u64;
        let (offset, end) = (self.at, self.at.next_multiple_of(block));
        if offset < end && !self.is_filled_up()? {
            return Ok(Some(Damage { offset, end, lost: None }));
        }
        let salt = self.salt;
        let bytes = self.window.get(end, BLOCK)?;
        if bytes.len() < BLOCK {
            return Ok(None);
        }
        let marks = [0, HEADER].map(|at| Header::read(&bytes[at..], salt).is_some_and(|header| header.is_mark()));
        let zeros = bytes[2 * HEADER..].iter().all(|byte| *byte == 0);
        let damaged = marks[0] != marks[1] || (marks[0] && !zeros);
        Ok(damaged.then_some(Damage { offset: end, end: end + block, lost: None }))
    }

    /// Returns the payload of the record that was read last.
    pub(crate) fn last(&mut self) -> io::Result<&[u8]> {
        self.window.get(self.last.0, self.last.1)
    }

    fn find(&mut self) -> io::Result<Found> {
        loop {
            if self.until.is_some_and(|until| self.expected >= until) {
                return Ok(self.end(false));
            }
            if self.at + HEADER as u64 > self.window.size() {
                return self.run_out();
            }
            match self.probe()? {
                Probe::Record(header, _) | Probe::Mark(header) if self.ends_before(&header) => {
                    return self.run_out();
                }
                Probe::Record(header, whole) => {
                    if let Some(damage) = self.damage_before(header.number.get()) {
                        return Ok(Found::Damage(damage));
                    }
                    return Ok(self.record(&header, whole));
                }
                Probe::Mark(header) => {
                    if let Some(damage) = self.damage_before(header.number.get() + 1) {
                        return Ok(Found::Damage(damage));
                    }
                    self.synced = self.synced.max(header.synced.get());
                    self.at += HEADER as u64;
                }
                Probe::Nothing if self.lost.is_none() && !self.at.is_multiple_of(BLOCK as u64) && self.is_filled_up()? => {
                    self.at = self.at.next_multiple_of(BLOCK as u64);
                }
                Probe::Nothing => {
                    self.lost.get_or_insert(self.at);
                    self.at = self.next_candidate()?;
                }
            }
        }
    }

    fn record(&mut self, header: &Header, whole: bool) -> Found {
        let (number, offset) = (header.number.get(), self.at);
        self.synced = self.synced.max(header.synced.get());
        self.at += header.space() as u64;
        self.expected = number + 1;
        if whole {
            return Found::Record { number, offset, length: header.length.get() as usize };
        }
        Found::Damage(Damage { offset, end: self.at, lost: Some((number, number)) })
    }

    /// Tells whether this belongs to the next segment, in which it has been written again.
    fn ends_before(&self, header: &Header) -> bool {
        self.until.is_some_and(|until| header.number.get() >= until)
    }

    /// Returns what is missing before the number that has been found here.
    fn damage_before(&mut self, found: u64) -> Option<Damage> {
        let from = self.lost.take();
        let missing = (found > self.expected).then(|| (self.expected, found - 1));
        self.expected = self.expected.max(found);
        (from.is_some() || missing.is_some()).then(|| Damage { offset: from.unwrap_or(self.at), end: self.at, lost: missing })
    }

    /// The file has no more: where it is known how many records it has, the rest of them is lost.
    fn run_out(&mut self) -> io::Result<Found> {
        let Some(until) = self.until else {
            let from = self.lost.unwrap_or(self.at).min(self.window.size());
            let salt = self.salt;
            // Within a block there would be zeros.
            let torn = !from.is_multiple_of(BLOCK as u64) || resembles(self.window.get(from, HEADER)?, salt);
            return Ok(Found::End(End { offset: from, next: self.expected, torn }));
        };
        match self.damage_before(until) {
            Some(damage) => Ok(Found::Damage(damage)),
            None => Ok(self.end(false)),
        }
    }

    fn end(&self, torn: bool) -> Found {
        Found::End(End { offset: self.at, next: self.expected, torn })
    }

    /// Reads what begins here.
    fn probe(&mut self) -> io::Result<Probe> {
        let Some(header) = Header::read(self.window.get(self.at, HEADER)?, self.salt) else { return Ok(Probe::Nothing) };
        let number = header.number.get();
        if number > LAST {
            return Ok(Probe::Nothing);
        }
        if header.is_mark() {
            // A number that has been given before it, by the salt and the checksum.
            return Ok(if number + 1 >= self.expected { Probe::Mark(header) } else { Probe::Nothing });
        }
        let fits = self.at + header.space() as u64 <= self.window.size();
        if number < self.expected || !fits {
            return Ok(Probe::Nothing);
        }
        let space = header.space();
        let whole = header.fits(&self.window.get(self.at, space)?[HEADER..]);
        Ok(Probe::Record(header, whole))
    }

    /// Tells whether there are only zeros from here to the end of the block, as behind the last record of a group.
    fn is_filled_up(&mut self) -> io::Result<bool> {
        let rest = self.at.next_multiple_of(BLOCK as u64) - self.at;
        Ok(self.window.get(self.at, rest as usize)?.iter().all(|byte| *byte == 0))
    }

    /// Returns the next offset at which something begins like a record, or the end.
    fn next_candidate(&mut self) -> io::Result<u64> {
        let (record, mark) = (RECORD.to_le_bytes(), MARK.to_le_bytes());
        let mut at = self.at + ALIGN as u64;
        while at + HEADER as u64 <= self.window.size() {
            let bytes = self.window.some(at, HEADER)?;
            let found = bytes.chunks_exact(ALIGN).position(|bytes| bytes[..4] == record || bytes[..4] == mark);
            match found {
                Some(index) => return Ok(at + (index * ALIGN) as u64),
                None => at += (bytes.len() / ALIGN * ALIGN) as u64,
            }
        }
        Ok(self.window.size())
    }
}
