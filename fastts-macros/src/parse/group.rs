//! One group: `#[rest_for_one(3, within = 5s)] group "imgout" { pipeline … group … }`.

use proc_macro2::{Delimiter, Group as Braces, Literal, Span, TokenTree};

use super::attributes::{self, Of, Understood};
use super::pipeline::string_of;
use super::{Beside, at_entry, at_pipeline, comment, fragment, items, path, pipeline, strays};
use crate::diagnostics::Diagnostics;
use crate::messages;
use crate::syntax::{Group, Name};
use crate::tokens::{Cursor, Reach, as_written};

/// Tells whether a group starts here.
pub(super) fn starts(cursor: &Cursor) -> bool {
    let follows = cursor.ident(1).is_some() || cursor.literal(1).is_some() || cursor.group(1, Delimiter::Brace).is_some();
    cursor.is_ident(0, "group") && follows
}

/// Tells whether a group starts here, where `group` may also be somebody's name: inside a block, a `let` or an item.
pub(super) fn starts_beyond_doubt(cursor: &Cursor) -> bool {
    cursor.is_ident(0, "group") && cursor.literal(1).is_some()
}

/// Reads a group from its keyword on.
pub(super) fn parse(cursor: &mut Cursor, attributes: &[TokenTree], beside: &mut Beside, diagnostics: &mut Diagnostics) {
    let errors = diagnostics.errors();
    let keyword = cursor.span();
    cursor.skip(1);
    let Understood { description, conditions, policy, strategies, .. } = attributes::understand(attributes, Of::Group, diagnostics);
    wrong_policies(attributes, beside, diagnostics);
    let mut strategies = strategies.into_iter();
    let strategy = strategies.next();
    for (second, first) in strategies.zip(strategy.iter().cycle()) {
        diagnostics.error(Reach::of(second.word.span()), messages::strategy_twice(&first.word.to_string(), &second.word.to_string()));
    }
    let name = name(keyword, cursor, diagnostics);
    let body = cursor.take_group(Delimiter::Brace).or_else(|| {
        if diagnostics.errors() == errors {
            let last = cursor.behind().map_or(keyword, TokenTree::span);
            diagnostics.error(Reach { first: keyword, last }, messages::group_usage());
        }
        cursor.take_until(|cursor| cursor.is_op(0, ";") || at_entry(cursor) || cursor.group(0, Delimiter::Brace).is_some());
        cursor.take_group(Delimiter::Brace)
    });
    let Some(body) = body else { return };
    let place = beside.groups.len();
    let parent = beside.open.last().copied();
    let from = beside.pipelines.len();
    let on_stop = policy.on_stop;
    beside.groups.push(Group { name, description, conditions, strategy, on_stop, parent, from, to: from });
    beside.open.push(place);
    let errors = diagnostics.errors();
    members(&body, beside, diagnostics);
    beside.open.pop();
    let to = beside.pipelines.len();
    let (empty, told) = (to == from, diagnostics.errors() > errors);
    let Some(group) = beside.groups.get_mut(place) else { return };
    group.to = to;
    if empty && !told {
        let reach = if group.name.given { group.name.literal.span() } else { keyword };
        diagnostics.error(Reach::of(reach), messages::empty_group(&group.name.text));
    }
}

/// Reports policies that are those of pipelines, and what only a group at the top can say.
fn wrong_policies(attributes: &[TokenTree], beside: &Beside, diagnostics: &mut Diagnostics) {
    for policy in ["mailbox", "run", "restart", "calls"] {
        if let Some(reach) = attributes::find(attributes, policy) {
            diagnostics.error(reach, messages::policy_of_a_group(policy));
        }
    }
    if let (false, Some(reach)) = (beside.open.is_empty(), attributes::find(attributes, "on_stop")) {
        diagnostics.error(reach, messages::on_stop_in_a_group("group"));
    }
}

/// The name; a mistake is told, and the block is read all the same.
fn name(keyword: Span, cursor: &mut Cursor, diagnostics: &mut Diagnostics) -> Name {
    if let Some(literal) = cursor.literal(0).cloned() {
        cursor.skip(1);
        if let Some(text) = string_of(&literal) {
            return Name { literal, text, given: true };
        }
        diagnostics.error(Reach::of(literal.span()), messages::group_usage());
    } else {
        let from = cursor.position();
        if !at_entry(cursor) {
            cursor.take_until(|cursor| cursor.ident(0).is_none() || at_entry(cursor));
        }
        let reach = if cursor.position() == from { Reach::of(keyword) } else { cursor.reach_since(from) };
        diagnostics.error(reach, messages::group_usage());
    }
    let mut literal = Literal::string("");
    literal.set_span(keyword);
    Name { literal, text: String::new(), given: false }
}

/// Reads what stands in a group.
fn members(body: &Braces, beside: &mut Beside, diagnostics: &mut Diagnostics) {
    let mut cursor = Cursor::inside(body);
    while !cursor.at_end() {
        let before = cursor.position();
        if comment::take(&mut cursor, diagnostics).is_some() || cursor.take_op(";").is_some() {
            continue;
        }
        let attributes = attributes::take(&mut cursor);
        if at_pipeline(&cursor) {
            pipeline::parse(&mut cursor, &attributes, beside, diagnostics);
        } else if starts(&cursor) || strays::misspelled_group(&cursor, diagnostics) {
            parse(&mut cursor, &attributes, beside, diagnostics);
        } else if let Some(found) = strays::misspelled_pipeline(&cursor, diagnostics) {
            cursor.skip(found);
            pipeline::parse_after_keyword(&mut cursor, &attributes, beside, diagnostics);
        } else if fragment::starts(&cursor) {
            diagnostics.error(Reach::of(cursor.span()), messages::not_in_a_group("stages"));
            fragment::parse(&mut cursor, &attributes, beside, diagnostics);
        } else if cursor.at_end() {
            diagnostics.error(attributes::reach(&attributes, cursor.span()), messages::attribute_on_nothing());
        } else {
            stray(&mut cursor, beside, diagnostics);
        }
        if cursor.position() == before {
            debug_assert!(false, "a member takes at least one token");
            cursor.skip(1);
        }
    }
}

/// Reports what is no member of a group, once for each stretch of it.
fn stray(cursor: &mut Cursor, beside: &Beside, diagnostics: &mut Diagnostics) {
    let from = cursor.position();
    let word = cursor.ident(0).map(ToString::to_string);
    if cursor.is_ident(0, "let") || items::starts_item(cursor) {
        diagnostics.error(Reach::of(cursor.span()), messages::not_in_a_group(&word.unwrap_or_default()));
    } else if cursor.is_ident(0, "source") {
        let name = beside.open.last().and_then(|&group| beside.groups.get(group)).map_or("", |group| &group.name.text);
        diagnostics.error(Reach::of(cursor.span()), messages::source_in_a_group(name));
    } else if path::starts(cursor) || cursor.is_ident(0, "where") {
        cursor.skip(usize::from(cursor.is_ident(0, "where")));
        path::take(cursor);
        let name = as_written(cursor.since(from));
        cursor.take_group(Delimiter::Parenthesis);
        let text = as_written(cursor.since(from));
        diagnostics.error(cursor.reach_since(from), messages::stage_in_a_group(&name, &text));
        cursor.take_group(Delimiter::Brace);
    } else {
        let reach = Reach::of(cursor.span());
        let found = cursor.peek().map(ToString::to_string).unwrap_or_default();
        diagnostics.error(reach, messages::no_member(&found.chars().take(40).collect::<String>()));
        cursor.skip(1);
    }
    let attribute = |cursor: &Cursor| cursor.is_op(0, "#") && cursor.group(1, Delimiter::Bracket).is_some();
    cursor.take_until(|cursor| cursor.is_op(0, ";") || at_entry(cursor) || attribute(cursor));
    if cursor.position() == from {
        cursor.skip(1);
    }
}
