//! What the tables of tests share.

use std::str::FromStr;

use proc_macro2::TokenStream;

use crate::diagnostics::{Diagnostics, Level};
use crate::messages::Message;
use crate::tokens::Reach;
use crate::{check, guard, parse};

/// The tokens of a source, behind the crate that the door would name.
pub(super) fn tokens(source: &str) -> TokenStream {
    // a blank keeps the lines and columns those of the source
    let mut tokens: TokenStream =
        std::iter::once(proc_macro2::TokenTree::from(proc_macro2::Ident::new("fastts", proc_macro2::Span::call_site()))).collect();
    tokens.extend(TokenStream::from_str(source).expect("the source of a test has balanced braces"));
    tokens
}

/// The expansion as a formatted file.
pub(super) fn expansion(source: &str) -> String {
    let expanded = guard::expand_router(tokens(source));
    let file = syn::parse2::<syn::File>(expanded.clone()).unwrap_or_else(|error| panic!("{error}: {expanded}"));
    prettyplease::unparse(&file)
}

/// Checks what is said about a source, and where: below each line stand its marks, `^` for errors and `-` for warnings, each
/// with the number of the message.
///
/// ```text
/// pipeline "P" { under(12), stdout }
///                         ^ FT009
/// ```
pub(super) fn check(marked: &str) {
    let marked = marked.trim_matches('\n');
    let source: Vec<&str> = marked.lines().filter(|line| !is_mark(line)).collect();
    let drawn = drawn(&source);
    assert!(drawn == marked, "wanted\n{marked}\n\nfound\n{drawn}\n");
}

fn is_mark(line: &str) -> bool {
    line.trim_start().starts_with(['^', '-']) && line.contains(" FT")
}

/// The source with the marks of everything that is said about it.
fn drawn(source: &[&str]) -> String {
    drawn_as(source, |message| message.number().to_owned())
}

/// The source with all that is said about it, in full.
pub(super) fn said(source: &str) -> String {
    drawn_as(&source.lines().collect::<Vec<_>>(), ToString::to_string)
}

fn drawn_as(source: &[&str], say: impl Fn(&Message) -> String) -> String {
    let text = source.join("\n");
    let mut diagnostics = Diagnostics::default();
    let mut router = parse::router(tokens(&text), &mut diagnostics);
    check::router(&mut router, &mut diagnostics);
    let mut found: Vec<_> = diagnostics.iter().collect();
    found.sort_by_key(|one| (one.reach.first.start().line, one.reach.first.start().column));
    let mut drawn = String::new();
    for (at, line) in source.iter().enumerate() {
        drawn.push_str(line);
        drawn.push('\n');
        for one in found.iter().filter(|one| one.reach.first.start().line == at + 1) {
            let Reach { first, last } = one.reach;
            let (start, end) = (first.start(), last.end());
            let end = if start.line == end.line { end.column } else { line.chars().count() };
            let mark = if one.level == Level::Error { "^" } else { "-" };
            let marks = mark.repeat(end.saturating_sub(start.column).max(1));
            drawn.push_str(&format!("{}{marks} {}\n", " ".repeat(start.column), say(&one.message)));
        }
    }
    drawn.trim_end().to_owned()
}

/// The numbers of everything that is said about a router, by whichever phase.
pub(super) fn numbers_of_router(source: &str) -> Vec<String> {
    numbers(&crate::guard::router(tokens(source)).to_string())
}

/// The numbers of everything that is said about a type that derives `Item`.
pub(super) fn numbers_of_item(source: &str) -> Vec<String> {
    let tokens = TokenStream::from_str(source).expect("the source of a test has balanced braces");
    numbers(&crate::guard::item(tokens, "fastts_core").to_string())
}

fn numbers(expanded: &str) -> Vec<String> {
    expanded.match_indices("[FT").filter_map(|(at, _)| expanded.get(at + 1..at + 6)).map(str::to_owned).collect()
}
