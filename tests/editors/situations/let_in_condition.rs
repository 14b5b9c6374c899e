//! A `let` of the router, in a condition.
//! hover: limit: f64
//! defined: src/main.rs: let limit = 12.0;

use fastts_server::prelude::*;

router! {
    let limit = 12.0;

    pipeline "P" {
        where(metric > lim$0it);
        stdout
    }
}

fn main() -> std::process::ExitCode {
    fastts_server::run(router())
}
