//! A fragment, where it is used.
//! hover: fn critical(limit: f64)
//! hover: What is above a limit.
//! defined: src/main.rs: stages critical(limit: f64)

use fastts_server::prelude::*;

router! {
    /// What is above a limit.
    stages critical(limit: f64) { where(metric > limit) }

    pipeline "P" {
        crit$0ical(0.9);
        stdout
    }
}

fn main() -> std::process::ExitCode {
    fastts_server::run(router())
}
