//! The name of a stage, begun.
//! completes: under

use fastts_server::prelude::*;

router! {
    pipeline "P" {
        und$0
    }
}

fn main() -> std::process::ExitCode {
    fastts_server::run(router())
}
