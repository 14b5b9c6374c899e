//! A dot in a closure inside of `by`.
//! completes: service

use fastts_server::prelude::*;

router! {
    pipeline "P" {
        by(host) {
            filter(|event| event.$0);
            stdout
        }
    }
}

fn main() -> std::process::ExitCode {
    fastts_server::run(router())
}
