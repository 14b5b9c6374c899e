//! `with`, which has a grammar of its own.
//! hover: Sets fields: `with(
//! defined: fastts-core/src/stages/with.rs: pub fn with<

use fastts_server::prelude::*;

router! {
    pipeline "P" {
        wi$0th(state = "ok");
        stdout
    }
}

fn main() -> std::process::ExitCode {
    fastts_server::run(router())
}
