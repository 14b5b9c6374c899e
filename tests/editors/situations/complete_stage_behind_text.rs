//! A stage behind one that writes texts.
//! completes: under

use fastts_server::prelude::*;

router! {
    pipeline "P" {
        with(description = text("{host} is {state}"));
        where(service == text("{host}"));
        und$0
    }
}

fn main() -> std::process::ExitCode {
    fastts_server::run(router())
}
