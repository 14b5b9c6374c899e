//! `topic "orders": Order (retain = 1_000);`: what holds for a topic, once for all who subscribe.

use proc_macro2::{Delimiter, Span, TokenTree};

use super::arguments;
use super::attributes::{is_no_number, whole_number};
use super::pipeline::string_of;
use crate::diagnostics::Diagnostics;
use crate::messages;
use crate::syntax::{Rust, Topic, TopicDeclaration};
use crate::tokens::{Cursor, Reach};

/// How many items a topic may retain.
const MOST: u128 = 10_000_000;

/// Tells whether a declaration of a topic stands here.
pub(super) fn starts(cursor: &Cursor) -> bool {
    cursor.is_ident(0, "topic") && cursor.literal(1).is_some()
}

/// Reads a declaration from its keyword on; `None` when there is a mistake in it, which was reported.
pub(super) fn parse(cursor: &mut Cursor, diagnostics: &mut Diagnostics) -> Option<TopicDeclaration> {
    let from = cursor.position();
    cursor.skip(1);
    let literal = cursor.literal(0).cloned();
    cursor.skip(1);
    let name = literal.and_then(|literal| string_of(&literal).map(|text| Topic { literal, text }));
    let mut item = None;
    if cursor.take_op(":").is_some() {
        item = Some(
            cursor.take_until(|cursor| cursor.group(0, Delimiter::Parenthesis).is_some() || cursor.is_op(0, ";")).into_iter().collect(),
        );
    }
    let mut retain = None;
    let mut fine = true;
    if let Some(group) = cursor.take_group(Delimiter::Parenthesis) {
        let mut inner = Cursor::inside(&group);
        let value = if inner.is_ident(0, "retain") && arguments::is_equals(&inner, 1) {
            inner.skip(2);
            let from = inner.position();
            arguments::rust(&mut inner).map(|value| Rust::new(inner.since(from).iter().cloned().collect(), value))
        } else {
            None
        };
        inner.take_op(",");
        let sound = |value: &Rust| !is_no_number(value) && whole_number(value).is_none_or(|number| number > 0 && number <= MOST);
        retain = value.filter(|value| sound(value) && inner.at_end());
        if retain.is_none() {
            let inside: Vec<TokenTree> = group.stream().into_iter().collect();
            diagnostics.error(Reach::over(&inside, group.span()), messages::topic_options());
            fine = false;
        }
    }
    if name.is_none() || cursor.take_op(";").is_none() {
        let end = cursor.behind().map_or_else(Span::call_site, TokenTree::span);
        let reach = if name.is_none() { cursor.reach_since(from) } else { Reach::of(end) };
        if fine {
            diagnostics.error(reach, messages::topic_declaration());
        }
        fine = false;
    }
    name.filter(|_| fine).map(|name| TopicDeclaration { name, item, retain })
}
