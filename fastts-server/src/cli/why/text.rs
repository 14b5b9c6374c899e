//! The answer for people.

use std::fmt::Write;

use clap::builder::styling::{AnsiColor, Style};
use fastts_core::Time;
use serde_json::Value;
use unicode_width::UnicodeWidthStr;

use super::judge::{Answer, Outcome, Row, Verdict};
use super::values::Field;
use crate::cli::output::padded;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const GREEN: Style = AnsiColor::Green.on_default();
const RED: Style = AnsiColor::Red.on_default();
const YELLOW: Style = AnsiColor::Yellow.on_default();

/// How many characters of a stage stand in a headline, and how wide the column of the stages is at most.
const LONGEST: usize = 60;

/// Writes the answers for one event; with the escape codes of colours, which whoever prints it may take out.
pub(super) fn write(event: &str, now: Time, answers: &[Answer<'_>]) -> String {
    // Writing into a string cannot fail, here and below.
    let mut text = format!("{DIM}event{DIM:#} {event}\n");
    for answer in answers {
        text.push('\n');
        headline(answer, &mut text);
        let width = answer.rows.iter().map(|row| 2 * row.depth + label(row).width()).max().unwrap_or(0).min(LONGEST);
        for row in &answer.rows {
            line(row, &answer.drawn.file, width, now, &mut text);
        }
    }
    text
}

fn headline(answer: &Answer<'_>, text: &mut String) {
    let drawn = answer.drawn;
    let place = |row: &Row<'_>| format!("{}:{}", drawn.file, row.stage.info.line);
    let (style, said) = match &answer.outcome {
        Outcome::OtherType => (YELLOW, format!("does not enter, it takes {} and not events", drawn.item)),
        Outcome::NotPublished => {
            (YELLOW, format!("does not enter, nothing was published on {:?} at once", drawn.topic.as_deref().unwrap_or_default()))
        }
        Outcome::Broken(reason) => (RED, format!("cannot be built: {reason}")),
        Outcome::Through => (GREEN, "goes through to the end".to_owned()),
        Outcome::Unknown => {
            let unknown = answer.rows.iter().filter(|row| row.verdict == Verdict::Unknown);
            let names: Vec<String> = unknown.map(|row| format!("`{}`", short(&label(row)))).collect();
            let place = if names.is_empty() { String::new() } else { format!(", it ends in {}", names.join(" or ")) };
            (YELLOW, format!("does not come out at the end{place}"))
        }
        Outcome::Panicked(panic) => (RED, format!("panics: {panic}")),
        Outcome::Row(index) => {
            let row = &answer.rows[*index];
            let (style, verb) = if row.verdict == Verdict::Holds { (YELLOW, "is held by") } else { (RED, "stops at") };
            (style, format!("{verb} `{}`, {}", short(&label(row)), place(row)))
        }
    };
    let _ = writeln!(text, "{BOLD}{}{BOLD:#}: {style}{said}{style:#}", drawn.name);
}

/// Cuts off what is too long to be read in a line.
fn short(label: &str) -> String {
    match label.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &label[..end]),
        None => label.to_owned(),
    }
}

/// Returns how a row is called.
pub(super) fn label(row: &Row<'_>) -> String {
    match (row.stage.info.name, row.stage.info.text) {
        ("branch", _) => "branch".to_owned(),
        ("arm", condition) => format!("{condition} =>"),
        (_, text) => text.to_owned(),
    }
}

/// Returns the word for a verdict.
pub(super) fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Passes => "passes",
        Verdict::Stops => "stops",
        Verdict::Holds => "held",
        Verdict::Panics => "panics",
        Verdict::Enters => "enters",
        Verdict::NotTaken => "not taken",
        Verdict::NotReached => "not reached",
        Verdict::Unknown => "not known",
    }
}

fn line(row: &Row<'_>, file: &str, width: usize, now: Time, text: &mut String) {
    let style = match row.verdict {
        Verdict::Passes | Verdict::Enters => GREEN,
        Verdict::Stops | Verdict::Panics => RED,
        Verdict::Holds => YELLOW,
        Verdict::NotTaken | Verdict::NotReached | Verdict::Unknown => DIM,
    };
    let indent = 2 * row.depth;
    let width = width.saturating_sub(indent);
    let stage = &row.stage.info;
    let (word, label) = (word(row.verdict), label(row));
    let _ = writeln!(
        text,
        "    {style}{word:<11}{style:#}  {:indent$}{}  {DIM}{file}:{}:{}{DIM:#}",
        "",
        padded(&label, width),
        stage.line,
        stage.column
    );
    let mut more = Vec::new();
    let some = row.passed > 0 && row.passed < row.arrived;
    if some && !row.reason.is_empty() {
        more.push(format!("{} of {} items pass; for the first other: {}", row.passed, row.arrived, row.reason));
    } else if !row.reason.is_empty() {
        more.push(row.reason.clone());
    }
    more.extend(row.due.filter(|_| row.verdict == Verdict::Holds).map(|due| format!("its timer fires in {:?}", due.since(now))));
    if !row.values.is_empty() {
        more.push(row.values.iter().map(value).collect::<Vec<_>>().join(", "));
    }
    if !more.is_empty() {
        let _ = writeln!(text, "    {:13}{:indent$}  {}", "", "", more.join("; "));
    }
}

/// Says what a field is.
fn value((field, value): &Field) -> String {
    match (field.as_str(), value) {
        ("tags", Value::Null) => "there are no tags".to_owned(),
        ("tags", tags) => format!("tags are {tags}"),
        (_, Value::Null) => format!("{field} is missing"),
        _ => format!("{field} is {value}"),
    }
}
