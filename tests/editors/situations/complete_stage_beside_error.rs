//! The name of a stage, while another pipeline has mistakes.
//! completes: under

use fastts_server::prelude::*;

router! {
    pipeline "broken" {
        under(1, 2)
        rate(0);
        where(metric >)
    }

    pipeline "P" {
        und$0
    }
}

fn main() -> std::process::ExitCode {
    fastts_server::run(router())
}
