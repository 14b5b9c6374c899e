//! A group as it is written.

use std::fmt;
use std::time::Duration;

/// A group, as it was written: pipelines and groups that stand and fall together.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Group {
    /// The name.
    pub name: &'static str,
    /// The doc comment, empty when there is none.
    pub description: &'static str,
    /// The group that it stands in, by its place in [`Router::groups`](crate::Router::groups); `None` at the top.
    pub parent: Option<usize>,
    /// What is in it, in the order in which it was written.
    pub members: Vec<Member>,
    /// The policy.
    pub policy: GroupPolicy,
}

/// What stands in a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Member {
    /// A pipeline, by its place in [`Router::pipelines`](crate::Router::pipelines).
    Pipeline(usize),
    /// A group, by its place in [`Router::groups`](crate::Router::groups).
    Group(usize),
}

/// Which members of a group are stopped and started again when one of them falls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Strategy {
    /// It alone.
    #[default]
    OneForOne,
    /// All of them.
    OneForAll,
    /// It, and those that are written below it.
    RestForOne,
}

impl fmt::Display for Strategy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Strategy::OneForOne => "one_for_one",
            Strategy::OneForAll => "one_for_all",
            Strategy::RestForOne => "rest_for_one",
        })
    }
}

/// What becomes of a pipeline that has panicked too often, or of a group that has restarted too often.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnStop {
    /// It drops what comes, and is tried again after a minute; doubled each time up to an hour, a minute again once it has run well for as long.
    #[default]
    Retry,
    /// It drops what comes for good, and [`Running::failed`](crate::Running::failed) tells, so that the program can end.
    Exit,
}

/// How a group is run; the attributes `#[one_for_one(…)]`, `#[one_for_all(…)]`, `#[rest_for_one(…)]` and `#[on_stop(…)]`.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct GroupPolicy {
    /// Who is started again.
    pub strategy: Strategy,
    /// How many restarts within `within` it may have; one more stops the group.
    pub restarts: u32,
    /// In which time restarts are counted.
    pub within: Duration,
    /// What becomes of it when it has restarted too often, of a group at the top; `None` for what the router does.
    pub on_stop: Option<OnStop>,
}

impl Default for GroupPolicy {
    /// Each member for itself, three restarts in five seconds.
    fn default() -> GroupPolicy {
        GroupPolicy { strategy: Strategy::OneForOne, restarts: 3, within: Duration::from_secs(5), on_stop: None }
    }
}

impl GroupPolicy {
    /// Makes the default policy.
    pub fn new() -> GroupPolicy {
        GroupPolicy::default()
    }

    /// Sets who is started again when a member falls.
    pub fn strategy(self, strategy: Strategy) -> GroupPolicy {
        GroupPolicy { strategy, ..self }
    }

    /// Sets how many restarts there may be within a time.
    pub fn restart(self, restarts: u32, within: Duration) -> GroupPolicy {
        GroupPolicy { restarts, within, ..self }
    }

    /// Sets what becomes of the group when it has restarted too often.
    pub fn on_stop(self, on_stop: OnStop) -> GroupPolicy {
        GroupPolicy { on_stop: Some(on_stop), ..self }
    }
}

/// When a member of a group that can end, as sources do, is started again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lifetime {
    /// Whenever it has ended, in whatever way.
    Permanent,
    /// When it failed: it panicked, or ended with an error. One that has ended well is not started again for its own sake, but with the others when
    /// its group starts them again.
    #[default]
    Transient,
    /// Never: when it has ended, in whatever way, or was stopped for another's sake, it is no member any more.
    Temporary,
}
