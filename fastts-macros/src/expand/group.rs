//! Groups: where they begin and where they end among the pipelines.

use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};

use super::pipeline::camel_case;
use super::{Scope, prefix};
use crate::syntax::{Group, Restart};

/// Writes groups while the pipelines are written.
#[derive(Default)]
pub(super) struct Groups {
    /// How many were begun.
    begun: usize,
    /// Those that have not ended, the outermost first.
    open: Vec<usize>,
}

impl Groups {
    /// Writes the groups that end, and those that begin, before the pipeline at this place; behind the last one all of them end.
    pub(super) fn before(&mut self, pipeline: usize, groups: &[Group], scope: &Scope<'_>) -> TokenStream {
        let mut written = self.end(pipeline, groups, scope);
        while let Some(group) = groups.get(self.begun).filter(|group| group.from <= pipeline) {
            // one of nothing ends before the next begins
            written.extend(self.end(group.from, groups, scope));
            self.open.push(self.begun);
            self.begun += 1;
            let conditions = conditions(group, groups);
            written.extend(begin(group, &conditions, scope));
        }
        written
    }

    fn end(&mut self, pipeline: usize, groups: &[Group], scope: &Scope<'_>) -> TokenStream {
        let mut written = TokenStream::new();
        while let Some(group) = self.open.last().and_then(|&group| groups.get(group)).filter(|group| group.to <= pipeline) {
            self.open.pop();
            let span = scope.site(group.name.literal.span());
            let (router, conditions) = (Ident::new("router", span), conditions(group, groups));
            written.extend(quote_spanned!(span=> #conditions #router.close_group();));
        }
        written
    }
}

/// The `#[cfg(…)]`s of a group, with those of all around it.
fn conditions(group: &Group, groups: &[Group]) -> TokenStream {
    let outer = group.parent.and_then(|parent| groups.get(parent)).map(|parent| conditions(parent, groups));
    let own = &group.conditions;
    quote!(#outer #own)
}

fn begin(group: &Group, conditions: &TokenStream, scope: &Scope<'_>) -> TokenStream {
    let Group { name, description, strategy, on_stop, .. } = group;
    let span = scope.site(name.literal.span());
    let (prefix, router, literal) = (prefix(span), Ident::new("router", span), &name.literal);
    let mut policy = quote_spanned!(span=> #prefix::GroupPolicy::new());
    if let Some(strategy) = strategy {
        let kind = camel_case(&strategy.word);
        policy.extend(quote_spanned!(span=> .strategy(#prefix::Strategy::#kind)));
        if let Some(Restart { times, within }) = &strategy.restart {
            let times = &times.tokens;
            let within = within.as_ref().map_or_else(|| quote!(5s), |within| within.tokens.clone());
            policy.extend(quote_spanned!(span=> .restart(#times, #within)));
        }
    }
    if let Some(on_stop) = on_stop {
        let kind = camel_case(on_stop);
        policy.extend(quote_spanned!(span=> .on_stop(#prefix::OnStop::#kind)));
    }
    quote_spanned!(span=> #conditions #router.open_group(#literal, #description, #policy);)
}
