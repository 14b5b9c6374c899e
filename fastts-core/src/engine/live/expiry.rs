//! Sees to it that the entries of the index expire, and tells the pipelines.

use std::sync::Weak;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::running::{Running, Shared};
use crate::clock::Clock;
use crate::index::Index;
use crate::model::event::{Batch, Event};
use crate::model::time::Time;
use crate::topics::INDEX;

/// How long to wait from one round to the next: what expires within it is told together, so that a million entries whose times
/// are all different are not a million wake-ups.
const PAUSE: Duration = Duration::from_millis(20);
/// How many events are told at once: while pipelines make the source wait, the others stay in the index.
const AT_ONCE: usize = 1_000;

/// Expires entries until the run-time is dropped or drained; what it delivers is subject to back-pressure as that of any source.
pub(super) async fn serve(index: Index, clock: Clock, shared: Weak<Shared>) {
    let mut earliest = Time::MIN;
    loop {
        if earliest > clock.now() + PAUSE {
            // The system's clock was set back: this must not wait until it is there again.
            earliest = Time::MIN;
        }
        let due = index.alarm().read(earliest, || index.deadline());
        tokio::select! {
            biased;
            () = index.alarm().rung() => {}
            () = clock.sleep_until_wall(due) => {}
        }
        let Some(running) = shared.upgrade().map(Running::of) else { return };
        let now = clock.now();
        if now < due {
            continue;
        }
        loop {
            // What has not expired by then stays where it is.
            if running.shared().env.draining.load(Ordering::SeqCst) {
                return;
            }
            let expired = index.expire_some(now, AT_ONCE);
            if expired.is_empty() {
                break;
            }
            if running.deliver(Batch::of(expired.iter().map(Event::view))).await.is_err() {
                return;
            }
            if running.publish(INDEX, expired).await.is_err() {
                return;
            }
        }
        earliest = now + PAUSE;
    }
}
