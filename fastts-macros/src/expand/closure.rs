//! The closures that the macro writes for conditions, keys and changes.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};

use super::{Scope, predicate};
use crate::syntax::Expression;

/// Which parameters the body of a closure reads.
#[derive(Default)]
pub(super) struct Reads {
    pub(super) item: bool,
    pub(super) now: bool,
    /// The closure is not given the time: keys and changes must not depend on it.
    pub(super) timeless: bool,
}

/// Writes `|item, now| condition`.
pub(super) fn condition(condition: &Expression, span: Span, scope: &mut Scope<'_>) -> TokenStream {
    let mut reads = Reads::default();
    let body = predicate::condition(condition, &mut reads, scope);
    let ownership = ownership(&body, scope);
    let (item, now) = (parameter("__item", reads.item, span, scope), parameter("__now", reads.now, span, scope));
    quote_spanned!(span=> #ownership |#item, #now| #body)
}

/// Writes `|item, now| [condition, …]`.
pub(super) fn conditions<'a>(conditions: impl Iterator<Item = &'a Expression>, span: Span, scope: &mut Scope<'_>) -> TokenStream {
    let mut reads = Reads::default();
    let conditions: Vec<TokenStream> = conditions.map(|one| predicate::condition(one, &mut reads, scope)).collect();
    let body = quote!([#(#conditions),*]);
    let ownership = ownership(&body, scope);
    let (item, now) = (parameter("__item", reads.item, span, scope), parameter("__now", reads.now, span, scope));
    quote_spanned!(span=> #ownership |#item, #now| #body)
}

/// Writes `|item, key| { key.part(item.host()); … }` for the fields that a stage takes if none is given.
pub(super) fn default_keys(fields: &[&str], span: Span, scope: &Scope<'_>) -> TokenStream {
    let item = parameter("__item", true, span, scope);
    let fields = fields.iter().map(|field| Ident::new(field, span));
    quote_spanned!(span=> |#item, key| { #(key.part(#item.#fields());)* })
}

/// Writes `|item, key| { key.part(item.host()); … }`.
pub(super) fn keys<'a>(fields: impl Iterator<Item = &'a Expression>, span: Span, scope: &mut Scope<'_>) -> TokenStream {
    let mut reads = Reads { timeless: true, ..Reads::default() };
    let mut body = TokenStream::new();
    for field in fields {
        let value = predicate::value(field, &mut reads, scope);
        body.extend(quote_spanned!(span=> key.part(#value);));
    }
    let ownership = ownership(&body, scope);
    let item = parameter("__item", reads.item, span, scope);
    quote_spanned!(span=> #ownership |#item, key| { #body })
}

/// Writes `|item| [change, …]` for the changes that `write` writes.
pub(super) fn changes(write: impl FnOnce(&mut Reads, &mut Scope<'_>) -> TokenStream, span: Span, scope: &mut Scope<'_>) -> TokenStream {
    let mut reads = Reads { timeless: true, ..Reads::default() };
    let body = write(&mut reads, scope);
    let ownership = ownership(&body, scope);
    let item = parameter("__item", reads.item, span, scope);
    quote_spanned!(span=> #ownership |#item| [#body])
}

/// A parameter, or `_` when the body does not read it.
fn parameter(name: &str, read: bool, span: Span, scope: &Scope<'_>) -> TokenStream {
    if read {
        let name = scope.variable(name, span);
        quote!(#name)
    } else {
        quote_spanned!(span=> _)
    }
}

/// `move`, when the body mentions a `let`.
fn ownership(body: &TokenStream, scope: &Scope<'_>) -> Option<TokenStream> {
    (!scope.mentioned(body).is_empty()).then(|| quote!(move))
}
