//! Stages with children, as Riemann's streams have them: `where(…) { … } else { … }`, `over(5) { … } under(3) { … }`.

use proc_macro2::{Delimiter, Group};

use super::{Beside, block};
use crate::diagnostics::Diagnostics;
use crate::messages;
use crate::table::{self, Takes};
use crate::tokens::{Cursor, Reach, as_written};

/// A stage and its block, which it does not take.
struct Parent {
    name: String,
    head: String,
    children: Group,
}

/// Reports several stages in a row that have a block each, or one with an `else`; gives whether that stood here.
pub(super) fn take(cursor: &mut Cursor, beside: &mut Beside, diagnostics: &mut Diagnostics) -> bool {
    let from = cursor.position();
    let mut parents: Vec<Parent> = Vec::new();
    while let Some(parent) = parent(cursor) {
        parents.push(parent);
        cursor.take_op(";");
    }
    let otherwise = parents.len() == 1 && ["else", "elsif", "elif", "elseif"].iter().any(|word| cursor.is_ident(0, word));
    if parents.len() < 2 && !otherwise {
        cursor.back_to(from);
        return false;
    }
    let mut rest = None;
    if otherwise {
        cursor.skip(1);
        rest = cursor.take_group(Delimiter::Brace);
        if rest.is_none() {
            // `else if …`: the rest is of the same kind
            cursor.take_until(|cursor| cursor.is_op(0, ";"));
        }
    }
    for group in parents.iter().map(|parent| &parent.children).chain(&rest) {
        block::parse(group, beside, diagnostics);
    }
    let Some(first) = parents.first() else { return false };
    let message = if otherwise {
        let condition = condition(first);
        let (yes, no) = (inside(&first.children), rest.as_ref().map_or_else(|| "stdout".to_owned(), inside));
        messages::stage_with_else(&first.name, &format!("split {{ {condition} => {{ {yes} }}, _ => {{ {no} }} }}"))
    } else {
        let branches: Vec<String> = parents.iter().map(|parent| format!("{{ {}; {} }}", parent.head, inside(&parent.children))).collect();
        messages::stages_with_blocks(&first.name, &format!("tee {{ {} }}", branches.join(" ")))
    };
    diagnostics.error(Reach::of(first.children.span_open()), message);
    true
}

/// A stage that takes no block, and the block behind it.
fn parent(cursor: &mut Cursor) -> Option<Parent> {
    let from = cursor.position();
    let name = cursor.ident(0)?.to_string();
    let form = ["where", "with", "default", "fill_in_last"].contains(&name.as_str());
    if !form && table::find(&name).is_none_or(|row| row.takes != Takes::NoBlock) {
        return None;
    }
    cursor.skip(1);
    cursor.take_group(Delimiter::Parenthesis);
    let head = as_written(cursor.since(from));
    let children = cursor.take_group(Delimiter::Brace);
    if children.is_none() {
        cursor.back_to(from);
    }
    Some(Parent { name, head, children: children? })
}

/// The condition on which the children of a stage run.
fn condition(parent: &Parent) -> String {
    let argument = parent.head.split_once('(').map_or("", |(_, rest)| rest.trim_end_matches(')')).to_owned();
    match parent.name.as_str() {
        "where" => argument,
        "over" => format!("metric > {argument}"),
        "under" => format!("metric < {argument}"),
        "expired" => "expired".to_owned(),
        "not_expired" => "!expired".to_owned(),
        "tagged_any" | "tagged_all" => parent.head.clone(),
        _ => "metric > 5".to_owned(),
    }
}

fn inside(group: &Group) -> String {
    as_written(&group.stream().into_iter().collect::<Vec<_>>()).trim_end_matches(';').to_owned()
}
