//! The type that each topic carries: the input type of the first pipeline that subscribes to it.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};

use super::{Scope, prefix};
use crate::syntax::{Pipeline, Topic, TopicDeclaration};
use crate::table::INDEX;

/// The topics to which a pipeline subscribes, each with the first that does.
pub(super) struct Topics<'a> {
    carried: Vec<(&'a str, Carried<'a>)>,
}

/// What a topic carries.
enum Carried<'a> {
    Events,
    Type(&'a TokenStream),
}

impl<'a> Topics<'a> {
    pub(super) fn of(pipelines: &'a [Pipeline], declared: &'a [TopicDeclaration]) -> Topics<'a> {
        let mut carried = vec![(INDEX, Carried::Events)];
        carried.extend(declared.iter().filter_map(|one| Some((&*one.name.text, Carried::Type(one.item.as_ref()?)))));
        // pipelines under `#[cfg]` may well exclude each other; the run-time looks again
        for pipeline in pipelines.iter().filter(|one| one.conditions.is_empty()) {
            let Some(from) = &pipeline.from else { continue };
            if carried.iter().all(|(topic, _)| *topic != from.text) {
                carried.push((&from.text, pipeline.input.as_ref().map_or(Carried::Events, Carried::Type)));
            }
        }
        Topics { carried }
    }

    /// The type that a topic carries, if a pipeline subscribes to it.
    fn carried(&self, topic: &str, span: Span) -> Option<TokenStream> {
        let prefix = prefix(span);
        self.carried.iter().find(|(one, _)| *one == topic).map(|(_, carried)| match carried {
            Carried::Events => quote_spanned!(span=> #prefix::Event),
            Carried::Type(carried) => quote!(#carried),
        })
    }
}

/// Writes the topic that a stage publishes, with the type that it carries.
pub(super) fn published(topic: &Topic, scope: &Scope<'_>) -> TokenStream {
    let Topic { literal, text } = topic;
    let span = scope.site(literal.span());
    let new = scope.core_path(span, &quote_spanned!(span=> Topic));
    let prefix = prefix(span);
    let carried = scope.topics.carried(text, span).filter(|_| scope.support.gates);
    let carried = carried.unwrap_or_else(|| quote_spanned!(span=> #prefix::Whatever));
    quote_spanned!(span=> #new::<#carried>::new(#literal))
}

/// Writes a check that a subscriber takes the same type as the first subscriber of its topic, if the two are not spelled alike.
pub(super) fn agreed(pipeline: &Pipeline, scope: &Scope<'_>) -> Option<TokenStream> {
    let from = pipeline.from.as_ref().filter(|_| pipeline.conditions.is_empty() && scope.support.gates)?;
    let own = pipeline.input.as_ref();
    let place = own.and_then(|own| own.clone().into_iter().next()).map_or_else(|| from.literal.span(), |first| first.span());
    let span = scope.user.located_at(place);
    let prefix = prefix(span);
    let carried = scope.topics.carried(&from.text, span)?;
    let own = own.map_or_else(|| quote_spanned!(span=> #prefix::Event), |own| quote!(#own));
    (own.to_string() != carried.to_string()).then(|| quote_spanned!(span=> #prefix::carries_the_same::<#own, #carried>();))
}
