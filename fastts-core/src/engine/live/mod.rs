//! The run-time: hands batches to pipelines, restarts those that panic, and stops them all in good order.
//!
//! | file | what it is |
//! |---|---|
//! | `running` | the handle: start, deliver, send, stats |
//! | `worker` | one pipeline at run time: where and when its chain runs |
//! | `chunk` | one call of a chain: timed and counted |
//! | `lifecycle` | a chain is built again, taken down, flushed |
//! | `supervisor`, `restarts` | what becomes of a pipeline that has panicked; restart intensity and back-off |
//! | `groups/` | pipelines and sources that stand and fall together: who fell is reported, a task decides and has it done |
//! | `mailbox` | what a pipeline has accepted and not run; the overflow policies |
//! | `publishing` | from a chain that publishes to the pipelines that subscribe |
//! | `boundaries` | what comes back to a chain from its pools |
//! | `linked` | pipelines that topics connect: their timers fire in one order |
//! | `held` | how much its stages hold, and what happens when that is too much |
//! | `cost` | whether a pipeline is cheap enough to run where its data is |
//! | `demand` | how many items a pipeline has taken and is not done with |
//! | `timers` | wakes pipelines whose timers are due while nothing comes |
//! | `expiry` | expires the entries of the index, and tells the pipelines |
//! | `calls` | calls and casts: an item for one pipeline, and the reply for whoever waits |
//! | `intake` | where a source hands over what it brings |
//! | `sources` | supervision of the sources |
//! | `watchdog` | keeps the sockets watched while pipelines are slow |
//! | `reserve` | worker threads for when stages keep others |
//! | `toll` | what counters tell of losses, for the log |
//! | `caught_up` | waiting until what was accepted has run |
//! | `drain` | the orderly end |
//! | `letters` | dead letters |
//! | `stats`, `status` | counters, and what is told of a pipeline while it is busy |
//!
//! What the run-time promises is in `docs/runtime.md`.

mod boundaries;
mod calls;
mod caught_up;
mod chunk;
mod cost;
mod demand;
mod drain;
mod expiry;
mod groups;
mod held;
mod intake;
mod letters;
mod lifecycle;
mod linked;
mod mailbox;
mod options;
mod publishing;
mod reserve;
mod restarts;
mod running;
mod sources;
mod stats;
mod status;
mod supervisor;
mod timers;
mod toll;
mod watchdog;
mod worker;

pub use calls::CallStats;
pub use drain::{Drained, Left};
pub use groups::{GroupMember, GroupState, GroupStats};
pub use intake::Intake;
pub use letters::{DeadLetter, Reason};
pub use options::Options;
pub use reserve::Reserve;
pub use running::Running;
pub use sources::{SourceState, SourceStats};
pub use stats::{PipelineState, PipelineStats, StageStats, Stuck};

pub use crate::chain::boundaries::{BoundaryState, BoundaryStats};
use crate::engine::graph::Topology;
use crate::engine::router::Pipeline;
use crate::model::panics::{Panic, catch};

/// Builds the chain of a pipeline and throws it away; returns its stages as they were written, with what they became.
///
/// # Errors
/// What a constructor of a stage panicked with, and where.
pub fn build_check(pipeline: &Pipeline) -> Result<Topology, Panic> {
    catch(|| pipeline.topology())
}
