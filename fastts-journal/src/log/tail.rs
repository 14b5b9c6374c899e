use std::collections::VecDeque;
use std::io::{self, IoSlice};

use crate::disk::DiskFile;
use crate::format::group::Group;
use crate::format::head::Head;
use crate::format::scan::{Damage, End, Scan, Step};
use crate::number::Lsn;
use crate::report::Finding;

/// What the last segment says about where the journal ends.
pub(crate) struct Tail {
    /// Everything up to this number was safe.
    pub(crate) synced: u64,
    /// What survived behind it: acknowledged or not, safe or not. It is written again before it counts.
    pub(crate) carried: Group,
    /// How many records that are.
    pub(crate) survivors: u64,
    pub(crate) findings: Vec<Finding>,
    /// Where something could be torn.
    #[cfg_attr(not(test), allow(dead_code, reason = "only what is wrong on purpose goes on there"))]
    pub(crate) end: u64,
}

/// Reads the last segment. `synced` is a number up to which all was safe, known from elsewhere.
pub(crate) fn read<F: DiskFile>(file: F, head: &Head, path: &str, synced: u64) -> io::Result<Tail> {
    let mut scan = Scan::new(file, head, None)?;
    let mut damages = Vec::new();
    let mut survivors: VecDeque<(u64, Vec<u8>)> = VecDeque::new();
    let end = loop {
        let record = match scan.next()? {
            Step::Record(record) => Some((record.number, record.payload.to_vec())),
            Step::Damage(damage) => {
                damages.push(damage);
                None
            }
            Step::End(end) => break end,
        };
        survivors.extend(record);
        let synced = scan.synced();
        while survivors.front().is_some_and(|(number, _)| *number <= synced) {
            survivors.pop_front();
        }
    };
    let synced = synced.max(scan.synced());
    let mut carried = Group::default();
    let mut next = synced + 1;
    for (number, payload) in survivors {
        // Behind one that is torn nothing counts, so that the order is that of the writers.
        if number == next {
            carried.push(number, &[IoSlice::new(&payload)]);
            next += 1;
        }
    }
    let findings = findings(path, &damages, &end, synced, next);
    Ok(Tail { synced, carried, survivors: next - 1 - synced, findings, end: end.offset })
}

impl Damage {
    pub(crate) fn finding(&self, path: &str) -> Finding {
        let (path, offset, end) = (path.to_owned(), self.offset, self.end);
        match self.lost {
            Some((first, last)) => Finding::Lost { path, offset, end, first: Lsn(first), last: Lsn(last) },
            None => Finding::Damage { path, offset, end },
        }
    }
}

/// Tells damage from what a crash leaves: what was safe when something later was written cannot have been torn.
fn findings(path: &str, damages: &[Damage], end: &End, synced: u64, next: u64) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut torn = end.torn.then_some(end.offset);
    for damage in damages {
        match damage.lost {
            Some((first, _)) if first > synced => torn = Some(torn.map_or(damage.offset, |torn| torn.min(damage.offset))),
            lost => findings.push(Damage { lost: lost.map(|(first, last)| (first, last.min(synced))), ..*damage }.finding(path)),
        }
    }
    if end.next <= synced {
        findings.push(Finding::Shorter { first: Lsn(end.next), last: Lsn(synced) });
    }
    if let Some(offset) = torn {
        findings.push(Finding::Torn { path: path.to_owned(), offset, next: Lsn(next) });
    }
    findings
}
