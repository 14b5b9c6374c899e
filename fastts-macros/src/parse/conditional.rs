//! Words that other languages branch with, where a stage is wanted: `unless metric > 5 { … }`, `case state { "ok" => … }`, `cond { … }`.
//!
//! Somebody may have a function of such a name, so only what could be no stage is taken for one.

use proc_macro2::{Delimiter, Group, TokenTree};

use super::{Beside, block, path, valued};
use crate::diagnostics::{Diagnostics, Hole};
use crate::messages;
use crate::tokens::{Cursor, Reach, as_written};
use crate::{fields, words};

/// Words before one condition, and whether it is the contrary that is meant.
const ONE: [(&str, bool); 5] = [("unless", true), ("when", false), ("if_not", true), ("elsif", false), ("elif", false)];

/// Words before several conditions, or before a value and arms.
const SEVERAL: [&str; 3] = ["case", "switch", "cond"];

/// Reports such a word and steps over what belongs to it.
pub(super) fn take(cursor: &mut Cursor, beside: &mut Beside, diagnostics: &mut Diagnostics) -> Option<Hole> {
    let word = cursor.ident(0)?.clone();
    let name = word.to_string();
    let from = cursor.position();
    let mut ahead = cursor.clone();
    ahead.skip(1);
    if let Some((_, negated)) = ONE.iter().find(|(one, _)| *one == name) {
        let condition = ahead.take_until(|cursor| cursor.group(0, Delimiter::Brace).is_some() || cursor.is_op(0, ";"));
        let closure = matches!(condition.as_slice(), [TokenTree::Group(group)] if Cursor::inside(group).is_op(0, "|"));
        let called = matches!(condition.as_slice(), [TokenTree::Group(group)] if group.delimiter() == Delimiter::Parenthesis);
        if condition.is_empty()
            || closure
            || called && !mentions_field(&condition)
            || !called && condition.len() < 2
            || words::is_defined(&word)
        {
            return None;
        }
        let inside: Vec<TokenTree> = match condition.as_slice() {
            [TokenTree::Group(group)] if called => group.stream().into_iter().collect(),
            tokens => tokens.to_vec(),
        };
        let stages = ahead.take_group(Delimiter::Brace);
        if let Some(stages) = &stages {
            block::parse(stages, beside, diagnostics);
        }
        let written = as_written(&inside);
        let written = if *negated { format!("where(!({written}))") } else { format!("where({written})") };
        let written = stages.as_ref().map_or_else(|| written.clone(), |stages| format!("{written}; {}", inside_of(stages)));
        // `elsif … else …` is of the same kind
        while ["else", "elsif", "elif"].iter().any(|one| ahead.is_ident(0, one)) {
            ahead.skip(1);
            ahead.take_until(|cursor| cursor.group(0, Delimiter::Brace).is_some() || cursor.is_op(0, ";"));
            ahead.take_group(Delimiter::Brace);
        }
        cursor.skip(ahead.position() - from);
        return Some(diagnostics.error(Reach::of(word.span()), messages::condition_word(&name, &written)));
    }
    if !SEVERAL.contains(&name.as_str()) || words::is_defined(&word) {
        return None;
    }
    let subject =
        ahead.take_until(|cursor| cursor.group(0, Delimiter::Brace).is_some() || cursor.is_ident(0, "do") || cursor.is_op(0, ";"));
    let arms = ahead.take_group(Delimiter::Brace);
    if ahead.is_ident(0, "do") {
        ahead.take_until(|cursor| cursor.is_ident(0, "end"));
        ahead.skip(1);
    } else if !arms.as_ref().is_some_and(holds_arrow) {
        return None;
    }
    let subject = match subject.as_slice() {
        [TokenTree::Group(group)] => as_written(&group.stream().into_iter().collect::<Vec<_>>()),
        tokens => as_written(tokens),
    };
    let written = arms.and_then(|arms| valued::rewritten(&arms, Some(subject.as_str()).filter(|subject| !subject.is_empty())));
    cursor.skip(ahead.position() - from);
    let message = match &written {
        Some(written) if subject.is_empty() => messages::condition_word(&name, written),
        _ => messages::split_on_value(&name, written.as_deref()),
    };
    Some(diagnostics.error(Reach::of(word.span()), message))
}

fn holds_arrow(group: &Group) -> bool {
    let mut cursor = Cursor::inside(group);
    cursor.take_until(|cursor| cursor.is_op(0, "=>") || cursor.is_op(0, "->"));
    !cursor.at_end()
}

fn inside_of(group: &Group) -> String {
    as_written(&group.stream().into_iter().collect::<Vec<_>>()).trim_end_matches(';').to_owned()
}

/// Tells whether tokens have the name of a field among them, as a condition has.
pub(super) fn mentions_field(tokens: &[TokenTree]) -> bool {
    tokens.iter().any(|token| match token {
        TokenTree::Ident(name) => !path::is_keyword(&name.to_string()) && fields::find(&name.to_string()).is_some(),
        TokenTree::Group(group) => mentions_field(&group.stream().into_iter().collect::<Vec<_>>()),
        _ => false,
    })
}
