//! One pipeline: what it is called, how it is run, and the factory of its chain.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};

use super::{Scope, lets, metadata, prefix, site, stage};
use crate::syntax::{Block, Mailbox, Pipeline, Policy, Restart};

impl Pipeline {
    /// Tells whether the pipeline is written out: an empty one is not, unless it only looks so because of a mistake.
    pub(super) fn is_started(&self) -> bool {
        !self.body.stages.is_empty() || self.body.faulty
    }
}

/// Writes the statement that adds a pipeline to the router.
pub(super) fn write(pipeline: &Pipeline, scope: &mut Scope<'_>) -> TokenStream {
    // at the name, which is the narrowest place that stands for all of it
    let span = site(pipeline.name.literal.span());
    let prefix = prefix(span);
    let router = Ident::new("router", span);
    let Pipeline { name, description, conditions, .. } = pipeline;
    let literal = &name.literal;
    let stages = metadata::describe(&pipeline.body);
    let policy = policy(&pipeline.policy);
    let chain = chain(pipeline, scope);
    let mentioned = scope.mentioned(&chain);
    let info = quote_spanned! {span=>
        #prefix::Info { name: #literal, description: #description, stages: #stages, file: ::core::file!() }
    };
    if mentioned.is_empty() {
        // A function of its own, which rustc checks by itself: closures of one function are checked together, and that
        // takes more than twice as long for twice as many.
        let function = Ident::new("__fastts_pipeline", span);
        return quote_spanned! {span=>
            #conditions
            {
                fn #function(#router: &mut #prefix::Builder) {
                    #router.pipeline(#info, #policy, move || { #chain });
                }
                #function(&mut #router);
            }
        };
    }
    let kept = lets::keep(&mentioned);
    quote_spanned! {span=>
        #conditions
        #router.pipeline(#info, #policy, { #kept move || { #chain } });
    }
}

fn chain(pipeline: &Pipeline, scope: &mut Scope<'_>) -> TokenStream {
    let span = site(pipeline.name.literal.span());
    let prefix = prefix(span);
    let input = match &pipeline.input {
        Some(input) => quote!(#input),
        None => quote_spanned!(span=> #prefix::Event),
    };
    let stages = stages(&pipeline.body, scope);
    let flow = scope.flow(pipeline.name.literal.span());
    quote_spanned! {span=>
        let #flow = #prefix::start::<#input>();
        #stages
        #prefix::seal(#flow)
    }
}

/// Writes the stages of a block, each a `let` of the flow so far.
fn stages(block: &Block, scope: &mut Scope<'_>) -> TokenStream {
    block.stages.iter().map(|one| stage::write(one, scope)).collect()
}

/// Writes a block as the function from the flow that enters it to the flow that leaves it.
pub(super) fn block(block: &Block, scope: &mut Scope<'_>) -> TokenStream {
    let stages = stages(block, scope);
    let start = block.reach.first;
    let (entering, leaving) = (scope.flow(start), scope.flow(block.stages.last().map_or(block.end, |last| last.reach.first)));
    quote_spanned!(site(start)=> |#entering| { #stages #leaving })
}

/// Writes the policy, with the values of the attributes that are there.
fn policy(policy: &Policy) -> TokenStream {
    let prefix = prefix(Span::mixed_site());
    let mut written = quote!(#prefix::Policy::new());
    if let Some(Mailbox { events, overflow, bytes }) = &policy.mailbox {
        let kind = overflow.as_ref().map_or_else(|| format_ident!("Block"), camel_case);
        written.extend(quote!(.mailbox(#events, #prefix::Overflow::#kind)));
        if let Some(bytes) = bytes {
            written.extend(quote!(.mailbox_bytes(#bytes)));
        }
    }
    if let Some(Restart { times, within }) = &policy.restart {
        let within = within.clone().unwrap_or_else(|| quote!(5s));
        written.extend(quote!(.restart(#times, #within)));
    }
    if let Some(run) = &policy.run {
        let kind = camel_case(run);
        written.extend(quote!(.run(#prefix::Run::#kind)));
    }
    written
}

/// `drop_oldest` as `DropOldest`, at the same place.
fn camel_case(word: &Ident) -> Ident {
    let text: String = word
        .to_string()
        .split('_')
        .map(|part| {
            let mut letters = part.chars();
            letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
        })
        .collect();
    Ident::new(&text, word.span())
}
