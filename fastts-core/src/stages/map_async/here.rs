//! One future, run to its end on the spot.

use std::future::Future;
use std::thread;
use std::time::Duration;

use tokio::runtime::{Builder, Handle};

use super::yields::Yields;
use crate::model::mishap::Mishap;

/// Runs a future to its end, in a run-time of its own whose clock jumps to whatever is waited for.
///
/// # Errors
/// When it gives an error, or takes longer than `timeout` by that clock.
///
/// # Panics
/// When the future does.
pub(super) fn run<T: Future<Output: Yields> + Send>(future: T, timeout: Duration) -> Result<<T::Output as Yields>::Item, Mishap> {
    // A run-time cannot be entered from within another.
    if Handle::try_current().is_ok() {
        let ran = thread::scope(|scope| scope.spawn(|| alone(future, timeout)).join());
        return ran.unwrap_or_else(|payload| std::panic::resume_unwind(payload));
    }
    alone(future, timeout)
}

fn alone<T: Future<Output: Yields>>(future: T, timeout: Duration) -> Result<<T::Output as Yields>::Item, Mishap> {
    let runtime = Builder::new_current_thread().enable_all().start_paused(true).build();
    let runtime = runtime.map_err(|error| Mishap::Failed(format!("no run-time could be made: {error}")))?;
    match runtime.block_on(async { tokio::time::timeout(timeout, future).await }) {
        Ok(given) => given.into_result().map_err(Mishap::Failed),
        Err(_) => Err(Mishap::TimedOut(timeout)),
    }
}
