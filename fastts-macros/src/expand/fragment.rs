//! Fragments: written in the place of the stages that use them.
//!
//! `critical(0.9)` becomes a block that binds the argument to the parameter, with its type, and then writes the fragment's stages as
//! if they stood there. The stages see the router's `let`s and the parameters of their own fragment, and no others.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use super::{Scope, lets, pipeline, stage};
use crate::fragments;
use crate::syntax::{Argument, Fragment, Parameter, Router, Stage, Use, Value};

/// Writes the use of a fragment: `let flow = { let limit: f64 = 0.9; … flow };`
pub(super) fn write(used: &Use, stage: &Stage, scope: &mut Scope<'_>) -> TokenStream {
    let Use { name, parameters, arguments, body } = used;
    let span = scope.site(stage.reach.first);
    scope.uses += 1;
    let number = scope.uses;
    let bindings = parameters.iter().enumerate().map(|(at, parameter)| {
        let value = arguments.get(at).map_or_else(|| quote_spanned!(span=> ::core::todo!()), |value| argument(value, scope));
        bind(parameter, &value, number)
    });
    let bindings: TokenStream = bindings.collect();
    // an editor finds the definition by this
    let named = scope.support.fragments.then(|| quote!(let _ = #name;));
    let around = enter(parameters, number, scope);
    scope.lines.enter_fragment();
    let stages = pipeline::inside(body, scope);
    scope.lines.leave_fragment();
    scope.lets = around;
    let (outside, last) = (scope.flow(stage.reach.first), body.stages.last().map_or(stage.reach.first, |last| last.reach.first));
    let inside = scope.flow(last);
    quote_spanned!(span=> let #outside = { #named #bindings #stages #inside };)
}

/// `let limit: f64 = 0.9;`
fn bind(parameter: &Parameter, value: &TokenStream, number: usize) -> TokenStream {
    let (bound, kind) = (lets::Bound::parameter(&parameter.name, number), &parameter.kind);
    let kept = bound.kept();
    quote!(let #kept: #kind = #value;)
}

/// Lets stages mention the parameters of a fragment in the place of those of another; returns what they could mention before.
pub(super) fn enter(parameters: &[Parameter], number: usize, scope: &mut Scope<'_>) -> Vec<lets::Bound> {
    let mut inside = scope.router_lets.clone();
    inside.extend(parameters.iter().map(|one| lets::Bound::parameter(&one.name, number)));
    std::mem::replace(&mut scope.lets, inside)
}

/// An argument, which sees what stands around the use.
fn argument(argument: &Argument, scope: &Scope<'_>) -> TokenStream {
    // read as an argument of the built-in stage whose name the fragment has, which was reported
    let Value::Rust(value) = &argument.value else { return quote!(::core::todo!()) };
    let names = scope.mentioned(&value.tokens);
    let value = if names.is_empty() { value.tokens.clone() } else { lets::own(value, scope) };
    lets::around(value, &names)
}

/// Writes fragments as functions that nobody calls, so that an editor knows what stands in them.
pub(super) fn definitions(fragments: &[Fragment], scope: &mut Scope<'_>) -> TokenStream {
    let mut written = TokenStream::new();
    for fragment in fragments {
        let (Fragment { name, description, body, .. }, parameters) = (fragment, fragment.parameters());
        scope.uses += 1;
        let number = scope.uses;
        let span = scope.site(name.span());
        let declared = parameters.iter().map(|Parameter { name, kind }| quote!(#name: #kind));
        let todo = quote_spanned!(span=> ::core::todo!());
        let bindings: TokenStream = parameters.iter().map(|one| bind(one, &todo, number)).collect();
        let around = enter(parameters, number, scope);
        let stages = pipeline::inside(body, scope);
        scope.lets = around;
        let (glob, flow) = (stage::glob(scope), scope.flow(name.span()));
        let prefix = super::prefix(span);
        written.extend(quote_spanned! {span=>
            #[doc = #description]
            fn #name(#(#declared),*) {}
            {
                #glob
                #bindings
                let #flow = #prefix::start::<#prefix::Event>();
                #stages
            }
        });
    }
    let _ = std::mem::take(&mut scope.lines);
    written
}

/// Writes a function for each fragment whose name somebody has most likely misspelled, for rustc to say which one was meant.
pub(super) fn meant(router: &Router) -> TokenStream {
    let names = fragments::misspelled(router).into_iter();
    names.map(|name| quote_spanned!(name.span()=> #[allow(dead_code)] fn #name() {})).collect()
}
