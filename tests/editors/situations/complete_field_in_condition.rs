//! A field in a condition, begun.
//! completes: service

use fastts_server::prelude::*;

router! {
    pipeline "P" {
        where(se$0 == "api");
        stdout
    }
}

fn main() -> std::process::ExitCode {
    fastts_server::run(router())
}
