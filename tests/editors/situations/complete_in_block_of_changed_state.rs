//! A condition in the block of a stage that needs none.
//! completes: service, metric

use fastts_server::prelude::*;

router! {
    pipeline "P" {
        changed_state(init = "ok") { where($0); stable(60s, state) }
        stdout
    }
}

fn main() -> std::process::ExitCode {
    fastts_server::run(router())
}
