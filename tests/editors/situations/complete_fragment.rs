//! The name of a fragment, begun.
//! completes: critical

use fastts_server::prelude::*;

router! {
    stages critical(limit: f64) { where(metric > limit) }

    pipeline "P" {
        by(host) { crit$0 }
    }
}

fn main() -> std::process::ExitCode {
    fastts_server::run(router())
}
