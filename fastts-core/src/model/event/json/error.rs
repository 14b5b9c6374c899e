//! What is wrong with a line of JSON.

use std::fmt;

/// Why a line of JSON is no event: what was expected, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonError {
    message: String,
    line: usize,
    column: usize,
}

impl JsonError {
    pub(super) fn new(error: &serde_json::Error) -> JsonError {
        let (line, column) = (error.line(), error.column());
        let mut message = error.to_string();
        // The place is told apart from the message.
        if let Some(end) = message.rfind(" at line ") {
            message.truncate(end);
        }
        JsonError { message, line, column }
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
            1 => write!(f, " at column {}", self.column),
            line => write!(f, " at line {line} column {}", self.column),
        }
    }
}

impl std::error::Error for JsonError {}
