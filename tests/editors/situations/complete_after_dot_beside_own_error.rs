//! A dot in a closure behind a stage that has a mistake.
//! completes: host

use fastts_server::prelude::*;

router! {
    pipeline "P" {
        under(1, 2);
        filter(|event| event.$0);
        stdout
    }
}

fn main() -> std::process::ExitCode {
    fastts_server::run(router())
}
