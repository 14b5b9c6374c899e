//! A branch with nothing in it.
//! completes: rate, stdout

use fastts_server::prelude::*;

router! {
    pipeline "P" {
        tee {
            { stdout }
            { $0 }
        }
    }
}

fn main() -> std::process::ExitCode {
    fastts_server::run(router())
}
