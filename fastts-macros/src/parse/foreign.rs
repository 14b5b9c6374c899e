//! Words of other programs where they are not written as a name is here: `async-queue!`, `IO.puts`, `(prn event)`.
//!
//! A word that could be a name is left to `expand::fallback`, since somebody may have a function of that name.

use proc_macro2::{Delimiter, Group, TokenTree};

use super::{at_entry, path};
use crate::diagnostics::{Diagnostics, Hole};
use crate::messages::{self, Message};
use crate::tokens::{Cursor, Reach};
use crate::words::{self, Word};

/// Macros of Rust that people have in scope; those belong into `inspect`.
const MACROS: [&str; 11] = ["print", "println", "eprint", "eprintln", "dbg", "trace", "debug", "info", "warn", "error", "assert"];

/// The name that begins at a token, as Clojure and Elixir write names, and how many tokens it has.
fn name_at(tokens: &[TokenTree]) -> Option<(String, usize)> {
    let (first, rest) = tokens.split_first()?;
    let TokenTree::Ident(first) = first else { return None };
    let mut name = first.to_string();
    let mut length = 1;
    let mut rest = rest;
    while let [TokenTree::Punct(sign), TokenTree::Ident(next), behind @ ..] = rest
        && matches!(sign.as_char(), '-' | '.')
    {
        name = format!("{name}{}{next}", sign.as_char());
        length += 2;
        rest = behind;
    }
    if let Some(TokenTree::Punct(sign)) = rest.first()
        && matches!(sign.as_char(), '!' | '?' | '*')
    {
        name.push(sign.as_char());
        length += 1;
    }
    Some((name, length))
}

/// `(prn "x")`, `(async-queue! :q {} stdout)`
pub(super) fn in_parentheses(group: &Group) -> Option<Message> {
    let tokens: Vec<TokenTree> = group.stream().into_iter().collect();
    let (name, _) = name_at(&tokens).filter(|_| group.delimiter() == Delimiter::Parenthesis)?;
    words::find(&name).map(messages::foreign_word)
}

/// The word that is written like a macro and that no crate has as one.
pub(super) fn macro_word(path: &str) -> Option<&'static Word> {
    words::find(path).filter(|word| !MACROS.contains(&word.name))
}

/// Reports a word whose first part was taken for a stage, and steps over the rest of it: `IO.puts("x")`, `async-queue!(…)`.
pub(super) fn behind_name(cursor: &mut Cursor, diagnostics: &mut Diagnostics) -> Option<Hole> {
    let from = cursor.position().checked_sub(1)?;
    let end = from + name_at(cursor.between(from, usize::MAX))?.1;
    let (name, _) = name_at(cursor.between(from, end))?;
    let word = words::find(&name).filter(|_| end > from + 1)?;
    let reach = Reach::over(cursor.between(from, end), cursor.span());
    cursor.take_until(|cursor| cursor.is_op(0, ";") || cursor.is_op(0, ","));
    cursor.take_op(";");
    Some(diagnostics.error(reach, messages::foreign_word(word)))
}

/// Reports a word that begins with one of Rust's own, and steps over its stage: `async-queue!(…)`.
pub(super) fn behind_keyword(cursor: &mut Cursor, diagnostics: &mut Diagnostics) -> bool {
    let from = cursor.position();
    let Some((name, length)) = name_at(cursor.between(from, usize::MAX)) else { return false };
    let is_keyword = cursor.ident(0).is_some_and(|word| path::is_keyword(&word.to_string()));
    let Some(word) = words::find(&name).filter(|_| length > 1 && is_keyword) else { return false };
    diagnostics.error(Reach::over(cursor.between(from, from + length), cursor.span()), messages::foreign_word(word));
    cursor.take_until(|cursor| cursor.is_op(0, ";"));
    true
}

/// Reports a word that stands where pipelines do: `tcp-server(…)`, `(streams …)`.
pub(super) fn outside_pipelines(cursor: &mut Cursor, diagnostics: &mut Diagnostics) -> bool {
    let from = cursor.position();
    let message = match cursor.group(0, Delimiter::Parenthesis) {
        Some(group) => in_parentheses(group),
        None => name_at(cursor.between(from, usize::MAX)).and_then(|(name, _)| words::find(&name)).map(messages::foreign_word),
    };
    let Some(message) = message else { return false };
    let length = name_at(cursor.between(from, usize::MAX)).map_or(1, |(_, length)| length);
    cursor.skip(length);
    diagnostics.error(cursor.reach_since(from), message);
    cursor.take_until(|cursor| cursor.is_op(0, ";") || at_entry(cursor));
    cursor.take_op(";");
    true
}
