//! `split { condition => stage-or-block, … _ => … }`

use proc_macro2::{Delimiter, Ident, TokenTree};

use super::forms::Form;
use super::{Beside, block, comment, expression, valued};
use crate::diagnostics::Diagnostics;
use crate::messages;
use crate::syntax::{Arm, Block, Expression, Kind};
use crate::table::Emits;
use crate::tokens::{Cursor, Reach, as_written};

/// Reads a `split` whose word was taken.
pub(super) fn parse(word: &Ident, cursor: &mut Cursor, beside: &mut Beside, diagnostics: &mut Diagnostics) -> Form {
    let head = cursor.position();
    let from = head.saturating_sub(1);
    // `split state { … }`, `split(state) { … }`
    let subject = cursor.take_until(|cursor| cursor.group(0, Delimiter::Brace).is_some() || cursor.is_op(0, ";"));
    let Some(group) = cursor.take_group(Delimiter::Brace).filter(|group| !group.stream().is_empty()) else {
        let reach = Reach { first: word.span(), last: cursor.behind().map_or_else(|| word.span(), TokenTree::span) };
        let hole = diagnostics.error(reach, messages::form_usage("split", "split { metric > 5 => stdout, _ => tag(\"low\") }"));
        return Form { kind: Kind::Unknown(Emits::NewType), broken: Some(hole), head };
    };
    let values = valued::starts(&Cursor::inside(&group));
    if values || !subject.is_empty() {
        let text = match subject.as_slice() {
            [TokenTree::Group(group)] => as_written(&group.stream().into_iter().collect::<Vec<_>>()),
            tokens => as_written(tokens),
        };
        let written = valued::rewritten(&group, Some(text.as_str()).filter(|text| !text.is_empty()));
        let end = if subject.is_empty() { group.span_open() } else { subject.last().map_or_else(|| word.span(), TokenTree::span) };
        let reach = Reach { first: Reach::over(cursor.between(from, from + 1), word.span()).first, last: end };
        let hole = diagnostics.error(reach, messages::split_on_value(&word.to_string(), written.as_deref()));
        return Form { kind: Kind::Unknown(Emits::NewType), broken: Some(hole), head };
    }
    let so_far = diagnostics.count();
    let mut inner = Cursor::inside(&group);
    let mut arms = Vec::new();
    let mut otherwise: Option<Block> = None;
    while !inner.at_end() {
        let from = inner.position();
        if comment::take(&mut inner, diagnostics).is_some() {
            continue;
        }
        foreign_word(&mut inner, diagnostics);
        if inner.is_ident(0, "_") || is_rest(&inner) {
            if is_rest(&inner) {
                let word = inner.ident(0).map(ToString::to_string).unwrap_or_default();
                diagnostics.error(Reach::of(inner.span()), messages::rest_of_split(&word));
            }
            inner.skip(1);
            arrow(&mut inner, diagnostics);
            let reach = inner.reach_since(from);
            let block = right_side(&mut inner, beside, diagnostics);
            if otherwise.is_some() {
                diagnostics.error(reach, messages::arm_after_otherwise());
            } else {
                otherwise = block;
            }
        } else if let Some(arm) = arm(&mut inner, beside, diagnostics) {
            if otherwise.is_some() {
                diagnostics.error(arm.reach, messages::arm_after_otherwise());
            }
            arms.push(arm);
        }
        separator(&mut inner, diagnostics);
        if inner.position() == from {
            inner.skip(1);
        }
    }
    diagnostics.join(so_far, "FT070");
    if arms.is_empty() && otherwise.is_none() && diagnostics.count() > so_far {
        return Form { kind: Kind::Unknown(Emits::NewType), broken: None, head };
    }
    Form { kind: Kind::Split { word: word.clone(), arms, otherwise }, broken: None, head }
}

fn arm(cursor: &mut Cursor, beside: &mut Beside, diagnostics: &mut Diagnostics) -> Option<Arm> {
    let from = cursor.position();
    let condition = expression::condition_of_arm(cursor, diagnostics);
    let reach = cursor.reach_since(from);
    let text = as_written(cursor.since(from));
    let compared = cursor.is_op(0, ":") && cursor.literal(1).is_some() && cursor.is_op(2, "=>");
    let condition = if compared {
        // `state: "ok" => stdout`
        let reach = Reach::of(cursor.span());
        cursor.skip(2);
        Expression::Hole(diagnostics.error(reach, messages::foreign_operator(":", "==")))
    } else {
        condition
    };
    if !arrow(cursor, diagnostics) {
        return None;
    }
    let block = right_side(cursor, beside, diagnostics)?;
    Some(Arm { condition, text, reach, block })
}

/// `else =>`, which other languages write for what no arm has taken.
fn is_rest(cursor: &Cursor) -> bool {
    ["else", "default", "otherwise"].iter().any(|word| cursor.is_ident(0, word)) && (cursor.is_op(1, "=>") || cursor.is_op(1, "->"))
}

/// Steps over a word that other languages write before a condition.
fn foreign_word(cursor: &mut Cursor, diagnostics: &mut Diagnostics) {
    let follows = matches!(cursor.ahead(1), Some(TokenTree::Ident(_) | TokenTree::Literal(_) | TokenTree::Group(_)));
    if let Some(word) = cursor.ident(0).filter(|word| follows && ["when", "if", "case", "cond"].iter().any(|one| word == one)) {
        diagnostics.error(Reach::of(word.span()), messages::word_before_condition(&word.to_string()));
        cursor.skip(1);
    }
}

/// Takes `=>`, or says that it is missing.
fn arrow(cursor: &mut Cursor, diagnostics: &mut Diagnostics) -> bool {
    if cursor.take_op("=>").is_some() {
        return true;
    }
    for wrong in ["->", ":"] {
        if let Some(reach) = cursor.take_op(wrong) {
            diagnostics.error(reach, messages::arms_take_arrow(wrong));
            return true;
        }
    }
    let text = cursor.peek().map(ToString::to_string).unwrap_or_default();
    diagnostics.error(Reach::of(cursor.span()), messages::missing_arrow(&text));
    cursor.take_until(|cursor| cursor.is_op(0, ",") || cursor.is_op(0, "=>") || cursor.group(0, Delimiter::Brace).is_some());
    cursor.take_op("=>").is_some() || cursor.group(0, Delimiter::Brace).is_some()
}

/// A block, or one stage as a block.
fn right_side(cursor: &mut Cursor, beside: &mut Beside, diagnostics: &mut Diagnostics) -> Option<Block> {
    if let Some(group) = cursor.take_group(Delimiter::Brace) {
        return Some(block::parse(&group, beside, diagnostics));
    }
    let from = cursor.position();
    if let Some(stage) = block::stage(cursor, beside, diagnostics) {
        let reach = stage.reach;
        return Some(Block { stages: vec![stage], reach, end: reach.last, faulty: false, awaited: false });
    }
    let skipped = cursor.take_until(|cursor| cursor.is_op(0, ",") || cursor.is_op(0, ";"));
    let reach = if skipped.is_empty() { Reach::of(cursor.span()) } else { cursor.reach_since(from) };
    diagnostics.error(reach, messages::arm_without_stage(&as_written(&skipped)));
    Some(Block { stages: Vec::new(), reach, end: reach.last, faulty: true, awaited: false })
}

/// Takes the `,` between arms; after a block there need be none.
fn separator(cursor: &mut Cursor, diagnostics: &mut Diagnostics) {
    while comment::take(cursor, diagnostics).is_some() {}
    if cursor.take_op(",").is_some() || cursor.at_end() {
        return;
    }
    let after_block = matches!(cursor.behind(), Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace);
    if after_block && !cursor.is_op(0, ";") {
        return;
    }
    let text = cursor.peek().map(ToString::to_string).unwrap_or_default();
    diagnostics.error(Reach::of(cursor.span()), messages::arms_part_at_comma(&text));
    if cursor.take_op(";").is_none() {
        cursor.take_until(|cursor| cursor.is_op(0, ","));
        cursor.take_op(",");
    }
}
