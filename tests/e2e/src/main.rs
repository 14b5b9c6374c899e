//! The router that the clients talk to: it prints and remembers all that comes.

use fastts_server::prelude::*;

router! {
    pipeline "Everything" {
        index;
        stdout
    }
}

fn main() -> std::process::ExitCode {
    fastts_server::run(router())
}
