//! Settings: flags go before the environment, that before a file, and that before the defaults.
//!
//! What settings there are is told by the definition of the command line alone. A value of the file becomes the default of its
//! flag, so that whoever adds a flag has added it to the file too.

mod file;
mod known;
mod mistake;
#[cfg(test)]
mod page;
mod port;
mod show;
mod variables;
mod wrong;

use std::path::{Path, PathBuf};

use clap::builder::Resettable;
use clap::{Arg, ArgMatches, Command, CommandFactory, FromArgMatches};

use super::arguments::Cli;
use super::output;
use file::File;
pub(super) use port::port;
pub(super) use wrong::in_words_of_the_environment;

/// What this program was told, and by whom.
pub(super) struct Settings {
    command: Command,
    matches: ArgMatches,
    file: File,
}

impl Settings {
    /// Reads the command line, the environment and the file; ends the program when there is a mistake, or help was wanted.
    pub(super) fn read() -> (Cli, Settings) {
        let command = command();
        let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
        variables::unknown(&command, names).iter().for_each(output::warn);
        // Once without the file: that is how to find it, and help must be had whatever is in it.
        let matches = wrong::parse(&command);
        let path: Option<&PathBuf> = matches.get_one(known::CONFIG);
        let file = match path.map(|path| File::read(path, &command)).transpose() {
            Ok(file) => file.unwrap_or_default(),
            Err(mistakes) => {
                output::fail(mistakes);
                std::process::exit(2);
            }
        };
        let command = port::follow(file.as_defaults(command.clone()), &matches);
        let matches = wrong::parse(&command);
        let cli = Cli::from_arg_matches(&matches).unwrap_or_else(|error| wrong::end(&error, &command));
        (cli, Settings { command, matches, file })
    }

    /// Returns the settings as a file says them, each with where it is from.
    pub(super) fn show(&self) -> String {
        show::show(&self.command, &self.matches, &self.file)
    }
}

/// Returns the command line of this program: the program is the user's, and so is its name.
pub(super) fn command() -> Command {
    let program = std::env::args_os().next().and_then(|path| Some(Path::new(&path).file_name()?.to_string_lossy().into_owned()));
    let command = Cli::command().name(program.unwrap_or_else(|| "fastts".to_owned()));
    command.mut_args(unset).mut_subcommands(|command| command.mut_args(unset))
}

/// A variable that is empty is as if it was not there.
fn unset(arg: Arg) -> Arg {
    match arg.get_env().and_then(std::env::var_os).is_some_and(|value| value.is_empty()) {
        true => arg.env(Resettable::<clap::builder::OsStr>::Reset),
        false => arg,
    }
}
