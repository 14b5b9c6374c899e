//! A condition whose second half is begun.
//! completes: metric

use fastts_server::prelude::*;

router! {
    pipeline "P" {
        where(service == "api" && me$0);
        stdout
    }
}

fn main() -> std::process::ExitCode {
    fastts_server::run(router())
}
