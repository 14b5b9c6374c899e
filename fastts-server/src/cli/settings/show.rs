//! `--print-config`: the settings in effect.

use std::fmt::Write;

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command};

use super::file::File;
use super::known::{self, Shape};
use super::port;

/// Writes the settings as a file says them, each with where it is from; with a subcommand, those of that too.
pub(super) fn show(command: &Command, matches: &ArgMatches, file: &File) -> String {
    let mut text = String::new();
    rows("", command, matches, file, &mut text);
    if let Some((name, inner)) = matches.subcommand()
        && let Some(command) = command.find_subcommand(name)
        && known::of(command).next().is_some()
    {
        // Writing into a string cannot fail.
        let _ = writeln!(text, "\n[{name}]");
        rows(name, command, inner, file, &mut text);
    }
    text
}

fn rows(table: &str, command: &Command, matches: &ArgMatches, file: &File, text: &mut String) {
    for (name, arg) in known::of(command) {
        let from = origin(table, name, arg, matches, file);
        let line = match value(arg, matches) {
            Some(value) => format!("{name} = {value}"),
            None => format!("# {name} ="),
        };
        let _ = writeln!(text, "{line:<40} # {from}");
    }
}

fn value(arg: &Arg, matches: &ArgMatches) -> Option<String> {
    let id = arg.get_id().as_str();
    let shape = known::shape(arg);
    if shape == Shape::Switch {
        return Some(matches.get_flag(id).to_string());
    }
    // What JSON escapes in a text, TOML does too.
    let quoted = |value: &std::ffi::OsStr| match value.to_string_lossy() {
        text if text.parse::<i64>().is_ok_and(|number| number.to_string() == text) => text.into_owned(),
        text => serde_json::Value::from(text).to_string(),
    };
    let values: Vec<String> = matches.get_raw(id)?.map(quoted).collect();
    match shape {
        _ if arg.is_hide_env_values_set() => Some("\"(secret)\"".to_owned()),
        Shape::Many => Some(format!("[{}]", values.join(", "))),
        _ => values.into_iter().next(),
    }
}

fn origin(table: &str, name: &str, arg: &Arg, matches: &ArgMatches, file: &File) -> String {
    let said = file.get(table, name).map(|value| file.place(value));
    let port = port::port().filter(|_| table.is_empty() && name == "listen").map(|_| "PORT".to_owned());
    match (matches.value_source(arg.get_id().as_str()), arg.get_env()) {
        (Some(ValueSource::CommandLine), _) => format!("--{name}"),
        (Some(ValueSource::EnvVariable), Some(variable)) => variable.to_string_lossy().into_owned(),
        (_, _) if port.is_some() || said.is_some() => [port, said].into_iter().flatten().collect::<Vec<_>>().join(" and "),
        (Some(_), _) => "default".to_owned(),
        (None, _) => "not set".to_owned(),
    }
}
