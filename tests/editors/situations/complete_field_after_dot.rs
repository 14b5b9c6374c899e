//! A dot behind a field of a condition.
//! completes: is_some_and

use fastts_server::prelude::*;

router! {
    pipeline "P" {
        where(service.$0);
        stdout
    }
}

fn main() -> std::process::ExitCode {
    fastts_server::run(router())
}
