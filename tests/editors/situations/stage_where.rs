//! A stage with a grammar of its own.
//! hover: Passes on the items for which a predicate holds
//! defined: fastts-core/src/stages/filter.rs: pub fn where_<

use fastts_server::prelude::*;

router! {
    pipeline "P" {
        wh$0ere(service == "api");
        stdout
    }
}

fn main() -> std::process::ExitCode {
    fastts_server::run(router())
}
