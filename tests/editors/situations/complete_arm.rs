//! The right side of an arm, begun.
//! completes: scale

use fastts_server::prelude::*;

router! {
    pipeline "P" {
        split {
            metric > 5 => sca$0,
            _ => stdout,
        }
    }
}

fn main() -> std::process::ExitCode {
    fastts_server::run(router())
}
