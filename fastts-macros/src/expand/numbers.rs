//! Whole numbers that do not fit into Rust's default type.

use proc_macro2::{Literal, TokenStream, TokenTree};

/// Gives a whole number the type that it fits into.
///
/// Where any number will do, rustc takes `i32`, and refuses what is larger: bytes and nanoseconds often are.
pub(super) fn widen(tokens: &TokenStream) -> TokenStream {
    tokens.clone().into_iter().map(widen_one).collect()
}

fn widen_one(token: TokenTree) -> TokenTree {
    let TokenTree::Literal(literal) = &token else { return token };
    let text = literal.to_string().replace('_', "");
    let Ok(value) = text.parse::<u64>() else { return token };
    if i32::try_from(value).is_ok() {
        return token;
    }
    let mut wide = match i64::try_from(value) {
        Ok(value) => Literal::i64_suffixed(value),
        Err(_) => Literal::u64_suffixed(value),
    };
    wide.set_span(literal.span());
    TokenTree::Literal(wide)
}
