//! The closures that the macro writes for conditions, keys and changes.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};

use super::{Scope, predicate, prefix, template};
use crate::syntax::{Expression, Template};

/// Which parameters the body of a closure reads.
#[derive(Default)]
pub(super) struct Reads {
    pub(super) item: bool,
    pub(super) now: bool,
    /// The closure is not given the time: keys and changes must not depend on it.
    pub(super) timeless: bool,
    /// The buffers for texts that the closure owns.
    pub(super) buffers: Vec<Ident>,
    /// The texts that the closure is given, if it is.
    pub(super) before: Option<Before>,
}

/// The texts that a closure is given, and what writes each.
#[derive(Default)]
pub(super) struct Before {
    pub(super) texts: Vec<TokenStream>,
    /// Whether they read the item.
    pub(super) item: bool,
}

/// Writes `|item, now| condition`.
pub(super) fn condition(condition: &Expression, span: Span, scope: &mut Scope<'_>) -> TokenStream {
    let mut reads = Reads::default();
    let body = predicate::condition(condition, &mut reads, scope);
    let ownership = ownership(&body, &reads, scope);
    let (item, now) = (parameter("__item", reads.item, span, scope), parameter("__now", reads.now, span, scope));
    with_buffers(quote_spanned!(span=> #ownership |#item, #now| #body), &reads)
}

/// Writes `|item, now| [condition, …]`.
pub(super) fn conditions<'a>(conditions: impl Iterator<Item = &'a Expression>, span: Span, scope: &mut Scope<'_>) -> TokenStream {
    let mut reads = Reads::default();
    let conditions: Vec<TokenStream> = conditions.map(|one| predicate::condition(one, &mut reads, scope)).collect();
    let body = quote!([#(#conditions),*]);
    let ownership = ownership(&body, &reads, scope);
    let (item, now) = (parameter("__item", reads.item, span, scope), parameter("__now", reads.now, span, scope));
    with_buffers(quote_spanned!(span=> #ownership |#item, #now| #body), &reads)
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
    let ownership = ownership(&body, &reads, scope);
    let item = parameter("__item", reads.item, span, scope);
    with_buffers(quote_spanned!(span=> #ownership |#item, key| { #body }), &reads)
}

/// Writes `|item| [change, …]` for the changes that `write` writes. With texts in them it is two closures: one that writes the texts, and
/// one that is given them.
pub(super) fn changes(write: impl FnOnce(&mut Reads, &mut Scope<'_>) -> TokenStream, span: Span, scope: &mut Scope<'_>) -> Changes {
    let mut reads = Reads { timeless: true, before: Some(Before::default()), ..Reads::default() };
    let body = write(&mut reads, scope);
    let owned = ownership(&body, &reads, scope);
    let item = parameter("__item", reads.item, span, scope);
    let before = reads.before.take().unwrap_or_default();
    if before.texts.is_empty() {
        return Changes { texts: None, changes: quote_spanned!(span=> #owned |#item| [#body]) };
    }
    let texts = scope.variable("__texts", span);
    let written: TokenStream = before.texts.iter().map(|text| quote_spanned!(span=> #texts.add(#text);)).collect();
    let ownership = ownership(&written, &reads, scope);
    let read = parameter("__item", before.item, span, scope);
    Changes {
        texts: Some(quote_spanned!(span=> #ownership |#read, #texts| { #written })),
        changes: quote_spanned!(span=> #owned |#item, #texts| [#body]),
    }
}

/// The closures of a stage that changes fields.
pub(super) struct Changes {
    /// What writes the texts.
    pub(super) texts: Option<TokenStream>,
    pub(super) changes: TokenStream,
}

/// Writes `|item, text| { … }`, which writes a text.
pub(super) fn text(template: &Template, span: Span, scope: &mut Scope<'_>) -> TokenStream {
    let mut reads = Reads { timeless: true, ..Reads::default() };
    let body = template::write(template, &mut reads, scope);
    let ownership = ownership(&body, &reads, scope);
    let item = parameter("__item", reads.item, span, scope);
    let text = parameter("__text", !template.pieces.is_empty(), span, scope);
    quote_spanned!(span=> #ownership |#item, #text| { #body })
}

/// Gives a closure the buffers that it owns.
fn with_buffers(closure: TokenStream, reads: &Reads) -> TokenStream {
    if reads.buffers.is_empty() {
        return closure;
    }
    let prefix = prefix(Span::mixed_site());
    let buffers = reads.buffers.iter().map(|buffer| quote!(let mut #buffer = #prefix::TextBuffer::plain();));
    quote!({ #(#buffers)* #closure })
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

/// `move`, when the body mentions a `let`, or owns a buffer.
fn ownership(body: &TokenStream, reads: &Reads, scope: &Scope<'_>) -> Option<TokenStream> {
    (!reads.buffers.is_empty() || !scope.mentioned(body).is_empty()).then(|| quote!(move))
}
