//! Texts with fields in them: `"{host} is {state} at {metric:.2}"`.

use proc_macro2::{Group, Ident, Literal, Span, TokenTree};
use quote::quote;

use super::pipeline::string_of;
use crate::diagnostics::{Diagnostics, Hole};
use crate::messages::{self, Message};
use crate::syntax::{Align, Expression, Format, Piece, Question, Rust, Template};
use crate::tokens::Reach;

/// Reads what stands in the parentheses of `text(…)`. `None` when that is no string literal: then it is a function of the user's.
pub(super) fn of_call(word: &Ident, group: &Group, diagnostics: &mut Diagnostics) -> Option<Result<Template, Hole>> {
    let tokens: Vec<TokenTree> = group.stream().into_iter().collect();
    let literal = match tokens.as_slice() {
        [TokenTree::Literal(literal)] => literal,
        [TokenTree::Literal(literal), TokenTree::Punct(comma)] if comma.as_char() == ',' => literal,
        _ => return None,
    };
    let text = string_of(literal)?;
    let template = read(literal, &text, diagnostics);
    Some(template.map(|template| Template { call: Some((word.clone(), group.clone())), ..template }))
}

/// Reads a literal.
pub(super) fn read(literal: &Literal, text: &str, diagnostics: &mut Diagnostics) -> Result<Template, Hole> {
    match pieces(text, literal.span()) {
        Ok(pieces) => Ok(Template { call: None, literal: literal.clone(), pieces }),
        Err(message) => Err(diagnostics.error(Reach::of(literal.span()), message)),
    }
}

fn pieces(text: &str, span: Span) -> Result<Vec<Piece>, Message> {
    let mut pieces = Vec::new();
    let mut literal = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        let (before, behind) = rest.split_at_checked(at).unwrap_or((rest, ""));
        literal.push_str(before);
        let place = text.len() - behind.len();
        if let Some(after) = behind.strip_prefix("{{").or_else(|| behind.strip_prefix("}}")) {
            literal.extend(behind.chars().next());
            rest = after;
            continue;
        }
        let Some(inside) = behind.strip_prefix('{') else { return Err(messages::lone_brace(text, place)) };
        let Some((written, after)) = inside.split_once('}').filter(|(written, _)| !written.contains('{')) else {
            return Err(messages::open_brace(text, place));
        };
        if !literal.is_empty() {
            pieces.push(Piece::Literal(std::mem::take(&mut literal)));
        }
        pieces.push(value(text, written, place + 1, span)?);
        rest = after;
    }
    literal.push_str(rest);
    if !literal.is_empty() {
        pieces.push(Piece::Literal(literal));
    }
    Ok(pieces)
}

/// `metric:.2`, `attribute.region`
fn value(text: &str, written: &str, at: usize, span: Span) -> Result<Piece, Message> {
    let (name, format) = written.split_once(':').map_or((written, None), |(name, format)| (name, Some(format)));
    let format_at = at + name.len() + 1;
    let name = name.trim();
    let format = match format.map(str::trim_end).filter(|format| !format.is_empty()) {
        Some(format) => Some(read_format(format).ok_or_else(|| messages::text_format(text, format_at, format))?),
        None => None,
    };
    let expression = match name.split_once('.') {
        Some(("attribute", key)) if !key.is_empty() => attribute(key, span),
        None if is_name(name) => named(name, span),
        _ => return Err(messages::no_name_in_text(text, at, written)),
    };
    Ok(Piece::Value { expression, written: name.to_owned(), at, format })
}

fn is_name(name: &str) -> bool {
    syn::parse_str::<Ident>(name).is_ok()
}

/// A field or a `let`; a constant is plain Rust.
fn named(name: &str, span: Span) -> Expression {
    let name = match name.strip_prefix("r#") {
        Some(raw) => Ident::new_raw(raw, span),
        None => Ident::new(name, span),
    };
    if name.to_string().starts_with(|first: char| first.is_uppercase()) {
        return Expression::Rust(Rust::read(quote!(#name)));
    }
    Expression::Name(name)
}

fn attribute(key: &str, span: Span) -> Expression {
    let mut literal = Literal::string(key);
    literal.set_span(span);
    Expression::Ask { question: Question::Attribute, word: Ident::new("attribute", span), argument: Rust::read(quote!(#literal)) }
}

/// `*^+08.2`: the fill and the side, the sign, zeros, the width, the precision.
fn read_format(written: &str) -> Option<Format> {
    let side = |c: Option<char>| match c? {
        '<' => Some(Align::Left),
        '^' => Some(Align::Center),
        '>' => Some(Align::Right),
        _ => None,
    };
    let mut chars = written.chars();
    let (first, second) = (chars.next(), chars.next());
    let (fill, align, rest) = match (side(second), side(first)) {
        (Some(align), _) => (first?, align, written.get(first?.len_utf8() + 1..)?),
        (None, Some(align)) => (' ', align, written.get(1..)?),
        (None, None) => (' ', Align::Natural, written),
    };
    let (plus, rest) = rest.strip_prefix('+').map_or((false, rest), |rest| (true, rest));
    let (zeros, rest) = rest.strip_prefix('0').map_or((false, rest), |rest| (true, rest));
    let (width, precision) = rest.split_once('.').map_or((rest, None), |(width, precision)| (width, Some(precision)));
    let number = |digits: &str| digits.parse::<usize>().ok().filter(|number| *number <= 1000);
    let width = if width.is_empty() { 0 } else { number(width)? };
    let precision = match precision {
        Some(digits) => Some(number(digits)?),
        None => None,
    };
    Some(Format { fill, align, zeros, plus, width, precision })
}
