//! What is wrong with a query, where, and what to write instead.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use unicode_width::UnicodeWidthStr;

/// What the parser found, before it is known where that is in the text.
#[derive(Debug)]
pub(super) struct Fault {
    at: Range<usize>,
    message: Cow<'static, str>,
    hint: Cow<'static, str>,
}

impl Fault {
    /// Makes a fault at these bytes; an empty hint is none.
    pub(super) fn new(at: Range<usize>, message: impl Into<Cow<'static, str>>, hint: impl Into<Cow<'static, str>>) -> Fault {
        Fault { at, message: message.into(), hint: hint.into() }
    }

    pub(super) fn with_hint(self, hint: impl Into<Cow<'static, str>>) -> Fault {
        Fault { hint: hint.into(), ..self }
    }

    pub(super) fn in_text(self, text: &str) -> QueryError {
        let Fault { at, message, hint } = self;
        let start = text.floor_char_boundary(at.start);
        let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let line_end = text[start..].find('\n').map_or(text.len(), |len| start + len);
        let end = text.ceil_char_boundary(at.end.clamp(start, line_end));
        let lines = text.contains('\n').then(|| text[..start].matches('\n').count() + 1);
        let column = text[line_start..start].chars().count() + 1;
        // Queries may be long, and errors go over the wire.
        let from = text[line_start..start].char_indices().rev().nth(SHOWN - 1).map_or(line_start, |(at, _)| line_start + at);
        let to = text[start..line_end].char_indices().nth(SHOWN).map_or(line_end, |(at, _)| start + at);
        let shown = |text: &str| text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>();
        let (before, after) = (shown(&text[from..start]), shown(&text[start..to]));
        let (left, right) = (if from > line_start { "…" } else { "" }, if to < line_end { "…" } else { "" });
        let excerpt = format!("{left}{before}{after}{right}");
        // In columns of a terminal: some characters take two, some none.
        let indent = left.width() + before.width();
        let width = shown(&text[start..end.min(to)]).width().max(1);
        QueryError { column, line: lines, message, hint, excerpt, indent, width }
    }
}

/// How many characters of the query a report shows on either side of where the error begins.
const SHOWN: usize = 60;

/// Why a text is no query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryError {
    column: usize,
    /// Which line, when the query has several.
    line: Option<usize>,
    message: Cow<'static, str>,
    hint: Cow<'static, str>,
    excerpt: String,
    indent: usize,
    width: usize,
}

impl QueryError {
    /// Returns the column of the first character that is wrong, counted from 1 in characters.
    pub fn column(&self) -> usize {
        self.column
    }

    /// Returns the line, counted from 1; a line break is blank space in a query.
    pub fn line(&self) -> usize {
        self.line.unwrap_or(1)
    }

    /// Returns what is wrong, without the place.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Returns what to write instead, `None` when there is nothing to say.
    pub fn hint(&self) -> Option<&str> {
        (!self.hint.is_empty()).then_some(&*self.hint)
    }

    /// Returns the error on several lines: what and where, the query with carets under what is wrong, and the hint.
    ///
    /// ```
    /// let error = fastts_core::query::Query::parse("state == \"ok\"").unwrap_err();
    /// assert_eq!(
    ///     error.report(),
    ///     "\
    /// unexpected `==` at column 7
    ///   state == \"ok\"
    ///         ^^
    /// write `=`"
    /// );
    /// ```
    pub fn report(&self) -> String {
        let (indent, carets) = (" ".repeat(self.indent), "^".repeat(self.width));
        let mut report = format!("{}\n  {}\n  {indent}{carets}", Place(self), self.excerpt);
        if !self.hint.is_empty() {
            report.push('\n');
            report.push_str(&self.hint);
        }
        report
    }
}

struct Place<'e>(&'e QueryError);

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let QueryError { message, column, .. } = self.0;
        match self.0.line {
            Some(line) => write!(f, "{message} in line {line} at column {column}"),
            None => write!(f, "{message} at column {column}"),
        }
    }
}

impl fmt::Display for QueryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&Place(self), f)?;
        if !self.hint.is_empty() {
            write!(f, ": {}", self.hint)?;
        }
        Ok(())
    }
}

impl std::error::Error for QueryError {}
