//! What a tree of groups decides.

use std::time::Duration;

/// What a group may stop and start: what is no group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Leaf {
    /// A pipeline, by its index.
    Pipeline(usize),
    /// A source, by its index.
    Source(usize),
}

/// How a leaf came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// It panicked, or failed.
    Crashed,
    /// It had no more to do.
    Finished,
}

/// What becomes of the members of a group, after one of them has come to its end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Decision {
    /// The groups that have restarted too often, the innermost first.
    pub(crate) spent: Vec<usize>,
    /// Those that are stopped, in this order; whoever fell is not among them.
    pub(crate) stops: Vec<Leaf>,
    /// Those that are started then, in this order.
    pub(crate) starts: Vec<Leaf>,
    /// The group at the top that has stopped, instead.
    pub(crate) stopped: Option<Stopped>,
}

/// A group at the top that has restarted too often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stopped {
    pub(crate) group: usize,
    /// After how long it is tried again; `None` when the program is to end.
    pub(crate) rest: Option<Duration>,
}
