//! A field as a key.
//! hover: Returns the host,
//! defined: fastts-core/src/model/event/view.rs: pub fn host(

use fastts_server::prelude::*;

router! {
    pipeline "P" {
        by(ho$0st) { rate(5); stdout }
    }
}

fn main() -> std::process::ExitCode {
    fastts_server::run(router())
}
