//! A block with nothing in it, inside of another.
//! completes: rate, stdout

use fastts_server::prelude::*;

router! {
    pipeline "P" {
        by(host) { $0 }
        stdout
    }
}

fn main() -> std::process::ExitCode {
    fastts_server::run(router())
}
