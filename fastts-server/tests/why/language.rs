//! A router of what the language has beside stages: fragments, and blocks that need no `by`. The snapshots hold its lines.

use fastts_server::prelude::*;

router! {
    pub fn language;

    /// What is above a limit, once a minute and host.
    stages critical(limit: f64) {
        where(metric > limit);
        by(host) { throttle(1, 1m) }
    }

    stages loud(limit: f64) { critical(limit * 2.0); tag("loud") }

    pipeline "fragments" {
        critical(0.9);
        by(service) { loud(1.0); changed(state) }
        stdout
    }

    pipeline "changes" {
        changed_state(init = "ok") { where(metric > 1); stable(1m, state) }
        stdout
    }
}
