//! A `let` of the router, inside of a closure.
//! completes: limit

use fastts_server::prelude::*;

router! {
    let limit = 12.0;

    pipeline "P" {
        filter(|event| event.metric() < lim$0);
        stdout
    }
}

fn main() -> std::process::ExitCode {
    fastts_server::run(router())
}
