//! Whole numbers that Rust would take for another type than is meant.

use proc_macro2::{Group, Literal, TokenStream, TokenTree};

/// Gives a whole number that is too large for `i32` the suffix of a type that it fits into.
///
/// Stages take numbers of any type, so rustc chooses `i32`, and then refuses numbers of bytes or nanoseconds.
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

/// Writes the whole numbers in a list of fractions as fractions: Rust refuses `[0, 0.5, 1]`.
pub(super) fn fractions(tokens: &TokenStream) -> TokenStream {
    let mut after_word = false;
    let written = tokens.clone().into_iter().map(|token| {
        let belongs = std::mem::replace(&mut after_word, matches!(token, TokenTree::Ident(_) | TokenTree::Group(_)));
        match &token {
            // what stands in the parentheses of a call is no part of the list
            TokenTree::Group(group) if !belongs => {
                let mut written = Group::new(group.delimiter(), fractions(&group.stream()));
                written.set_span(group.span());
                TokenTree::Group(written)
            }
            TokenTree::Literal(literal) => fraction(literal).map_or(token, TokenTree::Literal),
            _ => token,
        }
    });
    written.collect()
}

fn fraction(literal: &Literal) -> Option<Literal> {
    let value: u32 = literal.to_string().replace('_', "").parse().ok()?;
    let mut written = Literal::f64_unsuffixed(value.into());
    written.set_span(literal.span());
    Some(written)
}
