//! The router that the clients talk to: it prints all that comes.

use fastts_server::prelude::*;

router! {
    pipeline "Everything" {
        stdout
    }
}

fn main() -> std::process::ExitCode {
    fastts_server::run(router())
}
