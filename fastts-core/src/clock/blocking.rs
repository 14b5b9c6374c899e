//! Running what may wait long, on a thread of an asynchronous run-time.

use crate::model::panics::catch;

/// Runs something that may turn out to block, such as the first chunk of a new chain: as [`blocking`] does, and plainly where tokio
/// does not allow that, in a `LocalSet`.
#[cold]
pub(crate) fn may_block<R>(run: impl FnOnce() -> R) -> R {
    let mut run = Some(run);
    let ran = catch(|| blocking(|| run.take().map(|run| run())));
    match (ran, run) {
        (Ok(Some(result)), _) => result,
        (_, Some(run)) => run(),
        (Err(panic), None) => panic!("{panic}"),
        // `ran` is `Some` whenever the closure was there to be taken, and it was.
        (Ok(None), None) => unreachable!("a closure that runs once ran twice"),
    }
}

/// Runs something that may wait long, such as for room in a sink's queue.
///
/// On a worker thread of tokio's, the other tasks of that thread move to another thread first, so that whoever waits here stops no
/// connection. Elsewhere it just runs.
///
/// # Panics
/// Inside a `LocalSet` of a multi-threaded run-time: tokio cannot move its tasks.
pub fn blocking<R>(wait: impl FnOnce() -> R) -> R {
    use tokio::runtime::{Handle, RuntimeFlavor};
    match Handle::try_current().map(|handle| handle.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(wait),
        _ => wait(),
    }
}
