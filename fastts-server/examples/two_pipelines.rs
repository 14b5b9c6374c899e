//! The two pipelines of the measurements: what the server costs when it prints nothing.

use fastts_server::prelude::*;

router! {
    pipeline "Basic pipeline" {
        under(12);
        tag("low");
        rate(5);
        inspect(|_| ())
    }

    pipeline "Second pipeline" {
        rate(5);
        inspect(|_| ())
    }
}

fn main() -> std::process::ExitCode {
    fastts_server::run(router)
}
