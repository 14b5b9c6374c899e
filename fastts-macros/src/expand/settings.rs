//! What a router takes from its surroundings: `env("NAME")`, `env_or("NAME", default)`, `secret("NAME")`.
//!
//! They become functions of the core, and all of them are looked at before anything else of the router is evaluated. A function of
//! another kind that has such a name has no text in quotes as its first argument, or the router names it.

use proc_macro2::{Delimiter, Group, Ident, Literal, TokenStream, TokenTree};
use quote::{quote, quote_spanned};
use syn::parse::Parser as _;

use super::{Scope, prefix};
use crate::messages;
use crate::syntax::{Let, is_setting};
use crate::tokens::{Reach, as_written};

/// Writes the settings among the tokens of a `let`: the type that stands there is what the variable is read as.
pub(super) fn of_let(one: &Let, scope: &mut Scope<'_>) -> TokenStream {
    let kind = syn::Block::parse_within.parse2(one.tokens.clone()).ok().and_then(|statements| match statements.as_slice() {
        [syn::Stmt::Local(local)] => match (&local.pat, &local.init) {
            (syn::Pat::Type(typed), Some(init)) if matches!(&*init.expr, syn::Expr::Call(_)) => {
                let kind = &typed.ty;
                Some(quote!(#kind))
            }
            _ => None,
        },
        _ => None,
    });
    of(one.tokens.clone(), kind.as_ref(), scope)
}

/// Writes the settings among tokens, and notes them.
pub(super) fn of(tokens: TokenStream, kind: Option<&TokenStream>, scope: &mut Scope<'_>) -> TokenStream {
    rewritten(tokens.clone(), kind, scope).unwrap_or(tokens)
}

/// `None` when there is nothing to write, so that all groups stay as they came.
fn rewritten(tokens: TokenStream, kind: Option<&TokenStream>, scope: &mut Scope<'_>) -> Option<TokenStream> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let (mut written, mut changed, mut at) = (TokenStream::new(), false, 0);
    while let Some(token) = tokens.get(at) {
        let before = at.checked_sub(1).and_then(|before| tokens.get(before));
        let belongs = matches!(before, Some(TokenTree::Punct(sign)) if ['.', ':'].contains(&sign.as_char()));
        if let (false, TokenTree::Ident(word)) = (belongs, token)
            && is_setting(word)
            && !scope.names(word)
            && let Some((length, setting)) = setting(word, tokens.get(at + 1..).unwrap_or_default(), kind, scope)
        {
            written.extend(setting);
            changed = true;
            at += 1 + length;
            continue;
        }
        match token {
            // what stands inside of something else is not what the `let` is
            TokenTree::Group(group) => match rewritten(group.stream(), None, scope) {
                Some(inner) => {
                    changed = true;
                    let mut group = Group::new(group.delimiter(), inner);
                    group.set_span(token.span());
                    written.extend([TokenTree::Group(group)]);
                }
                None => written.extend([token.clone()]),
            },
            _ => written.extend([token.clone()]),
        }
        at += 1;
    }
    changed.then_some(written)
}

/// Writes one setting: what stands behind its word, `::<f64>("LIMIT")`, and how many tokens that is.
fn setting(word: &Ident, behind: &[TokenTree], kind: Option<&TokenStream>, scope: &mut Scope<'_>) -> Option<(usize, TokenStream)> {
    let group = behind.iter().position(|token| matches!(token, TokenTree::Group(_)))?;
    let (generic, group) = (behind.get(..group)?, behind.get(group)?);
    let TokenTree::Group(arguments) = group else { return None };
    let inner: Vec<TokenTree> = arguments.stream().into_iter().collect();
    let Some(TokenTree::Literal(literal)) = inner.first() else { return None };
    let name = syn::parse_str::<syn::LitStr>(&literal.to_string()).ok()?.value();
    let turbofish = match generic {
        [] => None,
        [TokenTree::Punct(one), TokenTree::Punct(two), TokenTree::Punct(open), kind @ .., TokenTree::Punct(close)]
            if one.as_char() == ':' && two.as_char() == ':' && open.as_char() == '<' && close.as_char() == '>' =>
        {
            Some(kind.iter().cloned().collect::<TokenStream>())
        }
        _ => return None,
    };
    if arguments.delimiter() != Delimiter::Parenthesis {
        return None;
    }
    let length = generic.len() + 1;
    let written = inner.iter().skip(1).filter(|token| !matches!(token, TokenTree::Punct(comma) if comma.as_char() == ',')).count();
    let is_or = word == "env_or";
    if (written > 0) != is_or || name.is_empty() || name.contains(['=', '\0']) {
        let text = as_written(&[TokenTree::Ident(word.clone()), group.clone()]);
        let hole = scope
            .diagnostics
            .error(Reach { first: word.span(), last: arguments.span_close() }, messages::setting_usage(&word.to_string(), &text));
        return Some((length, scope.diagnostics.fill(hole)));
    }
    let otherwise: TokenStream = inner.iter().skip(2).cloned().collect();
    let said = turbofish.or_else(|| kind.cloned());
    note(word, literal, said.as_ref(), &otherwise, scope);
    let kind = said.unwrap_or_else(text);
    let span = scope.beside(word.span());
    let prefix = prefix(span);
    let generic = (word == "env").then(|| quote_spanned!(span=> ::<#kind>));
    Some((length, quote_spanned!(span=> #prefix::settings::#word #generic #group)))
}

/// Returns what a variable is read as of which nobody says more.
fn text() -> TokenStream {
    quote!(::std::string::String)
}

/// Notes a setting, to be looked at when the router is built.
fn note(word: &Ident, literal: &Literal, said: Option<&TokenStream>, otherwise: &TokenStream, scope: &mut Scope<'_>) {
    let span = scope.beside(word.span());
    let line = Literal::usize_unsuffixed(literal.span().start().line);
    let place = quote!(::core::concat!(::core::file!(), ":", #line));
    let looked = match word.to_string().as_str() {
        "env" => {
            let kind = said.cloned().unwrap_or_else(text);
            quote_spanned!(span=> .env::<#kind>(#literal, #place))
        }
        "secret" => quote_spanned!(span=> .secret(#literal, #place)),
        _ if matches!(syn::parse2(otherwise.clone()), Ok(syn::Expr::Lit(_) | syn::Expr::Unary(_))) => {
            quote!(.env_or(#literal, #place, || #otherwise))
        }
        // what is not written out may mention what is not there yet; then the type of the `let` says what it has to be
        _ => match said {
            Some(said) => quote_spanned!(span=> .env_unless::<#said>(#literal, #place)),
            None => return,
        },
    };
    if !scope.settings.iter().any(|one| one.to_string() == looked.to_string()) {
        scope.settings.push(looked);
    }
}

/// Writes what the router begins with: what was looked at may have something to tell.
pub(super) fn begin(scope: &Scope<'_>) -> TokenStream {
    let settings = Ident::new("settings", proc_macro2::Span::mixed_site());
    let prefix = prefix(proc_macro2::Span::mixed_site());
    if scope.settings.is_empty() { quote!(#prefix::Builder::new()) } else { quote!(#settings.builder()) }
}

/// Writes what looks at all of them, and gives up when something is missing.
pub(super) fn look(scope: &Scope<'_>) -> Option<TokenStream> {
    if scope.settings.is_empty() {
        return None;
    }
    let settings = Ident::new("settings", proc_macro2::Span::mixed_site());
    let prefix = prefix(proc_macro2::Span::mixed_site());
    let looks = scope.settings.iter().map(|look| quote!(#settings #look;));
    Some(quote! {
        let mut #settings = #prefix::settings::Settings::new();
        #(#looks)*
        if let ::core::option::Option::Some(failed) = #settings.failed() {
            return failed;
        }
    })
}
