//! The Riemann protocol over TLS, over real sockets; and as a program, which this one is as well.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "clippy does not see that the helpers are tests too")]

mod client;
#[path = "../served/common/mod.rs"]
mod common;
mod files;
mod keys;
mod served;
mod signals;
mod wire;

use std::process::ExitCode;

use fastts_server::prelude::*;
use libtest_mimic::{Arguments, Trial};

router! { pipeline "printing" { stdout } }

fn main() -> ExitCode {
    match std::env::var_os("FASTTS_TEST_ROUTER") {
        Some(_) => fastts_server::run(router()),
        None => {
            let tests = client::TESTS.iter().chain(files::TESTS).chain(served::TESTS).chain(signals::TESTS);
            let trial = |&(name, test): &(&str, fn())| {
                Trial::test(name, move || {
                    test();
                    Ok(())
                })
            };
            libtest_mimic::run(&Arguments::from_args(), tests.map(trial).collect()).exit_code()
        }
    }
}
