//! A method in a closure.
//! hover: Returns the host,
//! defined: fastts-core/src/model/event/view.rs: pub fn host(

use fastts_server::prelude::*;

router! {
    pipeline "P" {
        filter(|event| event.ho$0st() == Some("web1"));
        stdout
    }
}

fn main() -> std::process::ExitCode {
    fastts_server::run(router())
}
