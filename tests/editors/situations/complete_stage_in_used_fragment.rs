//! A stage in a fragment that is used twice.
//! completes: under

use fastts_server::prelude::*;

router! {
    stages critical(limit: f64) { where(metric > limit); und$0 }

    pipeline "P" { critical(0.9); stdout }
    pipeline "Q" { critical(0.5); stdout }
}

fn main() -> std::process::ExitCode {
    fastts_server::run(router())
}
