//! Regular expressions, parsed while compiling: what does not parse is reported, what is plain text needs no engine.

use regex_syntax::hir::{Hir, HirKind, Look};

/// What a regular expression asks for, found while compiling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Pattern {
    StartsWith(String),
    EndsWith(String),
    Contains(String),
    Equals(String),
    Regex(String),
}

/// Why a pattern does not parse, and where.
#[derive(Debug)]
pub(crate) struct Fault {
    /// The line of the pattern that holds the mistake.
    pub(crate) line: String,
    /// The column of the mistake, in characters from 0.
    pub(crate) column: usize,
    pub(crate) reason: String,
}

impl Fault {
    /// The pattern without its look-around, as conditions on `left`: `!(service =~ "^riemann")` for `^(?!riemann)`.
    pub(crate) fn without_look_around(&self, left: &str) -> String {
        let mut rest = String::new();
        let mut conditions = Vec::new();
        let mut pattern = self.line.as_str();
        while let Some((before, behind)) = pattern.split_once("(?") {
            let sign = [("<!", true), ("<=", false), ("!", true), ("=", false)].into_iter().find(|(sign, _)| behind.starts_with(sign));
            let end = closing(behind);
            let (Some((sign, negated)), Some(end)) = (sign, end) else { break };
            let looked = behind.get(sign.len()..end).unwrap_or_default();
            rest.push_str(before);
            // what comes behind must hold where it stands, what comes before where it ends
            let found = if sign.starts_with('<') { looked.to_owned() } else { format!("{rest}{looked}") };
            conditions.push(if negated { format!("!({left} =~ {found:?})") } else { format!("{left} =~ {found:?}") });
            pattern = behind.get(end + 1..).unwrap_or_default();
        }
        rest.push_str(pattern);
        if !["", "^", "$", ".*", "^.*", ".*$", "^.*$"].contains(&rest.as_str()) {
            conditions.insert(0, format!("{left} =~ {rest:?}"));
        }
        conditions.join(" && ")
    }
}

/// Where the parenthesis closes that was opened before a text.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    text.char_indices().find_map(|(at, one)| match one {
        '(' => {
            depth += 1;
            None
        }
        ')' if depth == 0 => Some(at),
        ')' => {
            depth -= 1;
            None
        }
        _ => None,
    })
}

/// Reads a pattern.
pub(crate) fn read(pattern: &str) -> Result<Pattern, Fault> {
    let hir = regex_syntax::parse(pattern).map_err(|error| fault(pattern, &error))?;
    Ok(plain(&hir).unwrap_or_else(|| Pattern::Regex(pattern.to_owned())))
}

fn fault(pattern: &str, error: &regex_syntax::Error) -> Fault {
    let (position, reason) = match error {
        regex_syntax::Error::Parse(error) => (error.span().start, error.kind().to_string()),
        regex_syntax::Error::Translate(error) => (error.span().start, error.kind().to_string()),
        other => return Fault { line: pattern.to_owned(), column: 0, reason: other.to_string() },
    };
    let line = pattern.split('\n').nth(position.line.saturating_sub(1)).unwrap_or(pattern);
    Fault { line: line.to_owned(), column: position.column.saturating_sub(1), reason }
}

/// The pattern as a plain comparison, if it is one.
fn plain(hir: &Hir) -> Option<Pattern> {
    let parts = match hir.kind() {
        HirKind::Concat(parts) => parts.as_slice(),
        _ => std::slice::from_ref(hir),
    };
    match parts {
        [text] => Some(Pattern::Contains(text_of(text)?)),
        [start, text] if is(start, Look::Start) => Some(Pattern::StartsWith(text_of(text)?)),
        [text, end] if is(end, Look::End) => Some(Pattern::EndsWith(text_of(text)?)),
        [start, text, end] if is(start, Look::Start) && is(end, Look::End) => Some(Pattern::Equals(text_of(text)?)),
        _ => None,
    }
}

fn is(hir: &Hir, look: Look) -> bool {
    matches!(hir.kind(), HirKind::Look(found) if *found == look)
}

/// A text as a pattern that finds just that, inside the quotes of a literal.
pub(crate) fn escaped(text: &str) -> String {
    text.chars().map(|one| if ".+*?()|[]{}^$".contains(one) { format!("[{one}]") } else { one.to_string() }).collect()
}

fn text_of(hir: &Hir) -> Option<String> {
    match hir.kind() {
        HirKind::Literal(literal) => std::str::from_utf8(&literal.0).ok().map(ToOwned::to_owned),
        _ => None,
    }
}
