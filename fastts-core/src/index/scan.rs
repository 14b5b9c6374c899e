//! Going through the entries that a look-up finds, a step at a time.

use super::Index;
use super::postings::Kind;
use super::shard::Shard;
use crate::model::event::{Batch, Event, EventView};
use crate::model::item::Item;
use crate::query::Access;

/// How many entries a step copies at most: as long nobody writes into their part of the index.
const STEP: usize = 256;
/// How many bytes of them; one entry in any case.
const STEP_BYTES: usize = 1 << 20;
/// How many beginnings of hosts and services are looked up. Each is held against every host and service of a part.
const PREFIXES: usize = 8;

/// Goes through the entries that a look-up finds.
///
/// Each step locks one part of the index, copies a few entries, and unlocks it: whatever is done with the copies, writers do not wait for it.
/// An entry that changes meanwhile is seen as it is when its step comes.
#[derive(Debug)]
pub(super) struct Scan<'i, 'q> {
    index: &'i Index,
    access: Access<'q>,
    /// The part that is looked at next, and what of it: all slots from `at` on, or of those that were found.
    shard: usize,
    at: usize,
    found: Option<Vec<u32>>,
    copies: Batch,
    /// The slots of the copies.
    slots: Vec<u32>,
}

impl<'i, 'q> Scan<'i, 'q> {
    /// Begins.
    pub(super) fn new(index: &'i Index, access: Access<'q>) -> Scan<'i, 'q> {
        let is_prefix = |access: &&Access<'_>| matches!(access, Access::HostPrefix(_) | Access::ServicePrefix(_));
        let access = match access {
            Access::Any(several) if several.iter().filter(is_prefix).count() > PREFIXES => Access::All,
            access => access,
        };
        let shard = match &access {
            Access::Nothing => index.shards(),
            Access::One { host, service } => index.number_of(index.place(*host, *service)),
            _ => 0,
        };
        Scan { index, access, shard, at: 0, found: None, copies: Batch::default(), slots: Vec::new() }
    }

    /// Copies the next entries, and returns the number of the part that they are in; `None` at the end. There may be none in a step.
    pub(super) fn next(&mut self) -> Option<usize> {
        Event::clear(&mut self.copies);
        self.slots.clear();
        if self.shard >= self.index.shards() {
            return None;
        }
        let number = self.shard;
        let shard = self.index.shard(number);
        if self.at == 0 && !matches!(self.access, Access::All) {
            let mut found = self.found.take().unwrap_or_default();
            found.clear();
            find(self.index, &self.access, self.shard, &shard, &mut found);
            if let Access::Any(_) = self.access {
                found.sort_unstable();
            }
            found.dedup();
            self.found = Some(found);
        }
        let end = self.found.as_ref().map_or(shard.slots() as usize, Vec::len);
        let mut bytes = 0;
        while self.at < end && self.slots.len() < STEP && bytes < STEP_BYTES {
            let slot = self.found.as_ref().map_or(self.at as u32, |found| found[self.at]);
            self.at += 1;
            if let Some(event) = shard.event(slot) {
                bytes += event.size();
                self.copies.push(event);
                self.slots.push(slot);
            }
        }
        if self.at >= end {
            self.at = 0;
            self.shard = if let Access::One { .. } = self.access { self.index.shards() } else { self.shard + 1 };
        }
        Some(number)
    }

    /// Returns the copies of the last step.
    pub(super) fn events(&self) -> impl Iterator<Item = EventView<'_>> {
        self.copies.iter()
    }

    /// Returns the slots of the copies of the last step.
    pub(super) fn slots(&self) -> &[u32] {
        &self.slots
    }
}

/// Appends the slots of a part that a look-up finds.
fn find(index: &Index, access: &Access<'_>, number: usize, shard: &Shard, found: &mut Vec<u32>) {
    let (postings, seed) = (shard.postings(), &index.shared.seed);
    match access {
        Access::Nothing => {}
        Access::One { host, service } => {
            let place = index.place(*host, *service);
            if index.number_of(place) == number {
                found.extend(shard.find(place));
            }
        }
        Access::Host(host) => postings.find(seed, Kind::Host, host, found),
        Access::Service(service) => postings.find(seed, Kind::Service, service, found),
        Access::Tag(tag) => postings.find(seed, Kind::Tag, tag, found),
        Access::HostPrefix(prefix) => postings.find_prefix(Kind::Host, prefix, found),
        Access::ServicePrefix(prefix) => postings.find_prefix(Kind::Service, prefix, found),
        Access::Any(several) => {
            for access in several {
                find(index, access, number, shard, found);
                // It is no look-up any more when it finds everything several times.
                if found.len() > 2 * shard.slots() as usize + STEP {
                    found.clear();
                    found.extend(0..shard.slots());
                    return;
                }
            }
        }
        Access::All => found.extend(0..shard.slots()),
    }
}
