//! A stage that is a function: its path, its arguments, its block.

use proc_macro2::{Delimiter, Group, TokenTree};

use super::{Beside, arguments, block, foreign, path};
use crate::diagnostics::{Diagnostics, Hole};
use crate::messages;
use crate::syntax::{Arguments, Call};
use crate::table::{self, Builtin, Takes};
use crate::tokens::{Cursor, Reach};
use crate::words;

/// Reads a call. Gives with it what is broken about it, and where its block begins.
pub(super) fn parse(cursor: &mut Cursor, beside: &mut Beside, diagnostics: &mut Diagnostics) -> (Call, Option<Hole>, usize) {
    if let Some(found) = foreign::word_with_arguments(cursor, diagnostics) {
        return found;
    }
    let path = path::take(cursor);
    let builtin = builtin(&path);
    let parentheses = cursor.take_group(Delimiter::Parenthesis);
    let is_unfinished = path::is_unfinished(&path);
    let (arguments, broken) = match &parentheses {
        _ if is_unfinished => (Arguments::Fenced(parentheses.as_ref().map(Group::stream).unwrap_or_default()), None),
        Some(group) => arguments::parse(group, builtin, diagnostics),
        None => (Arguments::Parsed { positional: Vec::new(), options: Vec::new() }, None),
    };
    let head = cursor.position();
    if builtin.is_some_and(|row| row.takes == Takes::Block || row.block_row.is_some()) {
        parameters(cursor, diagnostics);
    }
    if builtin.is_some_and(|row| row.takes == Takes::Block) && cursor.is_op(0, ",") && cursor.group(1, Delimiter::Brace).is_some() {
        let comma = Reach::of(cursor.span());
        cursor.skip(1);
        diagnostics.error(comma, messages::comma_before_block());
    }
    let known = path.first().is_some_and(|name| words::find(&name.to_string()).is_some());
    if let Some(group) = cursor.group(0, Delimiter::Brace).filter(|group| builtin.is_none() && known && holds_blocks(group)).cloned() {
        // `sdo { { … } { … } }`, of which is told what `sdo` is
        for branch in group.stream() {
            if let TokenTree::Group(branch) = branch {
                block::parse(&branch, beside, diagnostics);
            }
        }
        cursor.skip(1);
    }
    let block = cursor.take_group(Delimiter::Brace).map(|group| block::parse(&group, beside, diagnostics));
    let builtin = builtin.map(|row| row.block_row.filter(|_| block.is_some()).unwrap_or(row));
    (Call { path, is_unfinished, builtin, parentheses, arguments, block }, broken, head)
}

/// Tells whether a block holds blocks alone, as that of `tee` does.
fn holds_blocks(group: &Group) -> bool {
    let is_block = |token: TokenTree| matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace);
    !group.stream().is_empty() && group.stream().into_iter().all(is_block)
}

/// The row of the table, when the path is a single name, with generic arguments or without.
fn builtin(path: &[TokenTree]) -> Option<&'static Builtin> {
    let (first, rest) = path.split_first()?;
    let names = rest.iter().filter(|token| matches!(token, TokenTree::Ident(_))).count();
    let generic = rest.iter().any(|token| matches!(token, TokenTree::Punct(punct) if punct.as_char() == '<'));
    if names > 0 && !generic {
        return None;
    }
    match first {
        // what a program calls by the name of a sink was there before the sink
        TokenTree::Ident(name) => table::find(&name.to_string()).filter(|row| row.sink.is_none() || !words::is_defined(name)),
        _ => None,
    }
}

/// Steps over `|event|` before a block, which other languages write there.
fn parameters(cursor: &mut Cursor, diagnostics: &mut Diagnostics) {
    let from = cursor.position();
    if cursor.take_op("||").is_none() {
        if cursor.take_op("|").is_none() {
            return;
        }
        cursor.take_until(|cursor| cursor.is_op(0, "|") || cursor.is_op(0, ";"));
        cursor.take_op("|");
    }
    if cursor.group(0, Delimiter::Brace).is_some() {
        diagnostics.error(cursor.reach_since(from), messages::block_with_parameters());
    } else {
        cursor.back_to(from);
    }
}
