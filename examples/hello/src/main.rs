//! Two pipelines, each of which sees every event.

use fastts_server::prelude::*;

router! {
    /// Drops what is too high, prints the rest.
    pipeline "Basic pipeline" {
        under(12);
        stdout
    }

    pipeline "Second pipeline" {
        rate(5);
        stdout
    }
}

fn main() -> std::process::ExitCode {
    fastts_server::run(router())
}
