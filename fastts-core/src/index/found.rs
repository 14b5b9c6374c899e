//! What a query has found, shown a piece at a time.

use super::search::SearchError;
use super::{Index, scan::Scan};
use crate::model::event::Batch;
use crate::query::{Budget, OutOfBudget, Query, QueryLimits};

/// The places of the entries that a query matched; made by [`Index::find`].
///
/// It holds no events, so that it takes little memory however large they are: [`Found::next`] copies a few at a time.
#[derive(Clone, Debug)]
pub struct Found {
    index: Index,
    asked: Asked,
    /// The part and the slot of each.
    places: Vec<(u32, u32)>,
    shown: usize,
}

/// What was asked for. A query with regular expressions is read again for each piece: what it takes compiled, and what those remember,
/// is not held for a reader that is slow.
#[derive(Clone, Debug)]
enum Asked {
    Query(Query),
    Text(Box<str>),
}

impl Asked {
    fn new(query: &Query) -> Asked {
        if query.has_patterns() { Asked::Text(query.text().into()) } else { Asked::Query(query.clone()) }
    }

    fn query(&self) -> Option<Query> {
        match self {
            Asked::Query(query) => Some(query.clone()),
            // It was read before.
            Asked::Text(text) => Query::parse_within(text, &QueryLimits::none()).ok(),
        }
    }
}

impl Index {
    /// Finds the events that a query matches, to be copied later.
    ///
    /// ```
    /// use fastts_core::query::{Budget, Query};
    /// use fastts_core::{Index, Time, event};
    ///
    /// let index = Index::new();
    /// index.insert(event! { host: "web1" }.view(), Time::EPOCH);
    /// let mut budget = Budget::unlimited();
    /// let mut found = index.find(&Query::parse("host != nil")?, 10, &mut budget).unwrap();
    /// assert_eq!(found.next(1 << 16, &mut budget).unwrap().unwrap().len(), 1);
    /// assert!(found.next(1 << 16, &mut budget).unwrap().is_none());
    /// # Ok::<(), fastts_core::query::QueryError>(())
    /// ```
    ///
    /// # Errors
    /// When more than `limit` match, or the budget has run out.
    pub fn find(&self, query: &Query, limit: usize, budget: &mut Budget) -> Result<Found, SearchError> {
        let mut places = Vec::new();
        let mut scan = Scan::new(self, query.access());
        while let Some(shard) = scan.next() {
            budget.spend(1)?;
            for (&slot, event) in scan.slots().iter().zip(scan.events()) {
                if !query.matches_within(event, budget)? {
                    continue;
                }
                if places.len() == limit {
                    return Err(SearchError::TooMany { limit });
                }
                places.push((shard as u32, slot));
            }
        }
        Ok(Found { index: self.clone(), asked: Asked::new(query), places, shown: 0 })
    }
}

impl Found {
    /// Copies the next of the events: of about so many bytes, one in any case; `None` at the end.
    ///
    /// Each is as it is now; one that does not match any more, as another has come in its place, is left out. There may be none.
    ///
    /// # Errors
    /// When the budget has run out.
    pub fn next(&mut self, bytes: usize, budget: &mut Budget) -> Result<Option<Batch>, OutOfBudget> {
        if self.is_shown() {
            return Ok(None);
        }
        let (mut copies, mut copied) = (Batch::default(), 0);
        while copied < bytes
            && let Some(&(number, _)) = self.places.get(self.shown)
        {
            let shard = self.index.shard(number as usize);
            while copied < bytes
                && let Some(&(_, slot)) = self.places.get(self.shown).filter(|(other, _)| *other == number)
            {
                self.shown += 1;
                if let Some(event) = shard.event(slot) {
                    copied += event.size();
                    copies.push(event);
                }
            }
        }
        let Some(query) = self.asked.query() else { return Ok(Some(Batch::default())) };
        let mut matching = Batch::default();
        for event in copies.iter() {
            if query.matches_within(event, budget)? {
                matching.push(event);
            }
        }
        Ok(Some(matching))
    }

    /// Returns whether all of them were shown.
    pub fn is_shown(&self) -> bool {
        self.shown == self.places.len()
    }

    /// Returns how many events were found.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Returns whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }
}
