//! `tee`, written once and called for each branch.
//! hover: Gives every item to a branch
//! defined: fastts-core/src/stages/branch.rs: pub fn tee<

use fastts_server::prelude::*;

router! {
    pipeline "P" {
        t$0ee { { stdout } { rate(5); stdout } }
    }
}

fn main() -> std::process::ExitCode {
    fastts_server::run(router())
}
