//! Texts, numbers and truths beside each other: `metric > "90"`, `state == 2`, `with(state = 5)`.
//!
//! rustc would speak of traits of the core. Only what is known for certain is judged: fields, questions and literals.

use super::{Place, TEXTS, Target, reach_of};
use crate::messages::{self, Message};
use crate::syntax::{Expression, Literal, Operator, Question, Rust};
use crate::tokens::{Reach, as_written};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Number,
    Truth,
    /// `'a'`
    Character,
    /// `["a", "b"]`
    List,
}

impl Kind {
    fn noun(self) -> &'static str {
        match self {
            Self::Text => "a text",
            Self::Number => "a number",
            Self::Truth => "true or false",
            Self::Character => "a character",
            Self::List => "a list",
        }
    }
}

/// An operand of which is known what it is.
struct Known {
    kind: Kind,
    written: String,
    /// What a literal says.
    value: Option<String>,
}

impl Known {
    fn asked(kind: Kind, written: String) -> Self {
        Self { kind, written, value: None }
    }

    /// As what it is found in a message.
    fn found(&self) -> String {
        let the = if self.kind == Kind::Truth { String::new() } else { self.kind.noun().replacen('a', "the", 1) + " " };
        format!("{the}`{}`", self.written)
    }
}

/// Finds two sides of a comparison that are of different kinds, and numbers that are written as texts in a computation.
pub(super) fn mistake(
    operator: Operator,
    left: &Expression,
    right: &Expression,
    token: Reach,
    place: Place<'_>,
) -> Option<(Reach, Message)> {
    if operator.joins() {
        return None;
    }
    let (left_side, right_side) = (known(left, place)?, known(right, place)?);
    if left_side.kind == right_side.kind {
        return None;
    }
    let reach = reach_of(left).map_or(token, |reach| reach.to(token));
    let reach = reach_of(right).map_or(reach, |right| reach.to(right));
    let exchanged = left_side.value.is_some();
    let (asked, given) = if exchanged { (right_side, left_side) } else { (left_side, right_side) };
    if operator.computes() {
        let number = number_in(given.value.as_deref().filter(|_| asked.kind == Kind::Number && given.kind == Kind::Text)?)?;
        let sides = if exchanged { (number, asked.written.clone()) } else { (asked.written.clone(), number) };
        let written = format!("{} {} {}", sides.0, operator.sign(), sides.1);
        return Some((reach, messages::kinds_compared(&asked.written, asked.kind.noun(), &given.found(), &written)));
    }
    if asked.value.is_some() {
        return None;
    }
    let operator = if exchanged { turned(operator) } else { operator };
    let written = compared(&asked, operator, &given);
    Some((reach, messages::kinds_compared(&asked.written, asked.kind.noun(), &given.found(), &written)))
}

/// Finds a field that is set to something of another kind.
pub(in crate::check) fn set(value: &Expression, place: Place<'_>) -> Option<(Reach, Message)> {
    let (name, kind) = match place.target {
        Target::Field(name) => (name.to_owned(), kind_of(name)?),
        Target::Attribute(key) => (format!("attribute({key})"), Kind::Text),
        Target::Condition | Target::Key => return None,
    };
    let given = known(value, place).filter(|given| given.kind != kind)?;
    let written = match (kind, given.kind, &given.value) {
        (Kind::Number, Kind::Text, Some(text)) => number_in(text).unwrap_or_else(|| number_of(&name).to_owned()),
        (Kind::Number, Kind::Truth, Some(truth)) => if truth == "true" { "1" } else { "0" }.to_owned(),
        (Kind::Text, Kind::Number, None) => format!("text(\"{{{}}}\")", given.written),
        (Kind::Text, Kind::Number | Kind::Truth | Kind::Character, Some(value)) => format!("{value:?}"),
        // `tags` and the rest are rustc's
        _ => return None,
    };
    let message = messages::kinds_compared(&name, kind.noun(), &given.found(), &format!("with({name} = {written})"));
    Some((reach_of(value)?, message))
}

/// Finds a pattern that looks into a number.
pub(super) fn pattern_in_number(left: &Expression, pattern: &str, place: Place<'_>) -> Option<(Reach, Message)> {
    let asked = known(left, place).filter(|asked| asked.kind == Kind::Number && asked.value.is_none())?;
    let text = pattern.trim_matches(['"', '^', '$']);
    let written = match number_in(text) {
        Some(number) => format!("{} == {number}", asked.written),
        None => format!("service =~ {pattern}"),
    };
    Some((reach_of(left)?, messages::kinds_compared(&asked.written, "a number", &format!("the pattern `{pattern}`"), &written)))
}

/// Finds a field that stands alone where a condition is wanted.
pub(in crate::check) fn alone(condition: &Expression, place: Place<'_>) -> Option<(Reach, Message)> {
    let asked = known(condition, place).filter(|asked| asked.value.is_none() && matches!(asked.kind, Kind::Text | Kind::Number))?;
    Some((reach_of(condition)?, messages::field_as_condition(&asked.written, asked.kind.noun())))
}

fn kind_of(field: &str) -> Option<Kind> {
    match field {
        "metric" | "time" | "ttl" => Some(Kind::Number),
        _ => TEXTS.contains(&field).then_some(Kind::Text),
    }
}

fn known(expression: &Expression, place: Place<'_>) -> Option<Known> {
    if let Some(field) = place.field(expression) {
        return Some(Known::asked(kind_of(&field)?, field));
    }
    match expression {
        Expression::Parentheses(inner) => known(inner, place),
        Expression::Minus { operand, .. } => {
            let number = known(operand, place).filter(|one| one.kind == Kind::Number)?;
            let negative = |text: String| format!("-{text}");
            Some(Known { kind: Kind::Number, written: negative(number.written), value: number.value.map(negative) })
        }
        Expression::Ask { question: Question::Expired, .. } => Some(Known::asked(Kind::Truth, "expired".to_owned())),
        Expression::Ask { question: question @ (Question::Tagged | Question::Attribute), argument, .. } => {
            let kind = if *question == Question::Tagged { Kind::Truth } else { Kind::Text };
            Some(Known::asked(kind, format!("{}({})", question.name(), argument.text())))
        }
        Expression::Rust(value) => literal(value),
        _ => None,
    }
}

fn literal(value: &Rust) -> Option<Known> {
    let written = value.text();
    let known = |kind, value: String| Some(Known { kind, written: written.clone(), value: Some(value) });
    match value.literal() {
        Some(Literal::Text(text)) => known(Kind::Text, text),
        Some(Literal::Truth(truth)) => known(Kind::Truth, truth.to_string()),
        Some(Literal::Whole { .. } | Literal::Fraction(_) | Literal::Duration { .. }) => known(Kind::Number, written.clone()),
        Some(Literal::Other) => {
            let character = syn::parse_str::<syn::LitChar>(&written).ok()?;
            known(Kind::Character, character.value().to_string())
        }
        None => {
            let Some(syn::Expr::Array(list)) = value.parsed.as_deref() else { return None };
            let literals = list.elems.iter().all(|one| matches!(one, syn::Expr::Lit(_)));
            literals.then(|| known(Kind::List, written.clone()))?
        }
    }
}

/// The number that a text is, with a unit behind it or not.
fn number_in(text: &str) -> Option<String> {
    let number = text.trim().trim_end_matches(|one: char| !one.is_ascii_digit());
    number.parse::<f64>().ok().map(|_| number.to_owned())
}

/// A number that a field may well be.
fn number_of(field: &str) -> &'static str {
    match field {
        "time" => "1735689600",
        "ttl" => "60",
        _ => "5",
    }
}

/// The operator whose sides are exchanged.
fn turned(operator: Operator) -> Operator {
    match operator {
        Operator::Above => Operator::Below,
        Operator::Below => Operator::Above,
        Operator::AtLeast => Operator::AtMost,
        Operator::AtMost => Operator::AtLeast,
        other => other,
    }
}

/// How the comparison is written.
fn compared(asked: &Known, operator: Operator, given: &Known) -> String {
    let (name, sign) = (&asked.written, operator.sign());
    let equal = matches!(operator, Operator::Equal | Operator::Unequal);
    let value = given.value.as_deref().unwrap_or_default();
    match (asked.kind, given.kind) {
        (_, Kind::List) => {
            let joint = if operator == Operator::Unequal { " && " } else { " || " };
            let values = value.trim_matches(['[', ']']).split(',').map(str::trim).filter(|one| !one.is_empty());
            let sign = if equal { sign } else { "==" };
            let quoted = |one: &str| if asked.kind == Kind::Text && !one.starts_with('"') { format!("{one:?}") } else { one.to_owned() };
            values.map(|one| format!("{name} {sign} {}", quoted(one))).collect::<Vec<_>>().join(joint)
        }
        (Kind::Number, Kind::Text) if given.value.is_none() && equal => format!("{} {sign} text(\"{{{name}}}\")", given.written),
        (Kind::Number, Kind::Text) => match number_in(value) {
            Some(number) => format!("{name} {sign} {number}"),
            None if name == "metric" && equal && !value.is_empty() => format!("state {sign} {value:?}"),
            None => format!("{name} {sign} {}", number_of(name)),
        },
        (Kind::Number, Kind::Truth) => format!("{name} {sign} {}", if value == "false" { "0" } else { "1" }),
        (Kind::Number, _) => match number_in(value) {
            Some(number) => format!("{name} {sign} {number}"),
            None => format!("{name} {sign} {}", number_of(name)),
        },
        (Kind::Text, Kind::Number) if given.value.is_none() && equal => format!("{name} {sign} text(\"{{{}}}\")", given.written),
        (Kind::Text, Kind::Number) if !equal && name.starts_with("attribute") => {
            let float = if value.contains('.') { value.to_owned() } else { format!("{value}.0") };
            format!("filter(|event| event.{name}.and_then(|text| text.parse().ok()).is_some_and(|number: f64| number {sign} {float}))")
        }
        (Kind::Text, Kind::Number) if !equal => format!("metric {sign} {value}"),
        (Kind::Truth, _) => {
            let yes = !["false", "0", "no", ""].contains(&value);
            if yes == (operator != Operator::Unequal) { name.clone() } else { format!("!{name}") }
        }
        _ => format!("{name} {sign} {value:?}"),
    }
}

/// `["ok", "warning"].contains(state)`
pub(super) fn in_list(root: &Expression, tail: &[proc_macro2::TokenTree]) -> Option<(Reach, Message)> {
    let Expression::Rust(value) = root else { return None };
    let list = literal(value).filter(|one| one.kind == Kind::List)?;
    let member = super::member(tail).filter(|one| one.is_method && ["contains", "includes", "include"].contains(&one.name.as_str()))?;
    let field = member.argument.as_deref()?.trim_start_matches('&');
    let asked = Known::asked(kind_of(field)?, field.to_owned());
    let tokens: Vec<_> = value.tokens.clone().into_iter().chain(tail.iter().cloned()).collect();
    let written = compared(&asked, Operator::Equal, &list);
    let reach = Reach::over(&tokens, proc_macro2::Span::call_site());
    Some((reach, messages::foreign_question(&as_written(&tokens), &written)))
}
