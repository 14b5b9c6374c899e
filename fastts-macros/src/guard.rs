//! Runs the phases one after the other, and keeps a fault of the macro itself from looking like the user's.

use std::panic::{AssertUnwindSafe, catch_unwind};

use proc_macro2::{Span, TokenStream};
use quote::quote;

use crate::diagnostics::Diagnostics;
use crate::tokens::Reach;
use crate::{check, editor, expand, item, messages, parse};

/// Expands a router.
pub(crate) fn router(input: TokenStream) -> TokenStream {
    let root: TokenStream = input.clone().into_iter().take(1).collect();
    let expanded = caught(|| expand_router(input)).unwrap_or_else(|fault| {
        // what calls `router()` is no mistake, so the function is there all the same
        quote! {
            #fault
            pub fn router() -> #root::Router { ::core::panic!("the router did not compile") }
        }
    });
    if std::env::var_os("FASTTS_MACROS_DEBUG").is_some() {
        eprintln!("{}", readable(&expanded.to_string()));
    }
    expanded
}

pub(crate) fn expand_router(input: TokenStream) -> TokenStream {
    let mut diagnostics = Diagnostics::default();
    let mut router = parse::router(input.clone(), &mut diagnostics);
    check::router(&mut router, &mut diagnostics);
    if editor::is_asking() {
        // What the check takes out of the tree somebody may be typing. Parsing numbers its findings as it did the first time.
        router = parse::router(input, &mut Diagnostics::default());
    }
    expand::router(&router, diagnostics)
}

/// Expands `#[derive(Item)]`; `root` is the crate that the implementation names.
pub(crate) fn item(input: TokenStream, root: &str) -> TokenStream {
    caught(|| item::derive(input, root)).unwrap_or_else(|fault| fault)
}

/// Runs one expansion; a panic becomes a message that asks for a report.
fn caught(run: impl FnOnce() -> TokenStream) -> Result<TokenStream, TokenStream> {
    catch_unwind(AssertUnwindSafe(run)).map_err(|cause| {
        let reason =
            cause.downcast_ref::<String>().map(String::as_str).or_else(|| cause.downcast_ref::<&str>().copied()).unwrap_or("it panicked");
        let mut diagnostics = Diagnostics::default();
        diagnostics.error(Reach::of(Span::call_site()), messages::internal(reason));
        diagnostics.into_items()
    })
}

#[cfg(test)]
#[test]
fn a_fault_of_the_macro_asks_for_a_report() {
    let said = caught(|| panic!("out of {}", "luck")).expect_err("it panicked").to_string();
    assert!(said.contains("the macro itself failed: out of luck") && said.contains("please report it"), "{said}");
}

/// One statement a line, indented by its braces. Good enough to follow; string literals are left whole.
fn readable(tokens: &str) -> String {
    let mut text = String::new();
    let mut depth = 0_usize;
    let mut in_string = false;
    let mut escaped = false;
    for character in tokens.chars() {
        if in_string {
            text.push(character);
            in_string = escaped || character != '"';
            escaped = character == '\\' && !escaped;
            continue;
        }
        match character {
            '"' => {
                in_string = true;
                text.push(character);
            }
            '{' | ';' => {
                depth += usize::from(character == '{');
                text.push(character);
                text.push('\n');
                text.push_str(&"    ".repeat(depth));
            }
            '}' => {
                depth = depth.saturating_sub(1);
                text.truncate(text.trim_end().len());
                text.push('\n');
                text.push_str(&"    ".repeat(depth));
                text.push(character);
            }
            ' ' if text.ends_with([' ', '\n']) => {}
            _ => text.push(character),
        }
    }
    text
}
