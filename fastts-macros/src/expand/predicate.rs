//! Conditions and operands as calls: comparisons of what may be missing are functions of the core.

use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};

use super::closure::Reads;
use super::{Scope, fallback, lets, numbers, prefix, template, unparsed};
use crate::messages::Beside;
use crate::pattern::Pattern;
use crate::syntax::{Expression, Operator, Question, Rust};
use crate::tokens::Reach;
use crate::{fields, messages};

/// Writes an expression where a `bool` is wanted.
pub(super) fn condition(expression: &Expression, reads: &mut Reads, scope: &mut Scope<'_>) -> TokenStream {
    match expression {
        Expression::Name(name) if !scope.is_let(name) => truth(expression, name, reads, scope),
        Expression::Ask { question: Question::Attribute, word, .. } => truth(expression, word, reads, scope),
        Expression::Parentheses(inner) => condition(inner, reads, scope),
        Expression::Not { token, operand } => {
            let inner = condition(operand, reads, scope);
            let inner = if is_joined(operand) { quote!((#inner)) } else { inner };
            quote_spanned!(*token=> !#inner)
        }
        Expression::Binary { operator: operator @ (Operator::Or | Operator::And), token, left, right } => {
            let left = side(left, *operator, reads, scope);
            let right = side(right, *operator, reads, scope);
            let sign = match operator {
                Operator::Or => quote_spanned!(token.first=> ||),
                _ => quote_spanned!(token.first=> &&),
            };
            quote!(#left #sign #right)
        }
        other => operand(other, reads, scope),
    }
}

/// A field as a condition, for which the core knows what counts as true.
fn truth(expression: &Expression, name: &Ident, reads: &mut Reads, scope: &mut Scope<'_>) -> TokenStream {
    let value = operand(expression, reads, scope);
    let truth = scope.core_path(name.span(), &quote_spanned!(scope.beside(name.span())=> truth));
    quote_spanned!(name.span()=> #truth(#value))
}

/// One side of `&&` or `||`, in parentheses where they matter.
fn side(expression: &Expression, parent: Operator, reads: &mut Reads, scope: &mut Scope<'_>) -> TokenStream {
    let written = condition(expression, reads, scope);
    let other = if parent == Operator::And { Operator::Or } else { Operator::And };
    if joined_by(expression) == Some(other) { quote!((#written)) } else { written }
}

fn is_joined(expression: &Expression) -> bool {
    joined_by(expression).is_some()
}

/// The `&&` or `||` that an expression is made of.
fn joined_by(expression: &Expression) -> Option<Operator> {
    match expression {
        Expression::Parentheses(inner) => joined_by(inner),
        Expression::Binary { operator: operator @ (Operator::Or | Operator::And), .. } => Some(*operator),
        _ => None,
    }
}

/// Writes an expression where a value is wanted.
pub(super) fn operand(expression: &Expression, reads: &mut Reads, scope: &mut Scope<'_>) -> TokenStream {
    match expression {
        Expression::Name(name) if scope.is_let(name) => quote!(#name),
        Expression::Name(name) => field(name, Beside::Nothing, reads, scope),
        Expression::Rust(value) => rust(value),
        Expression::Arguments(tokens) => numbers::widen(tokens),
        Expression::Ask { question, word, argument } => ask(*question, word, argument, reads, scope),
        Expression::Call { path, parentheses, arguments } => {
            let arguments: Vec<TokenStream> = arguments.iter().map(|one| value(one, reads, scope)).collect();
            let mut group = proc_macro2::Group::new(proc_macro2::Delimiter::Parenthesis, quote!(#(#arguments),*));
            group.set_span(parentheses.span());
            let path = fallback::function(path, arguments.len(), messages::foreign_function, scope).unwrap_or_else(|| path.clone());
            quote!(#path #group)
        }
        Expression::Postfix { receiver, tail } => {
            let receiver = operand(receiver, reads, scope);
            quote!(#receiver #tail)
        }
        Expression::Parentheses(inner) => match joined_by(inner) {
            Some(_) => {
                let inner = condition(inner, reads, scope);
                quote!((#inner))
            }
            None => operand(inner, reads, scope),
        },
        Expression::Reference { sign, operand: inner } => {
            if let Some(name) = a_let(inner, scope) {
                return quote!(#sign #name);
            }
            let value = operand(inner, reads, scope);
            quote!(#sign #value)
        }
        Expression::Minus { token, operand: inner } => {
            let value = operand(inner, reads, scope);
            if let Expression::Rust(_) = **inner {
                return quote_spanned!(*token=> -#value);
            }
            let function = scope.core_path(*token, &quote_spanned!(*token=> sub));
            quote_spanned!(*token=> #function(0, #value))
        }
        Expression::Binary { operator, token, left, right } => match operator.function() {
            Some(function) => {
                let span = token.first;
                if let Some(asked) = missing(*operator, left, right) {
                    let asked = compared(asked, reads, scope);
                    let not = (*operator == Operator::Unequal).then(|| quote_spanned!(span=> !));
                    let function = scope.core_path(span, &quote_spanned!(span=> is_missing));
                    return quote_spanned!(span=> #not #function(#asked));
                }
                let (left, right) = (beside(left, right, false, reads, scope), beside(right, left, true, reads, scope));
                let function = Ident::new(function, span);
                let function = scope.core_path(span, &quote!(#function));
                quote_spanned!(span=> #function(#left, #right))
            }
            None => condition(expression, reads, scope),
        },
        Expression::Matches { left, pattern, literal } => {
            let left = compared(left, reads, scope);
            matches(left, pattern, literal, scope)
        }
        Expression::Not { .. } => condition(expression, reads, scope),
        Expression::Text(template) => template::operand(template, reads, scope),
        Expression::Hole(hole) | Expression::Unfinished { hole, .. } => scope.diagnostics.fill(*hole),
    }
}

/// Writes a field of the item; `beside` is what it is compared with.
fn field(name: &Ident, beside: Beside, reads: &mut Reads, scope: &mut Scope<'_>) -> TokenStream {
    reads.item = true;
    let item = scope.variable("__item", name.span());
    let text = name.to_string();
    if scope.events && fields::find(&text).is_none() && messages::suggestion(&text, &fields::all()).is_none() {
        return fallback::field(&item, name, &messages::no_such_field(&text, beside), scope);
    }
    quote_spanned!(name.span()=> #item.#name())
}

/// Writes one side of an operator, with a look at the other.
fn beside(expression: &Expression, other: &Expression, is_right: bool, reads: &mut Reads, scope: &mut Scope<'_>) -> TokenStream {
    match expression {
        Expression::Name(name) if !scope.is_let(name) => {
            let kind = match other {
                _ if is_number(other) && reads.timeless => Beside::NumberOfChange,
                _ if is_number(other) => Beside::Number,
                Expression::Name(field) if is_right && !scope.is_let(field) && is_text(field) => Beside::Text,
                _ => Beside::Nothing,
            };
            field(name, kind, reads, scope)
        }
        expression => compared(expression, reads, scope),
    }
}

fn is_text(field: &Ident) -> bool {
    ["host", "service", "state", "description"].iter().any(|one| field == one)
}

/// Tells whether an operand is a number that is written out, or a field that is one.
fn is_number(expression: &Expression) -> bool {
    match expression {
        Expression::Rust(value) => value.literal().is_some_and(|literal| literal.number().is_some()),
        Expression::Minus { operand, .. } | Expression::Parentheses(operand) => is_number(operand),
        Expression::Name(name) => ["metric", "time", "ttl"].iter().any(|one| name == one),
        Expression::Binary { operator, .. } => operator.computes(),
        _ => false,
    }
}

/// Writes one side of a comparison, which only looks at it: a `let` is borrowed.
pub(super) fn compared(expression: &Expression, reads: &mut Reads, scope: &mut Scope<'_>) -> TokenStream {
    match a_let(expression, scope) {
        // at the name, so that what rustc says is drawn there; the function allows the lint that would tell the user to take it away
        Some(name) => quote_spanned!(name.span()=> &#name),
        None => operand(expression, reads, scope),
    }
}

/// Writes an expression whose value is given away, once for every item: of a `let`, a clone.
pub(super) fn value(expression: &Expression, reads: &mut Reads, scope: &mut Scope<'_>) -> TokenStream {
    match a_let(expression, scope) {
        Some(name) => quote_spanned!(name.span()=> ::core::clone::Clone::clone(&#name)),
        None => operand(expression, reads, scope),
    }
}

/// The `let` that an expression is the name of.
pub(super) fn a_let<'e>(expression: &'e Expression, scope: &Scope<'_>) -> Option<&'e Ident> {
    match expression {
        Expression::Name(name) if scope.is_let(name) => Some(name),
        Expression::Parentheses(inner) => a_let(inner, scope),
        _ => None,
    }
}

/// What `x == None` and `x != None` ask about: nothing equals a missing value, so these are a question of their own.
fn missing<'a>(operator: Operator, left: &'a Expression, right: &'a Expression) -> Option<&'a Expression> {
    let is_none = |side: &Expression| matches!(side, Expression::Rust(value) if value.is_none());
    match operator {
        Operator::Equal | Operator::Unequal if is_none(right) => Some(left),
        Operator::Equal | Operator::Unequal if is_none(left) => Some(right),
        _ => None,
    }
}

/// Writes plain Rust; behind a fence what Rust cannot parse, so that its own message about that stays there.
fn rust(value: &Rust) -> TokenStream {
    match value.parsed {
        Some(_) => numbers::widen(&value.tokens),
        None => unparsed(value.tokens.clone()),
    }
}

/// What the item itself is asked.
fn ask(question: Question, word: &Ident, argument: &Rust, reads: &mut Reads, scope: &mut Scope<'_>) -> TokenStream {
    reads.item = true;
    let span = word.span();
    let item = scope.variable("__item", span);
    if question == Question::Expired {
        if reads.timeless {
            let hole = scope.diagnostics.error(Reach::of(span), messages::no_time_here());
            return scope.diagnostics.fill(hole);
        }
        reads.now = true;
        let (method, now) = (Ident::new("is_expired", span), scope.variable("__now", span));
        return quote_spanned!(span=> #item.#method(#now));
    }
    let argument = if argument.parsed.is_some() { lets::borrowed(argument, scope) } else { unparsed(argument.tokens.clone()) };
    quote_spanned!(span=> #item.#word(#argument))
}

/// `=~` as the cheapest thing that says the same.
fn matches(left: TokenStream, pattern: &Pattern, literal: &proc_macro2::Literal, scope: &Scope<'_>) -> TokenStream {
    let span = literal.span();
    let (function, text) = match pattern {
        Pattern::StartsWith(text) => ("starts_with", text),
        Pattern::EndsWith(text) => ("ends_with", text),
        Pattern::Contains(text) => ("contains", text),
        Pattern::Equals(text) => ("eq", text),
        Pattern::Regex(text) => {
            let prefix = prefix(span);
            return quote_spanned! {span=>
                #prefix::is_match(#left, { static PATTERN: #prefix::Pattern = #prefix::Pattern::new(#text); &PATTERN })
            };
        }
    };
    let function = Ident::new(function, span);
    let function = scope.core_path(span, &quote!(#function));
    quote_spanned!(span=> #function(#left, #text))
}
