//! A method in a closure, begun, in the middle of an expression.
//! completes: host

use fastts_server::prelude::*;

router! {
    pipeline "P" {
        filter(|event| event.ho$0 == Some("web1"));
        stdout
    }
}

fn main() -> std::process::ExitCode {
    fastts_server::run(router())
}
