//! A stage in a fragment that is used twice.
//! hover: Runs a copy of a block for every key
//! defined: fastts-core/src/stages/by/mod.rs: pub fn by<

use fastts_server::prelude::*;

router! {
    stages critical(limit: f64) { where(metric > limit); b$0y(host) { throttle(1, 5s) } }

    pipeline "P" { critical(0.9); stdout }
    pipeline "Q" { critical(0.5); stdout }
}

fn main() -> std::process::ExitCode {
    fastts_server::run(router())
}
