//! What was picked from a batch, in memory that is used again.

use super::cache::Cache;

/// Above so many events a batch is large: what it took is given back after it.
const LARGE: usize = 1 << 14;

/// Which events of a batch each pipeline wants, and what helped to find out.
#[derive(Debug)]
pub(crate) struct Picks {
    /// For each pipeline, in order and each once.
    lists: Vec<Vec<u32>>,
    /// Which of the lists say something; the other pipelines want everything.
    picky: Box<[bool]>,
    /// Of each field that is asked for, if it has tests.
    pub(super) caches: Vec<Option<Cache>>,
    /// How many events the batch has.
    events: usize,
}

impl Picks {
    pub(super) fn new(picky: &[bool], caches: Vec<Option<Cache>>) -> Picks {
        Picks { lists: vec![Vec::new(); picky.len()], picky: picky.into(), caches, events: 0 }
    }

    /// Begins a batch.
    pub(super) fn clear(&mut self, events: usize) {
        if self.events > LARGE {
            self.lists.iter_mut().filter(|list| list.capacity() > LARGE).for_each(|list| *list = Vec::new());
        }
        self.lists.iter_mut().for_each(Vec::clear);
        self.events = events;
    }

    /// Returns the lists and the caches, to be filled.
    #[inline]
    pub(super) fn parts(&mut self) -> (Lists<'_>, &mut [Option<Cache>]) {
        (Lists(&mut self.lists), &mut self.caches)
    }

    /// Returns the events that a pipeline wants, `None` for all.
    #[inline]
    pub(crate) fn of(&self, pipeline: usize) -> Option<&[u32]> {
        if self.picky.get(pipeline) == Some(&true) { self.lists.get(pipeline).map(Vec::as_slice) } else { None }
    }
}

/// The lists of a batch that is being picked from.
pub(super) struct Lists<'p>(&'p mut [Vec<u32>]);

impl Lists<'_> {
    /// Adds an event, the latest of this round, unless it is there.
    #[inline]
    pub(super) fn add(&mut self, pipeline: u32, event: u32) {
        if let Some(list) = self.0.get_mut(pipeline as usize)
            && list.last() != Some(&event)
        {
            list.push(event);
        }
    }

    /// Brings a list in order to which events were added in several rounds.
    pub(super) fn sort(&mut self, pipeline: u32) {
        if let Some(list) = self.0.get_mut(pipeline as usize) {
            list.sort_unstable();
            list.dedup();
        }
    }
}
