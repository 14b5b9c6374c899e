//! Conditions as facts: what is known of an item that passed one, or did not.
//!
//! Whatever may have an effect, or may answer differently when it is asked again, gives no fact.

use proc_macro2::Ident;
use quote::ToTokens as _;

use super::facts::{Fact, Facts, Test, Value};
use crate::pattern::Pattern;
use crate::syntax::{Expression, Literal, Operator, Question, Rust};
use crate::tokens::Reach;

/// What something reads as, and the fields that it depends on.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Subject {
    pub(super) text: String,
    pub(super) fields: Vec<String>,
}

impl Subject {
    fn new(text: impl Into<String>, fields: &[&str]) -> Self {
        Self { text: text.into(), fields: fields.iter().map(|&field| field.to_owned()).collect() }
    }

    fn joined(self, sign: &str, other: Self) -> Self {
        let text = format!("{} {sign} {}", self.text, other.text);
        Self { text, fields: self.fields.into_iter().chain(other.fields).collect() }
    }
}

/// What is known of an item that answered a question, `text`, with yes or with no.
pub(super) fn answered(question: Question, text: &str, holds: bool) -> Facts {
    let subject = Subject::new(text, question.fields());
    let text = if holds { text.to_owned() } else { format!("!{text}") };
    Facts::one(Fact { subject: subject.text, fields: subject.fields, test: Test::Holds, holds, text })
}

/// What is known of an item whose metric compares in some way with a number.
pub(super) fn of_metric(operator: Operator, bound: &Rust, lets: &[Ident], text: &str) -> Facts {
    let Some(value) = value_of(bound, lets) else { return Facts::nothing() };
    let fact = Fact {
        subject: "metric".to_owned(),
        fields: vec!["metric".to_owned()],
        test: Test::Compare(operator, value),
        holds: true,
        text: text.to_owned(),
    };
    Facts::one(fact)
}

/// What is known of an item for which a condition holds, or does not.
pub(super) fn facts(condition: &Expression, holds: bool, lets: &[Ident]) -> Facts {
    let known = match condition {
        Expression::Parentheses(inner) => return facts(inner, holds, lets),
        Expression::Not { operand, .. } => return facts(operand, !holds, lets),
        Expression::Binary { operator: operator @ (Operator::And | Operator::Or), left, right, .. } => {
            let (left, right) = (facts(left, holds, lets), facts(right, holds, lets));
            return match (operator, holds) {
                (Operator::And, true) | (Operator::Or, false) => left.and(&right).unwrap_or_else(|_| Facts::nothing()),
                _ => left.or(right),
            };
        }
        Expression::Ask { question, argument, .. } => return asked(*question, argument, holds),
        Expression::Name(name) if lets.contains(name) => None,
        Expression::Name(_) => subject(condition, lets).map(|subject| (subject, Test::Holds, holds)),
        Expression::Binary { operator, left, right, .. } => compared(*operator, left, right, holds, lets),
        Expression::Matches { left, pattern, .. } => subject(left, lets).map(|subject| (subject, matched(pattern), holds)),
        _ => None,
    };
    let Some((subject, test, holds_test)) = known else { return Facts::nothing() };
    let Some(Subject { text, .. }) = text(condition, lets) else { return Facts::nothing() };
    let text = if holds { text } else { format!("!({text})") };
    Facts::one(Fact { subject: subject.text, fields: subject.fields, test, holds: holds_test, text })
}

fn asked(question: Question, argument: &Rust, holds: bool) -> Facts {
    match question {
        Question::Expired => answered(question, "expired", holds),
        Question::Tagged => argument.parsed.as_deref().map_or_else(Facts::nothing, |tag| tagged(tag, holds)),
        Question::TaggedAny | Question::TaggedAll => match listed(argument) {
            Some(tags) => {
                let mut tags = tags.into_iter().map(|tag| tagged(tag, holds));
                let first = tags.next().unwrap_or_else(Facts::nothing);
                let all = (question == Question::TaggedAll) == holds;
                let both = |one: Facts, other: Facts| one.and(&other).unwrap_or_else(|_| Facts::nothing());
                tags.fold(first, |known, tag| if all { both(known, tag) } else { known.or(tag) })
            }
            None => Facts::nothing(),
        },
        Question::Attribute if is_simple(argument) => answered(question, &format!("attribute({})", argument.tokens), holds),
        Question::Attribute => Facts::nothing(),
    }
}

/// What is known of an item that has a tag, or has not.
pub(super) fn tagged(tag: &syn::Expr, holds: bool) -> Facts {
    if !is_simple_expression(tag) {
        return Facts::nothing();
    }
    answered(Question::Tagged, &format!("tagged({})", tag.to_token_stream()), holds)
}

/// The elements of a list, when it is written out; a single literal is a list of one.
pub(super) fn listed(argument: &Rust) -> Option<Vec<&syn::Expr>> {
    let expression = match argument.parsed.as_deref()? {
        syn::Expr::Reference(reference) => &*reference.expr,
        other => other,
    };
    match expression {
        syn::Expr::Array(array) => Some(array.elems.iter().collect()),
        syn::Expr::Lit(_) => Some(vec![expression]),
        _ => None,
    }
}

fn matched(pattern: &Pattern) -> Test {
    match pattern {
        Pattern::StartsWith(text) => Test::StartsWith(text.clone()),
        Pattern::EndsWith(text) => Test::EndsWith(text.clone()),
        Pattern::Contains(text) => Test::Contains(text.clone()),
        Pattern::Equals(text) => Test::Compare(Operator::Equal, Value::Text(text.clone())),
        Pattern::Regex(text) => Test::Regex(text.clone()),
    }
}

/// A comparison; the opposite of an equality is one that does not hold.
fn compared(operator: Operator, left: &Expression, right: &Expression, holds: bool, lets: &[Ident]) -> Option<(Subject, Test, bool)> {
    let (operator, holds) = match operator {
        Operator::Unequal => (Operator::Equal, !holds),
        Operator::Equal | Operator::Below | Operator::AtMost | Operator::Above | Operator::AtLeast => (operator, holds),
        _ => return None,
    };
    if operator == Operator::Equal {
        for (side, other) in [(left, right), (right, left)] {
            if is_none(other) {
                return Some((subject(side, lets)?, Test::Missing, holds));
            }
        }
    }
    if let Some(value) = value(right, lets) {
        return Some((subject(left, lets)?, Test::Compare(operator, value), holds));
    }
    if let Some(value) = value(left, lets) {
        return Some((subject(right, lets)?, Test::Compare(turned(operator), value), holds));
    }
    let whole = subject(left, lets)?.joined(operator.sign(), subject(right, lets)?);
    Some((whole, Test::Holds, holds))
}

/// The operator with its sides exchanged.
fn turned(operator: Operator) -> Operator {
    match operator {
        Operator::Below => Operator::Above,
        Operator::AtMost => Operator::AtLeast,
        Operator::Above => Operator::Below,
        Operator::AtLeast => Operator::AtMost,
        other => other,
    }
}

fn is_none(expression: &Expression) -> bool {
    matches!(expression, Expression::Rust(value) if value.is_none())
}

/// A value that is the same whenever it is asked for.
fn value(expression: &Expression, lets: &[Ident]) -> Option<Value> {
    match expression {
        Expression::Parentheses(inner) | Expression::Reference { operand: inner, .. } => value(inner, lets),
        Expression::Name(name) => lets.contains(name).then(|| Value::Name(name.to_string())),
        Expression::Rust(value) => value_of(value, lets),
        Expression::Minus { operand, .. } => match value(operand, lets)? {
            Value::Number(number) => Some(Value::Number(-number)),
            _ => None,
        },
        _ => None,
    }
}

fn value_of(rust: &Rust, lets: &[Ident]) -> Option<Value> {
    value_of_expression(rust.parsed.as_deref()?, lets)
}

fn value_of_expression(expression: &syn::Expr, lets: &[Ident]) -> Option<Value> {
    // the widest range in which a float is exact
    const EXACT: u128 = 9_007_199_254_740_992;
    if let Some(literal) = Literal::of(expression) {
        let signed = |negative: bool, value: f64| Value::Number(if negative { -value } else { value });
        return match literal {
            Literal::Text(text) => Some(Value::Text(text)),
            Literal::Truth(truth) => Some(Value::Truth(truth)),
            Literal::Whole { negative, value, .. } => value.filter(|value| *value < EXACT).map(|value| signed(negative, value as f64)),
            Literal::Fraction(number) => Some(Value::Number(number)),
            Literal::Duration { negative, nanoseconds } => nanoseconds.map(|length| signed(negative, length as f64 / 1e9)),
            Literal::Other => None,
        };
    }
    match expression {
        syn::Expr::Paren(inner) => value_of_expression(&inner.expr, lets),
        syn::Expr::Path(path) => {
            // a constant, or a `let`; any other name might be something that changes
            let last = path.path.segments.last()?.ident.to_string();
            let constant = last.chars().all(|one| one.is_ascii_uppercase() || one.is_ascii_digit() || one == '_');
            let known = constant || path.path.get_ident().is_some_and(|name| lets.contains(name));
            (known && last != "_").then(|| Value::Name(path.to_token_stream().to_string()))
        }
        _ => None,
    }
}

/// Tells whether a value is a literal or a path to a constant.
fn is_simple(rust: &Rust) -> bool {
    rust.parsed.as_deref().is_some_and(is_simple_expression)
}

fn is_simple_expression(expression: &syn::Expr) -> bool {
    matches!(expression, syn::Expr::Lit(_)) || value_of_expression(expression, &[]).is_some()
}

/// What an operand reads as, when it always gives the same for the same item.
fn subject(expression: &Expression, lets: &[Ident]) -> Option<Subject> {
    match expression {
        Expression::Name(name) if lets.contains(name) => Some(Subject::new(name.to_string(), &[])),
        Expression::Name(name) => Some(Subject::new(name.to_string(), &[&name.to_string()])),
        Expression::Rust(value) => value_of(value, lets).map(|_| Subject::new(value.text(), &[])),
        Expression::Ask { question: question @ Question::Attribute, argument, .. } if is_simple(argument) => {
            Some(Subject::new(format!("attribute({})", argument.tokens), question.fields()))
        }
        Expression::Parentheses(inner) => {
            let Subject { text, fields } = subject(inner, lets)?;
            let text = if text.contains(' ') { format!("({text})") } else { text };
            Some(Subject { text, fields })
        }
        Expression::Reference { operand, .. } => subject(operand, lets),
        Expression::Minus { operand, .. } => {
            let Subject { text, fields } = subject(operand, lets)?;
            Some(Subject { text: format!("-{text}"), fields })
        }
        Expression::Binary { operator, left, right, .. } => {
            let sign = operator.computes().then(|| operator.sign())?;
            Some(subject(left, lets)?.joined(sign, subject(right, lets)?))
        }
        _ => None,
    }
}

/// What a condition reads as, when it always gives the same for the same item.
pub(super) fn text(condition: &Expression, lets: &[Ident]) -> Option<Subject> {
    let before = |sign: &str, Subject { text, fields }: Subject| Subject { text: format!("{sign}{text}"), fields };
    match condition {
        Expression::Not { operand, .. } => text(operand, lets).map(|inner| before("!", inner)),
        Expression::Parentheses(inner) => {
            let Subject { text, fields } = text(inner, lets)?;
            Some(Subject { text: format!("({text})"), fields })
        }
        Expression::Ask { question, argument, .. } => match question {
            Question::Expired => Some(Subject::new(question.name(), question.fields())),
            Question::Attribute => subject(condition, lets),
            _ if is_simple(argument) || listed(argument).is_some_and(|tags| tags.into_iter().all(is_simple_expression)) => {
                let argument = argument.text();
                let text = format!("{}({})", question.name(), argument.trim_start_matches(['&', ' ']));
                Some(Subject::new(text, question.fields()))
            }
            _ => None,
        },
        Expression::Matches { left, literal, .. } => {
            Some(subject(left, lets)?.joined(Operator::Matches.sign(), Subject::new(literal.to_string(), &[])))
        }
        Expression::Binary { operator, left, right, .. } => {
            let side = |one| match operator {
                Operator::And | Operator::Or => text(one, lets),
                _ if is_none(one) => Some(Subject::new("None", &[])),
                _ => subject(one, lets),
            };
            Some(side(left)?.joined(operator.sign(), side(right)?))
        }
        other => subject(other, lets),
    }
}

/// What a condition reaches over; `None` where no token tells.
pub(super) fn reach(condition: &Expression) -> Option<Reach> {
    match condition {
        Expression::Name(name) => Some(Reach::of(name.span())),
        Expression::Rust(value) => value.tokens.clone().into_iter().next().map(|first| value.reach(first.span())),
        Expression::Ask { word, .. } => Some(Reach::of(word.span())),
        Expression::Parentheses(inner) => reach(inner),
        Expression::Not { token, operand } | Expression::Minus { token, operand } => Some(Reach::of(*token).to(reach(operand)?)),
        Expression::Reference { operand, .. } => reach(operand),
        Expression::Binary { left, right, .. } => Some(reach(left)?.to(reach(right)?)),
        Expression::Matches { left, literal, .. } => Some(reach(left)?.to(Reach::of(literal.span()))),
        Expression::Arguments(_)
        | Expression::Call { .. }
        | Expression::Postfix { .. }
        | Expression::Text(_)
        | Expression::Hole(_)
        | Expression::Unfinished { .. } => None,
    }
}

/// The conditions that an `&&`, or an `||`, joins.
pub(super) fn joined(condition: &Expression, by: Operator) -> Vec<&Expression> {
    match condition {
        Expression::Parentheses(inner) if matches!(**inner, Expression::Binary { operator, .. } if operator == by) => joined(inner, by),
        Expression::Binary { operator, left, right, .. } if *operator == by => {
            joined(left, by).into_iter().chain(joined(right, by)).collect()
        }
        other => vec![other],
    }
}

/// What is known of an item that lacks a field.
pub(super) fn missing(field: &str) -> Facts {
    let fact = Fact {
        subject: field.to_owned(),
        fields: vec![field.to_owned()],
        test: Test::Missing,
        holds: true,
        text: format!("{field} == None"),
    };
    Facts::one(fact)
}

/// Tells whether a condition asks for more or less of a field than something.
pub(super) fn orders(condition: &Expression, field: &str, lets: &[Ident]) -> bool {
    let is_field = |one: &Expression| matches!(one, Expression::Name(name) if name == field && !lets.contains(name));
    match condition {
        Expression::Parentheses(inner) | Expression::Not { operand: inner, .. } => orders(inner, field, lets),
        Expression::Binary { operator, left, right, .. } if operator.joins() => orders(left, field, lets) || orders(right, field, lets),
        Expression::Binary { operator: Operator::Below | Operator::AtMost | Operator::Above | Operator::AtLeast, left, right, .. } => {
            is_field(left) || is_field(right)
        }
        _ => false,
    }
}
