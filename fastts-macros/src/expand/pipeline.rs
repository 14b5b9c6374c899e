//! One pipeline: what it is called, how it is run, and the factory of its chain.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};

use super::{Scope, closure, heads, lets, prefix, stage, topics};
use crate::syntax::{Block, Calls, Mailbox, Names, Pipeline, Restart, Stage};

impl Pipeline {
    /// Tells whether the pipeline is written out: an empty one is not, unless it only looks so because of a mistake, or because
    /// its first stage is about to be typed.
    pub(super) fn is_started(&self) -> bool {
        !self.body.stages.is_empty() || self.body.faulty || self.body.awaited
    }
}

/// Writes the statement that adds a pipeline to the router.
pub(super) fn write(pipeline: &Pipeline, scope: &mut Scope<'_>) -> TokenStream {
    // at the name, which is the narrowest place that stands for all of it
    let span = scope.site(pipeline.name.literal.span());
    let prefix = prefix(span);
    let router = Ident::new("router", span);
    let Pipeline { name, description, conditions, .. } = pipeline;
    let literal = &name.literal;
    let heads = heads::of(pipeline, scope);
    let policy = policy(pipeline);
    scope.lines.enter();
    scope.events = pipeline.input.is_none() && scope.support.names == Names::Paths;
    let chain = chain(pipeline, heads.are_first_stage, scope);
    let stages = std::mem::take(&mut scope.lines).join();
    let heads = heads::write(&heads, span);
    let copies = copies(pipeline, scope);
    let mentioned = scope.mentioned(&chain);
    let from = pipeline.from.as_ref().map(|topic| {
        let topic = &topic.literal;
        quote_spanned!(span=> .from_topic(#topic))
    });
    // the chain comes first: in the description of the stages stands the text that somebody is typing, see `editor`
    let (factory, info) = (Ident::new("factory", span), Ident::new("info", span));
    let add = quote_spanned! {span=>
        let #info = #prefix::Info::new(#literal, #description, #stages, ::core::file!()) #heads #from;
        #router.pipeline(#info, #policy, #factory);
        #copies
    };
    if mentioned.is_empty() {
        // A function of its own, which rustc checks by itself: closures of one function are checked together, and that
        // takes more than twice as long for twice as many.
        let function = Ident::new("__fastts_pipeline", span);
        return quote_spanned! {span=>
            #conditions
            {
                fn #function(#router: &mut #prefix::Builder) {
                    let #factory = move || { #chain };
                    #add
                }
                #function(&mut #router);
            }
        };
    }
    scope.share(&mentioned);
    let kept = lets::keep(&mentioned);
    quote_spanned! {span=>
        #conditions
        {
            let #factory = { #kept move || { #chain } };
            #add
        }
    }
}

fn chain(pipeline: &Pipeline, heads_are_first_stage: bool, scope: &mut Scope<'_>) -> TokenStream {
    let span = scope.site(pipeline.name.literal.span());
    let prefix = prefix(span);
    let input = match &pipeline.input {
        Some(input) => quote!(#input),
        None => quote_spanned!(span=> #prefix::Event),
    };
    let flow = scope.flow(pipeline.name.literal.span());
    // at the last stage: what rustc has said about that one it does not say again about the end
    let last = scope.user.located_at(pipeline.body.stages.last().map_or(pipeline.name.literal.span(), |last| last.reach.first));
    let last = scope.beside(last);
    let end = scope.flow(last);
    let sealed = match &pipeline.reply {
        None => {
            let seal = scope.core_path(last, &quote_spanned!(last=> seal));
            quote_spanned!(last=> #seal(#end))
        }
        Some(reply) => {
            let seal = scope.core_path(last, &quote_spanned!(last=> seal_call));
            quote_spanned!(last=> #seal::<#reply, _, _>(#end))
        }
    };
    let agreed = topics::agreed(pipeline, scope);
    let start = quote_spanned!(span=> #prefix::start::<#input>());
    let start = if pipeline.input.is_some() { stage::gated(start, span, scope) } else { start };
    let glob = (scope.support.names == Names::Glob).then(|| stage::glob(scope));
    let (first, rest) = pipeline.body.stages.split_at(heads_are_first_stage.into());
    let first = stages(first, scope);
    let head = heads_are_first_stage.then(|| quote_spanned!(span=> let #flow = #flow.configure(|stage| stage.as_head());));
    let rest = if pipeline.body.awaited { awaited(&pipeline.body, scope) } else { stages(rest, scope) };
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

/// Writes the stages of a block, each a `let` of the flow so far.
pub(super) fn inside(block: &Block, scope: &mut Scope<'_>) -> TokenStream {
    if block.awaited { awaited(block, scope) } else { stages(&block.stages, scope) }
}

/// Writes stages, each a `let` of the flow so far.
fn stages(stages: &[Stage], scope: &mut Scope<'_>) -> TokenStream {
    stages.iter().map(|one| stage::write(one, scope)).collect()
}

/// Writes the place where the first stage of a block is going to be typed.
fn awaited(block: &Block, scope: &Scope<'_>) -> TokenStream {
    let flow = scope.flow(block.end);
    quote!(let #flow = #flow;)
}

/// Writes a block as the function from the flow that enters it to the flow that leaves it.
pub(super) fn block(block: &Block, scope: &mut Scope<'_>) -> TokenStream {
    block_behind(None, block, scope)
}

/// Writes the block of a function of the user's, which may put stages of its own before those of the block.
pub(super) fn users_block(block: &Block, scope: &mut Scope<'_>) -> TokenStream {
    let flow = scope.flow(block.reach.first);
    let span = scope.site(block.reach.first);
    let prefix = prefix(span);
    // a function, since the type of what the block is given may not be known yet
    let begun = scope.support.marks.then(|| quote_spanned!(span=> let #flow = #prefix::begun(#flow);));
    block_behind(begun, block, scope)
}

fn block_behind(before: Option<TokenStream>, block: &Block, scope: &mut Scope<'_>) -> TokenStream {
    scope.lines.enter();
    let stages = inside(block, scope);
    scope.lines.leave();
    let start = block.reach.first;
    let (entering, leaving) = (scope.flow(start), scope.flow(block.stages.last().map_or(block.end, |last| last.reach.first)));
    quote_spanned!(scope.site(start)=> |#entering| { #before #stages #leaving })
}

/// Writes what divides the items that come among copies of the pipeline.
fn copies(pipeline: &Pipeline, scope: &mut Scope<'_>) -> Option<TokenStream> {
    let (_, count) = pipeline.subscription.partitions.as_ref()?;
    let key = pipeline.subscription.by.as_ref()?;
    let span = scope.site(pipeline.name.literal.span());
    let (prefix, router) = (prefix(span), Ident::new("router", span));
    let input = match &pipeline.input {
        Some(input) => quote!(#input),
        None => quote_spanned!(span=> #prefix::Event),
    };
    let closure = closure::keys(key.fields.iter(), scope.site(key.word.span()), scope);
    let mentioned = scope.mentioned(&closure);
    scope.share(&mentioned);
    let (closure, text, count) = (lets::around(closure, &mentioned), &key.text, &count.tokens);
    Some(quote_spanned!(span=> #router.divide::<#input, _>(#count, #text, #closure);))
}

/// Writes the policy, with the values of the attributes that are there, and of the options of `subscribe`.
fn policy(Pipeline { policy, subscription, .. }: &Pipeline) -> TokenStream {
    let prefix = prefix(Span::mixed_site());
    let mut written = quote!(#prefix::Policy::new());
    if let Some((_, demand)) = &subscription.demand {
        let demand = &demand.tokens;
        written.extend(quote!(.demand(#demand)));
    }
    if let Some(Mailbox { events, overflow, bytes }) = &policy.mailbox {
        // one that holds up nobody says so if it does
        let otherwise = if subscription.demand.is_some() { format_ident!("DropOldest") } else { format_ident!("Block") };
        let kind = overflow.as_ref().map_or_else(|| otherwise.clone(), camel_case);
        let events = &events.tokens;
        written.extend(quote!(.mailbox(#events, #prefix::Overflow::#kind)));
        if let Some(bytes) = bytes.as_ref().map(|bytes| &bytes.tokens) {
            written.extend(quote!(.mailbox_bytes(#bytes)));
        }
    }
    if let Some(bytes) = policy.held.as_ref().map(|bytes| &bytes.tokens) {
        written.extend(quote!(.held(#bytes)));
    }
    if let Some(Restart { times, within }) = &policy.restart {
        let times = &times.tokens;
        let within = within.as_ref().map_or_else(|| quote!(5s), |within| within.tokens.clone());
        written.extend(quote!(.restart(#times, #within)));
    }
    if let Some(Calls { most, timeout, .. }) = &policy.calls {
        let most = most.as_ref().map_or_else(|| quote!(10_000), |most| most.tokens.clone());
        let timeout = timeout.as_ref().map_or_else(|| quote!(5s), |timeout| timeout.tokens.clone());
        written.extend(quote!(.calls(#most, #timeout)));
    }
    if let Some(run) = &policy.run {
        let kind = camel_case(run);
        written.extend(quote!(.run(#prefix::Run::#kind)));
    }
    if let Some(on_stop) = &policy.on_stop {
        let kind = camel_case(on_stop);
        written.extend(quote!(.on_stop(#prefix::OnStop::#kind)));
    }
    written
}

/// `drop_oldest` as `DropOldest`, at the same place.
pub(super) fn camel_case(word: &Ident) -> Ident {
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
