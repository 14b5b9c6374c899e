//! What is said about texts with fields in them, and about the log.

use super::Message;
use super::parts::{did_you_mean, suggestion};
use crate::table::LEVELS;

/// Shows a place in a text: its line, and a caret under so many characters of it.
fn pointed(text: &str, at: usize, length: usize) -> String {
    let before = text.get(..at).unwrap_or(text);
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let line = text.get(start..).unwrap_or_default().lines().next().unwrap_or_default();
    let column = before.get(start..).unwrap_or_default().chars().count();
    format!("\n\n    {line}\n    {}{}", " ".repeat(column), "^".repeat(length.max(1)))
}

pub(crate) fn lone_brace(text: &str, at: usize) -> Message {
    Message::new("FT170", format!("this `}}` closes nothing{}", pointed(text, at, 1)))
        .help("a brace that is meant as itself is doubled: `}}`")
}

pub(crate) fn open_brace(text: &str, at: usize) -> Message {
    Message::new("FT170", format!("this `{{` is not closed{}", pointed(text, at, 1)))
        .help("a brace that is meant as itself is doubled: `{{`")
}

pub(crate) fn no_name_in_text(text: &str, at: usize, written: &str) -> Message {
    let inner = written.split(':').next().unwrap_or_default().trim();
    let what = if inner.is_empty() { "there is no name between these braces".to_owned() } else { format!("`{inner}` is no name") };
    let message = Message::new("FT170", format!("{what}{}", pointed(text, at, written.chars().count())));
    let accessor = inner.rsplit('.').next().unwrap_or_default().trim_end_matches("()");
    if inner.starts_with("attribute") {
        return message.help("write `{attribute.region}`");
    }
    if crate::fields::find(accessor).is_some() {
        return message.help(format!("write `{{{accessor}}}`"));
    }
    message.help("between braces stands a field, an attribute or a `let`: `{host}`, `{attribute.region}`, `{metric:.2}`")
}

pub(crate) fn text_format(text: &str, at: usize, format: &str) -> Message {
    Message::new("FT172", format!("`{format}` is no format{}", pointed(text, at, format.chars().count())))
        .help("write the width, the digits behind the point, or both, as in `{metric:.2}` and `{service:>20}`")
}

pub(crate) fn unknown_in_text(text: &str, at: usize, name: &str, known: &[&str]) -> Message {
    let message = Message::new("FT171", format!("there is no field `{name}`{}", pointed(text, at, name.chars().count())));
    match suggestion(name, known) {
        Some(meant) => message.help(format!("did you mean `{{{meant}}}`?")),
        None => message.help(format!("an attribute is written `{{attribute.{name}}}`")),
    }
}

pub(crate) fn text_out_of_place(verb: &str) -> Message {
    Message::new("FT173", format!("`{verb}` cannot write texts with fields"))
        .help("write `with(description = text(\"...\"))` before or behind it")
}

pub(crate) fn no_level(found: &str) -> Message {
    let name = found.trim_matches('"').to_lowercase();
    let name = if name == "warning" { "warn" } else { &name };
    let message = Message::new("FT175", format!("a level is one of `{}`, found `{found}`", LEVELS.join("`, `")));
    match LEVELS.contains(&name) {
        true => message.help(format!("write `log({name}, \"...\")`")),
        false => message.help(did_you_mean(name, &LEVELS)),
    }
}

pub(crate) fn text_wanted(stage: &str, found: &str) -> Message {
    let message = Message::new("FT176", format!("`{stage}` takes a text in quotes here, with the fields in it, found `{found}`"));
    let inner = found.strip_prefix("text(").and_then(|rest| rest.strip_suffix(')'));
    match inner {
        Some(inner) => message.help(format!("write it without `text`: `{stage}(warn, {inner})`")),
        None => message.help(format!("write `{stage}(warn, \"{{host}} is {{state}}\")`")),
    }
}

pub(crate) fn yields(name: &str) -> Message {
    Message::new("FT177", format!("`{name}` is built in by now; in this router it is yours"))
        .help(format!("give yours another name, or reach it as `self::{name}`"))
}
