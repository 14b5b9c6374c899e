//! What the tables of tests share.

use std::str::FromStr;

use proc_macro2::TokenStream;

use crate::diagnostics::{Diagnostics, Level};
use crate::tokens::Reach;
use crate::{check, expand, parse};

/// The tokens of a source, behind the crate that the door would name.
fn tokens(source: &str) -> TokenStream {
    // a blank keeps the lines and columns those of the source
    let mut tokens: TokenStream =
        std::iter::once(proc_macro2::TokenTree::from(proc_macro2::Ident::new("fastts", proc_macro2::Span::call_site()))).collect();
    tokens.extend(TokenStream::from_str(source).expect("the source of a test has balanced braces"));
    tokens
}

/// The expansion as a formatted file.
pub(super) fn expansion(source: &str) -> String {
    let mut diagnostics = Diagnostics::default();
    let mut router = parse::router(tokens(source), &mut diagnostics);
    check::router(&mut router, &mut diagnostics);
    let expanded = expand::router(&router, diagnostics);
    let file = syn::parse2::<syn::File>(expanded.clone()).unwrap_or_else(|error| panic!("{error}: {expanded}"));
    prettyplease::unparse(&file)
}

/// Draws every message under the source that it is about, as a compiler would: `^` for errors, `-` for warnings.
pub(super) fn drawn(source: &str) -> String {
    let mut diagnostics = Diagnostics::default();
    let mut router = parse::router(tokens(source), &mut diagnostics);
    check::router(&mut router, &mut diagnostics);
    let lines: Vec<&str> = source.lines().collect();
    let mut drawn = String::new();
    for one in diagnostics.iter() {
        let Reach { first, last } = one.reach;
        let (start, end) = (first.start(), last.end());
        let line = lines.get(start.line - 1).copied().unwrap_or_default();
        let length = if start.line == end.line { end.column - start.column } else { line.chars().count() - start.column };
        let mark = if one.level == Level::Error { "^" } else { "-" };
        drawn.push_str(&format!("{line}\n{}{}\n{}\n\n", " ".repeat(start.column), mark.repeat(length.max(1)), one.message));
    }
    drawn
}
