//! Looking for what a query asks for.

use std::fmt;
use std::ops::ControlFlow;

use super::Index;
use super::postings::Kind;
use super::shard::Shard;
use crate::model::event::{Event, EventView};
use crate::query::{Access, Query};

/// More events match a query than may be returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TooMany {
    /// How many may be.
    pub limit: usize,
}

impl fmt::Display for TooMany {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "more than {} events match: ask for fewer, or raise the limit", self.limit)
    }
}

impl std::error::Error for TooMany {}

/// How many entries are looked at before writers are let in.
const STEP: usize = 256;

impl Index {
    /// Returns copies of the events that a query matches, in no order.
    ///
    /// It looks at no more than it has to: at one entry when the query fixes host and service, at those of a host, a service or a
    /// tag when it fixes that, at those of the hosts or services that begin so when it says how they begin. Events come and go
    /// meanwhile, so it is not the state of one instant; each event is as it was when the search came to it.
    ///
    /// ```
    /// use fastts_core::{Index, Time, event, query::Query};
    ///
    /// let index = Index::new();
    /// index.insert(event! { host: "web1", service: "api rate", metric: 7 }.view(), Time::EPOCH);
    /// let query = Query::parse(r#"service =~ "api %" and metric > 5"#)?;
    /// assert_eq!(index.search(&query, 10).unwrap().len(), 1);
    /// assert_eq!(index.search(&query, 0).unwrap_err().to_string(), "more than 0 events match: ask for fewer, or raise the limit");
    /// # Ok::<(), fastts_core::query::QueryError>(())
    /// ```
    ///
    /// # Errors
    /// When more than `limit` match; it stops there.
    pub fn search(&self, query: &Query, limit: usize) -> Result<Vec<Event>, TooMany> {
        let mut found = Vec::new();
        let mut many = false;
        self.visit(query, |event| {
            many = found.len() == limit;
            if many {
                return ControlFlow::Break(());
            }
            found.push(event.to_owned());
            ControlFlow::Continue(())
        });
        if many { Err(TooMany { limit }) } else { Ok(found) }
    }

    /// Shows the events that a query matches to `each`, as [`Index::search`] finds them, until it says that it is enough. Copies nothing.
    ///
    /// Some of the index is locked while `each` runs: it must not use the index, and should be quick.
    pub fn visit(&self, query: &Query, mut each: impl FnMut(EventView<'_>) -> ControlFlow<()>) {
        let mut matching = |event: EventView<'_>| if query.matches(event) { each(event) } else { ControlFlow::Continue(()) };
        // Written down at every step that may end.
        let _ = match query.access() {
            Access::Nothing => ControlFlow::Continue(()),
            Access::All => self.visit_all(matching),
            Access::One { host, service } => {
                let place = self.place(host, service);
                let shard = self.shard_of(place);
                match shard.find(place).and_then(|slot| shard.event(slot)) {
                    Some(event) => matching(event),
                    None => ControlFlow::Continue(()),
                }
            }
            access => self.visit_found(&access, matching),
        };
    }

    /// Shows all events.
    pub(super) fn visit_all(&self, mut each: impl FnMut(EventView<'_>) -> ControlFlow<()>) -> ControlFlow<()> {
        for number in 0..self.shards() {
            let mut shard = self.shard(number);
            let mut from = 0;
            while from < shard.slots() {
                let to = from + STEP as u32;
                (from..to).filter_map(|slot| shard.event(slot)).try_for_each(&mut each)?;
                from = to;
                drop(shard);
                shard = self.shard(number);
            }
        }
        ControlFlow::Continue(())
    }

    /// Shows the events that a look-up finds, each once.
    fn visit_found(&self, access: &Access<'_>, mut each: impl FnMut(EventView<'_>) -> ControlFlow<()>) -> ControlFlow<()> {
        let mut found = Vec::new();
        for number in 0..self.shards() {
            let mut shard = self.shard(number);
            found.clear();
            self.find(access, number, &shard, &mut found);
            if let Access::Any(_) = access {
                found.sort_unstable();
            }
            found.dedup();
            for (step, slots) in found.chunks(STEP).enumerate() {
                if step > 0 {
                    drop(shard);
                    shard = self.shard(number);
                }
                slots.iter().filter_map(|&slot| shard.event(slot)).try_for_each(&mut each)?;
            }
        }
        ControlFlow::Continue(())
    }

    /// Appends the slots of a shard that a look-up finds.
    fn find(&self, access: &Access<'_>, number: usize, shard: &Shard, found: &mut Vec<u32>) {
        let (postings, seed) = (shard.postings(), self.seed());
        match access {
            Access::Nothing => {}
            Access::One { host, service } => {
                let place = self.place(*host, *service);
                if self.number_of(place) == number {
                    found.extend(shard.find(place));
                }
            }
            Access::Host(host) => postings.find(seed, Kind::Host, host, found),
            Access::Service(service) => postings.find(seed, Kind::Service, service, found),
            Access::Tag(tag) => postings.find(seed, Kind::Tag, tag, found),
            Access::HostPrefix(prefix) => postings.find_prefix(Kind::Host, prefix, found),
            Access::ServicePrefix(prefix) => postings.find_prefix(Kind::Service, prefix, found),
            Access::Any(several) => several.iter().for_each(|access| self.find(access, number, shard, found)),
            Access::All => found.extend(0..shard.slots()),
        }
    }
}
