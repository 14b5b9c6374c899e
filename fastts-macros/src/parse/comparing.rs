//! Words that compare in other languages: `host in ["a", "b"]`, `host is nil`, `service like "api%"`.

use proc_macro2::{Delimiter, TokenTree};

use super::expression::{at_boundary, is_nothing};
use super::pipeline::string_of;
use crate::diagnostics::{Diagnostics, Hole};
use crate::messages;
use crate::pattern::escaped;
use crate::syntax::Operator;
use crate::tokens::{Cursor, as_written};

/// The words, all of which stand where Rust has an operator.
const WORDS: [&str; 13] =
    ["in", "is", "like", "ilike", "contains", "includes", "has", "matches", "match", "startswith", "starts_with", "endswith", "ends_with"];

/// Reports a word that compares, behind the operand that began at `from`, and steps over what it compares with.
pub(super) fn words(from: usize, cursor: &mut Cursor, diagnostics: &mut Diagnostics) -> Option<Hole> {
    let left = as_written(cursor.since(from));
    if cursor.is_op(0, "!~") && !left.is_empty() {
        let at = cursor.position();
        cursor.skip(2);
        let reach = cursor.reach_since(at);
        let at = cursor.position();
        cursor.take_until(at_boundary);
        let written = format!("!({left} =~ {})", as_written(cursor.since(at)));
        return Some(diagnostics.error(reach, messages::foreign_operator("!~", &written)));
    }
    let negated = usize::from(cursor.is_ident(0, "not") && cursor.ident(1).is_some());
    let word = cursor.ident(negated).map(ToString::to_string).filter(|word| WORDS.contains(&word.as_str()) || word == "between")?;
    let at = cursor.position();
    cursor.skip(negated + 1);
    let reach = cursor.reach_since(at);
    let negated = negated == 1 || cursor.is_ident(0, "not");
    cursor.skip(usize::from(cursor.is_ident(0, "not")));
    let at = cursor.position();
    cursor.take_until(at_boundary);
    let written = instead(&left, &word, cursor.since(at), negated);
    Some(diagnostics.error(reach, messages::foreign_operator(&word, &written)))
}

/// How the comparison is written here.
fn instead(left: &str, word: &str, right: &[TokenTree], negated: bool) -> String {
    let text = |tokens: &[TokenTree]| as_written(tokens);
    let literal = match right {
        [TokenTree::Literal(literal)] => string_of(literal),
        _ => None,
    };
    let pattern = |start: &str, end: &str| literal.as_ref().map(|text| format!("{left} =~ \"{start}{}{end}\"", escaped(text)));
    let one = match word {
        "in" if text(right) == "tags" => Some(format!("tagged({left})")),
        "contains" | "includes" | "has" if left == "tags" => Some(format!("tagged({})", text(right))),
        "in" | "between" => range(left, right),
        "contains" | "includes" | "has" => pattern("", ""),
        "startswith" | "starts_with" => pattern("^", ""),
        "endswith" | "ends_with" => pattern("", "$"),
        "matches" | "match" => literal.as_ref().map(|text| format!("{left} =~ {text:?}")),
        "like" | "ilike" => literal.as_ref().map(|text| {
            let (start, end) = (if text.starts_with('%') { "" } else { "^" }, if text.ends_with('%') { "" } else { "$" });
            format!("{left} =~ \"{start}{}{end}\"", escaped(text.trim_matches('%')).replace('%', ".*"))
        }),
        _ => None,
    };
    if let Some(one) = one {
        return match (negated, one.starts_with("tagged(")) {
            (false, _) => one,
            (true, true) => format!("!{one}"),
            (true, false) => format!("!({one})"),
        };
    }
    let (equals, joint) = if negated { ("!=", " && ") } else { ("==", " || ") };
    let values = values(word, right);
    let written: Vec<String> = values.iter().map(|value| format!("{left} {equals} {value}")).collect();
    if written.is_empty() { "host == \"a\" || host == \"b\"".to_owned() } else { written.join(joint) }
}

/// The values that something is compared with.
fn values(word: &str, right: &[TokenTree]) -> Vec<String> {
    match right {
        [TokenTree::Group(group)] if word == "in" && group.delimiter() != Delimiter::Brace => {
            let mut values = Cursor::inside(group);
            let mut texts = Vec::new();
            while !values.at_end() {
                texts.push(as_written(&values.take_until(|cursor| cursor.is_op(0, ","))));
                values.take_op(",");
            }
            texts
        }
        [TokenTree::Ident(word)] if is_nothing(&word.to_string()) => vec!["None".to_owned()],
        _ if word == "is" && !right.is_empty() => vec![as_written(right)],
        _ => Vec::new(),
    }
}

/// `1..5`, `1..=5`, `1 and 5`, in parentheses or not.
pub(super) fn range(left: &str, right: &[TokenTree]) -> Option<String> {
    if let [TokenTree::Group(group)] = right {
        return range(left, &group.stream().into_iter().collect::<Vec<_>>()).filter(|_| group.delimiter() != Delimiter::Brace);
    }
    let text = as_written(right);
    let (low, high, sign) = [("..=", "<="), ("...", "<="), ("..", "<"), (" and ", "<=")].into_iter().find_map(|(joint, sign)| {
        let (low, high) = text.split_once(joint)?;
        Some((low.trim().to_owned(), high.trim().to_owned(), sign))
    })?;
    match (low.is_empty(), high.is_empty()) {
        (false, false) => Some(format!("{left} >= {low} && {left} {sign} {high}")),
        (false, true) => Some(format!("{left} >= {low}")),
        (true, false) => Some(format!("{left} {sign} {high}")),
        (true, true) => None,
    }
}

/// `state == ("ok" || "warning")`, whose left side began at `start` and whose operator at `at`: how it is written here.
pub(super) fn one_of(cursor: &Cursor, start: usize, at: usize, operator: Operator) -> Option<String> {
    let left = as_written(cursor.between(start, at));
    let group = cursor.group(0, Delimiter::Parenthesis)?;
    let is_sign = |token: &TokenTree| match token {
        TokenTree::Punct(sign) => ['|', '&', ','].contains(&sign.as_char()),
        TokenTree::Ident(word) => word == "or" || word == "and",
        _ => false,
    };
    let tokens: Vec<TokenTree> = group.stream().into_iter().collect();
    let values: Vec<&TokenTree> = tokens.iter().filter(|token| !is_sign(token)).collect();
    if values.len() < 2 || values.len() == tokens.len() || !values.iter().all(|token| matches!(token, TokenTree::Literal(_))) {
        return None;
    }
    let joint = if operator == Operator::Equal { " || " } else { " && " };
    let one = |value: &&TokenTree| format!("{left} {} {value}", operator.sign());
    Some(values.iter().map(one).collect::<Vec<_>>().join(joint))
}
