//! The settings in `docs/cli.md`, written from the definition of the command line.

use std::fmt::Write;

use clap::{Arg, CommandFactory};

use super::known;
use crate::cli::arguments::Cli;

/// Where the table stands in the page.
const BEGIN: &str = "<!-- settings: written by `UPDATE_DOCS=1 cargo test -p fastts-server --lib page` -->\n";
const END: &str = "<!-- end of settings -->";

fn table() -> String {
    let mut table = "| in the file, `--` before it as a flag | in the environment | default | what it is |\n|---|---|---|---|\n".to_owned();
    for (name, arg) in known::of(&Cli::command()) {
        let variable = arg.get_env().map(|variable| format!("`{}`", variable.to_string_lossy())).unwrap_or_default();
        let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
        let help = help.split(" [default").next().unwrap_or(&help).trim_end_matches('.').replace('|', "\\|");
        // Writing into a string cannot fail.
        let _ = writeln!(table, "| `{name}` | {variable} | {} | {help} |", default(arg));
    }
    table
}

fn default(arg: &Arg) -> String {
    let values: Vec<_> = arg.get_default_values().iter().map(|value| value.to_string_lossy()).collect();
    match (known::shape(arg), values.is_empty()) {
        (known::Shape::Switch, _) => "`false`".to_owned(),
        (_, true) => String::new(),
        (_, false) => format!("`{}`", values.join(", ")),
    }
}

#[test]
fn the_page_says_what_settings_there_are() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/cli.md");
    let page = std::fs::read_to_string(file).unwrap();
    let (before, rest) = page.split_once(BEGIN).unwrap();
    let (_, after) = rest.split_once(END).unwrap();
    let fresh = format!("{before}{BEGIN}\n{}\n{END}{after}", table());
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(file, &fresh).unwrap();
        return;
    }
    assert!(page == fresh, "the settings in docs/cli.md are stale: UPDATE_DOCS=1 cargo test -p fastts-server --lib page");
}
