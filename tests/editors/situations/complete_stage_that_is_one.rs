//! The name of a stage that another one's begins with.
//! completes: changed_state, changed_pairs

use fastts_server::prelude::*;

router! {
    pipeline "P" {
        under(12);
        changed$0
    }
}

fn main() -> std::process::ExitCode {
    fastts_server::run(router())
}
