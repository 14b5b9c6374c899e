//! A condition in a fragment that nobody uses yet.
//! completes: metric, service

use fastts_server::prelude::*;

router! {
    let names = String::from("x");
    stages critical(limit: f64) { tag("x"); where($0) }

    pipeline "P" {
        stdout
    }
}

fn main() -> std::process::ExitCode {
    fastts_server::run(router())
}
