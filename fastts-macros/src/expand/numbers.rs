//! Whole numbers that Rust would take for another type than is meant.

use proc_macro2::{Delimiter, Group, Literal, Span, TokenStream, TokenTree};
use quote::quote;

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

/// Makes a list of points of what was written: Rust refuses `[0, 0.5, 1]`, and a point is called as it was written, `0` or `0.0`.
///
/// In a list of both kinds each number is handed to the function that `point` returns the path of; a list of one kind stays as it is.
pub(super) fn points(tokens: &TokenStream, point: impl Fn(Span) -> TokenStream) -> TokenStream {
    let list = match tokens.clone().into_iter().collect::<Vec<_>>().as_slice() {
        [TokenTree::Group(list)] if list.delimiter() == Delimiter::Bracket => list.clone(),
        _ => return fractions(tokens),
    };
    let parts: Vec<TokenTree> = list.stream().into_iter().collect();
    let numbers: Vec<&[TokenTree]> = parts.split(|part| matches!(part, TokenTree::Punct(comma) if comma.as_char() == ',')).collect();
    let numbers: Vec<&[TokenTree]> = numbers.into_iter().filter(|number| !number.is_empty()).collect();
    let is_whole = |number: &&[TokenTree]| matches!(number, [TokenTree::Literal(literal)] if fraction(literal).is_some());
    let is_named = |number: &&[TokenTree]| matches!(number, [TokenTree::Group(_)]);
    match numbers.iter().filter(|number| is_whole(number)).count() {
        0 => fractions(tokens),
        _ if numbers.iter().any(is_named) => fractions(tokens),
        whole if whole == numbers.len() => tokens.clone(),
        _ => {
            let called = numbers.into_iter().map(|number| {
                let (path, number) = (point(number[0].span()), number.iter().cloned().collect::<TokenStream>());
                quote!(#path(#number))
            });
            let mut written = Group::new(Delimiter::Bracket, quote!(#(#called),*));
            written.set_span(list.span());
            TokenTree::Group(written).into()
        }
    }
}

/// Writes the whole numbers in a list of fractions as fractions.
fn fractions(tokens: &TokenStream) -> TokenStream {
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
