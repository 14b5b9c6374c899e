//! What other languages make of a field: `event.metric`, `service.starts_with("api")`, `tags == "prod"`, `service + " rate"`.
//!
//! rustc would speak of `Option<&str>` and of traits of the core; here is said how it is written.

mod templates;

use proc_macro2::{Ident, TokenStream, TokenTree};

use crate::diagnostics::Diagnostics;
use crate::messages::{self, Message};
use crate::syntax::{Expression, Literal, Operator, Question, Rust};
use crate::tokens::{Reach, as_written};
use crate::{fields, pattern};

pub(super) use templates::Target;

/// What people call the event at hand.
const EVENT_NAMES: [&str; 10] = ["event", "e", "ev", "evt", "item", "it", "msg", "record", "data", "self"];

/// The fields that are texts.
const TEXTS: [&str; 4] = ["host", "service", "state", "description"];

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

/// What is known where an expression stands.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) lets: &'a [Ident],
    /// What the value of the expression becomes.
    pub(super) target: Target<'a>,
}

impl Place<'_> {
    fn is_let(&self, name: &Ident) -> bool {
        self.lets.contains(name)
    }

    /// The field that an expression names.
    fn field(&self, expression: &Expression) -> Option<String> {
        match expression {
            Expression::Name(name) if !self.is_let(name) => Some(name.to_string()).filter(|name| fields::find(name).is_some()),
            Expression::Parentheses(inner) => self.field(inner),
            _ => None,
        }
    }
}

/// Looks for such forms in an expression, and puts a hole where one is.
pub(super) fn check(expression: &mut Expression, place: Place<'_>, diagnostics: &mut Diagnostics) {
    if let Some((reach, message)) = mistake(expression, place) {
        *expression = Expression::Hole(diagnostics.error(reach, message));
        return;
    }
    warn(expression, place, diagnostics);
    let is_joined = matches!(expression, Expression::Binary { operator, .. } if operator.joins());
    let inner = match expression {
        // what is part of a comparison is no value of the field that is set
        Expression::Binary { .. } if !is_joined => Place { target: Target::Condition, ..place },
        _ => place,
    };
    expression.operands_mut().into_iter().for_each(|one| check(one, inner, diagnostics));
}

fn mistake(expression: &Expression, place: Place<'_>) -> Option<(Reach, Message)> {
    if let Some(found) = templates::mistake(expression, place) {
        return Some(found);
    }
    match expression {
        Expression::Postfix { .. } => {
            let (root, tails) = chain(expression);
            let root = match root {
                Expression::Name(root) => root,
                Expression::Rust(value) => value.name().filter(|name| *name == "self")?,
                _ => return None,
            };
            (!place.is_let(root)).then(|| postfix(root, &tails, place)).flatten()
        }
        Expression::Binary { operator: Operator::Equal, left, right, .. } if folded(left, right, place).is_some() => {
            folded(left, right, place)
        }
        Expression::Binary { operator, left, right, token } => compared(*operator, left, right, *token, place),
        Expression::Matches { left, literal, .. } if place.field(left).as_deref() == Some("tags") => {
            let text = literal.to_string();
            Some((reach_of(left)?, messages::tags_compared(&format!("tagged({})", text.replace(['^', '$'], "")))))
        }
        Expression::Ask { question, argument, word } => asked(*question, argument, place).map(|message| (Reach::of(word.span()), message)),
        Expression::Rust(value) => in_braces(value, place),
        _ => None,
    }
}

/// The name at the front of a chain of methods, and what stands behind it.
fn chain(expression: &Expression) -> (&Expression, Vec<TokenTree>) {
    match expression {
        Expression::Postfix { receiver, tail } => {
            let (root, mut tails) = chain(receiver);
            tails.extend(tail.clone());
            (root, tails)
        }
        other => (other, Vec::new()),
    }
}

/// A field or a name with something behind it.
fn postfix(root: &Ident, tail: &[TokenTree], place: Place<'_>) -> Option<(Reach, Message)> {
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
struct Member {
    name: String,
    is_method: bool,
    argument: Option<String>,
    /// How many tokens it has.
    length: usize,
}

fn member(tail: &[TokenTree]) -> Option<Member> {
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
fn folded(left: &Expression, right: &Expression, place: Place<'_>) -> Option<(Reach, Message)> {
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

/// `tags == "prod"`, `attributes == …`
fn compared(operator: Operator, left: &Expression, right: &Expression, token: Reach, place: Place<'_>) -> Option<(Reach, Message)> {
    if operator.joins() {
        return None;
    }
    let (field, other) = match (place.field(left), place.field(right)) {
        (Some(field), _) if ["tags", "attributes"].contains(&field.as_str()) => (field, right),
        (_, Some(field)) if ["tags", "attributes"].contains(&field.as_str()) => (field, left),
        _ => return None,
    };
    let reach = reach_of(left).map_or(token, |reach| reach.to(token));
    if field == "attributes" {
        return Some((reach, messages::attributes_compared()));
    }
    let Expression::Rust(value) = other else { return None };
    let not = if operator == Operator::Unequal { "!" } else { "" };
    match value.parsed.as_deref()? {
        syn::Expr::Array(_) => Some((reach, messages::tags_compared(&format!("{not}tagged_all({})", value.text())))),
        syn::Expr::Lit(_) => Some((reach, messages::tags_compared(&format!("{not}tagged({})", value.text())))),
        _ => None,
    }
}

/// `attribute(env)`, `tagged(["a", "b"])`
fn asked(question: Question, argument: &Rust, place: Place<'_>) -> Option<Message> {
    let bare = |expression: &syn::Expr| match expression {
        syn::Expr::Path(path) => path
            .path
            .get_ident()
            .filter(|name| {
                let small = name.to_string().chars().all(|one| one.is_ascii_lowercase() || one.is_ascii_digit() || one == '_');
                small && !place.is_let(name)
            })
            .map(ToString::to_string),
        _ => None,
    };
    let parsed = argument.parsed.as_deref()?;
    match question {
        Question::Expired => None,
        Question::Tagged if matches!(parsed, syn::Expr::Array(_)) => {
            Some(messages::question_usage("tagged", &format!("tagged_any({})", argument.text())))
        }
        Question::Tagged | Question::Attribute => bare(parsed).map(|name| messages::name_without_quotes(question.name(), &name)),
        Question::TaggedAny | Question::TaggedAll => {
            let syn::Expr::Reference(list) = parsed else { return None };
            let syn::Expr::Array(list) = &*list.expr else { return None };
            let names: Vec<String> = list.elems.iter().filter_map(bare).collect();
            let all: Vec<String> = names.iter().map(|name| format!("{name:?}")).collect();
            (!names.is_empty() && names.len() == list.elems.len())
                .then(|| messages::names_without_quotes(question.name(), &names.join(", "), &all.join(", ")))
        }
    }
}

/// `{host}`, `{ metric > 5 }`: braces hold Rust, which sees no fields.
fn in_braces(value: &Rust, place: Place<'_>) -> Option<(Reach, Message)> {
    let mut tokens = value.tokens.clone().into_iter();
    let (Some(TokenTree::Group(group)), None) = (tokens.next(), tokens.next()) else { return None };
    if group.delimiter() != proc_macro2::Delimiter::Brace || !matches!(value.parsed.as_deref(), Some(syn::Expr::Block(_))) {
        return None;
    }
    let inside: Vec<TokenTree> = group.stream().into_iter().collect();
    let simple = inside.iter().all(|token| match token {
        TokenTree::Ident(name) => fields::find(&name.to_string()).is_some() && !place.is_let(name),
        TokenTree::Literal(_) => true,
        TokenTree::Punct(sign) => "<>=!&|+-*/%".contains(sign.as_char()),
        TokenTree::Group(_) => false,
    });
    let names = inside.iter().any(|token| matches!(token, TokenTree::Ident(_)));
    (simple && names).then(|| (Reach::of(group.span_open()), messages::fields_in_braces(&as_written(&inside))))
}

fn reach_of(expression: &Expression) -> Option<Reach> {
    match expression {
        Expression::Name(name) => Some(Reach::of(name.span())),
        Expression::Parentheses(inner) => reach_of(inner),
        Expression::Rust(value) => value.tokens.clone().into_iter().next().map(|first| Reach::of(first.span())),
        _ => None,
    }
}

/// What compiles and is hardly meant: `service == "api*"`, `service =~ "/api/"`.
fn warn(expression: &Expression, place: Place<'_>, diagnostics: &mut Diagnostics) {
    match expression {
        Expression::Binary { operator: Operator::Equal | Operator::Unequal, left, right, .. } => {
            for (side, other) in [(left, right), (right, left)] {
                let text = match &**other {
                    Expression::Rust(value) => value.literal().map(|literal| (literal, value)),
                    _ => None,
                };
                if let (Some((Literal::Text(text), value)), Some(field)) = (text, place.field(side))
                    && TEXTS.contains(&field.as_str())
                    && (text.starts_with('*') || text.ends_with('*'))
                    && text.chars().any(char::is_alphanumeric)
                {
                    let (start, end) = (if text.starts_with('*') { "" } else { "^" }, if text.ends_with('*') { "" } else { "$" });
                    let written = format!("{field} =~ \"{start}{}{end}\"", pattern::escaped(text.trim_matches('*')));
                    diagnostics.warning(value.reach(proc_macro2::Span::call_site()), messages::star_in_text(&text, &written));
                }
            }
        }
        Expression::Rust(value) => {
            if let Some(written) = templates::interpolated(value, place) {
                diagnostics.warning(value.reach(proc_macro2::Span::call_site()), messages::braces_in_text(&written));
            }
        }
        Expression::Postfix { .. } => {
            let (Expression::Name(root), tail) = chain(expression) else { return };
            let name = root.to_string();
            if let Some(method) = member(&tail).filter(|one| one.is_method && ["unwrap", "expect"].contains(&one.name.as_str()))
                && TEXTS.contains(&name.as_str())
                && !place.is_let(root)
            {
                let reach = Reach { first: root.span(), last: root.span() };
                diagnostics.warning(reach, messages::unwrapped_field(&name, &method.name));
            }
        }
        Expression::Matches { literal, .. } => {
            let text = literal.to_string();
            let inner = text.trim_matches('"');
            if inner.len() > 2 && inner.starts_with('/') && inner.trim_end_matches(['i', 'g', 'm']).ends_with('/') {
                let flag = if inner.ends_with('/') { "" } else { "(?i)" };
                let bare = inner.trim_end_matches(['i', 'g', 'm']).trim_matches('/');
                diagnostics.warning(Reach::of(literal.span()), messages::slashes_in_pattern(&format!("\"{flag}{bare}\"")));
            }
        }
        _ => {}
    }
}

/// The tokens of a macro's argument, each on its own.
fn flat(tokens: TokenStream) -> Vec<TokenTree> {
    tokens.into_iter().collect()
}
