//! The command line that every route binary has.

mod arguments;
mod breaker;
mod check;
mod clock;
mod completions;
mod dead;
mod files;
mod graph;
mod groups;
#[cfg(feature = "http")]
mod http;
mod input;
mod lines;
mod listeners;
mod load;
mod memory;
mod output;
mod query;
mod reach;
mod replay;
mod send;
mod serve;
mod server;
mod settings;
mod signals;
mod threads;
#[cfg(feature = "tls")]
mod tls;
mod top;
mod udp;
mod values;
mod web;
mod why;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use arguments::{Cli, Command};
use fastts_core::Router;
pub use input::IntoRouter;
use server::Own;
pub use server::Server;
use settings::Settings;

/// Runs a program that is a router: reads the command line, and serves unless that names another command.
///
/// Takes the function that `router!` defines, or what it returns; with the function, a panic in a `let` of the router is reported
/// as any other error.
///
/// ```no_run
/// use fastts_server::prelude::*;
///
/// router! {
///     pipeline "low" { under(12); stdout }
/// }
///
/// fn main() -> std::process::ExitCode {
///     fastts_server::run(router)
/// }
/// ```
///
/// | exit status | after |
/// |---|---|
/// | 0 | success; for a server: everything that was accepted was done |
/// | 1 | a failure that was told on stderr; for a server also: something was left when it stopped |
/// | 2 | a command line that cannot be understood |
/// | 130 | a second SIGINT or SIGTERM |
///
/// A program with sources of its own is a [`Server`].
pub fn run(router: impl IntoRouter) -> ExitCode {
    run_server(router, Vec::new())
}

fn run_server(router: impl IntoRouter, sources: Vec<Own>) -> ExitCode {
    let (cli, settings) = Settings::read();
    if cli.print_config {
        return output::print(&settings.show());
    }
    run_command(cli, router, sources).unwrap_or_else(|failure| failure)
}

/// Runs what the command line names; a failure that was told is an exit status too.
fn run_command(cli: Cli, router: impl IntoRouter, sources: Vec<Own>) -> Result<ExitCode, ExitCode> {
    let dispatches = cli.dispatches();
    let router = || -> Result<Router, ExitCode> {
        // The default hook has told the message and the place on stderr.
        let router = catch_unwind(AssertUnwindSafe(|| router.into_router()));
        let router = router.map_err(|_| output::fail("the router cannot be built, one of its `let`s panicked (see above)"))?;
        if !router.problems().is_empty() {
            router.problems().iter().for_each(|problem| {
                output::fail(problem);
            });
            return Err(output::fail("the router cannot be built without these"));
        }
        router.warnings().iter().for_each(output::warn);
        Ok(if dispatches { router } else { router.dispatch(false) })
    };
    Ok(match cli.command {
        None => {
            let listen = cli.serve.listen().map_err(output::misused)?;
            serve::serve(router()?, sources, listen, &cli.serve)
        }
        Some(Command::Send(send)) => {
            let server = send.reach.check().and_then(|()| send.reach.server(send.udp, &cli.serve));
            send::send(&send, &server.map_err(output::misused)?)
        }
        Some(Command::Load(load)) => {
            let server = load.server(&cli.serve).map_err(output::misused)?;
            load::load(load, server)
        }
        Some(Command::Query(query)) => query::query(&query, &cli.serve, router),
        Some(Command::Dead(dead)) => dead::dead(&dead, &cli.serve),
        Some(Command::Breaker(breaker)) => breaker::breaker(&breaker, &cli.serve),
        Some(Command::Top(top)) => top::top(&top, &cli.serve),
        Some(Command::Completions(completions)) => completions::completions(&completions),
        Some(Command::Graph(graph)) => graph::graph(&router()?, graph.format),
        Some(Command::Check) => check::check(&router()?, &cli.serve, &sources),
        Some(Command::Why(why)) => why::why(&router()?, &why),
        Some(Command::Replay(replay)) => replay::replay(&router()?, &replay),
    })
}
