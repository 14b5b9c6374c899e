//! A condition with nothing in it.
//! completes: service, metric

use fastts_server::prelude::*;

router! {
    pipeline "P" {
        where($0);
        stdout
    }
}

fn main() -> std::process::ExitCode {
    fastts_server::run(router())
}
