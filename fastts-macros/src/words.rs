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

/// Tells whether tokens define a function of a name, or import the name.
pub(crate) fn defines(tokens: TokenStream, name: &Ident) -> bool {
    let (mut in_use, mut after_fn) = (false, false);
    tokens.into_iter().any(|token| {
        let found = match &token {
            TokenTree::Ident(one) => (in_use || after_fn) && one == name,
            TokenTree::Group(group) if in_use => names(group.stream(), name),
            TokenTree::Group(group) => defines(group.stream(), name),
            _ => false,
        };
        match &token {
            TokenTree::Ident(one) if one == "use" => in_use = true,
            TokenTree::Punct(sign) if sign.as_char() == ';' => in_use = false,
            _ => {}
        }
        after_fn = matches!(&token, TokenTree::Ident(one) if one == "fn");
        found
    })
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
