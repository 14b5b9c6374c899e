//! The sinks, against what they are for: each passes the check of every sink, and what only it promises.
//!
//! What is not installed is listed as ignored; with `CI=true` in the environment it is a failure.

#![allow(clippy::unwrap_used, reason = "clippy does not see that these are tests")]
#![allow(unreachable_pub, reason = "the function of a router that has a name is `pub`, wherever it stands")]

mod clock;
#[cfg(feature = "email")]
mod email;
mod file;
mod graphite;
#[cfg(feature = "http-sinks")]
mod http;
mod kit;
mod lines;
mod memory;
mod rows;
#[cfg(feature = "http-sinks")]
mod stores;
#[cfg(feature = "http-sinks")]
mod web;

use std::process::ExitCode;

use fastts_testkit::alloc;
use libtest_mimic::Arguments;

#[global_allocator]
static ALLOCATOR: alloc::Counting = alloc::Counting;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let trials = [rows::trials(), lines::trials(), file::trials(), clock::trials(), graphite::trials(), memory::trials()];
    #[cfg(feature = "http-sinks")]
    let trials = trials.into_iter().chain([http::trials(), stores::trials()]);
    #[cfg(feature = "email")]
    let trials = trials.chain([email::trials()]);
    libtest_mimic::run(&arguments, trials.into_iter().flatten().collect()).exit_code()
}
