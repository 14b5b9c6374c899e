//! An option of a stage.
//! hover: pub fn init
//! defined: fastts-core/src/stages/changed.rs: pub fn init

use fastts_server::prelude::*;

router! {
    pipeline "P" {
        changed(state, in$0it = "ok");
        stdout
    }
}

fn main() -> std::process::ExitCode {
    fastts_server::run(router())
}
