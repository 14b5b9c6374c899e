//! Keeps the sockets watched while pipelines are slow.
//!
//! One thread of tokio waits for the sockets at a time. When it wakes up for one message it runs the pipelines itself, and no
//! other thread takes its place as long as there is only that to do. Should a stage then block, nothing would be read from any
//! connection meanwhile. A task from outside wakes another thread, which then waits for the sockets.

use std::sync::Weak;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::Duration;

use super::listener::Shared;
use crate::destination::Destination;

/// How often to look while there is something to do, and while there is nothing.
const BUSY: Duration = Duration::from_millis(10);
const IDLE: Duration = Duration::from_millis(200);

/// Looks after the server until it is gone.
pub(super) fn start<D: Destination>(shared: Weak<Shared<D>>) {
    let tokio = tokio::runtime::Handle::current();
    let watch = move || {
        let (mut seen, mut pause) = (0, IDLE);
        loop {
            thread::sleep(pause);
            let Some(shared) = shared.upgrade() else { return };
            // In this order, so that what begins in between is not taken for something that is stuck.
            let ended = shared.counters.ended.load(Ordering::Acquire);
            let begun = shared.counters.begun.load(Ordering::Acquire);
            if begun != ended && ended == seen {
                tokio.spawn(async {});
            }
            pause = if begun != ended || ended != seen { BUSY } else { IDLE };
            seen = ended;
        }
    };
    if let Err(error) = thread::Builder::new().name("watch".to_owned()).spawn(watch) {
        tracing::warn!("cannot start the thread that watches for stages that block: {error}");
    }
}
