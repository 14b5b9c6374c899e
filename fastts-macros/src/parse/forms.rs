//! The stages with a grammar of their own: `where`, `with`, `default`, `fill_in_last`, `tee`.

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};

use super::{Beside, arguments, block, comment, expression, foreign, pairs};
use crate::diagnostics::{Diagnostics, Hole};
use crate::messages;
use crate::syntax::{Block, Change, ChangedField, Expression, Kind, Rust};
use crate::table::Emits;
use crate::tokens::{Cursor, Reach, as_written};

/// What a form became, what is broken about it, and where its head ends.
pub(super) struct Form {
    pub(super) kind: Kind,
    pub(super) broken: Option<Hole>,
    pub(super) head: usize,
}

/// Tells whether a form starts here. `with::other` is a path, and `default` alone could be anything.
pub(super) fn starts(cursor: &Cursor) -> bool {
    ["where", "with", "default", "fill_in_last", "tee", "split"].iter().any(|word| cursor.is_ident(0, word)) && !cursor.is_op(1, "::")
}

/// `where(predicate)`
pub(super) fn parse_where(word: &Ident, cursor: &mut Cursor, diagnostics: &mut Diagnostics) -> Form {
    let Some(group) = cursor.take_group(Delimiter::Parenthesis) else {
        return without_parentheses(word, "where(metric > 5)", cursor, diagnostics);
    };
    let condition = expression::condition(&group, diagnostics);
    let head = cursor.position();
    let broken = second_condition(cursor, diagnostics).or_else(|| unwanted_block("where", cursor, diagnostics));
    Form { kind: Kind::Where(condition), broken, head }
}

/// `where (…) and (…)`: what binds conditions stands between parentheses too.
fn second_condition(cursor: &mut Cursor, diagnostics: &mut Diagnostics) -> Option<Hole> {
    let word = cursor.is_ident(0, "and") || cursor.is_ident(0, "or");
    if !word && !cursor.is_op(0, "&&") && !cursor.is_op(0, "||") {
        return None;
    }
    let from = cursor.position();
    cursor.take_until(|cursor| cursor.is_op(0, ";"));
    Some(diagnostics.error(cursor.reach_since(from), messages::form_usage("where", "where(metric > 5 && host == \"a\")")))
}

/// Reports a form that lacks its parentheses, and steps over what it has instead.
fn without_parentheses(word: &Ident, usage: &str, cursor: &mut Cursor, diagnostics: &mut Diagnostics) -> Form {
    let hole = diagnostics.error(Reach::of(word.span()), messages::form_usage(&word.to_string(), usage));
    let head = cursor.position();
    cursor.take_until(|cursor| cursor.is_op(0, ";"));
    Form { kind: Kind::Unknown(Emits::SameType), broken: Some(hole), head }
}

/// Reports a block that a stage does not take.
pub(super) fn unwanted_block(name: &str, cursor: &mut Cursor, diagnostics: &mut Diagnostics) -> Option<Hole> {
    let end = cursor.position();
    let group = cursor.take_group(Delimiter::Brace)?;
    let head = as_written(cursor.between(end.saturating_sub(2), end));
    // what is in it is checked for what can be checked without a type
    block::parse(&group, &mut Beside::default(), diagnostics);
    let inside = as_written(&group.stream().into_iter().collect::<Vec<_>>());
    let written = format!("{head}; {}", inside.trim_end_matches(';'));
    Some(diagnostics.error(Reach::of(group.span_open()), messages::unwanted_block(name, &written)))
}

/// `with(field = value, …)`, `default(…)` and `fill_in_last(interval, …)`
pub(super) fn parse_change(word: &Ident, cursor: &mut Cursor, diagnostics: &mut Diagnostics) -> Form {
    let verb = word.to_string();
    let takes_interval = verb == "fill_in_last";
    let usage = messages::change_usage(&verb);
    let Some(group) = cursor.take_group(Delimiter::Parenthesis) else {
        if let Some(pairs) = cursor.group(0, Delimiter::Brace).and_then(pairs::read).filter(|_| !takes_interval) {
            let reach = Reach { first: word.span(), last: cursor.span() };
            let broken = diagnostics.error(reach, messages::fields_set_otherwise(&verb, &pairs::as_changes(&pairs)));
            let head = cursor.position();
            cursor.skip(1);
            return Form { kind: Kind::Unknown(Emits::SameType), broken: Some(broken), head };
        }
        return without_parentheses(word, &usage, cursor, diagnostics);
    };
    let head = cursor.position();
    let mut broken = None;
    if group.stream().is_empty() {
        let reach = Reach { first: word.span(), last: group.span_close() };
        broken = Some(diagnostics.error(reach, messages::form_usage(&verb, &usage)));
    }
    let mut inner = Cursor::inside(&group);
    let first = if takes_interval && broken.is_none() {
        let tokens: TokenStream = inner.take_until(|cursor| cursor.is_op(0, ",")).into_iter().collect();
        inner.take_op(",");
        let first = Rust::read(tokens);
        // `state = "ok"` is an expression as well, but no interval
        if matches!(first.parsed.as_deref(), None | Some(syn::Expr::Assign(_))) {
            let reach = Reach { first: word.span(), last: group.span_close() };
            broken = Some(diagnostics.error(reach, messages::form_usage(&verb, &usage)));
            inner.take_until(|_| false);
        }
        Some(first)
    } else {
        None
    };
    let mut changes = Vec::new();
    let pairs = if takes_interval { None } else { pairs::foreign(&group) };
    if let Some(pairs) = pairs.or_else(|| field_and_value(&inner).map(|pair| vec![pair])) {
        let from = inner.position();
        inner.take_until(|_| false);
        broken = Some(diagnostics.error(inner.reach_since(from), messages::fields_set_otherwise(&verb, &pairs::as_changes(&pairs))));
    }
    while !inner.at_end() {
        changes.extend(change(&mut inner, &verb, diagnostics));
        if inner.take_op(",").is_none() && !inner.at_end() {
            let text = inner.peek().map(ToString::to_string).unwrap_or_default();
            diagnostics.error(Reach::of(inner.span()), messages::expected_comma(&text));
            inner.take_until(|cursor| cursor.is_op(0, ","));
            inner.take_op(",");
        }
    }
    let unwanted = unwanted_block(&verb, cursor, diagnostics);
    Form { kind: Kind::Change { verb: word.clone(), first, changes }, broken: broken.or(unwanted), head }
}

/// `:state, "ok"`, as in Riemann: a field, a comma and a value. Gives both as they are written here.
fn field_and_value(cursor: &Cursor) -> Option<(String, String)> {
    let mut cursor = cursor.clone();
    cursor.take_op(":");
    let field = match cursor.next()? {
        TokenTree::Ident(word) => word.to_string(),
        TokenTree::Literal(text) => super::pipeline::string_of(&text)?,
        _ => return None,
    };
    cursor.take_op(",")?;
    let value = cursor.take_until(|cursor| cursor.is_op(0, ",") || cursor.is_op(0, "=") || cursor.is_op(0, ":"));
    (!value.is_empty() && cursor.at_end()).then(|| (field, as_written(&value)))
}

/// One `field = value`. What is faulty is reported and left out.
fn change(cursor: &mut Cursor, verb: &str, diagnostics: &mut Diagnostics) -> Option<Change> {
    let from = cursor.position();
    // `Event::new()` is no field
    let field = if cursor.is_op(1, "::") { None } else { changed_field(cursor) };
    let Some(field) = field else {
        let skipped = cursor.take_until(|cursor| cursor.is_op(0, ","));
        let path = skipped.get(1).is_some_and(|token| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ':'));
        let text = if path { as_written(&skipped) } else { skipped.first().map(ToString::to_string).unwrap_or_default() };
        diagnostics.error(cursor.reach_since(from), messages::expected_field(verb, &text));
        return None;
    };
    if arguments::is_equals(cursor, 0) {
        cursor.skip(1);
    } else {
        let wrong = [":", "=>", "==", "->"].iter().find(|wrong| cursor.is_op(0, wrong)).copied();
        let reach = match wrong.and_then(|wrong| cursor.take_op(wrong)) {
            Some(reach) => reach,
            None => cursor.reach_since(from),
        };
        diagnostics.error(reach, messages::changes_take_equals(verb, wrong));
        if wrong.is_none() {
            cursor.take_until(|cursor| cursor.is_op(0, ","));
            return None;
        }
        let faulty = expression::operand(cursor, diagnostics);
        return Some(Change { field, value: faulty, text: String::new() });
    }
    if let Some(nothing) = cursor.ident(0).filter(|word| expression::is_nothing(&word.to_string())).cloned()
        && (cursor.ahead(1).is_none() || cursor.is_op(1, ","))
    {
        cursor.skip(1);
        let name = match &field {
            ChangedField::Named(name) => name.to_string(),
            ChangedField::Attribute { key, .. } => format!("attribute({})", key.text()),
        };
        let hole = diagnostics.error(Reach::of(nothing.span()), messages::nothing_set(&nothing.to_string(), &name));
        return Some(Change { field, value: Expression::Hole(hole), text: "None".to_owned() });
    }
    let from = cursor.position();
    let tokens = cursor.take_until(|cursor| cursor.is_op(0, ","));
    let end = cursor.span();
    let is_text = matches!(&field, ChangedField::Named(name) if ["state", "host", "service", "description"].iter().any(|one| name == one));
    let bare = || (is_text && foreign::is_comparison(&tokens)).then(|| (as_written(&tokens), "\"yes\"".to_owned(), "\"no\"".to_owned()));
    if let (Some((condition, yes, no)), ChangedField::Named(name)) = (foreign::choice(&tokens).or_else(bare), &field) {
        let set = |value: &str| format!("{verb}({name} = {value})");
        let written = format!("split {{ {condition} => {}, _ => {} }}", set(&yes), set(&no));
        let hole = diagnostics.error(Reach::over(&tokens, end), messages::choice_of_values(&written));
        return Some(Change { field, value: Expression::Hole(hole), text: String::new() });
    }
    if let Some(sum) = foreign::texts_joined(&tokens) {
        let value = expression::operand(&mut Cursor::new(sum, end), diagnostics);
        return Some(Change { field, value, text: as_written(&tokens) });
    }
    cursor.back_to(from);
    let value = expression::operand(cursor, diagnostics);
    let text = as_written(cursor.since(from));
    Some(Change { field, value, text })
}

/// `state`, `attribute("k")`, or Elixir's and Clojure's `:state`.
fn changed_field(cursor: &mut Cursor) -> Option<ChangedField> {
    let word = cursor.ident(0).cloned()?;
    cursor.skip(1);
    match cursor.take_group(Delimiter::Parenthesis) {
        Some(key) => Some(ChangedField::Attribute { word, key: Rust::read(key.stream()) }),
        None => Some(ChangedField::Named(word)),
    }
}

/// `tee { {…} {…} }`
pub(super) fn parse_tee(word: &Ident, cursor: &mut Cursor, beside: &mut Beside, diagnostics: &mut Diagnostics) -> Form {
    let head = cursor.position();
    let brackets = || cursor.group(0, Delimiter::Bracket).or_else(|| cursor.group(0, Delimiter::Parenthesis));
    let branches_given = brackets().map(|group| {
        let mut inside = Cursor::inside(group);
        let mut branches = String::new();
        while !inside.at_end() {
            branches.push_str(&format!(" {{ {} }}", as_written(&inside.take_until(|cursor| cursor.is_op(0, ",")))));
            inside.take_op(",");
        }
        format!("tee {{{branches} }}")
    });
    if let Some(written) = branches_given.filter(|written| written != "tee { }") {
        return without_parentheses(word, &written, cursor, diagnostics);
    }
    let arguments = cursor.take_group(Delimiter::Parenthesis);
    let Some(group) = cursor.take_group(Delimiter::Brace).filter(|_| arguments.is_none()) else {
        return without_parentheses(word, "tee { { stdout } { scale(2); stdout } }", cursor, diagnostics);
    };
    let branches = branches(&group, beside, diagnostics);
    let mut broken = None;
    if branches.is_empty() && group.stream().is_empty() {
        let reach = Reach { first: word.span(), last: group.span_close() };
        broken = Some(diagnostics.error(reach, messages::form_usage("tee", "tee { { stdout } { scale(2); stdout } }")));
    }
    Form { kind: Kind::Tee { word: word.clone(), branches }, broken, head }
}

fn branches(group: &Group, beside: &mut Beside, diagnostics: &mut Diagnostics) -> Vec<Block> {
    let mut cursor = Cursor::inside(group);
    let mut branches = Vec::new();
    while !cursor.at_end() {
        if comment::take(&mut cursor, diagnostics).is_some() {
            continue;
        }
        if let Some(branch) = cursor.take_group(Delimiter::Brace) {
            branches.push(block::parse(&branch, beside, diagnostics));
        } else if cursor.take_op(";").is_none() && cursor.take_op(",").is_none() {
            let from = cursor.position();
            let skipped = cursor.take_until(|cursor| cursor.is_op(0, ";") || is_block_alone(cursor));
            diagnostics.error(Reach::over(&skipped, cursor.span()), messages::tee_holds_blocks());
            if cursor.position() == from {
                cursor.skip(1);
            }
            // one message for all the stages that lack their braces
            while !cursor.at_end() && !is_block_alone(&cursor) {
                cursor.skip(1);
            }
        }
    }
    branches
}

/// A brace that begins a branch: one that belongs to no stage before it.
fn is_block_alone(cursor: &Cursor) -> bool {
    cursor.group(0, Delimiter::Brace).is_some() && matches!(cursor.behind(), None | Some(TokenTree::Punct(_)))
        || cursor.group(0, Delimiter::Brace).is_some()
            && matches!(cursor.behind(), Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace)
}
