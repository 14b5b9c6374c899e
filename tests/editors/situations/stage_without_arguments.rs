//! A stage without arguments.
//! hover: Prints
//! defined: fastts-core/src/stages/stdout.rs: pub fn stdout<

use fastts_server::prelude::*;

router! {
    pipeline "P" {
        under(12);
        std$0out
    }
}

fn main() -> std::process::ExitCode {
    fastts_server::run(router())
}
