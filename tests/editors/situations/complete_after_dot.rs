//! A dot in a closure, and nothing behind it.
//! completes: host, metric, is_expired

use fastts_server::prelude::*;

router! {
    pipeline "P" {
        filter(|event| event.$0);
        stdout
    }
}

fn main() -> std::process::ExitCode {
    fastts_server::run(router())
}
