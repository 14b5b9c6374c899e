//! A `split` on a value, `split state { "ok" => stdout }`, as `match` and `case` are written elsewhere.

use proc_macro2::{Delimiter, Group, TokenTree};

use super::comparing::range;
use crate::tokens::{Cursor, as_written};

/// Tells whether an arm begins here that is a value and no condition.
pub(super) fn starts(cursor: &Cursor) -> bool {
    let mut ahead = cursor.clone();
    let left = ahead.take_until(|cursor| cursor.is_op(0, "=>") || cursor.is_op(0, "->") || cursor.is_op(0, ","));
    (ahead.is_op(0, "=>") || ahead.is_op(0, "->"))
        && matches!(left.first(), Some(TokenTree::Literal(_) | TokenTree::Punct(_)))
        && is_value(&left)
}

/// Literals, and what makes ranges and alternatives of them.
fn is_value(tokens: &[TokenTree]) -> bool {
    let sign = |token: &TokenTree| matches!(token, TokenTree::Punct(sign) if ['|', '.', '=', '-', ':'].contains(&sign.as_char()));
    let mut after_colon = false;
    tokens.iter().all(|token| {
        let fits = matches!(token, TokenTree::Literal(_)) || sign(token) || after_colon && matches!(token, TokenTree::Ident(_));
        after_colon = matches!(token, TokenTree::Punct(sign) if sign.as_char() == ':');
        fits
    }) && tokens.iter().any(|token| !sign(token))
}

/// The whole `split` as it is written here, if its arms are values; `subject` is what they are compared with.
pub(super) fn rewritten(group: &Group, subject: Option<&str>) -> Option<String> {
    let mut cursor = Cursor::inside(group);
    let mut arms = Vec::new();
    while !cursor.at_end() {
        let at_colon = |cursor: &Cursor| cursor.is_op(0, ":") && matches!(cursor.behind(), Some(TokenTree::Literal(_)));
        let left = cursor.take_until(|cursor| cursor.is_op(0, "=>") || cursor.is_op(0, "->") || at_colon(cursor));
        cursor.skip(if at_colon(&cursor) { 1 } else { 2 });
        let right = match cursor.take_group(Delimiter::Brace) {
            Some(block) => as_written(&[TokenTree::Group(block)]),
            None => as_written(&cursor.take_until(|cursor| cursor.is_op(0, ",") || cursor.is_op(0, ";"))),
        };
        if cursor.take_op(",").is_none() {
            cursor.take_op(";");
        }
        let condition = match left.as_slice() {
            [TokenTree::Ident(rest)] if ["_", "else", "default", "otherwise"].iter().any(|one| rest == one) => "_".to_owned(),
            left if is_value(left) => condition(left, subject)?,
            left => as_written(left),
        };
        arms.push(format!("{condition} => {right}"));
    }
    (!arms.is_empty()).then(|| format!("split {{ {} }}", arms.join(", ")))
}

fn condition(left: &[TokenTree], subject: Option<&str>) -> Option<String> {
    let guessed = match left.first() {
        Some(TokenTree::Literal(literal)) if !literal.to_string().starts_with('"') => "metric",
        Some(TokenTree::Punct(sign)) if sign.as_char() != ':' => "metric",
        _ => "state",
    };
    let subject = subject.unwrap_or(guessed);
    let alternatives = left.split(|token| matches!(token, TokenTree::Punct(sign) if sign.as_char() == '|'));
    let conditions: Option<Vec<String>> = alternatives
        .filter(|tokens| !tokens.is_empty())
        .map(|tokens| match tokens {
            [TokenTree::Punct(colon), TokenTree::Ident(word)] if colon.as_char() == ':' => Some(format!("{subject} == \"{word}\"")),
            tokens => range(subject, tokens).or_else(|| Some(format!("{subject} == {}", as_written(tokens)))),
        })
        .collect();
    conditions.map(|conditions| conditions.join(" || "))
}
