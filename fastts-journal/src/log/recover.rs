use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::sync::{Arc, Condvar, Mutex};

use super::commit::Writer;
use super::{Book, Log, Position, Segment, State, Waiters, tail};
use crate::disk::{Access, Block, Disk, DiskFile, Listed};
use crate::error::{DiskError, OpenError};
use crate::format::VERSION;
use crate::format::group::Group;
use crate::format::head::{Head, NoHead};
use crate::format::ledger::{Ledger, SLOT};
use crate::format::names::{self, Kind};
use crate::mutants::{self, Mutant};
use crate::number::Lsn;
use crate::options::Options;
use crate::report::{Finding, Report};

/// What is in a directory, before anything is changed in it.
pub(crate) struct Examined {
    pub(crate) files: Vec<Listed>,
    /// The segments that count, the oldest first.
    pub(crate) segments: Vec<Segment>,
    /// Files that are called like segments or cursors and cannot be used as such.
    pub(crate) unusable: Vec<(String, &'static str)>,
    pub(crate) ledger: Option<Ledger>,
    pub(crate) findings: Vec<Finding>,
}

/// Reads the heads of all segments and the cursors, and judges what belongs together.
pub(crate) fn examine<D: Disk>(disk: &D) -> Result<Examined, OpenError> {
    let files = disk.list().map_err(|error| DiskError::new("list", disk.path(""), error))?;
    let mut examined = Examined { files, segments: Vec::new(), unusable: Vec::new(), ledger: None, findings: Vec::new() };
    for file in examined.files.clone() {
        match names::kind(&file.name) {
            Kind::Segment(id) => examined.segment(disk, &file.name, id)?,
            Kind::Cursors => examined.cursors(disk)?,
            _ => {}
        }
    }
    examined.segments.sort_by_key(|segment| segment.head.id);
    examined.judge(disk);
    Ok(examined)
}

impl Examined {
    fn segment<D: Disk>(&mut self, disk: &D, name: &str, id: u64) -> Result<(), OpenError> {
        let mut blocks = [Block::zeroed(); 2];
        let path = disk.path(name);
        let file = disk.open(name, Access::Read).and_then(|file| file.read_at(&mut blocks, 0));
        file.map_err(|error| DiskError::new("read", path.clone(), error))?;
        match Head::read(&blocks) {
            Ok((head, damaged)) if head.id == id => {
                if damaged {
                    self.findings.push(Finding::Damage { path, offset: 0, end: crate::format::head::DATA });
                }
                self.segments.push(Segment { head });
            }
            Ok(_) => self.unusable.push((name.to_owned(), "has the head of another segment")),
            Err(NoHead::Damaged) => self.unusable.push((name.to_owned(), "has no head that can be read")),
            Err(NoHead::Newer(found)) => return Err(OpenError::Newer { path, found, known: VERSION }),
        }
        Ok(())
    }

    fn cursors<D: Disk>(&mut self, disk: &D) -> Result<(), OpenError> {
        let path = disk.path(names::CURSORS);
        let mut slots = vec![Block::zeroed(); 2 * SLOT];
        let file = disk.open(names::CURSORS, Access::Read).and_then(|file| file.read_at(&mut slots, 0));
        file.map_err(|error| DiskError::new("read", path.clone(), error))?;
        let blank = |slot: &[Block]| crate::disk::bytes(slot).iter().all(|byte| *byte == 0);
        let mut read = Vec::new();
        for slot in slots.chunks(SLOT) {
            match Ledger::read(slot) {
                Ok(ledger) => read.push(ledger),
                Err(NoHead::Newer(found)) => return Err(OpenError::Newer { path, found, known: VERSION }),
                Err(NoHead::Damaged) if blank(slot) => {}
                Err(NoHead::Damaged) => self.findings.push(Finding::OlderCursors { path: path.clone() }),
            }
        }
        self.ledger = read.into_iter().max_by_key(|ledger| ledger.sequence);
        Ok(())
    }

    /// Sorts out what is of another journal or does not follow, and tells what is missing.
    fn judge<D: Disk>(&mut self, disk: &D) {
        let mut votes = BTreeMap::new();
        for segment in &self.segments {
            *votes.entry(segment.head.journal).or_insert(0) += 1;
        }
        let journal = votes.into_iter().max_by_key(|(_, votes)| *votes).map(|(journal, _)| journal);
        let mut first = 0;
        let mut segments: Vec<Segment> = Vec::new();
        for segment in std::mem::take(&mut self.segments) {
            if Some(segment.head.journal) != journal {
                self.unusable.push((segment.name(), "is of another journal"));
            } else if segment.head.first < first {
                self.unusable.push((segment.name(), "begins before the segment before it"));
            } else {
                first = segment.head.first;
                segments.push(segment);
            }
        }
        self.segments = segments;
        if self.ledger.as_ref().is_some_and(|ledger| journal.is_some_and(|journal| ledger.journal != journal)) {
            self.ledger = None;
        }
        self.find_holes(disk);
        let is_there = self.files.iter().any(|file| file.name == names::CURSORS);
        if self.ledger.is_none() && is_there {
            self.findings.retain(|finding| !matches!(finding, Finding::OlderCursors { .. }));
            self.unusable.push((names::CURSORS.to_owned(), "cannot be read"));
        }
        if self.ledger.is_none() && (is_there || !self.segments.is_empty() || !self.unusable.is_empty()) {
            self.findings.push(Finding::NoCursors { path: disk.path(names::CURSORS) });
        }
    }

    fn find_holes<D: Disk>(&mut self, disk: &D) {
        let known: Vec<u64> = self.files.iter().filter_map(|file| id(names::kind(&file.name))).collect();
        for pair in self.segments.windows(2) {
            let previous = pair[1].head.previous;
            if previous > pair[0].head.id && !known.contains(&previous) {
                self.findings.push(Finding::Gone { path: disk.path(&names::segment(previous)) });
            }
        }
    }
}

fn id(kind: Kind) -> Option<u64> {
    match kind {
        Kind::Segment(id) => Some(id),
        Kind::Damaged(id) => id,
        _ => None,
    }
}

impl<D: Disk> Log<D> {
    /// Opens what is in a directory, or makes a new journal where nothing is.
    pub(crate) fn open(disk: D, options: Options) -> Result<(Log<D>, Report), OpenError> {
        options.check()?;
        let failed = |action, name: &str, error| DiskError::new(action, disk.path(name), error);
        // What a process before this one has renamed may come back under its old name as long as this is not done.
        if !mutants::on(Mutant::NoOpenSync) {
            disk.sync_names().map_err(|error| failed("sync", "", error))?;
        }
        let mut examined = examine(&disk)?;
        let mut findings = std::mem::take(&mut examined.findings);
        let ledger = examined.ledger.take();
        let known = ledger.as_ref().map_or(0, |ledger| ledger.synced);
        let mut end = tail::Tail { synced: known, carried: Group::default(), survivors: 0, findings: Vec::new(), end: 0 };
        if let Some(last) = examined.segments.last() {
            let name = last.name();
            let file = disk.open(&name, Access::Read).map_err(|error| failed("read", &name, error))?;
            end = tail::read(file, &last.head, &disk.path(&name), known).map_err(|error| failed("read", &name, error))?;
            findings.append(&mut end.findings);
        } else if let Some(ledger) = &ledger {
            let done = ledger.cursors.iter().map(|(_, at)| *at).min().unwrap_or(0);
            if done < ledger.synced {
                findings.push(Finding::Shorter { first: Lsn(done + 1), last: Lsn(ledger.synced) });
            }
        }
        // Nothing was changed up to here.
        put_aside(&disk, &examined.unusable, &mut findings).map_err(|error| failed("put aside files in", "", error))?;
        let spares = clean(&disk, &examined.files, &options).map_err(|error| failed("tidy up", "", error))?;
        let journal = examined.segments.first().map(|segment| segment.head.journal).or(ledger.as_ref().map(|ledger| ledger.journal));
        let journal = journal.unwrap_or_else(|| disk.random());
        let oldest = examined.segments.first().map_or(end.synced + 1, |segment| segment.head.first);
        let cursors = positions(ledger.as_ref(), oldest, &mut findings);
        let book = match &ledger {
            Some(ledger) => Book::open(&disk, ledger),
            None => Book::create(&disk, &Ledger { journal, sequence: 0, synced: end.synced, cursors: Vec::new() }),
        };
        let book = book.map_err(|error| failed("make", names::CURSORS, error))?;
        let last = examined.segments.last().map_or(0, |segment| segment.head.id);
        let ids = examined.files.iter().filter_map(|file| id(names::kind(&file.name)));
        let state = State {
            next: end.synced + end.survivors + 1,
            pending: end.carried,
            left: 0,
            next_id: ids.max().unwrap_or(0) + 1,
            next_spare: next_spare(&examined.files),
            spares,
            table: examined.segments.into(),
            // Nothing is given back before they are known to be safe.
            moved: !cursors.is_empty() && !mutants::on(Mutant::TrustCursors),
            cursors: cursors.iter().map(|(name, at)| Arc::new(Position::new(name.clone(), *at, saved(*at)))).collect(),
            shortage: None,
            trouble: None,
            taken: false,
            asked: false,
            cursors_lost: findings.iter().any(|finding| matches!(finding, Finding::NoCursors { .. })),
            stopped: None,
            closing: false,
        };
        let report = Report {
            place: disk.path(""),
            guarantees: disk.guarantees(),
            oldest: Lsn(oldest),
            newest: Lsn(end.synced),
            segments: state.table.len(),
            carried: end.survivors,
            findings,
            cursors: cursors.into_iter().map(|(name, at)| (name, Lsn(at))).collect(),
        };
        let log = Log {
            disk,
            options,
            journal,
            state: Mutex::new(state),
            writer: Mutex::new(Writer::new(end.synced, last)),
            book: Mutex::new(book),
            durable: end.synced.into(),
            work: Condvar::new(),
            chores: Condvar::new(),
            safe: Waiters::default(),
            room: Waiters::default(),
        };
        #[cfg(test)]
        log.be_wrong(end.end);
        Ok((log, report))
    }

    /// Does what must not be done, for the tests that are to notice it.
    #[cfg(test)]
    fn be_wrong(&self, end: u64) {
        let last = self.state().table.back().copied();
        if mutants::on(Mutant::CountSurvivors) {
            self.state().pending.clear();
            let next = self.state().next;
            self.set_durable(next - 1);
        }
        if mutants::on(Mutant::RepairInPlace)
            && let Some(last) = last
            && let Ok(file) = self.disk.open(&last.name(), Access::Write)
        {
            self.state().pending.clear();
            let next = self.state().next;
            self.set_durable(next - 1);
            if file.sync().is_ok() {
                self.repair_in_place(file, last.head, end);
            }
        }
    }
}

/// Gives other names to files that are in the way. What they hold stays for whoever wants to look.
fn put_aside<D: Disk>(disk: &D, unusable: &[(String, &'static str)], findings: &mut Vec<Finding>) -> io::Result<()> {
    for (name, why) in unusable {
        let files = disk.list()?;
        let is_free = |now: &String| files.iter().all(|file| file.name != *now);
        let now = (0..).map(|again| names::damaged(name, again)).find(is_free).unwrap_or_default();
        disk.rename(name, &now)?;
        if names::kind(name) != Kind::Cursors {
            findings.push(Finding::PutAside { path: disk.path(name), now, why });
        }
    }
    if unusable.is_empty() { Ok(()) } else { disk.sync_names() }
}

/// Removes what was never finished and returns the spare files.
fn clean<D: Disk>(disk: &D, files: &[Listed], options: &Options) -> io::Result<VecDeque<String>> {
    let mut spares = VecDeque::new();
    for file in files {
        match names::kind(&file.name) {
            Kind::Spare(_) if file.size == options.segment_size => spares.push_back(file.name.clone()),
            Kind::Spare(_) | Kind::Making => disk.remove(&file.name)?,
            _ => {}
        }
    }
    Ok(spares)
}

fn next_spare(files: &[Listed]) -> u64 {
    let numbers = files.iter().filter_map(|file| match names::kind(&file.name) {
        Kind::Spare(number) => Some(number),
        _ => None,
    });
    numbers.max().unwrap_or(0) + 1
}

/// Returns up to where a cursor is known to be safe that stands there.
fn saved(at: u64) -> u64 {
    if mutants::on(Mutant::TrustCursors) { at } else { 0 }
}

/// Returns the cursors with where they stand. None stands before the oldest record.
fn positions(ledger: Option<&Ledger>, oldest: u64, findings: &mut Vec<Finding>) -> Vec<(String, u64)> {
    let mut positions = Vec::new();
    for (name, at) in ledger.map(|ledger| &ledger.cursors[..]).unwrap_or_default() {
        if at + 1 < oldest {
            findings.push(Finding::Behind { cursor: name.clone(), at: Lsn(*at), oldest: Lsn(oldest) });
        }
        positions.push((name.clone(), (*at).max(oldest - 1)));
    }
    positions
}
