//! What is said about a command line that is wrong: clap's words, and what clap does not see, that a value came from the environment.

use std::ffi::OsString;
use std::process;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgMatches, Command};

use crate::cli::output;

/// Reads the command line; ends the program when it is wrong, or help was wanted.
pub(super) fn parse(command: &Command) -> ArgMatches {
    command.clone().try_get_matches().unwrap_or_else(|error| end(&error, command))
}

/// Says what is wrong, or gives the help that was wanted, and ends the program.
pub(super) fn end(error: &clap::Error, command: &Command) -> ! {
    let status = match error.use_stderr() {
        false => output::print_styled(&error.render().ansi().to_string()),
        true => {
            let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
            let mut command = command.clone();
            // What its arguments are called is not known before.
            command.build();
            output::say_styled(told(error, &command, &arguments).trim_end());
            std::process::ExitCode::from(2)
        }
    };
    process::exit(match status {
        status if status == std::process::ExitCode::SUCCESS => 0,
        status if status == std::process::ExitCode::from(2) => 2,
        _ => 1,
    })
}

/// Returns what is said; flags that nobody gave are called by the variables that did, and no secret is shown.
fn told(error: &clap::Error, command: &Command, arguments: &[OsString]) -> String {
    let arg = match error.get(ContextKind::InvalidArg) {
        Some(ContextValue::String(name)) => all(command).find(|arg| arg.to_string() == *name),
        _ => None,
    };
    let is_value = matches!(error.kind(), ErrorKind::ValueValidation | ErrorKind::InvalidValue);
    let text = match arg.filter(|arg| is_value && arg.is_hide_env_values_set()) {
        None => error.render().ansi().to_string(),
        Some(arg) => {
            let reason = std::error::Error::source(error).map(|reason| format!(": {reason}")).unwrap_or_default();
            format!("error: the value of '{arg}' cannot be this{reason}\n\nFor more information, try '--help'.\n")
        }
    };
    // The usage below names flags that can be given.
    let (first, rest) = text.split_once('\n').unwrap_or((&text, ""));
    let of_environment = all(command).filter(|arg| is_of_environment(arg, arguments));
    let first = of_environment.fold(first.to_owned(), |first, arg| {
        let variable = arg.get_env().unwrap_or_default().to_string_lossy();
        first.replace(&arg.to_string(), &format!("{variable} in the environment"))
    });
    format!("{first}\n{rest}")
}

/// Returns a text in which flags stand in brackets, such as `(--tls-cert)`, with the variables in the place of those that nobody gave.
pub(in crate::cli) fn in_words_of_the_environment(text: &str) -> String {
    let (command, arguments) = (super::command(), std::env::args_os().skip(1).collect::<Vec<_>>());
    all(&command).filter(|arg| is_of_environment(arg, &arguments)).fold(text.to_owned(), |text, arg| {
        let (flag, variable) = (arg.get_long().unwrap_or_default(), arg.get_env().unwrap_or_default().to_string_lossy());
        text.replace(&format!("(--{flag})"), &format!("({variable})"))
    })
}

/// Returns the arguments of a command and of those below it.
fn all(command: &Command) -> impl Iterator<Item = &Arg> {
    command.get_arguments().chain(command.get_subcommands().flat_map(Command::get_arguments))
}

/// Returns whether a flag has its value from the environment.
fn is_of_environment(arg: &Arg, arguments: &[OsString]) -> bool {
    let (Some(variable), Some(long)) = (arg.get_env(), arg.get_long()) else { return false };
    let flag = format!("--{long}");
    let given = |argument: &OsString| argument.to_str().is_some_and(|said| said.split('=').next() == Some(&*flag));
    std::env::var_os(variable).is_some() && !arguments.iter().any(given)
}
