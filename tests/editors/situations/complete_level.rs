//! A level of the log.
//! completes: warn

use fastts_server::prelude::*;

router! {
    pipeline "P" {
        log(wa$0, "{host} is {state}")
    }
}

fn main() -> std::process::ExitCode {
    fastts_server::run(router())
}
