//! `completions`: what a shell has to know to complete the command line.

use std::process::ExitCode;

use clap::Args;
use clap_complete::Shell;

use super::{output, settings};

/// For which shell.
#[derive(Debug, Args)]
#[command(after_help = "For bash: PROGRAM completions bash > ~/.local/share/bash-completion/completions/PROGRAM")]
pub(super) struct Completions {
    #[arg(value_name = "SHELL", value_enum)]
    shell: Shell,
}

/// Prints the script for a shell.
pub(super) fn completions(options: &Completions) -> ExitCode {
    let mut command = settings::command();
    let (program, mut script) = (command.get_name().to_owned(), Vec::new());
    clap_complete::generate(options.shell, &mut command, program, &mut script);
    output::print(&String::from_utf8_lossy(&script))
}
