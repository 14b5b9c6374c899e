//! The name of a stage.
//! hover: Passes on events whose metric is below `limit`
//! defined: fastts-core/src/stages/under.rs: pub fn under<

use fastts_server::prelude::*;

router! {
    pipeline "P" {
        und$0er(12);
        stdout
    }
}

fn main() -> std::process::ExitCode {
    fastts_server::run(router())
}
