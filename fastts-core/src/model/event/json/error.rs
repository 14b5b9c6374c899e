//! What is wrong with a line of JSON.

use std::fmt;

/// Why a line of JSON is no event: what was expected, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonError {
    message: String,
    line: usize,
    /// In bytes, and in characters.
    column: usize,
    characters: usize,
}

impl JsonError {
    pub(super) fn new(error: &serde_json::Error, text: &[u8]) -> JsonError {
        let (line, column) = (error.line(), error.column());
        let before = text.split(|byte| *byte == b'\n').nth(line.saturating_sub(1)).unwrap_or_default();
        // Each character has one byte that goes on with none before it.
        let begins = |byte: &&u8| **byte & 0xc0 != 0x80;
        let characters = before.iter().take(column).filter(begins).count() + column.saturating_sub(before.len());
        let mut message = error.to_string();
        // The place is told apart from the message.
        if let Some(end) = message.rfind(" at line ") {
            message.truncate(end);
        }
        JsonError { message, line, column, characters }
    }

    /// Returns the column behind which it is wrong, in bytes, counted from one; zero when it is not in one place.
    pub fn column(&self) -> usize {
        self.column
    }
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match self.line {
            0 => Ok(()),
            1 => write!(f, " at column {}", self.characters),
            line => write!(f, " at line {line} column {}", self.characters),
        }
    }
}

impl std::error::Error for JsonError {}
