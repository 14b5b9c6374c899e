//! Duration literals: `250ms`, `1.5s`, `1h30m`. They may stand wherever an expression may inside `router!`.

use proc_macro2::{Group, Literal, Span, TokenStream, TokenTree};
use quote::quote_spanned;

use crate::diagnostics::Diagnostics;
use crate::messages::{self, Message};
use crate::tokens::Reach;

/// The units and their lengths in nanoseconds, longest first.
const UNITS: [(&str, u128); 7] = [
    ("d", 86_400_000_000_000),
    ("h", 3_600_000_000_000),
    ("m", 60_000_000_000),
    ("s", 1_000_000_000),
    ("ms", 1_000_000),
    ("us", 1_000),
    ("ns", 1),
];

/// The suffixes that Rust itself gives numbers.
const RUST_SUFFIXES: [&str; 16] =
    ["u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize", "f16", "f32", "f64", "f128"];

/// Reads a literal: `None` if it is no duration, else its nanoseconds or what is wrong with it.
pub(crate) fn read(literal: &Literal) -> Option<Result<u64, Message>> {
    let text = literal.to_string();
    if !text.starts_with(|first: char| first.is_ascii_digit()) {
        return None;
    }
    let (digits, suffix) = split_suffix(&text)?;
    if RUST_SUFFIXES.contains(&suffix) {
        return None;
    }
    if !digits.chars().all(|one| one.is_ascii_digit() || one == '.' || one == '_') {
        return Some(Err(messages::duration_not_decimal(&text)));
    }
    Some(nanoseconds(&text))
}

/// Parts a number from its suffix; `None` without one.
fn split_suffix(text: &str) -> Option<(&str, &str)> {
    let bytes = text.as_bytes();
    let hexadecimal = text.starts_with("0x");
    let prefix = if hexadecimal || text.starts_with("0b") || text.starts_with("0o") { 2 } else { 0 };
    let is_digit = |byte: u8| byte.is_ascii_digit() || byte == b'_' || byte == b'.' || (hexadecimal && byte.is_ascii_hexdigit());
    let mut at = prefix + bytes.iter().skip(prefix).take_while(|byte| is_digit(**byte)).count();
    // an exponent is part of the number: `1e5`, `2.5e-3`
    if !hexadecimal && prefix == 0 && matches!(bytes.get(at), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
        let digits = bytes.iter().skip(at + 1 + sign).take_while(|byte| is_digit(**byte)).count();
        if digits > 0 {
            at += 1 + sign + digits;
        }
    }
    let (digits, suffix) = text.split_at_checked(at)?;
    (!suffix.is_empty()).then_some((digits, suffix))
}

/// Adds up number-unit pairs, exactly.
fn nanoseconds(text: &str) -> Result<u64, Message> {
    let mut rest = text;
    let mut total: u128 = 0;
    while !rest.is_empty() {
        let digits = rest.len() - rest.trim_start_matches(|one: char| one.is_ascii_digit() || one == '.' || one == '_').len();
        let (number, after) = rest.split_at_checked(digits).unwrap_or((rest, ""));
        let letters = after.len() - after.trim_start_matches(|one: char| !one.is_ascii_digit()).len();
        let (unit, after) = after.split_at_checked(letters).unwrap_or((after, ""));
        let Some((_, length)) = UNITS.iter().find(|(name, _)| *name == unit) else {
            return Err(messages::unknown_duration_unit(text, number, unit));
        };
        total = part(number, *length).and_then(|part| total.checked_add(part)).ok_or_else(|| messages::duration_too_long(text))?;
        rest = after;
    }
    u64::try_from(total).map_err(|_| messages::duration_too_long(text))
}

/// `number` units of `length` nanoseconds; what lies below a nanosecond is dropped.
fn part(number: &str, length: u128) -> Option<u128> {
    let number = number.replace('_', "");
    let (whole, fraction) = number.split_once('.').unwrap_or((&number, ""));
    let whole = if whole.is_empty() { 0 } else { whole.parse::<u128>().ok()? };
    // 18 digits keep the product below far within u128, and reach past a nanosecond of a day
    let fraction: String = fraction.chars().take(18).collect();
    let scale = 10_u128.pow(u32::try_from(fraction.len()).ok()?);
    let fraction = if fraction.is_empty() { 0 } else { fraction.parse::<u128>().ok()? };
    whole.checked_mul(length)?.checked_add(fraction * length / scale)
}

/// Reports every faulty duration literal among the tokens, at any depth.
pub(crate) fn check(tokens: TokenStream, diagnostics: &mut Diagnostics) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => check(group.stream(), diagnostics),
            TokenTree::Literal(literal) => {
                if let Some(Err(message)) = read(&literal) {
                    diagnostics.error(Reach::of(literal.span()), message);
                }
            }
            _ => {}
        }
    }
}

/// Writes every duration literal as Rust. A faulty one, which [`check`] reported, becomes a harmless duration.
pub(crate) fn rewrite(tokens: TokenStream) -> TokenStream {
    rewritten(tokens.clone()).unwrap_or(tokens)
}

/// `None` when there is nothing to write: rebuilding a group loses the spans of its two delimiters, so a group without
/// a duration in it is left as it came.
fn rewritten(tokens: TokenStream) -> Option<TokenStream> {
    let mut changed = false;
    let written = tokens
        .into_iter()
        .map(|token| match &token {
            TokenTree::Group(group) => match rewritten(group.stream()) {
                Some(inner) => {
                    changed = true;
                    let mut written = Group::new(group.delimiter(), inner);
                    written.set_span(group.span());
                    TokenStream::from(TokenTree::Group(written))
                }
                None => TokenStream::from(token),
            },
            TokenTree::Literal(literal) => match read(literal) {
                Some(length) => {
                    changed = true;
                    as_rust(length.unwrap_or(1), literal.span())
                }
                None => TokenStream::from(token),
            },
            _ => TokenStream::from(token),
        })
        .collect();
    changed.then_some(written)
}

/// Writes a duration where the user's literal stood.
pub(crate) fn as_rust(nanoseconds: u64, span: Span) -> TokenStream {
    let span = Span::mixed_site().located_at(span);
    let mut count: Literal = grouped(nanoseconds).parse().unwrap_or_else(|_| Literal::u64_unsuffixed(nanoseconds));
    count.set_span(span);
    quote_spanned!(span=> ::core::time::Duration::from_nanos(#count))
}

/// Digits in groups of three, as a person would write them.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push('_');
        }
        text.push(digit);
    }
    text
}
