//! Heads: simple conditions that decide which events a pipeline is given.

use std::fmt;

/// A condition that `router!` read off the first stages of a pipeline: `where(service == "api")` has the head
/// `Service(Equals("api"))`.
///
/// A pipeline with heads is given an event only if at least one of them holds for it. The event may still be turned down by the
/// stages of the pipeline: heads only spare them events that they would turn down for certain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Head {
    /// The host passes the test.
    Host(TextTest),
    /// The service passes the test.
    Service(TextTest),
    /// The state passes the test.
    State(TextTest),
    /// The description passes the test.
    Description(TextTest),
    /// The event has this tag.
    Tagged(&'static str),
}

/// A test of a text. An event without the text fails every test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TextTest {
    /// The text is this one.
    Equals(&'static str),
    /// The text begins with this.
    StartsWith(&'static str),
    /// The text ends with this.
    EndsWith(&'static str),
    /// The text contains this.
    Contains(&'static str),
    /// This regular expression is found in the text.
    Matches(&'static str),
}

impl fmt::Display for Head {
    /// Writes the head as a condition.
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
