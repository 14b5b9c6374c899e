//! Heads: simple conditions, read off the first stages of a pipeline, that tell the core which events to keep from it.
//!
//! `where(service == "api"); stdout` has the head `Service(Equals("api"))`, so the core never gives that pipeline an event of
//! another service. An event for which a head holds still runs through all stages, so it is always safe to read fewer heads than
//! one could. But the user's own code must run as if there were no heads: a condition becomes a head only if everything that
//! is evaluated before it calls none of the user's functions and cannot panic.

mod condition;

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{quote, quote_spanned};

use super::{Scope, fragment, prefix};
use crate::pattern::Pattern;
use crate::syntax::{Argument, Arguments, Call, Expression, Kind, Operator, Pipeline, Question, Stage, Value};
use crate::table::Asks;
use condition::{Atom, asked, is_better, is_pure, tagged, texts};

/// The heads of a pipeline.
#[derive(Default)]
pub(super) struct Heads {
    atoms: Vec<Atom>,
    /// The first stage asks exactly these heads, and they are regular expressions, which are too slow to be tried twice.
    pub(super) are_first_stage: bool,
}

/// Writes the heads of a pipeline; at least one of them holds for every event that it is given. Writes nothing if the pipeline
/// takes every event.
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

/// Reads the heads of a pipeline off its first stages, as long as those only filter.
pub(super) fn of(pipeline: &Pipeline, scope: &mut Scope<'_>) -> Heads {
    let mut heads = Heads::default();
    // the subscribers of a topic are given everything that is published, and a request comes to one pipeline
    if pipeline.from.is_none() && pipeline.reply.is_none() && scope.support.heads {
        heads.read(&pipeline.body.stages, pipeline.body.stages.first(), scope);
    }
    heads
}

impl Heads {
    /// Reads heads off stages, of which one may be the first of the pipeline; returns whether what follows them may have heads too.
    fn read(&mut self, stages: &[Stage], first: Option<&Stage>, scope: &mut Scope<'_>) -> bool {
        for stage in stages {
            if stage.broken.is_some() {
                return false;
            }
            let (found, goes_on) = match &stage.kind {
                Kind::Where(condition) => (asked(condition, scope), is_pure(condition)),
                Kind::Call(call) => match call.builtin.map_or(Asks::Nothing, |row| row.asks) {
                    Asks::Nothing => (None, false),
                    Asks::AllTags => (tags(Question::TaggedAll, call), true),
                    Asks::AnyTag => (tags(Question::TaggedAny, call), true),
                    // no heads for these, but a later stage may have some: they keep no state, and run none of the user's code
                    Asks::Below | Asks::Above | Asks::Between | Asks::Outside | Asks::Expired(_) => (None, true),
                },
                // a split without `_` drops what no arm takes, so one of its conditions has to hold
                Kind::Split { arms, otherwise: None, .. } => {
                    let all: Option<Vec<_>> = arms.iter().map(|arm| asked(&arm.condition, scope)).collect();
                    (all.map(|all| all.into_iter().flatten().collect()), false)
                }
                Kind::Fragment(used) => {
                    let around = fragment::enter(&used.parameters, 0, scope);
                    let goes_on = self.read(&used.body.stages, None, scope);
                    scope.lets = around;
                    (None, goes_on)
                }
                _ => (None, false),
            };
            if let Some(atoms) = found.filter(|found| self.atoms.is_empty() || is_better(found, &self.atoms)) {
                let is_first = first.is_some_and(|first| std::ptr::eq(first, stage));
                let are_first_stage = is_first && matches!(&stage.kind, Kind::Where(all) if is_slow_to_repeat(all));
                *self = Heads { atoms, are_first_stage };
            }
            if !goes_on {
                return false;
            }
        }
        true
    }
}

/// Tells whether a condition is only patterns joined by `||`, at least one of them a regular expression.
///
/// The core then has tried the whole condition before it gives the event to the pipeline, so the stage need not try it again.
/// Patterns that are plain equality do not count: those the core looks up by hash, which may give an event too many.
fn is_slow_to_repeat(condition: &Expression) -> bool {
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

/// The tags that a stage asks for, if they are written out.
fn tags(question: Question, call: &Call) -> Option<Vec<Atom>> {
    let Arguments::Parsed { positional, .. } = &call.arguments else { return None };
    match positional.as_slice() {
        [Argument { value: Value::Rust(tags), .. }] => tagged(question, texts(tags)?),
        _ => None,
    }
}
