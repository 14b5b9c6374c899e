//! `split`.
//! hover: Gives every item to the first arm whose condition holds
//! defined: fastts-core/src/stages/branch.rs: pub fn split<

use fastts_server::prelude::*;

router! {
    pipeline "P" {
        spl$0it { metric > 5 => tag("high"), _ => tag("low") }
        stdout
    }
}

fn main() -> std::process::ExitCode {
    fastts_server::run(router())
}
