//! The command line that every route binary has.

mod arguments;
mod check;
mod clock;
mod graph;
mod input;
mod lines;
mod output;
mod replay;
mod send;
mod serve;
mod settings;
mod signals;
mod values;
mod why;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use arguments::Command;
pub use input::IntoRouter;
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
pub fn run(router: impl IntoRouter) -> ExitCode {
    let (cli, settings) = Settings::read();
    if cli.print_config {
        return output::print(&settings.show());
    }
    let listen = match &cli.command {
        None | Some(Command::Send(_)) => match cli.serve.listen() {
            Ok(listen) => listen,
            Err(reason) => return output::misused(reason),
        },
        Some(_) => String::new(),
    };
    if let Some(Command::Send(send)) = &cli.command {
        return send::send(send, &listen);
    }
    // The default hook has told the message and the place on stderr.
    let Ok(router) = catch_unwind(AssertUnwindSafe(|| router.into_router())) else {
        return output::fail("the router cannot be built, one of its `let`s panicked (see above)");
    };
    let router = if cli.serve.no_dispatch { router.dispatch(false) } else { router };
    match cli.command {
        None => serve::serve(router, listen, &cli.serve),
        Some(Command::Graph(graph)) => graph::graph(&router, graph.format),
        Some(Command::Check) => check::check(&router),
        Some(Command::Why(why)) => why::why(&router, &why),
        Some(Command::Replay(replay)) => replay::replay(&router, &replay),
        Some(Command::Send(send)) => send::send(&send, &listen),
    }
}
