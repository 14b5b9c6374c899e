//! Waiting until what was accepted has run.

use std::time::Duration;

use super::running::Running;

/// How long to wait between two looks: a pipeline that has work most likely takes a moment only.
const FIRST_LOOK: Duration = Duration::from_micros(100);
const LAST_LOOK: Duration = Duration::from_millis(10);

impl Running {
    /// Waits until every pipeline has run, or dropped, what it had accepted by now; for `limit` at most. Returns false when time was
    /// up before that.
    ///
    /// Accepted is less than done: a slow pipeline holds what it accepted in its mailbox. Whoever asks what came of an event, as a
    /// query of the index does, waits for this first. When nothing is in any mailbox it costs next to nothing.
    pub async fn caught_up(&self, limit: Duration) -> bool {
        let workers = &self.shared().workers;
        // The second time for what pipelines published to those that were looked at before them.
        let all = async {
            for worker in workers.iter().chain(workers) {
                if worker.is_idle() {
                    continue;
                }
                let look = worker.mailbox.look();
                let (then, mut pause) = (look.left + look.depth as i64, FIRST_LOOK);
                while !worker.is_past(then) {
                    tokio::time::sleep(pause).await;
                    pause = LAST_LOOK.min(2 * pause);
                }
            }
        };
        tokio::time::timeout(limit, all).await.is_ok()
    }
}
