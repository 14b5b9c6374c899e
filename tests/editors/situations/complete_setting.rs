//! A variable of the environment, begun.
//! completes: env, env_or

use fastts_server::prelude::*;

router! {
    let limit: f64 = en$0;

    pipeline "P" { under(limit); stdout }
}

fn main() -> std::process::ExitCode {
    fastts_server::run(router())
}
