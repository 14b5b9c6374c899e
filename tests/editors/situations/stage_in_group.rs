//! A stage of a pipeline that stands in a group, behind a `by` that restarts keys.
//! hover: Passes on events whose metric is below

use fastts_server::prelude::*;

router! {
    group "outer" {
        pipeline "P" { by(host, restart = key) { rate(5) } un$0der(12); stdout }
    }
}

fn main() -> std::process::ExitCode {
    fastts_server::run(router())
}
