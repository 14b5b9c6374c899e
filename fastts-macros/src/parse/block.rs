//! A block: stages separated by `;`, and what people write between them instead.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::quote;

use super::{Beside, call, children, comment, conditional, forms, fragment, group, path, pipeline, split, strays};
use crate::diagnostics::{Diagnostics, Hole};
use crate::messages;
use crate::syntax::{Block, Kind, Stage};
use crate::table::Emits;
use crate::tokens::{Cursor, Reach, as_written};

/// Reads a block. Pipelines and fragments found in it, which is a mistake, are put into `beside`, so that they are checked too.
pub(super) fn parse(group: &Group, beside: &mut Beside, diagnostics: &mut Diagnostics) -> Block {
    let mut cursor = Cursor::inside(group);
    let mut block = Block {
        stages: Vec::new(),
        reach: Reach { first: group.span_open(), last: group.span_close() },
        end: group.span_close(),
        faulty: false,
        awaited: false,
    };
    while !cursor.at_end() {
        let before = cursor.position();
        if comment::take(&mut cursor, diagnostics).is_some() || cursor.take_op(";").is_some() {
            continue;
        }
        if children::take(&mut cursor, beside, diagnostics) {
            block.faulty = true;
            continue;
        }
        if conditional::take(&mut cursor, beside, diagnostics).is_some() {
            block.faulty = true;
            cursor.take_op(";");
            continue;
        }
        if let Some(stage) = stage(&mut cursor, beside, diagnostics) {
            let broken = separator(&mut cursor, diagnostics);
            block.stages.push(Stage { broken: stage.broken.or(broken), ..stage });
        } else if strays::in_block(&mut cursor, &mut block, beside, diagnostics) {
            block.faulty = true;
        }
        if cursor.position() == before {
            debug_assert!(false, "a stage takes at least one token");
            cursor.skip(1);
        }
    }
    block
}

/// Reads one stage, if one starts here.
pub(super) fn stage(cursor: &mut Cursor, beside: &mut Beside, diagnostics: &mut Diagnostics) -> Option<Stage> {
    if cursor.is_ident(0, "pipeline") && pipeline_follows(cursor)
        || fragment::starts_beyond_doubt(cursor)
        || group::starts_beyond_doubt(cursor)
    {
        return None;
    }
    let from = cursor.position();
    let (kind, broken, head) = if let Some(word) = cursor.ident(0).cloned().filter(|_| forms::starts(cursor)) {
        cursor.skip(1);
        let form = match word.to_string().as_str() {
            "where" => forms::parse_where(&word, cursor, diagnostics),
            "tee" => forms::parse_tee(&word, cursor, beside, diagnostics),
            "split" => split::parse(&word, cursor, beside, diagnostics),
            _ => forms::parse_change(&word, cursor, diagnostics),
        };
        (form.kind, form.broken, form.head)
    } else if path::starts(cursor) && !is_macro(cursor) && !strays::is_foreign_word(cursor) {
        let (call, broken, head) = call::parse(cursor, beside, diagnostics);
        (Kind::Call(Box::new(call)), broken, head)
    } else {
        return None;
    };
    let text = as_written(cursor.between(from, head));
    Some(Stage { kind, reach: cursor.reach_since(from), text, broken })
}

/// A name and `!`, which is no stage.
fn is_macro(cursor: &mut Cursor) -> bool {
    let from = cursor.position();
    path::take(cursor);
    let found = cursor.is_op(0, "!") && !cursor.is_op(0, "!=");
    cursor.back_to(from);
    found
}

/// What comes after `pipeline` when it is meant as the keyword.
pub(super) fn pipeline_follows(cursor: &Cursor) -> bool {
    cursor.literal(1).is_some() || cursor.group(1, Delimiter::Brace).is_some() || cursor.ident(1).is_some()
}

/// Takes the `;` behind a stage. None is needed behind a block and at the end. Anything else may show that the stage is written in
/// the way of another language; the mistake then counts as the stage's own.
fn separator(cursor: &mut Cursor, diagnostics: &mut Diagnostics) -> Option<Hole> {
    while comment::take(cursor, diagnostics).is_some() {}
    if cursor.take_op(";").is_some() || cursor.at_end() {
        return None;
    }
    let after_block = matches!(cursor.behind(), Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace);
    if after_block || strays::is_separator(cursor) {
        return None;
    }
    strays::after_stage(cursor, diagnostics)
}

/// A misplaced statement up to its `;`, written out so that the names it makes are known.
pub(super) fn misplaced_statement(cursor: &mut Cursor, diagnostics: &mut Diagnostics) -> Stage {
    let from = cursor.position();
    let word = cursor.peek().map(ToString::to_string).unwrap_or_default();
    diagnostics.error(Reach::of(cursor.span()), messages::statement_in_pipeline(&word));
    cursor.take_until(|cursor| cursor.is_op(0, ";"));
    let tokens: TokenStream = cursor.since(from).iter().cloned().collect();
    let reach = cursor.reach_since(from);
    let kind =
        if syn::parse2::<syn::Stmt>(quote!(#tokens;)).is_ok() { Kind::Let(quote!(#tokens;)) } else { Kind::Unknown(Emits::SameType) };
    Stage { kind, reach, text: String::new(), broken: None }
}

/// Reads a nested pipeline as if it stood beside.
pub(super) fn nested_pipeline(cursor: &mut Cursor, beside: &mut Beside, diagnostics: &mut Diagnostics) {
    diagnostics.error(Reach::of(cursor.span()), messages::nested_pipeline());
    pipeline::parse(cursor, &[], beside, diagnostics);
}

/// Reads a nested group as if it stood beside.
pub(super) fn nested_group(cursor: &mut Cursor, beside: &mut Beside, diagnostics: &mut Diagnostics) {
    diagnostics.error(Reach::of(cursor.span()), messages::nested_group());
    group::parse(cursor, &[], beside, diagnostics);
}

/// Reads a nested fragment as if it stood beside.
pub(super) fn nested_fragment(cursor: &mut Cursor, beside: &mut Beside, diagnostics: &mut Diagnostics) {
    diagnostics.error(Reach::of(cursor.span()), messages::nested_fragment());
    fragment::parse(cursor, &[], beside, diagnostics);
}
