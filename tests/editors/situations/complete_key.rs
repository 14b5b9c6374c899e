//! A field among keys, begun.
//! completes: service

use fastts_server::prelude::*;

router! {
    pipeline "P" {
        by(host, ser$0) { rate(5); stdout }
    }
}

fn main() -> std::process::ExitCode {
    fastts_server::run(router())
}
