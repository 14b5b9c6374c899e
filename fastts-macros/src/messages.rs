//! Every text that the macro says, each with its number.
//!
//! The first line says what is wrong in the user's words, then follows one thing to do, with code that compiles.
//! Numbers up to FT040 are the rows of the catalogue that the design began with; each has its entry in `docs/errors.md`.

mod boundaries;
mod calls;
mod fragments;
mod groups;
mod idioms;
mod lints;
mod parts;
mod router;
mod settings;
mod sinks;
mod stages;
mod templates;
mod topics;
mod values;
mod words;

pub(crate) use boundaries::*;
pub(crate) use calls::*;
pub(crate) use fragments::*;
pub(crate) use groups::*;
pub(crate) use idioms::*;
pub(crate) use lints::*;
pub(crate) use parts::suggestion;
pub(crate) use router::*;
pub(crate) use settings::*;
pub(crate) use sinks::*;
pub(crate) use stages::*;
pub(crate) use templates::*;
pub(crate) use topics::*;
pub(crate) use values::*;
pub(crate) use words::*;

use std::fmt;

/// One text and its number.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    number: &'static str,
    text: String,
}

impl Message {
    fn new(number: &'static str, text: impl Into<String>) -> Self {
        Self { number, text: text.into() }
    }

    pub(crate) fn number(&self) -> &'static str {
        self.number
    }

    /// Adds a line that says what else there is to know.
    fn note(mut self, note: impl fmt::Display) -> Self {
        self.text.push_str(&format!("\nnote: {note}"));
        self
    }

    /// Says what another message says to do, in the place of what this one says.
    pub(crate) fn replace_help(&mut self, other: &Self) {
        let kept: Vec<&str> = self.text.lines().filter(|line| !line.starts_with("help: ")).collect();
        let help = other.text.lines().filter(|line| line.starts_with("help: "));
        self.text = kept.into_iter().chain(help).collect::<Vec<_>>().join("\n");
    }

    /// Adds what another message says to do.
    pub(crate) fn add_help_of(&mut self, other: &Self) {
        for line in other.text.lines().filter(|line| line.starts_with("help: ")) {
            if !self.text.lines().any(|one| one == line) {
                self.text.push('\n');
                self.text.push_str(line);
            }
        }
    }

    /// Adds a line that says what to do.
    fn help(mut self, help: impl fmt::Display) -> Self {
        self.text.push_str(&format!("\nhelp: {help}"));
        self
    }
}

impl fmt::Display for Message {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} [{}]", self.text, self.number)
    }
}
