//! The router's `let`s: evaluated once, and cloned for each pipeline and each stage that mentions them. The parameters of fragments
//! are such names too.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens as _, quote, quote_spanned};
use syn::visit_mut::VisitMut;

use super::Scope;
use crate::messages;
use crate::syntax::Rust;

/// A name that stages may mention, which then own a clone of its value.
#[derive(Clone)]
pub(super) struct Bound {
    name: Ident,
    /// The name, invisible to the user's code, under which the value is kept that they clone.
    kept: Ident,
}

impl Bound {
    /// A `let` of the router, which each pipeline keeps a clone of.
    pub(super) fn of(name: &Ident) -> Bound {
        let mut kept = name.clone();
        kept.set_span(Span::mixed_site().located_at(name.span()));
        Bound { name: name.clone(), kept }
    }

    /// A parameter of a fragment, of the use of this number: an argument that mentions another parameter of this name means that one.
    pub(super) fn parameter(name: &Ident, number: usize) -> Bound {
        let text = name.to_string();
        let kept = Ident::new(&format!("__{}_{number}", text.trim_start_matches("r#")), Span::mixed_site().located_at(name.span()));
        Bound { name: name.clone(), kept }
    }

    /// Tells whether it has this name.
    pub(super) fn is(&self, name: &Ident) -> bool {
        self.name == *name
    }

    pub(super) fn kept(&self) -> &Ident {
        &self.kept
    }
}

impl Scope<'_> {
    /// The names that the tokens may mention, or all of them.
    pub(super) fn mentioned(&self, tokens: &TokenStream) -> Vec<Bound> {
        if self.lets.is_empty() {
            return Vec::new();
        }
        let mut found: Vec<Bound> = Vec::new();
        // a later one of the same name hides the first
        for one in self.lets.iter().rev().filter(|one| self.support.all_lets || mentions(tokens.clone(), &one.name.to_string())) {
            if !found.iter().any(|other| other.name == one.name) {
                found.push(one.clone());
            }
        }
        found.reverse();
        found
    }

    /// Tells whether a name is that of a `let`, or of a parameter.
    pub(super) fn is_let(&self, name: &Ident) -> bool {
        self.lets.iter().any(|one| one.name == *name)
    }

    /// Notes that pipelines mention these.
    pub(super) fn share(&mut self, mentioned: &[Bound]) {
        for one in mentioned {
            if !self.shared.iter().any(|other| other.name == one.name) {
                self.shared.push(one.clone());
            }
        }
    }
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
        .map(|Bound { name, kept }| {
            let span = scope.site(name.span());
            let prefix = super::prefix(span);
            quote_spanned!(span=> let #kept = #prefix::Value(&#name).shared();)
        })
        .collect()
}

/// Clones the `let`s that a pipeline mentions into the closure that builds its chain.
pub(super) fn keep(names: &[Bound]) -> TokenStream {
    names.iter().map(|Bound { kept, .. }| quote!(let #kept = ::core::clone::Clone::clone(&#kept);)).collect()
}

/// Clones what one stage mentions, under the user's names, so that the stage owns it.
///
/// A name may be mentioned only in a way that shadows it, hence the allowance.
pub(super) fn give(names: &[Bound]) -> TokenStream {
    names.iter().map(|Bound { name, kept }| quote!(#[allow(unused_variables)] let #name = ::core::clone::Clone::clone(&#kept);)).collect()
}

/// Lays the clones that `tokens` need around them.
pub(super) fn around(tokens: TokenStream, names: &[Bound]) -> TokenStream {
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
