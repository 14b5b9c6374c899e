//! Heads: what a pipeline asks of an event before anything else.

use std::fmt;

/// What the first conditions of a pipeline ask for, as far as the macro can read it.
///
/// A pipeline that has heads takes no notice of an event for which none of them holds. Of an event for which one does nothing is
/// known: the pipeline's own conditions decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Head {
    /// The host.
    Host(TextTest),
    /// The service.
    Service(TextTest),
    /// The state.
    State(TextTest),
    /// The description.
    Description(TextTest),
    /// A tag that the event has.
    Tagged(&'static str),
}

/// What a text has to be; a text that is missing is nothing of this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TextTest {
    /// This text.
    Equals(&'static str),
    /// One that begins with this.
    StartsWith(&'static str),
    /// One that ends with this.
    EndsWith(&'static str),
    /// One that holds this.
    Contains(&'static str),
    /// One in which this regular expression is found.
    Matches(&'static str),
}

impl fmt::Display for Head {
    /// Writes the head in the words of a condition.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Head::Host(test) => write!(f, "host {test}"),
            Head::Service(test) => write!(f, "service {test}"),
            Head::State(test) => write!(f, "state {test}"),
            Head::Description(test) => write!(f, "description {test}"),
            Head::Tagged(tag) => write!(f, "tagged {tag:?}"),
        }
    }
}

impl fmt::Display for TextTest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TextTest::Equals(text) => write!(f, "== {text:?}"),
            TextTest::StartsWith(text) => write!(f, "starts with {text:?}"),
            TextTest::EndsWith(text) => write!(f, "ends with {text:?}"),
            TextTest::Contains(text) => write!(f, "contains {text:?}"),
            TextTest::Matches(pattern) => write!(f, "=~ {pattern:?}"),
        }
    }
}
