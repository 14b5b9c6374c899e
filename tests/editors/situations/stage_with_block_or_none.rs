//! A stage that takes a block or none.
//! hover: Gives events whose state has changed to a block for each host and service
//! defined: fastts-core/src/stages/changed_state.rs: pub fn changed_state_each<

use fastts_server::prelude::*;

router! {
    pipeline "P" {
        changed_s$0tate(init = "ok") { stable(60s, state) }
        stdout
    }
}

fn main() -> std::process::ExitCode {
    fastts_server::run(router())
}
