//! What a pipeline asks of an event first: data by which the core keeps events from pipelines that would turn them down.
//!
//! Heads say nothing about the events that they let through, so reading too little of a condition is always right. What must
//! never be skipped is the user's code: an atom counts only where everything that is evaluated before it is pure.

mod condition;

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{quote, quote_spanned};

use super::{Scope, prefix};
use crate::syntax::{Argument, Arguments, Call, Expression, Kind, Operator, Pattern, Pipeline, Question, Value};
use crate::table::Asks;
use condition::{Atom, asked, is_better, is_pure, tagged, texts};

/// The heads of a pipeline.
#[derive(Default)]
pub(super) struct Heads {
    atoms: Vec<Atom>,
    /// They are all that the first stage asks, which is dear to ask twice.
    pub(super) are_first_stage: bool,
}

/// Writes the heads of a pipeline, of which one has to hold; nothing for one that wants every event.
pub(super) fn write(heads: &Heads, span: Span) -> Option<TokenStream> {
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
    let heads: Vec<TokenStream> = heads.collect();
    (!heads.is_empty()).then(|| quote_spanned!(span=> .with_heads(&[#(#heads),*])))
}

fn literal(text: &str, span: Span) -> Literal {
    let mut literal = Literal::string(text);
    literal.set_span(span);
    literal
}

/// Reads the heads of a pipeline from the leading stages that are filters.
pub(super) fn of(pipeline: &Pipeline, scope: &Scope<'_>) -> Heads {
    let mut heads = Heads::default();
    // what is published goes to its subscribers and not through the dispatcher
    let read = pipeline.from.is_none() && scope.support.heads;
    for stage in pipeline.body.stages.iter().take_while(|stage| read && stage.broken.is_none()) {
        let (found, goes_on) = match &stage.kind {
            Kind::Where(condition) => (asked(condition, scope), is_pure(condition)),
            Kind::Call(call) => match call.builtin.map_or(Asks::Nothing, |row| row.asks) {
                Asks::Nothing => (None, false),
                Asks::AllTags => (tags(Question::TaggedAll, call), true),
                Asks::AnyTag => (tags(Question::TaggedAny, call), true),
                // they only look at an event and hold nothing; their arguments are evaluated once
                Asks::Below | Asks::Above | Asks::Between | Asks::Outside | Asks::Expired(_) => (None, true),
            },
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

/// The tags that a stage asks for, as far as they can be read.
fn tags(question: Question, call: &Call) -> Option<Vec<Atom>> {
    let Arguments::Parsed { positional, .. } = &call.arguments else { return None };
    match positional.as_slice() {
        [Argument { value: Value::Rust(tags), .. }] => tagged(question, texts(tags)?),
        _ => None,
    }
}
