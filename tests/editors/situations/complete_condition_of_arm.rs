//! The condition of an arm, begun.
//! completes: metric

use fastts_server::prelude::*;

router! {
    pipeline "P" {
        split {
            met$0 > 5 => tag("high"),
            _ => tag("low"),
        }
        stdout
    }
}

fn main() -> std::process::ExitCode {
    fastts_server::run(router())
}
