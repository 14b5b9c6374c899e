//! What every cache, storage and engine promises, each held to it by one test; and the whole thumbnailer, running, between a memcached
//! and an HTTP server that others wrote.
//!
//! What needs a program that is not installed is listed as ignored; with `CI=true` in the environment it is a failure.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "clippy does not see that these are tests")]

mod cache;
mod engine;
mod harness;
mod served;
mod storage;

use std::process::ExitCode;

use libtest_mimic::{Arguments, Failed, Trial};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let trials = [cache::trials(), storage::trials(), engine::trials(), served::trials()].into_iter().flatten().collect();
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// Makes a test that needs some programs.
fn trial(name: &str, needs: &[&str], test: impl FnOnce() + Send + 'static) -> Trial {
    let required = std::env::var("CI").is_ok_and(|value| value == "true");
    let missing = needs.iter().find(|program| harness::program(program).is_none()).map(|program| format!("{program} not installed"));
    match missing {
        None => Trial::test(name, || {
            test();
            Ok(())
        }),
        Some(missing) if required => Trial::test(name, || Err(Failed::from(missing))),
        Some(missing) => Trial::test(name, || Ok(())).with_ignored_flag(true).with_kind(missing),
    }
}
