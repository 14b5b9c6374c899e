//! Running what may wait long, on a thread of an asynchronous run-time.

use crate::model::panics::catch;

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
