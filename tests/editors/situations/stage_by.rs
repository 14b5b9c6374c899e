//! `by`, which has keys and a block.
//! hover: Runs a copy of a block for every key
//! defined: fastts-core/src/stages/by/mod.rs: pub fn by<

use fastts_server::prelude::*;

router! {
    pipeline "P" {
        b$0y(host) { rate(5); stdout }
    }
}

fn main() -> std::process::ExitCode {
    fastts_server::run(router())
}
