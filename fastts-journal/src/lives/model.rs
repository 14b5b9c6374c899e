use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::tally::Tally;
use crate::disk::SimDisk;
use crate::disk::sim_random::Random;
use crate::log::Log;
use crate::reader::{Entry, Reader};
use crate::report::{Finding, Report, Severity};

/// What must be on the disk, whatever happened to it.
#[derive(Default)]
pub(super) struct Model {
    /// What was appended under each number. A number that was never acknowledged may be given again.
    submitted: BTreeMap<u64, Vec<u64>>,
    /// What was acknowledged, or read.
    safe: BTreeMap<u64, u64>,
    /// What was given back, or may have been.
    pub(super) floor: u64,
    /// The group that was acknowledged last and is not marked; and those since the last check, one of which was the last at the flip.
    pub(super) newest: Vec<(u64, u64)>,
    /// An end was told to be torn since the last check.
    torn: bool,
    /// Everything has been read in this life.
    pub(super) checked: bool,
    /// Each cursor: where it stood when it was written last, and where it was moved to.
    pub(super) cursors: BTreeMap<String, (u64, u64)>,
    /// A bit was flipped.
    pub(super) rotten: bool,
    /// What that has cost: one record, and the newest group.
    lost: BTreeSet<u64>,
    next_tag: u64,
}

/// Returns what is appended under a tag: it can be checked without being kept.
fn payload(tag: u64) -> Vec<u8> {
    let mut random = Random::new(tag);
    let length = match random.below(10) {
        0 => 0,
        1..7 => random.below(200),
        7..9 => random.below(2000),
        _ => random.below(9000),
    };
    let mut payload = tag.to_le_bytes().to_vec();
    payload.extend((0..length / 8).flat_map(|_| random.next().to_le_bytes()));
    payload.extend((0..length % 8).map(|_| random.next() as u8));
    payload
}

impl Model {
    /// Returns the next record to append.
    pub(super) fn draw(&mut self) -> (u64, Vec<u8>) {
        self.next_tag += 1;
        (self.next_tag, payload(self.next_tag))
    }

    pub(super) fn submit(&mut self, number: u64, tag: u64) -> Result<(), String> {
        if self.safe.contains_key(&number) {
            return Err(format!("number {number} is given again"));
        }
        self.submitted.entry(number).or_default().push(tag);
        Ok(())
    }

    /// Notes that numbers were acknowledged that were appended in this life.
    pub(super) fn acknowledge(&mut self, first: u64, last: u64, from: u64) {
        for number in first.max(from)..=last {
            if let Some(tag) = self.submitted.get(&number).and_then(|tags| tags.last()) {
                self.safe.insert(number, *tag);
            }
        }
        if self.checked {
            self.newest.clear();
        }
        self.newest.push((first, last));
    }

    /// Checks what was found on opening.
    pub(super) fn check_report(&mut self, report: &Report) -> Result<(), String> {
        for finding in &report.findings {
            let severity = finding.severity();
            if !self.rotten && (severity > Severity::Note || matches!(finding, Finding::Damage { .. })) {
                return Err(format!("it complains: {finding}"));
            }
        }
        self.torn |= report.findings.iter().any(|finding| matches!(finding, Finding::Torn { .. } | Finding::Shorter { .. }));
        for (name, (saved, moved)) in &self.cursors {
            let found = report.cursors.iter().find(|(found, _)| found == name).map(|(_, at)| at.0);
            let range = if self.rotten { 0..=*moved.max(&self.floor) } else { *saved..=*moved };
            if !found.is_some_and(|at| range.contains(&at)) && !self.rotten {
                return Err(format!("the cursor {name} stands at {found:?} and not within {range:?}"));
            }
        }
        Ok(())
    }

    /// Reads everything and checks it against what was acknowledged.
    pub(super) fn check(&mut self, log: &Arc<Log<SimDisk>>, tally: &mut Tally) -> Result<(), String> {
        let oldest = log.state().oldest();
        // What survived a crash and could not be written again yet cannot be read.
        let (durable, taken) = (log.durable(), log.state().next - 1);
        let mut reader = Reader::new(log.clone(), oldest);
        let (mut found, mut told, mut before) = (BTreeMap::new(), Vec::new(), 0);
        while let Some(entry) = reader.read().map_err(|error| error.to_string())? {
            match entry {
                Entry::Record { lsn, payload } => {
                    let tag = self.check_record(lsn.0, payload)?;
                    if tag <= before {
                        return Err(format!("record {lsn} was written before the one before it"));
                    }
                    before = tag;
                    found.insert(lsn.0, tag);
                    tally.read += 1;
                }
                Entry::Lost { first, last } => told.push(first.0..=last.0),
            }
        }
        let mut gone = Vec::new();
        for number in self.safe.range(self.floor + 1..).map(|(number, _)| *number) {
            if found.contains_key(&number) || (durable + 1..=taken).contains(&number) || self.lost.contains(&number) {
                continue;
            }
            if !self.rotten {
                return Err(format!("record {number} was acknowledged and is lost (oldest {oldest}, durable {durable})"));
            }
            if !self.torn && !told.iter().any(|range| range.contains(&number)) {
                return Err(format!("record {number} is lost to rot and nobody says so"));
            }
            gone.push(number);
        }
        let old = gone.iter().filter(|number| !self.newest.iter().any(|(first, last)| (first..=last).contains(number))).count();
        if old > 1 {
            return Err(format!("one flip has cost the records {gone:?}, the newest group is {:?}", self.newest));
        }
        tally.lost_to_rot += gone.len() as u64;
        for number in gone {
            self.safe.remove(&number);
            self.lost.insert(number);
        }
        self.newest = self.newest.split_off(self.newest.len().saturating_sub(1));
        (self.checked, self.torn) = (true, false);
        // What was read is safe.
        self.safe.extend(found);
        Ok(())
    }

    /// Checks that somebody has written this, under this number, and returns its tag.
    pub(super) fn check_record(&self, number: u64, read: &[u8]) -> Result<u64, String> {
        let tag = read.first_chunk().map(|tag| u64::from_le_bytes(*tag)).ok_or("a record is too short")?;
        if !self.submitted.get(&number).is_some_and(|tags| tags.contains(&tag)) || payload(tag) != read {
            return Err(format!("record {number} is none that was appended"));
        }
        match self.safe.get(&number) {
            Some(safe) if *safe != tag => Err(format!("record {number} has changed")),
            _ => Ok(tag),
        }
    }
}
