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
    let written = input.clone().into_iter().nth(1).map_or_else(Span::call_site, |token| token.span());
    let expanded = caught(|| expand_router(input)).unwrap_or_else(|fault| {
        // what calls `router()` is no mistake, so the function is there all the same
        quote! {
            #fault
            pub fn router() -> #root::Router { ::core::panic!("the router did not compile") }
        }
    });
    if std::env::var_os("FASTTS_MACROS_DEBUG").is_some() {
        eprintln!("// the router at {}:{} expands to\n{}", written.file(), written.start().line, readable(&expanded));
    }
    expanded
}

pub(crate) fn expand_router(input: TokenStream) -> TokenStream {
    let mut diagnostics = Diagnostics::default();
    let mut router = parse::router(input, &mut diagnostics);
    // what the check takes out of the tree somebody may be typing, so an editor gets the tree as it was before
    let prepared = editor::is_asking().then(|| editor::prepare(router.clone()));
    check::router(&mut router, &mut diagnostics);
    expand::router(prepared.as_ref().unwrap_or(&router), diagnostics)
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
fn what_is_printed_for_debugging_has_lines_whatever_was_written() {
    let tokens = |source: &str| source.parse::<TokenStream>().expect("the source has balanced braces");
    assert_eq!(readable(&tokens("fn a ( ) { let b = 5 ; c ( b ) }")), "fn a() {\n    let b = 5;\n    c(b)\n}\n");
    assert_eq!(readable(&tokens("fn a ( ) { let b = ; }")), "fn a () { let b = ; }");
}

#[cfg(test)]
#[test]
fn a_fault_of_the_macro_asks_for_a_report() {
    let said = caught(|| panic!("out of {}", "luck")).expect_err("it panicked").to_string();
    assert!(said.contains("the macro itself failed: out of luck") && said.contains("please report it"), "{said}");
}

/// The expansion as a person would have written it; as rustc prints tokens where a mistake keeps it from being Rust.
fn readable(expanded: &TokenStream) -> String {
    syn::parse2(expanded.clone()).map_or_else(|_| expanded.to_string(), |file| prettyplease::unparse(&file))
}
