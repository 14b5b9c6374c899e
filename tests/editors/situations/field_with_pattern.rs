//! A field that is held against a pattern.
//! hover: Returns the service.
//! defined: fastts-core/src/model/event/view.rs: pub fn service(

use fastts_server::prelude::*;

router! {
    pipeline "P" {
        where(ser$0vice =~ "a.c");
        stdout
    }
}

fn main() -> std::process::ExitCode {
    fastts_server::run(router())
}
