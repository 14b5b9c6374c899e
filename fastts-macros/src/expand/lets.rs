//! The router's `let`s: evaluated once, and cloned for each pipeline and each stage that mentions them.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens as _, quote, quote_spanned};
use syn::visit_mut::VisitMut;

use super::Scope;
use crate::messages;
use crate::syntax::Rust;

impl<'a> Scope<'a> {
    /// The `let`s that the tokens may mention, or all of them.
    pub(super) fn mentioned(&self, tokens: &TokenStream) -> Vec<&'a Ident> {
        if self.lets.is_empty() {
            return Vec::new();
        }
        let mut found: Vec<&'a Ident> = Vec::new();
        for name in self.lets.iter().filter(|name| self.support.all_lets || mentions(tokens.clone(), &name.to_string())) {
            // a later `let` of the same name hides the first
            if !found.iter().any(|one| one == name) {
                found.push(name);
            }
        }
        found
    }

    /// Tells whether a name is that of a `let`.
    pub(super) fn is_let(&self, name: &Ident) -> bool {
        self.lets.contains(&name)
    }
}

/// The name, invisible to the user's code, under which a pipeline keeps its clone of a `let`; its stages clone that again.
fn kept(name: &Ident) -> Ident {
    let mut kept = name.clone();
    kept.set_span(Span::mixed_site().located_at(name.span()));
    kept
}

/// Borrows what an argument names, when it is just a `let`.
pub(super) fn borrowed(argument: &Rust, scope: &Scope<'_>) -> TokenStream {
    match argument.name() {
        Some(name) if scope.is_let(name) => quote_spanned!(scope.site(name.span())=> &#name),
        _ => argument.tokens.clone(),
    }
}

/// Clones what an argument names, when it is just a `let`.
pub(super) fn cloned(argument: &Rust, scope: &Scope<'_>) -> TokenStream {
    match argument.name() {
        Some(name) if scope.is_let(name) => quote!(::core::clone::Clone::clone(&#name)),
        _ => argument.tokens.clone(),
    }
}

/// Makes each `let` that pipelines mention shareable, once for the router, so that rustc refuses a value that cannot be once.
pub(super) fn share(scope: &Scope<'_>) -> TokenStream {
    let names = scope.shared.iter();
    names
        .map(|name| {
            let (kept, span) = (kept(name), scope.site(name.span()));
            let prefix = super::prefix(span);
            quote_spanned!(span=> let #kept = #prefix::Value(&#name).shared();)
        })
        .collect()
}

/// Clones the `let`s that a pipeline mentions into the closure that builds its chain.
pub(super) fn keep(names: &[&Ident]) -> TokenStream {
    names
        .iter()
        .map(|name| {
            let kept = kept(name);
            quote!(let #kept = ::core::clone::Clone::clone(&#kept);)
        })
        .collect()
}

/// Clones what one stage mentions, under the user's names, so that the stage owns it.
///
/// A name may be mentioned only in a way that shadows it, hence the allowance.
pub(super) fn give(names: &[&Ident]) -> TokenStream {
    names
        .iter()
        .map(|name| {
            let kept = kept(name);
            quote!(#[allow(unused_variables)] let #name = ::core::clone::Clone::clone(&#kept);)
        })
        .collect()
}

/// Lays the clones that `tokens` need around them.
pub(super) fn around(tokens: TokenStream, names: &[&Ident]) -> TokenStream {
    if names.is_empty() {
        return tokens;
    }
    let clones = give(names);
    quote!({ #clones #tokens })
}

/// Tells whether the pipelines mention a misspelling of a name and not the name itself. Then rustc says that it does not know the
/// misspelling, and need not also say that the `let` is unused.
pub(super) fn is_misspelled(name: &Ident, pipelines: &TokenStream) -> bool {
    let name = name.to_string();
    !mentions(pipelines.clone(), &name) && nearly_mentions(pipelines.clone(), &name)
}

fn nearly_mentions(tokens: TokenStream, name: &str) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(word) => messages::suggestion(&word.to_string(), &[name]).is_some(),
        TokenTree::Group(group) => nearly_mentions(group.stream(), name),
        _ => false,
    })
}

/// Tells whether a name is mentioned: as a word that is no field, no method and no part of a path, or inside a format string.
fn mentions(tokens: TokenStream, name: &str) -> bool {
    let mut before = String::new();
    for token in tokens {
        // `..name` is the end of a range, `: name` a value in a struct
        let belongs = before == "." || before == "::";
        match &token {
            TokenTree::Ident(ident) if !belongs && ident == name => return true,
            TokenTree::Group(group) if mentions(group.stream(), name) => return true,
            TokenTree::Literal(literal) if is_in_format(&literal.to_string(), name) => return true,
            _ => {}
        }
        match &token {
            TokenTree::Punct(punct) if matches!(punct.as_char(), '.' | ':') => before.push(punct.as_char()),
            _ => before.clear(),
        }
    }
    false
}

/// Tells whether a format string may mention a name: as `{name}`, `{name:…}`, or as a width or precision, `{:name$}`.
fn is_in_format(literal: &str, name: &str) -> bool {
    let word = |one: char| one.is_alphanumeric() || one == '_';
    literal.contains('"')
        && literal.match_indices(name).any(|(at, found)| {
            let before = literal.get(..at).and_then(|text| text.chars().next_back());
            let after = literal.get(at + found.len()..).and_then(|text| text.trim_start().chars().next());
            let argument = before == Some('{') && matches!(after, Some('}' | ':'));
            argument || after == Some('$') && !before.is_some_and(word)
        })
}

/// The expression that mentions `let`s, with its outermost closures made to own them.
///
/// A stage lives as long as the router, so a closure in it cannot borrow; inner closures may borrow from the outer one.
pub(super) fn own(value: &Rust, scope: &Scope<'_>) -> TokenStream {
    let Some(mut expression) = value.parsed.clone() else { return value.tokens.clone() };
    if scope.support.moves {
        Own.visit_expr_mut(&mut expression);
    }
    expression.into_token_stream()
}

struct Own;

impl VisitMut for Own {
    fn visit_expr_closure_mut(&mut self, closure: &mut syn::ExprClosure) {
        if closure.capture.is_none() {
            closure.capture = Some(syn::Token![move](closure.inputs_begin.span));
        }
    }
}
