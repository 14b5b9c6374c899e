//! rust-analyzer, asked about routers that somebody is writing.
//!
//! Each file in `situations/` is a route crate's `main.rs` with the cursor at `$0`, and says on top what the editor has to
//! know there (see `situation.rs`). Where rust-analyzer is not installed the situations are listed as ignored, with `CI=true` too:
//! it comes with the toolchain where rustup can reach its server (`rustup component add rust-analyzer rust-src`), and from nowhere else.

#![allow(clippy::unwrap_used, reason = "clippy does not see that these are tests")]

mod client;
mod server;
mod situation;

use std::process::ExitCode;
use std::sync::{Arc, Mutex};

use libtest_mimic::{Arguments, Failed, Trial};
use server::Server;
use situation::Situation;

/// The server, started by the first test that runs.
type Shared = Arc<Mutex<Option<Result<Server, String>>>>;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let missing = server::missing();
    let server = Shared::default();
    let trials = situation::all().into_iter().map(|situation| {
        let name = situation.name.clone();
        match &missing {
            Some(missing) => Trial::test(name, || Ok(())).with_ignored_flag(true).with_kind(missing),
            None => {
                let server = Arc::clone(&server);
                Trial::test(name, move || check(&situation, &server))
            }
        }
    });
    let conclusion = libtest_mimic::run(&arguments, trials.collect());
    // Ended here, since the exit code ends the program without dropping anything.
    drop(server.lock().map(|mut server| server.take()));
    conclusion.exit_code()
}

fn check(situation: &Situation, server: &Shared) -> Result<(), Failed> {
    // A test that failed with the server in its hands has not broken the server.
    let mut server = server.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let server = server.get_or_insert_with(Server::start).as_mut().map_err(|error| error.clone())?;
    server.open(&situation.text)?;
    let wrong = situation.expectations.iter().filter_map(|expectation| situation::check(situation, expectation, server).err());
    let wrong: Vec<String> = wrong.collect();
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n").into()) }
}
