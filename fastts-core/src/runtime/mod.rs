//! The run-time: hands batches to pipelines, restarts those that panic, and stops them all in good order.
//!
//! | file | what it is |
//! |---|---|
//! | `running` | the handle: start, deliver, send, stats |
//! | `worker` | one pipeline at run time: where and when its chain runs |
//! | `chunk` | one call of a chain: timed, counted, its panics caught |
//! | `mailbox` | what a pipeline has accepted and not run; the overflow policies |
//! | `publishing` | from a chain that publishes to the pipelines that subscribe |
//! | `cost` | whether a pipeline is cheap enough to run where its data is |
//! | `restarts` | restart intensity and back-off |
//! | `panics` | catching panics with their message and place |
//! | `timers` | wakes pipelines whose timers are due while nothing comes |
//! | `expiry` | expires the entries of the index, and tells the pipelines |
//! | `caught_up` | waiting until what was accepted has run |
//! | `drain` | the orderly end |
//! | `letters`, `stats` | dead letters and counters |
//! | `clock` | the only place that asks the system for the time |
//!
//! What the run-time promises is in `docs/runtime.md`.

mod caught_up;
mod chunk;
mod clock;
mod cost;
mod drain;
mod error;
mod expiry;
mod letters;
mod mailbox;
mod options;
mod panics;
mod publishing;
mod restarts;
mod running;
mod stats;
mod timers;
mod worker;

pub(crate) use clock::Limit;
pub use clock::{Clock, ManualClock};
pub use drain::{Drained, Left};
pub use error::{Draining, SendError, StartError};
pub use letters::{DeadLetter, Reason};
pub(crate) use mailbox::SharedBatch;
pub use options::Options;
pub use panics::Panic;
pub(crate) use panics::catch;
pub use running::Running;
pub use stats::{PipelineState, PipelineStats, StageStats, Stuck};

use crate::router::Pipeline;
use crate::watch::Outline;

/// Builds the chain of a pipeline and throws it away; returns its stages as they were compiled.
///
/// # Errors
/// What a constructor of a stage panicked with, and where.
pub fn build_check(pipeline: &Pipeline) -> Result<Vec<Outline>, Panic> {
    catch(|| pipeline.outline())
}

/// As [`blocking`], for what need not wait, and so runs where tokio does not allow to wait as well: in a `LocalSet`.
#[cold]
pub(crate) fn may_block<R>(run: impl FnOnce() -> R) -> R {
    let mut run = Some(run);
    let ran = catch(|| blocking(|| run.take().map(|run| run())));
    match (ran, run) {
        (Ok(Some(result)), _) => result,
        (_, Some(run)) => run(),
        (Err(panic), None) => panic!("{panic}"),
        // It was there to be taken.
        (Ok(None), None) => unreachable!("a closure that runs once ran twice"),
    }
}

/// Tells tokio that the closure may wait long, where that is possible; for sinks whose buffer is full.
///
/// On a worker thread of tokio's, the other tasks of that thread move to another one first, so that a reader that does not
/// keep up never stops the connections.
pub fn blocking<R>(wait: impl FnOnce() -> R) -> R {
    use tokio::runtime::{Handle, RuntimeFlavor};
    match Handle::try_current().map(|handle| handle.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(wait),
        _ => wait(),
    }
}
