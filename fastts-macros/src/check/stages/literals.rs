//! Arguments that are literals, or names of fields; what is computed is for the stage itself to judge.

use proc_macro2::Ident;
use quote::ToTokens as _;

use crate::check::closures;
use crate::diagnostics::{Diagnostics, Hole};
use crate::messages::Message;
use crate::syntax::{Argument, Expression, Literal, Rust, Value};
use crate::table::{Builtin, LEVELS, Takes, Wants};
use crate::{fields, messages};

/// Looks at the positional arguments of a stage.
pub(super) fn check(row: &Builtin, positional: &[Argument], lets: &[Ident], diagnostics: &mut Diagnostics) -> Option<Hole> {
    let mut found = None;
    for (argument, wants) in positional.iter().zip(row.positional) {
        let Value::Rust(value) = &argument.value else { continue };
        // `log("warn", host)` is repaired as a whole
        if *wants == Wants::Text && found.is_some() {
            continue;
        }
        if let Some((reach, message)) = closures::cut(value).filter(|_| !matches!(wants, Wants::Count | Wants::CountOrNone)) {
            found = Some(diagnostics.error(reach, message));
            continue;
        }
        if *wants == Wants::Points {
            if let Some(point) = bad_point(value) {
                found = Some(diagnostics.error(point.reach(argument.reach.first), messages::point_out_of_range(&point.text())));
            }
        } else if let Some(message) = mistake(row, *wants, argument, value, positional, lets) {
            found = Some(diagnostics.error(argument.reach, message));
        }
    }
    if let ("within" | "without" | "between_for", [low, high, ..]) = (row.name, positional)
        && let (Some(below), Some(above)) = (number(low), number(high))
        && below > above
    {
        found = Some(diagnostics.error(low.reach.to(high.reach), messages::low_above_high(row.name, row.usage)));
    }
    found.or_else(|| constant_key(row, positional, diagnostics))
}

/// `changed(state, 5s)`: a literal among the fields, which tells no item from another.
fn constant_key(row: &Builtin, positional: &[Argument], diagnostics: &mut Diagnostics) -> Option<Hole> {
    let is_constant = |argument: &&Argument| match &argument.value {
        Value::Key(Expression::Rust(key)) => match key.literal() {
            // a faulty duration was reported where it stands
            Some(Literal::Duration { nanoseconds, .. }) => nanoseconds.is_some(),
            literal => literal.is_some(),
        },
        _ => false,
    };
    let constant = positional.iter().find(is_constant)?;
    Some(diagnostics.error(constant.reach, messages::constant_key(row.name, row.usage, &constant.text)))
}

/// What is wrong with an argument.
fn mistake(row: &Builtin, wants: Wants, argument: &Argument, value: &Rust, all: &[Argument], lets: &[Ident]) -> Option<Message> {
    let text = argument.text.as_str();
    match wants {
        Wants::Number | Wants::Count | Wants::CountOrNone | Wants::Duration | Wants::Share if is_condition(value) => {
            Some(messages::condition_for_value(row.name, row.usage, text))
        }
        // `runs(state, 3)`: the fields come last
        Wants::Count | Wants::Duration if row.keys && field(value, lets).is_some() => {
            Some(messages::field_first(row.name, row.usage, text))
        }
        Wants::Count | Wants::CountOrNone if closures::cut(value).is_some() => Some(messages::count_not_positive(text)),
        Wants::CountOrNone => is_no_count_or_none(value).then(|| messages::count_negative(text)),
        Wants::Count => is_no_count(value).then(|| messages::count_not_positive(text)),
        Wants::Duration if foreign_duration(value).is_some() => {
            foreign_duration(value).map(|written| messages::duration_in_words(text, &written))
        }
        Wants::Duration => is_no_duration(value).then(|| messages::interval_not_positive(text)),
        Wants::Closure => is_no_closure(value)
            .then(|| messages::closure_wanted(row.name, row.usage, text))
            .or_else(|| field_for_closure(row, value, all, lets))
            .or_else(|| metrics_wanted(row, value, text, lets)),
        Wants::Field => bad_field(row, value, text),
        Wants::Number | Wants::Share if matches!(value.literal(), Some(Literal::Duration { .. })) => {
            Some(messages::duration_for_number(row.name, row.usage, text))
        }
        Wants::Share => {
            let share = value.literal().and_then(|literal| literal.number())?;
            (!(share > 0.0 && share <= 1.0)).then(|| messages::share_out_of_range(text))
        }
        Wants::Level => (!value.name().is_some_and(|name| LEVELS.iter().any(|level| name == level))).then(|| messages::no_level(text)),
        // a text in quotes is no longer plain Rust
        Wants::Text => Some(messages::text_wanted(row.name, text)),
        // the name of a topic is no longer plain Rust
        Wants::Topic => Some(messages::topic_not_a_literal(row.name, text)),
        Wants::Name => bare_name(value, lets).map(|name| messages::name_without_quotes(row.name, &name)),
        Wants::Address => is_no(value, is_address).map(|found| messages::no_address(row, &found)),
        Wants::Url => is_no(value, is_url).map(|found| messages::no_url(row, &found)),
        Wants::Number | Wants::Value | Wants::Points | Wants::Path => None,
    }
}

/// Returns a literal that is not what a sink sends to.
fn is_no(value: &Rust, fits: fn(&str) -> bool) -> Option<String> {
    match value.literal()? {
        Literal::Text(text) => (!fits(&text)).then_some(text),
        _ => Some(value.text()),
    }
}

/// Tells whether a text begins as a URL of HTTP does, and has a host.
fn is_url(text: &str) -> bool {
    let rest = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://"));
    let host = rest.and_then(|rest| rest.split(['/', '?', '#']).next()).unwrap_or_default();
    !host.is_empty() && !host.starts_with(':') && !text.contains(|one: char| one.is_whitespace() || one.is_control())
}

/// Tells whether a text is a host, a colon and a port that is not 0.
fn is_address(text: &str) -> bool {
    let Some((host, port)) = text.rsplit_once(':') else { return false };
    let digits = !port.is_empty() && port.bytes().all(|one| one.is_ascii_digit());
    !host.is_empty() && !host.contains('/') && digits && port.parse::<u16>().is_ok_and(|port| port > 0)
}

/// `5.minutes()`: a duration as other languages write it, and how it is written here.
fn foreign_duration(value: &Rust) -> Option<String> {
    let text: String = value.tokens.to_string().chars().filter(|one| !one.is_whitespace()).collect();
    let (number, word) = text.trim_end_matches("()").split_once('.')?;
    let unit = messages::unit_of(word)?;
    number.parse::<f64>().ok().map(|_| format!("{number}{unit}"))
}

/// The field of which a value is the name, if it is the name of nothing else that the router knows.
fn field<'v>(value: &'v Rust, lets: &[Ident]) -> Option<&'v Ident> {
    value.name().filter(|name| fields::settable().iter().any(|field| name == field) && !lets.contains(name))
}

/// A name in small letters that nothing inside the router has: a pipeline sees no locals, and constants are in capitals.
fn bare_name(value: &Rust, lets: &[Ident]) -> Option<String> {
    let name = value.name().filter(|name| !lets.contains(name))?.to_string();
    name.chars().all(|one| one.is_lowercase() || one.is_ascii_digit() || one == '_').then_some(name)
}

/// The number that an argument is.
fn number(argument: &Argument) -> Option<f64> {
    let Value::Rust(value) = &argument.value else { return None };
    value.literal()?.number()
}

/// Tells whether a value is a literal that is no whole number above zero.
pub(super) fn is_no_count(value: &Rust) -> bool {
    match value.literal() {
        Some(Literal::Whole { negative, value, .. }) => negative || !value.is_some_and(|value| value > 0 && value <= u64::MAX.into()),
        literal => literal.is_some(),
    }
}

/// Tells whether a value is a literal that is no whole number, nor zero.
pub(super) fn is_no_count_or_none(value: &Rust) -> bool {
    let zero = matches!(value.literal(), Some(Literal::Whole { value: Some(0), .. }));
    !zero && is_no_count(value)
}

/// Tells whether a value is a number or a duration that is not above zero.
pub(super) fn is_no_duration(value: &Rust) -> bool {
    match value.literal() {
        Some(Literal::Duration { negative, nanoseconds }) => negative || nanoseconds == Some(0),
        Some(Literal::Whole { negative, value, .. }) => negative || value == Some(0),
        Some(Literal::Fraction(number)) => number <= 0.0,
        // the core says what it wants instead of a text
        _ => false,
    }
}

/// Tells whether a value compares something, so that it is true or false and no number.
fn is_condition(value: &Rust) -> bool {
    use syn::BinOp::{And, Eq, Ge, Gt, Le, Lt, Ne, Or};
    matches!(
        value.parsed.as_deref(),
        Some(syn::Expr::Binary(binary)) if matches!(binary.op, And(_) | Eq(_) | Ge(_) | Gt(_) | Le(_) | Lt(_) | Ne(_) | Or(_))
    )
}

/// The first number of a list, or of the pairs in it, that is no point of a distribution.
fn bad_point(value: &Rust) -> Option<Rust> {
    let Some(syn::Expr::Array(list)) = value.parsed.as_deref() else { return None };
    let is_point = |one: &syn::Expr| Literal::of(one).and_then(|literal| literal.number()).is_none_or(|point| (0.0..=1.0).contains(&point));
    let points = list.elems.iter().filter_map(|one| match one {
        syn::Expr::Tuple(pair) => pair.elems.first(),
        one => Some(one),
    });
    let point = points.into_iter().find(|one| !is_point(one))?;
    Some(Rust::new(point.to_token_stream(), point.clone()))
}

/// Tells whether a value can be no closure.
fn is_no_closure(value: &Rust) -> bool {
    use syn::Expr::{Array, Binary, Lit, Range, Tuple, Unary};
    matches!(value.parsed.as_deref(), Some(Array(_) | Binary(_) | Lit(_) | Range(_) | Tuple(_) | Unary(_)))
}

/// `changed_by(state)`: a field where the stage that takes fields is the other of two.
fn field_for_closure(row: &Builtin, value: &Rust, positional: &[Argument], lets: &[Ident]) -> Option<Message> {
    let field = field(value, lets)?;
    let twin = row.name.strip_suffix("_by").or_else(|| row.name.strip_suffix("_value"))?;
    let arguments: Vec<&str> = positional.iter().map(|argument| argument.text.as_str()).collect();
    let block = if row.takes == Takes::Block { " { ... }" } else { "" };
    Some(messages::field_for_closure(row.name, &field.to_string(), &format!("{twin}({}){block}", arguments.join(", "))))
}

/// `extremum(|a, b| a.metric() > b.metric())`, `extremum(metric)`: the closure is given metrics.
fn metrics_wanted(row: &Builtin, value: &Rust, text: &str, lets: &[Ident]) -> Option<Message> {
    if !["extremum", "fold"].contains(&row.name) {
        return None;
    }
    if field(value, lets).is_some() {
        return Some(messages::closure_wanted(row.name, row.usage, text));
    }
    let Some(syn::Expr::Closure(closure)) = value.parsed.as_deref() else { return None };
    let body = closure.body.to_token_stream().to_string().replace(' ', "");
    let asks = |input: &syn::Pat| matches!(input, syn::Pat::Ident(one) if body.contains(&format!("{}.metric()", one.ident)));
    closure.inputs.iter().any(asks).then(|| messages::metrics_given(row.name, &text.replace(".metric()", "")))
}

/// What is wrong with the name of a field that a stage changes.
fn bad_field(row: &Builtin, value: &Rust, text: &str) -> Option<Message> {
    let known = fields::adjustable();
    match value.name() {
        Some(name) if known.iter().any(|field| name == field) => None,
        Some(name) => Some(messages::unknown_field(row.name, &name.to_string(), &known)),
        None => Some(messages::field_wanted(row.name, text, &known)),
    }
}
