//! The words that people bring from other programs, and what there is in their place.
//!
//! A word is answered where it stands as a stage and nothing of that name is in scope: a function of the user's keeps its name,
//! see `expand::fallback`. Every form in this table is compiled by a test.

mod elsewhere;
mod riemann;

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::quote;

/// A word of another program.
#[derive(Debug)]
pub(crate) struct Word {
    /// The word as it is a name here: `smapcat`, `async_queue`, `IO.puts`.
    pub(crate) name: &'static str,
    /// Whose word it is: "Riemann's". Empty for a sink that nobody has written yet.
    pub(crate) of: &'static str,
    /// What to write instead, as stages that compile.
    pub(crate) form: Option<&'static str>,
    /// What else there is to know, or all that there is.
    pub(crate) remark: &'static str,
}

/// A word that some stages replace.
const fn word(name: &'static str, of: &'static str, form: &'static str) -> Word {
    Word { name, of, form: Some(form), remark: "" }
}

/// A word that nothing in a pipeline replaces.
const fn told(name: &'static str, of: &'static str, remark: &'static str) -> Word {
    Word { name, of, form: None, remark }
}

/// A sink that nobody has written yet.
const fn sink(name: &'static str) -> Word {
    told(
        name,
        "",
        "`forward(\"riemann:5555\")`, of fastts-server, hands events to a Riemann that has it; how you write one is in docs/guide.md \
         under \"Write a sink\"",
    )
}

impl Word {
    const fn remark(self, remark: &'static str) -> Self {
        Self { remark, ..self }
    }
}

/// All words.
pub(crate) fn all() -> impl Iterator<Item = &'static Word> {
    riemann::WORDS.iter().chain(elsewhere::WORDS)
}

/// Finds a word as it is written here, or as Clojure writes it: `async-queue!`, `smap*`, `expired?`.
pub(crate) fn find(written: &str) -> Option<&'static Word> {
    let name = written.trim_end_matches(['!', '*', '?']).replace('-', "_");
    all().find(|word| word.name == name)
}

/// Tells whether tokens mention a name.
pub(crate) fn names(tokens: TokenStream, name: &Ident) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(one) => one == *name,
        TokenTree::Group(group) => names(group.stream(), name),
        _ => false,
    })
}

/// Tells whether the file that a name stands in defines or imports it. A function's own items are found by nothing that a macro can
/// write, so a word is left alone where the file has it as a name at all.
pub(crate) fn is_defined(name: &Ident) -> bool {
    let (word, start) = (name.to_string(), name.span().start());
    let file = name.span().local_file().and_then(|path| std::fs::read_to_string(path).ok());
    file.is_some_and(|text| stands_at(&text, start.line, start.column, &word) && defines(&text, &word))
}

/// Tells whether a word stands in a line of a text, counted from one, behind so many characters. An example in a comment says the name of a
/// file in which it does not stand as it is compiled, and what that file defines is not there.
fn stands_at(text: &str, line: usize, column: usize, word: &str) -> bool {
    let line = line.checked_sub(1).and_then(|before| text.lines().nth(before));
    line.and_then(|line| line.char_indices().nth(column).and_then(|(at, _)| line.get(at..))).is_some_and(|rest| rest.starts_with(word))
}

/// Tells whether a text has `fn name`, or a `use` with the name in it.
fn defines(text: &str, name: &str) -> bool {
    let is_word = |one: char| one.is_alphanumeric() || one == '_';
    text.match_indices(name).any(|(at, _)| {
        let (before, behind) = (text.get(..at).unwrap_or_default(), text.get(at + name.len()..).unwrap_or_default());
        if before.ends_with(is_word) || behind.starts_with(is_word) {
            return false;
        }
        let statement = before.rsplit(';').next().unwrap_or_default();
        let line = statement.lines().rfind(|line| line.trim_start().starts_with("use ") || line.contains("pub use "));
        let in_use = line.is_some() && !statement.contains("router!") && !statement.contains("fn ");
        before.trim_end().ends_with(" stages")
            || before.trim_end().ends_with(" fn")
            || before.trim_start() == "fn "
            || before.trim_end().ends_with("\nfn")
            || in_use
    })
}

#[cfg(test)]
#[test]
fn a_name_is_defined_by_a_function_or_an_import() {
    for text in [
        "fn sdo<F>(flow: F) {}",
        "pub(crate) fn sdo() {}",
        "use a::{b,\n    sdo,\n};",
        "x;\nuse mine::sdo;",
        "mod a { pub use b::c as sdo; }",
    ] {
        assert!(defines(text, "sdo"), "{text}");
    }
    for text in ["fn sdo_all() {}", "use mine::other;\nrouter! { pipeline \"P\" { sdo } }", "// sdo is no fn", "fn main() { sdo }"] {
        assert!(!defines(text, "sdo"), "{text}");
    }
}

/// Writes a router with a pipeline for each word that stages replace.
pub(crate) fn as_router(root: TokenStream) -> TokenStream {
    let pipelines = all().filter_map(|word| {
        let (name, form) = (word.name, word.form?.parse::<TokenStream>().ok()?);
        Some(quote!(#[allow(no_effect, silent_topic, unreachable)] pipeline #name { #form }))
    });
    quote!(#root::router! { pub fn words; #(#pipelines)* })
}

#[cfg(test)]
#[test]
fn every_word_has_one_row_is_no_stage_and_says_what_there_is() {
    let names: Vec<&str> = all().map(|word| word.name).collect();
    assert!(names.len() >= 80, "only {} words", names.len());
    for (at, word) in all().enumerate() {
        assert!(!names[..at].contains(&word.name), "{} has two rows", word.name);
        assert!(crate::table::find(word.name).is_none(), "{} is a stage", word.name);
        assert!(word.form.is_some() || !word.remark.is_empty(), "{} has no answer", word.name);
        assert!(!word.remark.ends_with('.'), "{}: a message ends without a full stop", word.name);
    }
}
