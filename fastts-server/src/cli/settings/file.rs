//! A file of settings, in TOML.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use clap::{Arg, Command};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::known::{self, Shape};
use super::mistake::{Mistake, line, report};
use crate::cli::output;

/// What a file says: for each table and flag its value.
#[derive(Debug, Default)]
pub(super) struct File {
    name: String,
    values: BTreeMap<(String, String), Value>,
}

/// The value of a flag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Value {
    /// As they would stand on the command line.
    pub(super) texts: Vec<String>,
    /// The line that says it, from 1 on.
    pub(super) line: usize,
}

impl File {
    /// Reads a file, and warns when others may read the secrets in it.
    ///
    /// # Errors
    /// When it cannot be read or says what cannot be: all mistakes, each with its place.
    pub(super) fn read(path: &Path, command: &Command) -> Result<File, String> {
        let name = path.display().to_string();
        let text = fs::read_to_string(path).map_err(|error| format!("cannot read the settings in {name}: {error}"))?;
        let file = File::parse(name, &text, command)?;
        if let Some(key) = file.exposed(command, path) {
            output::warn_of_readers(path, &format!("`{key}`"));
        }
        Ok(file)
    }

    /// Returns a setting that is a secret when everybody may read the file.
    fn exposed(&self, command: &Command, path: &Path) -> Option<&str> {
        let open = output::is_readable_by_all(path);
        let secret = |(table, key): &&(String, String)| self.arg(command, table, key).is_some_and(Arg::is_hide_env_values_set);
        self.values.keys().filter(|_| open).find(secret).map(|(_, key)| &key[..])
    }

    /// Reads the text of a file.
    ///
    /// # Errors
    /// All mistakes, each with its place.
    fn parse(name: String, text: &str, command: &Command) -> Result<File, String> {
        let (table, errors) = DeTable::parse_recoverable(text);
        let broken = |error: toml::de::Error| {
            let span = error.span().unwrap_or(0..0);
            unquoted(command, text, span.start).unwrap_or_else(|| Mistake { span, text: error.message().to_owned() })
        };
        let mut mistakes: Vec<Mistake> = errors.into_iter().map(broken).collect();
        // What is wrong with one value is one mistake.
        mistakes.dedup_by(|second, first| second.span == first.span);
        let mut file = File { name, values: BTreeMap::new() };
        // What was recovered of a line that is broken would be a second mistake.
        if mistakes.is_empty() {
            file.table("", table.get_ref(), text, command, &mut mistakes);
        }
        if mistakes.is_empty() { Ok(file) } else { Err(report(&file.name, text, mistakes, |line| may_show(command, line))) }
    }

    fn table(&mut self, table: &str, entries: &DeTable<'_>, text: &str, command: &Command, mistakes: &mut Vec<Mistake>) {
        for (key, value) in entries {
            let name = key.get_ref().as_ref();
            match (self.arg(command, table, name), value.get_ref()) {
                (Some(arg), _) => match texts(arg, name, value) {
                    Ok(texts) => {
                        let line = line(text, key.span().start);
                        self.values.insert((table.to_owned(), name.to_owned()), Value { texts, line });
                    }
                    Err(mistake) => mistakes.push(mistake),
                },
                // Of a table that there is not, each key is unknown: one of them may be known elsewhere.
                (None, DeValue::Table(inner)) if table.is_empty() && (command.find_subcommand(name).is_some() || !inner.is_empty()) => {
                    self.table(name, inner, text, command, mistakes);
                }
                (None, _) => {
                    let hint = known::nearest(command, table, name).map(|name| format!("; did you mean `{name}`?"));
                    let of = if table.is_empty() { String::new() } else { format!(" in `[{table}]`") };
                    let text = format!("there is no setting `{name}`{of}{}", hint.unwrap_or_default());
                    mistakes.push(Mistake { span: key.span(), text });
                }
            }
        }
    }

    fn arg<'c>(&self, command: &'c Command, table: &str, key: &str) -> Option<&'c Arg> {
        known::of(known::table(command, table)?).find_map(|(name, arg)| (name == key).then_some(arg))
    }

    /// Makes what the file says the defaults of the flags.
    pub(super) fn as_defaults(&self, command: Command) -> Command {
        self.values.iter().fold(command, |command, ((table, key), value)| {
            let default = |inner: Command| {
                let id = known::of(&inner).find_map(|(name, arg)| (name == key).then(|| arg.get_id().clone()));
                // There is one, or the file would not have been taken.
                let Some(id) = id else { return inner };
                inner.mut_arg(id, |arg| arg.default_values(value.texts.clone()))
            };
            if table.is_empty() { default(command) } else { command.mut_subcommand(table, default) }
        })
    }

    /// Returns what it says about a flag of a table.
    pub(super) fn get(&self, table: &str, key: &str) -> Option<&Value> {
        self.values.get(&(table.to_owned(), key.to_owned()))
    }

    /// Returns where a value stands.
    pub(super) fn place(&self, value: &Value) -> String {
        format!("{}:{}", self.name, value.line)
    }
}

/// Returns the mistake that the value is which stands in the line of a byte, when that is a text without quotes.
fn unquoted(command: &Command, text: &str, at: usize) -> Option<Mistake> {
    let begin = text.get(..at)?.rfind('\n').map_or(0, |newline| newline + 1);
    let line = text[begin..].lines().next()?;
    let (key, value) = line.split_once('=')?;
    let start = begin + line.len() - value.trim_start().len();
    let (key, value) = (key.trim(), value.split(" #").next().unwrap_or_default().trim());
    let span = start..start + value.len();
    if key.is_empty() || value.is_empty() || value.starts_with(['"', '\'', '{', '=']) {
        return None;
    }
    let mut all = std::iter::once(command).chain(command.get_subcommands()).flat_map(known::of);
    let shape = all.find_map(|(name, arg)| (name == key).then(|| known::shape(arg)));
    if shape == Some(Shape::Switch) {
        return Some(Mistake { span, text: format!("`{key}` is true or false") });
    }
    // An address may begin so, too.
    if value.starts_with('[') && shape != Some(Shape::One) {
        let bare = !value.contains(['"', '\'']) && may_show(command, line);
        return bare.then(|| Mistake { span, text: format!("the texts of a list stand in quotes: `{key} = [\"…\", \"…\"]`") });
    }
    let value = if may_show(command, line) { value.replace('\\', "\\\\").replace('"', "\\\"") } else { "…".to_owned() };
    Some(Mistake { span, text: format!("a text stands in quotes: write `{key} = \"{value}\"`") })
}

/// Returns whether a line of a file may be shown: whatever may be a secret may not, such as what a misspelt key has for its value.
fn may_show(command: &Command, line: &str) -> bool {
    let Some((key, value)) = line.split_once('=') else { return line.trim_start().starts_with('[') || line.trim().is_empty() };
    let key = key.trim().trim_matches(['"', '\'']);
    let all = || std::iter::once(command).chain(command.get_subcommands()).flat_map(known::of);
    let is_secret = |name: &str| all().any(|(known, arg)| known == name && arg.is_hide_env_values_set());
    let last = |name: &str| name.rsplit('.').next().unwrap_or(name).to_owned();
    let meant =
        if all().any(|(known, _)| known == last(key)) { Some(last(key)) } else { known::nearest(command, "", key).as_deref().map(last) };
    meant.is_some_and(|meant| !is_secret(&meant)) && !all().any(|(known, arg)| arg.is_hide_env_values_set() && value.contains(known))
}

/// Returns a value as it would stand on the command line, or why it cannot.
fn texts(arg: &Arg, name: &str, value: &Spanned<DeValue<'_>>) -> Result<Vec<String>, Mistake> {
    let mistake = |value: &Spanned<DeValue<'_>>, text| Mistake { span: value.span(), text };
    match (known::shape(arg), value.get_ref()) {
        (Shape::Switch, DeValue::Boolean(on)) => Ok(vec![on.to_string()]),
        (Shape::Switch, other) => Err(mistake(value, format!("`{name}` is true or false, this is {}", kind(other)))),
        (Shape::Many, DeValue::Array(values)) => values.iter().map(|value| one(arg, name, value)).collect(),
        _ => Ok(vec![one(arg, name, value)?]),
    }
}

fn one(arg: &Arg, name: &str, value: &Spanned<DeValue<'_>>) -> Result<String, Mistake> {
    let mistake = |text| Mistake { span: value.span(), text };
    let text = match value.get_ref() {
        DeValue::String(text) => text.to_string(),
        DeValue::Float(number) => number.as_str().to_owned(),
        DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
            Ok(number) => number.to_string(),
            Err(_) => return Err(mistake(format!("the number for `{name}` is too large"))),
        },
        other => return Err(mistake(format!("`{name}` is a text or a number, this is {}", kind(other)))),
    };
    match known::check(arg, &text) {
        Ok(()) => Ok(text),
        Err(reason) => Err(mistake(format!("`{name}` cannot be this: {reason}"))),
    }
}

fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

#[cfg(test)]
mod tests;
