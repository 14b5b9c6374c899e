//! A parameter of a fragment, in a condition.
//! hover: limit: f64
//! defined: src/main.rs: stages critical(limit: f64)

use fastts_server::prelude::*;

router! {
    stages critical(limit: f64) { where(metric > lim$0it) }

    pipeline "P" { critical(0.9); stdout }
}

fn main() -> std::process::ExitCode {
    fastts_server::run(router())
}
