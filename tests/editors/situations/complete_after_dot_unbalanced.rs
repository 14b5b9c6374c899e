//! A dot in a block of a closure, with statements behind it.
//! completes: service

use fastts_server::prelude::*;

router! {
    pipeline "P" {
        inspect(|event| {
            let service = event.$0
            println!("{service:?}");
        });
        stdout
    }
}

fn main() -> std::process::ExitCode {
    fastts_server::run(router())
}
