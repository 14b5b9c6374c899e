//! The name of a stage, while another pipeline has mistakes.
//! hover: Passes on events whose metric is below `limit`
//! defined: fastts-core/src/stages/under.rs: pub fn under<

use fastts_server::prelude::*;

router! {
    pipeline "broken" {
        under(1, 2)
        rate(0);
        where(metric >)
    }

    pipeline "P" {
        und$0er(12);
        stdout
    }
}

fn main() -> std::process::ExitCode {
    fastts_server::run(router())
}
