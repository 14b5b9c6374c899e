//! A field in a condition.
//! hover: Returns the service.
//! defined: fastts-core/src/model/event/view.rs: pub fn service(

use fastts_server::prelude::*;

router! {
    pipeline "P" {
        where(metric > 5 && ser$0vice == "api");
        stdout
    }
}

fn main() -> std::process::ExitCode {
    fastts_server::run(router())
}
