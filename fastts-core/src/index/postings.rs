//! Which entries have a host, a service or a tag.

use std::hash::{BuildHasher, Hasher};

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use super::shard::reserve;
use crate::model::event::EventView;

/// What a list is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Host,
    Service,
    Tag,
}

/// Lists of entries: one for each host, each service and each tag.
///
/// # Design
/// A text is known by its hash and its first bytes, and kept nowhere: of two that are the same in both, the entries are in one
/// list. Whoever looks an event up tries it anyway, so a list may hold too much and never too little. The nodes of an entry hang
/// together in the order in which [`keys`] tells its texts, so that nothing else has to say to which list each belongs.
#[derive(Debug, Default)]
pub(super) struct Postings {
    lists: HashTable<List>,
    nodes: Vec<Node>,
    /// The first of the nodes that are free, chained by `next`.
    free: u32,
    used: usize,
}

#[derive(Clone, Copy, Debug)]
struct List {
    hash: u64,
    start: [u8; START],
    kind: Kind,
    first: u32,
}

/// How many bytes of a text a list knows: what a look-up by the beginning of a text needs, mostly.
const START: usize = 8;

/// One entry in one list.
#[derive(Clone, Copy, Debug)]
struct Node {
    entry: u32,
    next: u32,
    previous: u32,
    /// The next node of the same entry.
    sibling: u32,
}

/// No node.
pub(super) const NONE: u32 = u32::MAX;

/// The texts under which an event is found, the same for events of one host and service with the same tags.
fn keys(event: EventView<'_>) -> impl Iterator<Item = (Kind, &str)> {
    let host = event.host().map(|text| (Kind::Host, text));
    let service = event.service().map(|text| (Kind::Service, text));
    host.into_iter().chain(service).chain(event.tags().map(|text| (Kind::Tag, text)))
}

fn hash(seed: &RandomState, kind: Kind, text: &str) -> u64 {
    let mut hasher = seed.build_hasher();
    hasher.write_u8(kind as u8);
    hasher.write(text.as_bytes());
    hasher.finish()
}

fn start(text: &str) -> [u8; START] {
    let mut start = [0; START];
    let len = text.len().min(START);
    start[..len].copy_from_slice(&text.as_bytes()[..len]);
    start
}

impl Postings {
    /// Makes empty lists.
    pub(super) fn new() -> Postings {
        Postings { free: NONE, ..Postings::default() }
    }

    /// Puts an entry into the lists of its event; returns the first of its nodes.
    pub(super) fn link(&mut self, seed: &RandomState, entry: u32, event: EventView<'_>) -> u32 {
        let (mut first, mut last) = (NONE, NONE);
        for (kind, text) in keys(event) {
            let node = self.push(seed, kind, text, entry);
            match self.nodes.get_mut(last as usize) {
                Some(last) => last.sibling = node,
                None => first = node,
            }
            last = node;
        }
        first
    }

    /// Takes an entry out of the lists of its event.
    pub(super) fn unlink(&mut self, seed: &RandomState, first: u32, event: EventView<'_>) {
        let mut at = first;
        for (kind, text) in keys(event) {
            let Some(&node) = self.nodes.get(at as usize) else { return };
            let Node { next, previous, sibling, .. } = node;
            if let Some(next) = self.nodes.get_mut(next as usize) {
                next.previous = previous;
            }
            match self.nodes.get_mut(previous as usize) {
                Some(previous) => previous.next = next,
                None => self.set_first(seed, kind, text, next),
            }
            self.nodes[at as usize].next = self.free;
            self.free = at;
            self.used -= 1;
            at = sibling;
        }
        if self.used == 0 {
            *self = Postings::new();
        }
    }

    /// Puts an entry in front of a list.
    fn push(&mut self, seed: &RandomState, kind: Kind, text: &str, entry: u32) -> u32 {
        let (hash, start) = (hash(seed, kind, text), start(text));
        let at = match self.nodes.get(self.free as usize) {
            Some(free) => std::mem::replace(&mut self.free, free.next),
            None => self.nodes.len() as u32,
        };
        let same = |list: &List| list.hash == hash && list.kind == kind && list.start == start;
        let next = match self.lists.find_mut(hash, same) {
            Some(list) => std::mem::replace(&mut list.first, at),
            None => {
                self.lists.insert_unique(hash, List { hash, start, kind, first: at }, |list| list.hash);
                NONE
            }
        };
        let node = Node { entry, next, previous: NONE, sibling: NONE };
        match self.nodes.get_mut(at as usize) {
            Some(free) => *free = node,
            None => {
                reserve(&mut self.nodes);
                self.nodes.push(node);
            }
        }
        if let Some(next) = self.nodes.get_mut(next as usize) {
            next.previous = at;
        }
        self.used += 1;
        at
    }

    fn set_first(&mut self, seed: &RandomState, kind: Kind, text: &str, first: u32) {
        let (hash, start) = (hash(seed, kind, text), start(text));
        let same = |list: &List| list.hash == hash && list.kind == kind && list.start == start;
        if let Ok(mut list) = self.lists.find_entry(hash, same) {
            if first == NONE {
                list.remove();
            } else {
                list.get_mut().first = first;
            }
        }
    }

    /// Appends the entries of a list. An event that has a tag several times stands there as often, side by side.
    pub(super) fn find(&self, seed: &RandomState, kind: Kind, text: &str, found: &mut Vec<u32>) {
        let (hash, start) = (hash(seed, kind, text), start(text));
        let same = |list: &List| list.hash == hash && list.kind == kind && list.start == start;
        if let Some(list) = self.lists.find(hash, same) {
            self.collect(list, found);
        }
    }

    /// Appends the entries of all lists whose text begins like `prefix`, and of some others.
    pub(super) fn find_prefix(&self, kind: Kind, prefix: &str, found: &mut Vec<u32>) {
        let begins = &prefix.as_bytes()[..prefix.len().min(START)];
        let lists = self.lists.iter().filter(|list| list.kind == kind && list.start.starts_with(begins));
        lists.for_each(|list| self.collect(list, found));
    }

    fn collect(&self, list: &List, found: &mut Vec<u32>) {
        let mut at = list.first;
        while let Some(node) = self.nodes.get(at as usize) {
            found.push(node.entry);
            at = node.next;
        }
    }

    /// Returns the number of lists and of nodes in use.
    #[cfg(test)]
    pub(super) fn sizes(&self) -> (usize, usize) {
        (self.lists.len(), self.used)
    }
}
