//! The settings that there are: what the definition of the command line says.

use std::error::Error;

use clap::builder::ValueParser;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, Command};

/// The flag that names the file.
pub(super) const CONFIG: &str = "config";

/// Flags that a file cannot give: those that ask for something to be done.
const ASKED: [&str; 4] = [CONFIG, "print_config", "help", "version"];

/// What a setting takes in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// `true` or `false`.
    Switch,
    /// A text or a number.
    One,
    /// As many of them as one likes, in a list.
    Many,
}

/// Returns the settings of one command, the server's or a subcommand's.
pub(super) fn of(command: &Command) -> impl Iterator<Item = (&str, &Arg)> {
    let named = command.get_arguments().filter(|arg| !ASKED.contains(&arg.get_id().as_str()));
    named.filter_map(|arg| Some((arg.get_long()?, arg)))
}

/// Returns the command whose settings stand in this table of a file; the server's stand before all tables.
pub(super) fn table<'c>(command: &'c Command, name: &str) -> Option<&'c Command> {
    if name.is_empty() { Some(command) } else { command.find_subcommand(name) }
}

/// Says what a setting takes.
pub(super) fn shape(arg: &Arg) -> Shape {
    match arg.get_action() {
        ArgAction::SetTrue | ArgAction::SetFalse => Shape::Switch,
        ArgAction::Append => Shape::Many,
        _ => Shape::One,
    }
}

/// Asks the parser of a flag whether it takes this value.
///
/// # Errors
/// When it does not; the reason is the parser's.
pub(super) fn check(arg: &Arg, value: &str) -> Result<(), String> {
    let parser: ValueParser = arg.get_value_parser().clone();
    // Alone, without what it has to do with other flags.
    let alone = Command::new("file").no_binary_name(true).disable_help_flag(true);
    let alone = alone.arg(Arg::new("value").long("value").action(ArgAction::Set).value_parser(parser));
    let Err(error) = alone.try_get_matches_from([format!("--value={value}")]) else { return Ok(()) };
    if let (ErrorKind::InvalidValue, Some(ContextValue::Strings(values))) = (error.kind(), error.get(ContextKind::ValidValue)) {
        return Err(format!("it is one of {}", values.join(", ")));
    }
    Err(error.source().map_or_else(|| "its flag does not take it".to_owned(), |reason| reason.to_string()))
}

/// Returns the name of the setting that was most likely meant.
pub(super) fn nearest(command: &Command, table: &str, key: &str) -> Option<String> {
    let full = |table: &str, key: &str| if table.is_empty() { key.to_owned() } else { format!("{table}.{key}") };
    let top = of(command).map(|(name, _)| name.to_owned());
    let inner = command.get_subcommands().flat_map(|inner| of(inner).map(|(name, _)| full(inner.get_name(), name)));
    likest(top.chain(inner), |name: &String| {
        let whole = likeness(name, &full(table, key)).0;
        // The name may be right where the place is not.
        let last = name.rsplit('.').next().unwrap_or(name);
        (whole.max(likeness(last, key).0), whole)
    })
}

/// Returns how much two names are alike, from 0 to 1, in the form that [`likest`] wants.
pub(super) fn likeness(one: &str, other: &str) -> (f64, f64) {
    let plain = |text: &str| text.to_lowercase().replace(['_', '.'], "-");
    let likeness = strsim::jaro_winkler(&plain(one), &plain(other));
    (likeness, likeness)
}

/// Returns the name that is most alike by a first measure, and by a second where the first is the same, if it is much alike.
pub(super) fn likest<N>(names: impl Iterator<Item = N>, likeness: impl Fn(&N) -> (f64, f64)) -> Option<N> {
    let order = |one: &(f64, f64), other: &(f64, f64)| one.0.total_cmp(&other.0).then(one.1.total_cmp(&other.1));
    let (best, name) = names.map(|name| (likeness(&name), name)).max_by(|one, other| order(&one.0, &other.0))?;
    (best.0 > 0.8).then_some(name)
}
