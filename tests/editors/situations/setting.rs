//! A variable of the environment.
//! hover: Returns the value of a variable of the environment
//! defined: fastts-core/src/engine/settings.rs: pub fn env<

use fastts_server::prelude::*;

router! {
    let limit: f64 = en$0v("LIMIT");

    pipeline "P" { under(limit); stdout }
}

fn main() -> std::process::ExitCode {
    fastts_server::run(router())
}
