//! An option of the log.
//! completes: rate

use fastts_server::prelude::*;

router! {
    pipeline "P" {
        log(warn, "{host}", ra$0 = 10)
    }
}

fn main() -> std::process::ExitCode {
    fastts_server::run(router())
}
