//! Looking for what a query asks for.

use std::fmt;
use std::ops::ControlFlow;
use std::time::Duration;

use super::Index;
use super::scan::Scan;
use crate::model::event::{Event, EventView};
use crate::query::{Budget, OutOfBudget, Query};

/// Why a search found nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SearchError {
    /// More events match than may be returned.
    TooMany {
        /// How many may be.
        limit: usize,
    },
    /// It was given up.
    GivenUp(OutOfBudget),
}

impl fmt::Display for SearchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SearchError::TooMany { limit } => write!(f, "more than {limit} events match: ask for fewer, or raise the limit"),
            SearchError::GivenUp(reason) => reason.fmt(f),
        }
    }
}

impl std::error::Error for SearchError {}

impl From<OutOfBudget> for SearchError {
    fn from(reason: OutOfBudget) -> SearchError {
        SearchError::GivenUp(reason)
    }
}

/// How long [`Index::search`] takes at most.
pub const QUERY_TIMEOUT: Duration = Duration::from_secs(5);

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
    /// When more than `limit` match; it stops there. When it takes longer than [five seconds](QUERY_TIMEOUT).
    pub fn search(&self, query: &Query, limit: usize) -> Result<Vec<Event>, SearchError> {
        self.search_within(query, limit, &mut Budget::lasting(QUERY_TIMEOUT))
    }

    /// As [`Index::search`], for as long as the budget lasts.
    ///
    /// # Errors
    /// When more than `limit` match, or the budget has run out.
    pub fn search_within(&self, query: &Query, limit: usize, budget: &mut Budget) -> Result<Vec<Event>, SearchError> {
        let mut found = Vec::new();
        let mut many = false;
        self.visit_within(query, budget, |event| {
            many = found.len() == limit;
            if many {
                return ControlFlow::Break(());
            }
            found.push(event.to_owned());
            ControlFlow::Continue(())
        })?;
        if many { Err(SearchError::TooMany { limit }) } else { Ok(found) }
    }

    /// Shows the events that a query matches to `each`, as [`Index::search`] finds them, until it says that it is enough, however long that
    /// takes. Nothing is locked while `each` runs.
    pub fn visit(&self, query: &Query, each: impl FnMut(EventView<'_>) -> ControlFlow<()>) {
        // A budget without a limit does not run out.
        let _ = self.visit_within(query, &mut Budget::unlimited(), each);
    }

    /// As [`Index::visit`], for as long as the budget lasts.
    ///
    /// # Errors
    /// When it has run out.
    pub fn visit_within(
        &self,
        query: &Query,
        budget: &mut Budget,
        mut each: impl FnMut(EventView<'_>) -> ControlFlow<()>,
    ) -> Result<(), OutOfBudget> {
        let mut scan = Scan::new(self, query.access());
        while scan.next().is_some() {
            budget.spend(1)?;
            for event in scan.events() {
                if query.matches_within(event, budget)? && each(event).is_break() {
                    return Ok(());
                }
            }
        }
        Ok(())
    }
}
