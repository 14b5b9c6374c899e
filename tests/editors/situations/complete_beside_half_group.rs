//! A stage, with a group above whose strategy is being typed.
//! completes: under

use fastts_server::prelude::*;

router! {
    #[one_for_]
    group "half" { pipeline "first" { stdout } }

    pipeline "second" {
        un$0
    }
}

fn main() -> std::process::ExitCode {
    fastts_server::run(router())
}
