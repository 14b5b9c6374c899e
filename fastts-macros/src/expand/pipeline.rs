//! One pipeline: what it is called, how it is run, and the factory of its chain.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};

use super::{Scope, heads, lets, metadata, prefix, site, stage, topics};
use crate::editor;
use crate::syntax::{Block, Mailbox, Pipeline, Policy, Restart, Stage};

impl Pipeline {
    /// Tells whether the pipeline is written out: an empty one is not, unless it only looks so because of a mistake, or because
    /// it is being typed.
    pub(super) fn is_started(&self) -> bool {
        !self.body.stages.is_empty() || self.body.faulty || editor::is_asking()
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
    let heads = heads::of(pipeline, scope);
    let policy = policy(&pipeline.policy);
    let chain = chain(pipeline, heads.are_first_stage, scope);
    let heads = heads::write(&heads, span);
    let mentioned = scope.mentioned(&chain);
    let from = pipeline.from.as_ref().map(|topic| {
        let topic = &topic.literal;
        quote_spanned!(span=> .from_topic(#topic))
    });
    let info = quote_spanned! {span=>
        #prefix::Info::new(#literal, #description, #stages, ::core::file!()) #heads #from
    };
    // the chain comes first: in the description of the stages stands the text that somebody is typing, see `editor`
    let factory = Ident::new("factory", span);
    if mentioned.is_empty() {
        // A function of its own, which rustc checks by itself: closures of one function are checked together, and that
        // takes more than twice as long for twice as many.
        let function = Ident::new("__fastts_pipeline", span);
        return quote_spanned! {span=>
            #conditions
            {
                fn #function(#router: &mut #prefix::Builder) {
                    let #factory = move || { #chain };
                    #router.pipeline(#info, #policy, #factory);
                }
                #function(&mut #router);
            }
        };
    }
    for name in &mentioned {
        if !scope.shared.contains(name) {
            scope.shared.push(name);
        }
    }
    let kept = lets::keep(&mentioned);
    quote_spanned! {span=>
        #conditions
        {
            let #factory = { #kept move || { #chain } };
            #router.pipeline(#info, #policy, #factory);
        }
    }
}

fn chain(pipeline: &Pipeline, heads_are_first_stage: bool, scope: &mut Scope<'_>) -> TokenStream {
    let span = site(pipeline.name.literal.span());
    let prefix = prefix(span);
    let input = match &pipeline.input {
        Some(input) => quote!(#input),
        None => quote_spanned!(span=> #prefix::Event),
    };
    let flow = scope.flow(pipeline.name.literal.span());
    // at the last stage: what rustc has said about that one it does not say again about the end
    let last = scope.user.located_at(pipeline.body.stages.last().map_or(pipeline.name.literal.span(), |last| last.reach.first));
    let last = editor::beside(last);
    let (end, seal) = (scope.flow(last), super::core_path(last, &quote_spanned!(last=> seal)));
    let sealed = quote_spanned!(last=> #seal(#end));
    let agreed = topics::agreed(pipeline, scope);
    let start = quote_spanned!(span=> #prefix::start::<#input>());
    let start = if pipeline.input.is_some() { stage::gated(start, span) } else { start };
    let glob = editor::is_asking().then(|| stage::glob(scope));
    // an editor is shown what was written and nothing else
    let heads_are_first_stage = heads_are_first_stage && !editor::is_asking();
    let (first, rest) = pipeline.body.stages.split_at(heads_are_first_stage.into());
    let first = stages(first, scope);
    let head = heads_are_first_stage.then(|| quote_spanned!(span=> let #flow = #flow.configure(|stage| stage.as_head());));
    let rest = if pipeline.body.stages.is_empty() { empty(&pipeline.body, scope) } else { stages(rest, scope) };
    quote_spanned! {span=>
        #glob
        #agreed
        let #flow = #start;
        #first
        #head
        #rest
        #sealed
    }
}

/// Writes stages, each a `let` of the flow so far.
fn stages(stages: &[Stage], scope: &mut Scope<'_>) -> TokenStream {
    stages.iter().map(|one| stage::write(one, scope)).collect()
}

/// Writes a block without stages: for an editor the place where the first is going to be typed.
fn empty(block: &Block, scope: &mut Scope<'_>) -> TokenStream {
    if !editor::is_asking() {
        return TokenStream::new();
    }
    let flow = scope.flow(block.end);
    quote!(let #flow = #flow;)
}

/// Writes a block as the function from the flow that enters it to the flow that leaves it.
pub(super) fn block(block: &Block, scope: &mut Scope<'_>) -> TokenStream {
    let stages = if block.stages.is_empty() { empty(block, scope) } else { stages(&block.stages, scope) };
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
