//! Riemann's query language: which events somebody asks for, as text.
//!
//! `lexer` makes tokens of the text, `parser` a `tree` of them; `evaluate` tries the tree on an event, `access` says where in an
//! index to look; `budget` says how long that may take, `pattern` searches by regular expressions within it. The language as its users see it is in `docs/queries.md`.

mod access;
mod budget;
mod error;
mod evaluate;
mod habits;
mod lexer;
mod like;
mod number;
mod parser;
mod pattern;
mod print;
mod text;
mod tree;

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

pub use access::Access;
pub use budget::{Budget, OutOfBudget};
pub use error::QueryError;

use crate::model::event::EventView;

/// A query, parsed: `state = "critical" and service =~ "api%"`.
///
/// Cheap to clone. `Display` writes it in one normal form, which parses to the same query; `Debug` writes the tree in Riemann's
/// notation.
///
/// ```
/// use fastts_core::{event, query::Query};
///
/// let query = Query::parse(r#"metric > 0.9 and not tagged "test""#)?;
/// assert!(query.matches(event! { host: "web1", metric: 0.95 }.view()));
///
/// let error = Query::parse("metric > 0.9 && true").unwrap_err();
/// assert_eq!(error.to_string(), "unexpected `&&` at column 14: write `and`");
/// # Ok::<(), fastts_core::query::QueryError>(())
/// ```
///
/// # Differs from Riemann
///
/// Everything that Riemann accepts means the same, but for these:
///
/// - Operators need no spaces: `metric>5` is a comparison, where Riemann takes it for a name. So no name contains `=`, `!`, `<`,
///   `>`, `&&` or `||`.
/// - `metric = 12` holds for every 12, whether it was sent as a whole number or as a float; as in Riemann, `metric = 12.0` holds
///   for floats only.
/// - Both sides of `<`, `<=`, `>`, `>=` may be fields.
/// - A backslash always goes with the character after it: `"a\\"` is a text of two characters.
/// - What Riemann reads as the name of a field and is certainly meant to be something else is an error: `*`, `.5`, `+5`, `5x`
///   behind a minus.
/// - The regular expressions after `~=` are Rust's.
#[derive(Clone)]
pub struct Query(Arc<Parsed>);

struct Parsed {
    text: Box<str>,
    root: tree::Node,
}

/// What a query may cost to parse and to keep.
#[derive(Clone, Debug)]
pub struct QueryLimits {
    /// How many bytes of text: 65,536 unless set.
    pub length: usize,
    /// How deep parentheses and `not`s may nest: 128 unless it is set lower.
    pub depth: usize,
    /// How many conditions it may join: 1,024 unless set.
    pub terms: usize,
    /// How many regular expressions it may hold: 64 unless set.
    pub patterns: usize,
    /// How many bytes they may take together when compiled: 256 KiB unless set.
    pub pattern_size: usize,
}

impl Default for QueryLimits {
    fn default() -> QueryLimits {
        QueryLimits { length: 64 << 10, depth: 128, terms: 1_024, patterns: 64, pattern_size: 256 << 10 }
    }
}

impl QueryLimits {
    /// Returns limits for a query that was parsed before.
    pub(crate) fn none() -> QueryLimits {
        let most = usize::MAX;
        QueryLimits { length: most, depth: most, terms: most, patterns: most, pattern_size: most / 4 }
    }
}

impl Query {
    /// Parses a query, within the limits that are the default.
    ///
    /// # Errors
    /// When the text is no query: what is wrong, in which column, and what to write instead.
    pub fn parse(text: &str) -> Result<Query, QueryError> {
        Query::parse_within(text, &QueryLimits::default())
    }

    /// Parses a query that must keep within `limits`.
    ///
    /// # Errors
    /// As [`Query::parse`].
    pub fn parse_within(text: &str, limits: &QueryLimits) -> Result<Query, QueryError> {
        let root = parser::parse(text, limits).map_err(|fault| fault.in_text(text))?;
        Ok(Query(Arc::new(Parsed { text: text.into(), root })))
    }

    /// Returns whether the event is one that is asked for, however long that takes.
    #[inline]
    pub fn matches(&self, event: EventView<'_>) -> bool {
        // A budget without a limit does not run out.
        self.matches_within(event, &mut Budget::unlimited()).unwrap_or(false)
    }

    /// Returns whether the event is one that is asked for.
    ///
    /// # Errors
    /// When that takes longer than the budget lasts.
    #[inline]
    pub fn matches_within(&self, event: EventView<'_>, budget: &mut Budget) -> Result<bool, OutOfBudget> {
        self.0.root.matches(event, budget)
    }

    /// Returns the narrowest look-up in an index that misses no event that matches.
    pub fn access(&self) -> Access<'_> {
        access::of(&self.0.root)
    }

    /// Returns whether there is a regular expression in it.
    pub(crate) fn has_patterns(&self) -> bool {
        self.0.root.has_patterns()
    }

    /// Returns the text that was parsed.
    pub fn text(&self) -> &str {
        &self.0.text
    }
}

impl FromStr for Query {
    type Err = QueryError;

    fn from_str(text: &str) -> Result<Query, QueryError> {
        Query::parse(text)
    }
}

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0.root, f)
    }
}

impl fmt::Debug for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0.root, f)
    }
}
