//! Groups at run time: who fell is reported, a task decides and has it done.
//!
//! | file | what it is |
//! |---|---|
//! | `ending` | in which order pipelines are flushed at the end |
//! | `keeper` | the task: takes reports, asks the tree what becomes of whom, has it done, tries again what was stopped |
//! | `orders` | what a pipeline does when its group says so: it is held, begins anew, is halted |
//! | `stats` | what is told of groups |

mod ending;
mod keeper;
mod orders;
mod stats;

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

pub(super) use ending::before_each;
pub(super) use keeper::serve;
pub(super) use orders::told;
pub use stats::{GroupMember, GroupState, GroupStats};

use crate::engine::groups::decision::{End, Leaf};
use crate::engine::groups::tree::Tree;
use crate::model::time::Time;

/// The groups of a router that runs.
///
/// # Design
/// A pipeline reports its fall under its own lock. What becomes of the others is decided and done elsewhere, by one task, so that no lock of a
/// pipeline is taken under that of another. The tree is ahead of what is done: it says who is meant to run.
#[derive(Debug)]
pub(crate) struct Groups {
    tree: Mutex<Tree>,
    /// Who has come to its end and was not looked at yet.
    ended: Mutex<VecDeque<(Leaf, End)>>,
    changed: Notify,
    closed: AtomicBool,
}

impl Groups {
    /// Keeps the groups of a tree.
    pub(crate) fn new(tree: Tree) -> Groups {
        Groups { tree: Mutex::new(tree), ended: Mutex::default(), changed: Notify::new(), closed: AtomicBool::new(false) }
    }

    /// Returns the tree. Nothing of the user's runs under its lock.
    pub(crate) fn tree(&self) -> MutexGuard<'_, Tree> {
        self.tree.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns until when the group of a pipeline is stopped.
    pub(crate) fn stopped(&self, pipeline: usize) -> Option<Time> {
        self.tree().stopped(Leaf::Pipeline(pipeline))
    }

    /// Returns the name of the group that a pipeline stands in.
    pub(crate) fn of(&self, pipeline: usize) -> Option<&'static str> {
        let tree = self.tree();
        tree.home(Leaf::Pipeline(pipeline)).map(|home| tree.nodes()[home].name)
    }

    /// Is told that somebody has come to its end: called before the lock is free under which it did.
    pub(crate) fn report(&self, leaf: Leaf, end: End) {
        self.reports().push_back((leaf, end));
        self.changed.notify_one();
    }

    /// Forgets what was reported of somebody who is stopped by now: it is started again anyway.
    fn forget(&self, leaf: Leaf) {
        self.reports().retain(|&(one, _)| one != leaf);
    }

    fn reports(&self) -> MutexGuard<'_, VecDeque<(Leaf, End)>> {
        self.ended.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends the task.
    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
        self.changed.notify_one();
    }
}
