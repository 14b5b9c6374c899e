//! Conditions that a surrounding `macro_rules!` was given as `$condition:expr`: rustc hands them on in a group that is not seen.

use std::str::FromStr;

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::quote;

use crate::guard;

/// The expansion of a router whose condition holds `$condition` in the place of `HERE`.
fn expansion(router: &str, condition: &str) -> String {
    let condition = TokenStream::from_str(condition).expect("a condition of a test lexes");
    let group = TokenTree::Group(Group::new(Delimiter::None, condition));
    let router = put(TokenStream::from_str(router).expect("a router of a test lexes"), &group);
    guard::router(quote!(fastts #router)).to_string()
}

fn put(tokens: TokenStream, group: &TokenTree) -> TokenStream {
    tokens
        .into_iter()
        .map(|token| match token {
            TokenTree::Ident(word) if word == "HERE" => group.clone(),
            TokenTree::Group(one) => TokenTree::Group(Group::new(one.delimiter(), put(one.stream(), group))),
            other => other,
        })
        .collect()
}

#[test]
fn its_fields_are_fields() {
    for router in [
        "pipeline \"P\" { where(HERE); stdout }",
        "pipeline \"P\" { where(!HERE && host == \"a\"); stdout }",
        "pipeline \"P\" { split { HERE => stdout, _ => stdout } }",
    ] {
        let expanded = expansion(router, "metric > 5 || expired");
        assert!(expanded.contains("__item . metric ()") && expanded.contains("is_expired"), "{router}: {expanded}");
        assert!(!expanded.contains("compile_error"), "{router}: {expanded}");
    }
}

#[test]
fn any_other_rust_stays_as_it_is() {
    let expanded = expansion("pipeline \"P\" { where(metric > HERE); stdout }", "match X { 1 => 2, _ => 3 }");
    assert!(expanded.contains("match X { 1 => 2 , _ => 3 }") && !expanded.contains("compile_error"), "{expanded}");
}

#[test]
fn a_closure_is_no_condition() {
    let expanded = expansion("pipeline \"P\" { where(HERE); stdout }", "|e| e.metric() > 5");
    assert_eq!(expanded.matches("FT053").count(), 1, "{expanded}");
}
