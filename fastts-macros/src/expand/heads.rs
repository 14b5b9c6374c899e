//! What a pipeline asks of an event first: data by which the core keeps events from pipelines that would turn them down.
//!
//! Heads say nothing about the events that they let through, so reading too little of a condition is always right. What must
//! never be skipped is the user's code: an atom counts only where everything that is evaluated before it is pure.

use proc_macro2::{Delimiter, Ident, Literal, Span, TokenStream, TokenTree};
use quote::quote;

use super::{Scope, prefix};
use crate::syntax::{Argument, Arguments, Call, Expression, Kind, Operator, Pattern, Pipeline, Value};

/// One thing that is asked.
enum Atom {
    /// The field, and the test with its text.
    Text(&'static str, Pattern),
    Tagged(String),
}

/// The stages that only look at an event and hold nothing; their arguments are evaluated once.
const FILTERS: [&str; 6] = ["under", "over", "within", "without", "expired", "not_expired"];

/// The heads of a pipeline.
#[derive(Default)]
pub(super) struct Heads {
    atoms: Vec<Atom>,
    /// They are all that the first stage asks, which is dear to ask twice.
    pub(super) are_first_stage: bool,
}

/// Writes the heads of a pipeline, of which one has to hold; an empty list says that it wants every event.
pub(super) fn write(heads: &Heads, span: Span) -> TokenStream {
    let prefix = prefix(span);
    let heads = heads.atoms.iter().map(|atom| match atom {
        Atom::Text(field, pattern) => {
            let (test, text) = match pattern {
                Pattern::Equals(text) => ("Equals", text),
                Pattern::StartsWith(text) => ("StartsWith", text),
                Pattern::EndsWith(text) => ("EndsWith", text),
                Pattern::Contains(text) => ("Contains", text),
                Pattern::Regex(text) => ("Matches", text),
            };
            let (field, test, text) = (Ident::new(field, span), Ident::new(test, span), literal(text, span));
            quote!(#prefix::Head::#field(#prefix::TextTest::#test(#text)))
        }
        Atom::Tagged(tag) => {
            let tag = literal(tag, span);
            quote!(#prefix::Head::Tagged(#tag))
        }
    });
    quote!(&[#(#heads),*])
}

fn literal(text: &str, span: Span) -> Literal {
    let mut literal = Literal::string(text);
    literal.set_span(span);
    literal
}

/// Reads the heads of a pipeline from the leading stages that are filters.
pub(super) fn of(pipeline: &Pipeline, scope: &Scope<'_>) -> Heads {
    let mut heads = Heads::default();
    for stage in pipeline.body.stages.iter().take_while(|stage| stage.broken.is_none()) {
        let (found, goes_on) = match &stage.kind {
            Kind::Where(condition) => (asked(condition, scope), is_pure(condition, scope)),
            Kind::Call(call) if call.builtin.is_some_and(|row| FILTERS.contains(&row.name)) => (None, true),
            Kind::Call(call) => (tags_of_stage(call), is_question(call)),
            // What no arm wants is dropped.
            Kind::Split { arms, otherwise: None, .. } => {
                let all: Option<Vec<_>> = arms.iter().map(|arm| asked(&arm.condition, scope)).collect();
                (all.map(|all| all.into_iter().flatten().collect()), false)
            }
            _ => (None, false),
        };
        if let Some(atoms) = found.filter(|found| heads.atoms.is_empty() || is_better(found, &heads.atoms)) {
            let is_first = pipeline.body.stages.first().is_some_and(|first| std::ptr::eq(first, stage));
            heads = Heads { atoms, are_first_stage: is_first && matches!(&stage.kind, Kind::Where(all) if is_dear(all)) };
        }
        if !goes_on {
            break;
        }
    }
    heads
}

/// Tells whether a condition is nothing but patterns joined by `||`, one of them a regular expression at least.
///
/// The core tries patterns on the very text, so what it picks need not be asked again. (What equals a text is looked up by its
/// hash.)
fn is_dear(condition: &Expression) -> bool {
    fn patterns<'e>(condition: &'e Expression, all: &mut Vec<&'e Pattern>) -> bool {
        match condition {
            Expression::Parentheses(inner) => patterns(inner, all),
            Expression::Binary { operator: Operator::Or, left, right, .. } => patterns(left, all) && patterns(right, all),
            Expression::Matches { pattern, .. } => {
                all.push(pattern);
                true
            }
            _ => false,
        }
    }
    let mut all = Vec::new();
    let exact = |pattern: &&Pattern| !matches!(pattern, Pattern::Equals(_));
    patterns(condition, &mut all) && all.iter().all(exact) && all.iter().any(|pattern| matches!(pattern, Pattern::Regex(_)))
}

/// Tells whether a stage is one that asks for tags.
fn is_question(call: &Call) -> bool {
    call.builtin.is_some_and(|row| ["tagged_any", "tagged_all"].contains(&row.name))
}

/// The tags that such a stage asks for, as far as they can be read.
fn tags_of_stage(call: &Call) -> Option<Vec<Atom>> {
    let Arguments::Parsed { positional, .. } = &call.arguments else { return None };
    match positional.as_slice() {
        [Argument { value: Value::Rust(value), .. }] => tagged(call.builtin?.name, texts(value)?),
        _ => None,
    }
}

/// What a condition asks for: one of the atoms holds whenever the condition does, and until one holds no code of the user's runs.
fn asked(condition: &Expression, scope: &Scope<'_>) -> Option<Vec<Atom>> {
    match condition {
        Expression::Parentheses(inner) => asked(inner, scope),
        Expression::Binary { operator: Operator::And, left, right, .. } => {
            let first = asked(left, scope);
            if is_pure(left, scope) { better(first, asked(right, scope)) } else { first }
        }
        Expression::Binary { operator: Operator::Or, left, right, .. } => {
            let mut all = asked(left, scope)?;
            all.extend(asked(right, scope)?);
            Some(all)
        }
        Expression::Binary { operator: Operator::Equal, left, right, .. } => {
            let (field, text) = match (field(left, scope), field(right, scope)) {
                (Some(field), None) => (field, text(right)?),
                (None, Some(field)) => (field, text(left)?),
                _ => return None,
            };
            Some(vec![Atom::Text(field, Pattern::Equals(text))])
        }
        Expression::Matches { left, pattern, .. } => Some(vec![Atom::Text(field(left, scope)?, pattern.clone())]),
        Expression::Ask { function, argument } => tagged(&function.to_string(), texts_in(argument)?),
        _ => None,
    }
}

/// What a question about tags asks for.
fn tagged(question: &str, tags: Vec<String>) -> Option<Vec<Atom>> {
    let wanted = match question {
        "tagged" | "tagged_any" => tags.len(),
        // All of them are there only if the first is.
        "tagged_all" => 1,
        _ => return None,
    };
    let atoms: Vec<Atom> = tags.into_iter().take(wanted).map(Atom::Tagged).collect();
    (!atoms.is_empty()).then_some(atoms)
}

/// Of two things that are asked for and both have to hold, the one that fewer events meet.
fn better(a: Option<Vec<Atom>>, b: Option<Vec<Atom>>) -> Option<Vec<Atom>> {
    match (a, b) {
        (Some(a), Some(b)) => Some(if is_better(&b, &a) { b } else { a }),
        (a, b) => a.or(b),
    }
}

fn is_better(one: &[Atom], other: &[Atom]) -> bool {
    (rank(one), other.len()) > (rank(other), one.len())
}

/// How few events meet one of these, and how cheaply it is found out; a guess.
fn rank(atoms: &[Atom]) -> u8 {
    let one = |atom: &Atom| match atom {
        // Most events share a state with many.
        Atom::Text("State", Pattern::Equals(_)) => 3,
        Atom::Text(_, Pattern::Equals(_)) => 5,
        Atom::Text(_, Pattern::StartsWith(_)) => 4,
        Atom::Tagged(_) => 2,
        Atom::Text(..) => 1,
    };
    atoms.iter().map(one).min().unwrap_or(0)
}

/// Tells whether nobody could notice that an expression was not evaluated: it calls nothing of the user's and cannot panic.
fn is_pure(expression: &Expression, scope: &Scope<'_>) -> bool {
    match expression {
        Expression::Name(_) => true,
        Expression::Rust(tokens) => is_literal_or_path(tokens),
        Expression::Ask { function, argument } => function == "expired" || texts_in(argument).is_some(),
        Expression::Parentheses(inner) | Expression::Not { operand: inner, .. } | Expression::Minus { operand: inner, .. } => {
            is_pure(inner, scope)
        }
        Expression::Reference { sign, operand } => sign.to_string() == "&" && is_pure(operand, scope),
        Expression::Binary { left, right, .. } => is_pure(left, scope) && is_pure(right, scope),
        Expression::Matches { left, pattern, .. } => is_pure(left, scope) && is_small(pattern),
        Expression::Call { .. } | Expression::Postfix { .. } | Expression::Hole(_) => false,
    }
}

/// Tells whether a pattern surely compiles: one that gets too large panics when it is first tried.
fn is_small(pattern: &Pattern) -> bool {
    match pattern {
        // Only counted repetitions make much of little.
        Pattern::Regex(pattern) => pattern.len() <= 64 && !pattern.contains('{'),
        _ => true,
    }
}

fn is_literal_or_path(tokens: &TokenStream) -> bool {
    tokens.clone().into_iter().all(|token| match token {
        TokenTree::Ident(_) | TokenTree::Literal(_) => true,
        TokenTree::Punct(punct) => punct.as_char() == ':',
        TokenTree::Group(group) => group.delimiter() == Delimiter::None && is_literal_or_path(&group.stream()),
    })
}

/// The variant of the core for a text field of events.
fn field(expression: &Expression, scope: &Scope<'_>) -> Option<&'static str> {
    match expression {
        Expression::Name(name) if !scope.is_let(name) => match name.to_string().as_str() {
            "host" => Some("Host"),
            "service" => Some("Service"),
            "state" => Some("State"),
            "description" => Some("Description"),
            _ => None,
        },
        Expression::Parentheses(inner) => field(inner, scope),
        _ => None,
    }
}

/// The text of a literal.
fn text(expression: &Expression) -> Option<String> {
    match expression {
        Expression::Rust(tokens) => match texts_in(tokens)?.as_slice() {
            [text] => Some(text.clone()),
            _ => None,
        },
        Expression::Parentheses(inner) => text(inner),
        _ => None,
    }
}

/// The texts of a literal or a list of literals.
fn texts_in(tokens: &TokenStream) -> Option<Vec<String>> {
    texts(&syn::parse2(tokens.clone()).ok()?)
}

fn texts(expression: &syn::Expr) -> Option<Vec<String>> {
    match expression {
        syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) => Some(vec![text.value()]),
        syn::Expr::Paren(inner) => texts(&inner.expr),
        syn::Expr::Group(inner) => texts(&inner.expr),
        syn::Expr::Reference(inner) => texts(&inner.expr),
        syn::Expr::Array(list) => {
            let all: Option<Vec<Vec<String>>> = list.elems.iter().map(texts).collect();
            all.map(|all| all.into_iter().flatten().collect())
        }
        _ => None,
    }
}
