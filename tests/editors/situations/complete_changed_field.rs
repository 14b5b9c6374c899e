//! The name of a field to be changed, begun.
//! completes: state

use fastts_server::prelude::*;

router! {
    pipeline "P" {
        with(sta$0 = "ok");
        stdout
    }
}

fn main() -> std::process::ExitCode {
    fastts_server::run(router())
}
