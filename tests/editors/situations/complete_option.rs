//! The name of an option, begun.
//! completes: init

use fastts_server::prelude::*;

router! {
    pipeline "P" {
        changed(state, in$0 = "ok");
        stdout
    }
}

fn main() -> std::process::ExitCode {
    fastts_server::run(router())
}
