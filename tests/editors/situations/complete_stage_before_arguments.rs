//! The name of a stage whose arguments are there already.
//! completes: throttle

use fastts_server::prelude::*;

router! {
    pipeline "P" {
        thr$0(3, 5s);
        stdout
    }
}

fn main() -> std::process::ExitCode {
    fastts_server::run(router())
}
