//! A stage between two that are there.
//! completes: rate, changed_state, where_

use fastts_server::prelude::*;

router! {
    pipeline "P" {
        under(12);
        $0
        stdout
    }
}

fn main() -> std::process::ExitCode {
    fastts_server::run(router())
}
