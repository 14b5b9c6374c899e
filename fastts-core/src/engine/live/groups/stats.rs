//! What is told of groups.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::engine::groups::decision::Leaf;
use crate::engine::groups::policy::Strategy;
use crate::engine::live::running::Running;
use crate::model::time::Time;

/// What a group has done so far.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct GroupStats {
    /// The name.
    pub name: &'static str,
    /// The name of the group that it stands in; `None` at the top.
    pub parent: Option<&'static str>,
    /// Which members are started again when one falls.
    pub strategy: Strategy,
    /// What it is doing.
    pub state: GroupState,
    /// In how long it is tried again while it is stopped; `None` when it is not, or the program ends.
    pub again: Option<Duration>,
    /// How often members were started again as one of them had fallen.
    pub restarts: u64,
    /// Its members, in the order in which they start.
    pub members: Vec<GroupMember>,
}

/// A member of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct GroupMember {
    /// What it is: `pipeline`, `source` or `group`.
    pub kind: &'static str,
    /// Its name.
    pub name: Arc<str>,
    /// Whether it runs, or is about to.
    pub is_up: bool,
}

/// What a group is doing; it is written in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum GroupState {
    /// It sees to its members.
    Running,
    /// It, or a group that it stands in, has restarted too often; its pipelines accept events and drop them, and it is tried again after a long while.
    Stopped,
}

impl fmt::Display for GroupState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            GroupState::Running => "running",
            GroupState::Stopped => "stopped",
        })
    }
}

impl Running {
    /// Returns what each group has done so far, in the order in which they were written: a group before those in it.
    pub fn groups(&self) -> Vec<GroupStats> {
        let shared = self.shared();
        let now = shared.env.clock.steady();
        let tree = shared.env.supervisor.groups.tree();
        let member = |one: Result<Leaf, usize>| match one {
            Ok(leaf @ Leaf::Pipeline(pipeline)) => {
                let name = shared.workers[pipeline].pipeline.name().into();
                GroupMember { kind: "pipeline", name, is_up: tree.is_up(leaf) }
            }
            Ok(leaf @ Leaf::Source(source)) => GroupMember { kind: "source", name: shared.sources.name(source), is_up: tree.is_up(leaf) },
            Err(group) => GroupMember { kind: "group", name: tree.nodes()[group].name.into(), is_up: tree.stopped_until(group).is_none() },
        };
        let group = |place: usize| {
            let node = &tree.nodes()[place];
            let until = tree.stopped_until(place);
            GroupStats {
                name: node.name,
                parent: node.parent.map(|parent| tree.nodes()[parent].name),
                strategy: node.strategy,
                state: if until.is_some() { GroupState::Stopped } else { GroupState::Running },
                again: until.filter(|&until| until < Time::MAX).map(|until| until.since(now)),
                restarts: node.restarts,
                members: tree.members(place).into_iter().map(member).collect(),
            }
        };
        (0..tree.nodes().len()).map(group).collect()
    }
}
