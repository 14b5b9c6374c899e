//! `PORT` in the environment, as hosts of programs set it: it changes the port of an address and nothing else.

use clap::parser::ValueSource;
use clap::{ArgMatches, Command};

/// The flag whose port it is.
const LISTEN: &str = "listen";

/// Returns `PORT`, unless it is empty.
pub(crate) fn port() -> Option<String> {
    std::env::var("PORT").ok().map(|port| port.trim().to_owned()).filter(|port| !port.is_empty())
}

/// Lets `PORT` go before what a file says of where to listen, or the default, as all of the environment does.
///
/// With a `PORT` that is none it is not known where to listen; that is left to who does: nobody else needs to.
pub(super) fn follow(command: Command, matches: &ArgMatches) -> Command {
    let said = matches!(matches.value_source(LISTEN), Some(ValueSource::CommandLine | ValueSource::EnvVariable));
    let Some(port) = port().filter(|_| !said) else { return command };
    command.mut_arg(LISTEN, |arg| {
        let host = arg.get_default_values().first().and_then(|address| Some(address.to_str()?.rsplit_once(':')?.0.to_owned()));
        match host.filter(|_| port.parse::<u16>().is_ok()) {
            Some(host) => arg.default_value(format!("{host}:{port}")),
            None => arg.default_values(Vec::<String>::new()),
        }
    })
}
