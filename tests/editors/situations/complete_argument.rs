//! A constant as an argument, begun.
//! completes: LIMIT

use fastts_server::prelude::*;

router! {
    pipeline "P" {
        under(LI$0);
        stdout
    }
}

/// What is too much.
const LIMIT: f64 = 0.9;

fn main() -> std::process::ExitCode {
    fastts_server::run(router())
}
