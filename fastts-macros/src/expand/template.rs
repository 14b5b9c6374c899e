//! Texts with fields in them: what writes one into a buffer, piece by piece.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;

use super::closure::Reads;
use super::{Scope, predicate, prefix};
use crate::syntax::{Align, Expression, Format, Piece, Template};

/// Writes the statements that write a text.
pub(super) fn write(template: &Template, reads: &mut Reads, scope: &mut Scope<'_>) -> TokenStream {
    let span = template.literal.span();
    let text = scope.variable("__text", span);
    let pieces = template.pieces.iter().map(|piece| match piece {
        Piece::Literal(literal) => quote_spanned!(span=> #text.text(#literal);),
        Piece::Value { expression, format, .. } => {
            let value = predicate::compared(&apart(expression, scope), reads, scope);
            match format {
                None => quote_spanned!(span=> #text.value(#value);),
                Some(format) => {
                    let format = self::format(format, template, scope);
                    quote_spanned!(span=> #text.formatted(#value, #format);)
                }
            }
        }
    });
    pieces.collect()
}

/// A field with a place of the macro's own: rustc would suggest to write another name in the place of the whole text.
fn apart(expression: &Expression, scope: &Scope<'_>) -> Expression {
    match expression {
        Expression::Name(name) if !scope.is_let(name) => {
            let mut name = name.clone();
            name.set_span(Span::mixed_site().located_at(name.span()));
            Expression::Name(name)
        }
        other => other.clone(),
    }
}

fn format(format: &Format, template: &Template, scope: &Scope<'_>) -> TokenStream {
    let Format { fill, align, zeros, plus, width, precision } = format;
    let span = scope.site(template.literal.span());
    let prefix = prefix(span);
    let align = Ident::new(
        match align {
            Align::Natural => "Natural",
            Align::Left => "Left",
            Align::Center => "Center",
            Align::Right => "Right",
        },
        span,
    );
    let precision = match precision {
        Some(precision) => quote_spanned!(span=> ::core::option::Option::Some(#precision)),
        None => quote_spanned!(span=> ::core::option::Option::None),
    };
    quote_spanned!(span=> #prefix::Format::new(#fill, #prefix::Align::#align, #zeros, #plus, #width, #precision))
}

/// Writes an expression that is a text, as an operand: `buffer.write(|text| { … })`.
pub(super) fn operand(template: &Template, reads: &mut Reads, scope: &mut Scope<'_>) -> TokenStream {
    let span = template.literal.span();
    let text = scope.variable("__text", span);
    if let Some(mut before) = reads.before.take() {
        // a stage of its own writes it, and hands it to the closure
        let mut own = Reads { timeless: true, ..Reads::default() };
        let pieces = write(template, &mut own, scope);
        before.item |= own.item;
        let number = before.texts.len();
        before.texts.push(quote_spanned!(span=> |#text| { #pieces }));
        reads.before = Some(before);
        let texts = scope.variable("__texts", span);
        return quote_spanned!(span=> #texts.get(#number));
    }
    let pieces = write(template, reads, scope);
    let buffer = scope.variable(&format!("__text_{}", reads.buffers.len()), span);
    reads.buffers.push(buffer.clone());
    quote_spanned!(span=> #buffer.write(|#text| { #pieces }))
}
