//! A field that is changed.
//! hover: pub fn state
//! defined: fastts-core/src/model/event/change.rs: state State;

use fastts_server::prelude::*;

router! {
    pipeline "P" {
        with(sta$0te = "ok");
        stdout
    }
}

fn main() -> std::process::ExitCode {
    fastts_server::run(router())
}
