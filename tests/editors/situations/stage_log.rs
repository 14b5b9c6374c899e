//! The log, with a text that has fields in it.
//! hover: Writes a line into the log of the program and passes the item on
//! defined: fastts-core/src/stages/log.rs: pub fn log<

use fastts_server::prelude::*;

router! {
    pipeline "P" {
        l$0og(warn, "{host} is {state}", rate = 10, per = 1s)
    }
}

fn main() -> std::process::ExitCode {
    fastts_server::run(router())
}
