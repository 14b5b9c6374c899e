//! Conditions as facts: what is known of an item that passed one, or did not.
//!
//! Whatever may have an effect, or may answer differently when it is asked again, gives no fact.

use proc_macro2::{Ident, TokenStream, TokenTree};

use super::facts::{Fact, Facts, Test, Value};
use crate::syntax::{Expression, Operator, Pattern};
use crate::tokens::{Reach, as_written};

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

/// What is asked of an item, by name.
pub(super) fn question(text: &str, fields: &[&str], holds: bool) -> Facts {
    let subject = Subject::new(text, fields);
    let text = if holds { text.to_owned() } else { format!("!{text}") };
    Facts::one(Fact { subject: subject.text, fields: subject.fields, test: Test::Holds, holds, text })
}

/// What is known of an item whose metric compares in some way with a number.
pub(super) fn of_metric(operator: Operator, bound: &syn::Expr, lets: &[Ident], text: &str) -> Facts {
    let tokens = quote::ToTokens::to_token_stream(bound);
    let Some(value) = value_of_tokens(&tokens, lets) else { return Facts::nothing() };
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
        Expression::Ask { function, argument } => return asked(function, argument, holds),
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

fn asked(function: &Ident, argument: &TokenStream, holds: bool) -> Facts {
    let name = function.to_string();
    match name.as_str() {
        "expired" => question("expired", &["state", "ttl", "time", "now"], holds),
        "tagged" => tagged(argument.clone(), holds),
        "tagged_any" | "tagged_all" => match listed(argument) {
            Some(tags) => {
                let mut tags = tags.into_iter().map(|tag| tagged(tag, holds));
                let first = tags.next().unwrap_or_else(Facts::nothing);
                let all = (name == "tagged_all") == holds;
                let both = |one: Facts, other: Facts| one.and(&other).unwrap_or_else(|_| Facts::nothing());
                tags.fold(first, |known, tag| if all { both(known, tag) } else { known.or(tag) })
            }
            None => Facts::nothing(),
        },
        "attribute" if is_simple(argument) => question(&format!("attribute({argument})"), &["attributes"], holds),
        _ => Facts::nothing(),
    }
}

/// What is known of an item that has a tag, or has not.
pub(super) fn tagged(tag: TokenStream, holds: bool) -> Facts {
    if is_simple(&tag) { question(&format!("tagged({tag})"), &["tags"], holds) } else { Facts::nothing() }
}

/// The elements of a list, when it is written out; a single literal is a list of one.
pub(super) fn listed(argument: &TokenStream) -> Option<Vec<TokenStream>> {
    use quote::ToTokens as _;
    let expression = syn::parse2::<syn::Expr>(argument.clone()).ok()?;
    let expression = match expression {
        syn::Expr::Reference(reference) => *reference.expr,
        other => other,
    };
    match expression {
        syn::Expr::Array(array) => Some(array.elems.iter().map(|one| one.to_token_stream()).collect()),
        syn::Expr::Lit(literal) => Some(vec![literal.to_token_stream()]),
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
    let whole = subject(left, lets)?.joined(sign(operator)?, subject(right, lets)?);
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

fn sign(operator: Operator) -> Option<&'static str> {
    Some(match operator {
        Operator::Or => "||",
        Operator::And => "&&",
        Operator::Equal => "==",
        Operator::Unequal => "!=",
        Operator::Below => "<",
        Operator::AtMost => "<=",
        Operator::Above => ">",
        Operator::AtLeast => ">=",
        Operator::Add => "+",
        Operator::Subtract => "-",
        Operator::Multiply => "*",
        Operator::Divide => "/",
        Operator::Remainder => "%",
    })
}

fn is_none(expression: &Expression) -> bool {
    matches!(expression, Expression::Rust(tokens) if tokens.to_string() == "None")
}

/// A value that is the same whenever it is asked for.
fn value(expression: &Expression, lets: &[Ident]) -> Option<Value> {
    match expression {
        Expression::Parentheses(inner) | Expression::Reference { operand: inner, .. } => value(inner, lets),
        Expression::Name(name) => lets.contains(name).then(|| Value::Name(name.to_string())),
        Expression::Rust(tokens) => value_of_tokens(tokens, lets),
        Expression::Minus { operand, .. } => match value(operand, lets)? {
            Value::Number(number) => Some(Value::Number(-number)),
            _ => None,
        },
        _ => None,
    }
}

fn value_of_tokens(tokens: &TokenStream, lets: &[Ident]) -> Option<Value> {
    use syn::{Expr, Lit, UnOp};
    // the widest range in which a float is exact
    const EXACT: f64 = 9_007_199_254_740_992.0;
    match syn::parse2::<Expr>(tokens.clone()).ok()? {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Str(text) => Some(Value::Text(text.value())),
            Lit::Bool(truth) => Some(Value::Truth(truth.value)),
            Lit::Int(number) => match crate::durations::read(&number.token()) {
                Some(length) => length.ok().map(|nanos| Value::Number(nanos as f64 / 1e9)),
                None => number.base10_parse::<u64>().ok().map(|number| number as f64).filter(|one| *one < EXACT).map(Value::Number),
            },
            Lit::Float(number) => match crate::durations::read(&number.token()) {
                Some(length) => length.ok().map(|nanos| Value::Number(nanos as f64 / 1e9)),
                None => number.base10_parse().ok().map(Value::Number),
            },
            _ => None,
        },
        Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => {
            match value_of_tokens(&quote::ToTokens::to_token_stream(&unary.expr), lets)? {
                Value::Number(number) => Some(Value::Number(-number)),
                _ => None,
            }
        }
        Expr::Paren(inner) => value_of_tokens(&quote::ToTokens::to_token_stream(&inner.expr), lets),
        Expr::Path(path) => {
            // a constant, or a `let`; any other name might be something that changes
            let last = path.path.segments.last()?.ident.to_string();
            let constant = last.chars().all(|one| one.is_ascii_uppercase() || one.is_ascii_digit() || one == '_');
            let known = constant || path.path.get_ident().is_some_and(|name| lets.contains(name));
            (known && last != "_").then(|| Value::Name(quote::ToTokens::to_token_stream(&path).to_string()))
        }
        _ => None,
    }
}

/// Tells whether the tokens are a literal or a path.
fn is_simple(tokens: &TokenStream) -> bool {
    let lets = &[];
    matches!(syn::parse2::<syn::Expr>(tokens.clone()), Ok(syn::Expr::Lit(_))) || value_of_tokens(tokens, lets).is_some()
}

/// What an operand reads as, when it always gives the same for the same item.
fn subject(expression: &Expression, lets: &[Ident]) -> Option<Subject> {
    match expression {
        Expression::Name(name) if lets.contains(name) => Some(Subject::new(name.to_string(), &[])),
        Expression::Name(name) => Some(Subject::new(name.to_string(), &[&name.to_string()])),
        Expression::Rust(tokens) => {
            let text = as_written(&tokens.clone().into_iter().collect::<Vec<TokenTree>>());
            value_of_tokens(tokens, lets).map(|_| Subject::new(text, &[]))
        }
        Expression::Ask { function, argument } if function == "attribute" && is_simple(argument) => {
            Some(Subject::new(format!("attribute({argument})"), &["attributes"]))
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
            use Operator::{Add, Divide, Multiply, Remainder, Subtract};
            let arithmetic = matches!(operator, Add | Subtract | Multiply | Divide | Remainder);
            let sign = sign(*operator).filter(|_| arithmetic)?;
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
        Expression::Ask { function, argument } => {
            let name = function.to_string();
            match name.as_str() {
                "expired" => Some(Subject::new(name, &["state", "ttl", "time", "now"])),
                "attribute" => subject(condition, lets),
                _ if is_simple(argument) || listed(argument).is_some_and(|tags| tags.iter().all(is_simple)) => {
                    let argument = as_written(&argument.clone().into_iter().collect::<Vec<TokenTree>>());
                    Some(Subject::new(format!("{name}({})", argument.trim_start_matches(['&', ' '])), &["tags"]))
                }
                _ => None,
            }
        }
        Expression::Matches { left, literal, .. } => Some(subject(left, lets)?.joined("=~", Subject::new(literal.to_string(), &[]))),
        Expression::Binary { operator, left, right, .. } => {
            let side = |one| match operator {
                Operator::And | Operator::Or => text(one, lets),
                _ if is_none(one) => Some(Subject::new("None", &[])),
                _ => subject(one, lets),
            };
            Some(side(left)?.joined(sign(*operator)?, side(right)?))
        }
        other => subject(other, lets),
    }
}

/// What a condition reaches over; `None` where no token tells.
pub(super) fn reach(condition: &Expression) -> Option<Reach> {
    match condition {
        Expression::Name(name) => Some(Reach::of(name.span())),
        Expression::Rust(tokens) => {
            let tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
            tokens.first().map(|first| Reach::over(&tokens, first.span()))
        }
        Expression::Ask { function, .. } => Some(Reach::of(function.span())),
        Expression::Parentheses(inner) => reach(inner),
        Expression::Not { token, operand } | Expression::Minus { token, operand } => Some(Reach::of(*token).to(reach(operand)?)),
        Expression::Reference { operand, .. } => reach(operand),
        Expression::Binary { left, right, .. } => Some(reach(left)?.to(reach(right)?)),
        Expression::Matches { left, literal, .. } => Some(reach(left)?.to(Reach::of(literal.span()))),
        Expression::Call { .. } | Expression::Postfix { .. } | Expression::Hole(_) => None,
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
