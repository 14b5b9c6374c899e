//! Fields and values as other languages write them, `{:state "ok"}` or `metric += 1`, to tell how they are written here.

use proc_macro2::{Delimiter, Group, TokenTree};

use super::expression::is_nothing;
use super::pipeline::string_of;
use crate::fields;
use crate::tokens::{Cursor, as_written};

/// A name and what it is set to, both as they are written here.
pub(super) type Pair = (String, String);

/// What may stand between a name and its value elsewhere, longer signs first.
const JOINTS: [&str; 9] = ["+=", "-=", "*=", "/=", ":=", "=>", "==", "=", ":"];

/// The pairs in a group; `None` when that is something else.
pub(super) fn read(group: &Group) -> Option<Vec<Pair>> {
    let mut cursor = Cursor::inside(group);
    let mut pairs = Vec::new();
    while !cursor.at_end() {
        if separator(&mut cursor) {
            continue;
        }
        pairs.push(pair(&mut cursor)?);
    }
    (!pairs.is_empty()).then_some(pairs)
}

/// The pairs of a group that are written in another way than here.
pub(super) fn foreign(group: &Group) -> Option<Vec<Pair>> {
    let tokens: Vec<TokenTree> = group.stream().into_iter().collect();
    let map = match tokens.as_slice() {
        [TokenTree::Group(map)] => Some(map),
        [TokenTree::Punct(sign), TokenTree::Group(map)] if ['%', '#'].contains(&sign.as_char()) => Some(map),
        _ => None,
    };
    if let Some(map) = map.filter(|map| map.delimiter() == Delimiter::Brace) {
        return read(map);
    }
    let mut cursor = Cursor::inside(group);
    let mut foreign = false;
    while !cursor.at_end() && !foreign {
        let at_start = cursor.behind().is_none();
        let behind_value = cursor.behind().is_some_and(|token| matches!(token, TokenTree::Literal(_)));
        foreign = cursor.is_op(0, ";")
            || ["+=", "-=", "*=", "/=", ":=", "++", "--"].iter().any(|sign| cursor.is_op(0, sign))
            || at_start && cursor.is_op(0, ":") && cursor.ident(1).is_some() && !cursor.is_op(2, ",")
            || at_start && cursor.literal(0).is_some() && (cursor.is_op(1, "=") || cursor.is_op(1, ":"))
            || behind_value && cursor.ident(0).is_some() && is_equals(&cursor, 1)
            || (cursor.is_op(0, "&&") && is_equals(&cursor, 3) || cursor.is_ident(0, "and") && is_equals(&cursor, 2));
        cursor.skip(1);
    }
    read(group).filter(|_| foreign)
}

fn is_equals(cursor: &Cursor, distance: usize) -> bool {
    super::arguments::is_equals(cursor, distance)
}

fn separator(cursor: &mut Cursor) -> bool {
    let word = cursor.is_ident(0, "and");
    cursor.skip(usize::from(word));
    word || [",", ";", "&&"].iter().any(|sign| cursor.take_op(sign).is_some())
}

fn pair(cursor: &mut Cursor) -> Option<Pair> {
    let keyword = cursor.take_op(":").is_some();
    let name = match cursor.next()? {
        TokenTree::Ident(word) if word == "attribute" => {
            let key = cursor.take_group(Delimiter::Parenthesis)?;
            format!("attribute({})", as_written(&key.stream().into_iter().collect::<Vec<_>>()))
        }
        TokenTree::Ident(word) => word.to_string(),
        TokenTree::Literal(text) => string_of(&text)?,
        _ => return None,
    };
    for (sign, value) in [("++", "+ 1"), ("--", "- 1")] {
        if cursor.take_op(sign).is_some() {
            return Some((name.clone(), format!("{name} {value}")));
        }
    }
    // behind `:state` a second `:` begins the value
    let joint = JOINTS.iter().find(|sign| !(keyword && **sign == ":") && cursor.take_op(sign).is_some());
    let value = value(cursor)?;
    let value = match joint.and_then(|sign| sign.strip_suffix('=')) {
        Some(sign) if ["+", "-", "*", "/"].contains(&sign) => format!("{name} {sign} {value}"),
        _ => value,
    };
    Some((name, value))
}

/// The tokens up to where the next pair begins.
fn value(cursor: &mut Cursor) -> Option<String> {
    if let (true, Some(word)) = (cursor.is_op(0, ":"), cursor.ident(1)) {
        let text = format!("{:?}", word.to_string());
        cursor.skip(2);
        return Some(text);
    }
    let from = cursor.position();
    cursor.take_until(|cursor| {
        let next_name = cursor.position() > from
            && (cursor.is_op(0, ":") && !cursor.is_op(0, "::") && cursor.ident(1).is_some()
                || (cursor.ident(0).is_some() || cursor.literal(0).is_some())
                    && (is_equals(cursor, 1) || cursor.is_op(1, ":") && !cursor.is_op(1, "::"))
                    && !matches!(cursor.behind(), Some(TokenTree::Punct(_))));
        next_name || [",", ";", "&&"].iter().any(|sign| cursor.is_op(0, sign)) || cursor.is_ident(0, "and")
    });
    let value = as_written(cursor.since(from));
    let value = if is_nothing(&value) { "None".to_owned() } else { value };
    (!value.is_empty()).then_some(value)
}

/// The name as a field that is set: what is no field is an attribute.
pub(super) fn as_field(name: &str) -> String {
    if fields::find(name).is_some() || name.starts_with("attribute(") { name.to_owned() } else { format!("attribute({name:?})") }
}

/// The pairs as they are written here, `state = "ok", metric = 2`.
pub(super) fn as_changes(pairs: &[Pair]) -> String {
    pairs.iter().map(|(name, value)| format!("{} = {value}", as_field(name))).collect::<Vec<_>>().join(", ")
}

/// The pairs as options, `init = "ok"`.
pub(super) fn as_options(pairs: &[Pair]) -> String {
    pairs.iter().map(|(name, value)| format!("{name} = {value}")).collect::<Vec<_>>().join(", ")
}
