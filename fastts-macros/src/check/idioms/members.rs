//! A field with something behind it: `event.metric`, `service.starts_with("api")`, `metric.abs()`.

use proc_macro2::{Ident, TokenTree};

use super::{Place, TEXTS, Target, chain};
use crate::messages::{self, Message};
use crate::syntax::{Expression, Literal};
use crate::tokens::{Reach, as_written};
use crate::{fields, pattern};

/// What people call the event at hand.
const EVENT_NAMES: [&str; 11] = ["event", "e", "ev", "evt", "item", "it", "msg", "record", "data", "self", "this"];

/// Methods of texts that a field, which may be missing, does not have.
const OF_TEXTS: [&str; 34] = [
    "starts_with",
    "startswith",
    "startsWith",
    "ends_with",
    "endswith",
    "endsWith",
    "contains",
    "includes",
    "matches",
    "is_match",
    "match",
    "find",
    "eq",
    "equals",
    "eq_ignore_ascii_case",
    "ne",
    "to_lowercase",
    "to_uppercase",
    "to_ascii_lowercase",
    "to_ascii_uppercase",
    "lower",
    "upper",
    "downcase",
    "upcase",
    "trim",
    "len",
    "length",
    "size",
    "is_empty",
    "split",
    "replace",
    "parse",
    "strip_prefix",
    "chars",
];

/// Methods of numbers that a metric does not have.
const OF_NUMBERS: [&str; 17] = [
    "abs", "round", "floor", "ceil", "trunc", "sqrt", "pow", "powi", "powf", "min", "max", "is_nan", "ln", "log10", "clamp", "unwrap",
    "signum",
];

/// A field or a name with something behind it.
pub(super) fn postfix(root: &Ident, tail: &[TokenTree], place: Place<'_>) -> Option<(Reach, Message)> {
    let name = root.to_string();
    let reach = Reach { first: root.span(), last: tail.last()?.span() };
    if EVENT_NAMES.contains(&name.as_str()) || name == "attributes" || name == "tags" && matches!(tail.first(), Some(TokenTree::Group(_))) {
        let member = member(tail)?;
        if name == "attributes" && member.is_method {
            return None;
        }
        let field = if name != "attributes" && fields::find(&member.name).is_some() {
            member.name
        } else if name != "attributes" && member.is_method {
            // `event.age()`, which may be a method of the user's
            return None;
        } else {
            format!("attribute({:?})", member.name)
        };
        let rest = as_written(tail.get(member.length..).unwrap_or_default());
        return Some((reach, messages::field_of_something(&as_written_from(root, tail), &format!("{field}{rest}"))));
    }
    if let [TokenTree::Punct(_), TokenTree::Ident(asks), TokenTree::Punct(sign)] = tail
        && sign.as_char() == '?'
        && ["nil", "none", "empty", "blank", "present", "some"].iter().any(|one| asks == one)
        && fields::find(&name).is_some()
    {
        let sign = if asks == "present" || asks == "some" { "!=" } else { "==" };
        return Some((reach, messages::foreign_question(&as_written_from(root, tail), &format!("{name} {sign} None"))));
    }
    let member = member(tail).filter(|member| member.is_method)?;
    let argument = member.argument.as_deref().unwrap_or("");
    if name == "tags" && ["contains", "includes", "any", "has", "include", "contains_key"].contains(&member.name.as_str()) {
        let literal = argument.trim_start_matches('&');
        return literal.starts_with('"').then(|| (reach, messages::tags_compared(&format!("tagged({literal})"))));
    }
    if TEXTS.contains(&name.as_str()) && OF_TEXTS.contains(&member.name.as_str()) {
        let rest = as_written(tail.get(member.length..).unwrap_or_default());
        let written = match place.target {
            Target::Field(field) => value_of_text(field, &name, &member.name),
            _ => text_method(&name, &member.name, argument, &rest),
        };
        return Some((reach, messages::method_of_text(&name, &member.name, &written)));
    }
    if let ("metric", Some(sign)) = (name.as_str(), [("is_none", "=="), ("is_some", "!=")].iter().find(|(one, _)| member.name == *one)) {
        return Some((reach, messages::method_of_metric(&member.name, &format!("metric {} None", sign.1))));
    }
    if name == "metric" && OF_NUMBERS.contains(&member.name.as_str()) {
        let method = if member.name == "unwrap" { String::new() } else { format!(".{}({argument})", member.name) };
        let written = match place.target {
            Target::Field("metric") => format!("adjust(metric, |metric| metric.as_f64().map(|metric| metric{method}))"),
            _ => format!("filter(|event| event.metric().as_f64().is_some_and(|metric| metric{method} > 5.0))"),
        };
        return Some((reach, messages::method_of_metric(&member.name, &written)));
    }
    None
}

fn as_written_from(root: &Ident, tail: &[TokenTree]) -> String {
    let tokens: Vec<TokenTree> = std::iter::once(TokenTree::Ident(root.clone())).chain(tail.iter().cloned()).collect();
    as_written(&tokens)
}

/// What stands behind a name: `.metric`, `.metric()`, `["env"]`, `.get("env")`.
pub(super) struct Member {
    pub(super) name: String,
    pub(super) is_method: bool,
    pub(super) argument: Option<String>,
    /// How many tokens it has.
    pub(super) length: usize,
}

pub(super) fn member(tail: &[TokenTree]) -> Option<Member> {
    match tail {
        [TokenTree::Punct(dot), TokenTree::Ident(name), rest @ ..] if dot.as_char() == '.' => {
            let call = match rest.first() {
                Some(TokenTree::Group(group)) if group.delimiter() == proc_macro2::Delimiter::Parenthesis => Some(group),
                _ => None,
            };
            let argument = call.map(|group| as_written(&group.stream().into_iter().collect::<Vec<_>>()));
            let key = argument.as_deref().filter(|_| ["get", "attribute", "fetch"].iter().any(|one| name == one));
            if let Some(key) = key.and_then(|key| key.strip_prefix('"')?.strip_suffix('"')) {
                return Some(Member { name: key.to_owned(), is_method: false, argument: None, length: 3 });
            }
            let length = 2 + usize::from(call.is_some());
            Some(Member { name: name.to_string(), is_method: call.is_some(), argument, length })
        }
        [TokenTree::Group(group), ..] => {
            let text = as_written(&group.stream().into_iter().collect::<Vec<_>>());
            let name = text.trim_matches(['"', ':', '\'']).to_owned();
            let plain =
                !name.is_empty() && name.chars().all(|one| one.is_alphanumeric() || "_-.".contains(one)) && text.parse::<u64>().is_err();
            plain.then_some(Member { name, is_method: false, argument: None, length: 1 })
        }
        _ => None,
    }
}

/// How a field is set to what a method makes of a text.
fn value_of_text(field: &str, text: &str, method: &str) -> String {
    let change = match method {
        "to_lowercase" | "lower" | "downcase" => "str::to_lowercase",
        "to_uppercase" | "upper" | "upcase" => "str::to_uppercase",
        "to_ascii_lowercase" => "str::to_ascii_lowercase",
        "to_ascii_uppercase" => "str::to_ascii_uppercase",
        "trim" => "|text| text.trim().to_owned()",
        "replace" => "|text| text.replace('/', \".\")",
        _ => "str::to_owned",
    };
    if field == text {
        format!("adjust({field}, |{field}| {field}.map({change}))")
    } else {
        format!("map(|event| event.to_owned().with_{field}(event.{text}().map({change})))")
    }
}

/// How the question of a text's method is asked here.
fn text_method(field: &str, method: &str, argument: &str, rest: &str) -> String {
    let text = argument.trim_start_matches('&').strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    let compared = rest.trim().strip_prefix("==").map(|text| text.trim().trim_matches('"'));
    let found = text.map(pattern::escaped);
    match (method, found) {
        ("starts_with" | "startswith" | "startsWith" | "strip_prefix", Some(text)) => format!("{field} =~ \"^{text}\""),
        ("ends_with" | "endswith" | "endsWith", Some(text)) => format!("{field} =~ \"{text}$\""),
        ("contains" | "includes" | "find", Some(text)) => format!("{field} =~ \"{text}\""),
        ("matches" | "is_match" | "match", Some(_)) => format!("{field} =~ {argument}"),
        ("eq" | "equals", Some(_)) => format!("{field} == {argument}"),
        ("ne", Some(_)) => format!("{field} != {argument}"),
        ("eq_ignore_ascii_case", Some(text)) => format!("{field} =~ \"(?i)^{text}$\""),
        ("to_lowercase" | "to_uppercase" | "to_ascii_lowercase" | "to_ascii_uppercase" | "lower" | "upper" | "downcase" | "upcase", _) => {
            format!("{field} =~ \"(?i)^{}$\"", compared.unwrap_or("api"))
        }
        ("is_empty", _) => format!("{field} == \"\""),
        ("len" | "length" | "size" | "chars", _) => format!("filter(|event| event.{field}().is_some_and(|text| text.len() > 5))"),
        _ => format!("filter(|event| event.{field}().is_some_and(|text| text.trim() == \"api\"))"),
    }
}

/// `service.to_lowercase() == "api"`
pub(super) fn folded(left: &Expression, right: &Expression, place: Place<'_>) -> Option<(Reach, Message)> {
    let (Expression::Name(root), tail) = chain(left) else { return None };
    let Expression::Rust(value) = right else { return None };
    let (member, Some(Literal::Text(text))) = (member(&tail)?, value.literal()) else { return None };
    let folds = member.name.contains("lower") || member.name.contains("upper") || member.name.ends_with("case");
    let field = root.to_string();
    if !folds || !TEXTS.contains(&field.as_str()) || place.is_let(root) {
        return None;
    }
    let written = format!("{field} =~ \"(?i)^{}$\"", pattern::escaped(&text));
    Some((Reach { first: root.span(), last: tail.last()?.span() }, messages::method_of_text(&field, &member.name, &written)))
}
