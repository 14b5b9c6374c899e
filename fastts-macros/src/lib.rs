//! The language of FastTS: `router!` and `#[derive(Item)]`.
//!
//! The macro is a small compiler, and its phases are the modules: `parse` reads what was written and never
//! fails, `check` finds what rustc cannot know, `expand` writes Rust. All of them put what they find into one
//! bag, `diagnostics`, so that everything is reported in one compile; every text stands in `messages`.
//! Whatever rustc says better (names, types, syntax inside an argument) is left to it.
//!
//! Nothing here is meant to be named by hand: `fastts_server::router!` and `fastts_core::router!` are the doors.
//! `FASTTS_MACROS_DEBUG=1` at compile time prints what a router expands to.

mod check;
mod diagnostics;
mod durations;
mod editor;
mod expand;
mod fields;
mod fragments;
mod guard;
mod item;
mod lint;
mod messages;
mod parse;
mod pattern;
mod syntax;
mod table;
#[cfg(test)]
mod tests;
mod tokens;
mod words;

use proc_macro::TokenStream;

/// Expands the pipelines of one router into the function that builds it.
///
/// The first token is the crate that the expansion names (`$crate` of the door); the rest is the router.
#[doc(hidden)]
#[proc_macro]
pub fn router_impl(input: TokenStream) -> TokenStream {
    guard::router(input.into()).into()
}

/// Expands to a list of the built-in stages, `&[(name, usage)]`, so that a test can hold the table against the code.
#[doc(hidden)]
#[proc_macro]
pub fn builtin_stages(_: TokenStream) -> TokenStream {
    table::as_literal().into()
}

/// The same of the sinks of `fastts-server`.
#[doc(hidden)]
#[proc_macro]
pub fn builtin_sinks(_: TokenStream) -> TokenStream {
    table::sinks_as_literal().into()
}

/// Expands to a router with a pipeline for each word of other programs, made of the stages that its message tells to write, so that a
/// test can compile them. The first token is the crate that has `router!`.
#[doc(hidden)]
#[proc_macro]
pub fn router_of_words(root: TokenStream) -> TokenStream {
    words::as_router(root.into()).into()
}

/// Lets a struct or enum travel through pipelines, and gives a struct an accessor for each named field.
///
/// The type must be `Clone` and own what it carries. `String` fields are read as `&str`, numbers and other small `Copy`
/// types by value, options of those likewise, everything else by reference. `#[item(skip)]` on a field leaves its
/// accessor out; `#[item(crate = path)]` on the type names the crate that re-exports FastTS.
#[proc_macro_derive(Item, attributes(item))]
pub fn derive_item(input: TokenStream) -> TokenStream {
    guard::item(input.into(), "fastts_core").into()
}

/// Is [`Item`](derive@Item) for crates that depend on `fastts-server`, which re-exports it under that name.
#[proc_macro_derive(ItemViaServer, attributes(item))]
pub fn derive_item_via_server(input: TokenStream) -> TokenStream {
    guard::item(input.into(), "fastts_server").into()
}
