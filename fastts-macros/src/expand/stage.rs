//! One stage: `let flow = stage(flow, …);`
//!
//! A stage that the macro has reported an error about must not let the stages behind it give a second one. Where the
//! table says that the stage passes on the type it takes, it is left out: the rest is checked against the true type, so
//! all its own mistakes are found in the same compile. Where the type behind it cannot be known (`map`, a user's
//! function), the error itself stands in the stage's place, and rustc's error type, which fits everywhere, flows on.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens as _, quote, quote_spanned};

use super::{Scope, closure, fallback, fragment, lets, metadata, numbers, pipeline, predicate, prefix, topics, unparsed};
use crate::messages;
use crate::syntax::{
    Argument, Arguments, Block, Call, Change, ChangedField, Expression, Kind, Names, Piece, Rust, Setting, Stage, Template, Value,
};
use crate::table::{self, Emits, Takes, Wants};

/// Writes one stage.
pub(super) fn write(stage: &Stage, scope: &mut Scope<'_>) -> TokenStream {
    let span = scope.site(stage.reach.first);
    let flow = scope.flow(stage.reach.first);
    if let Some(hole) = stage.broken {
        if keeps_type(&stage.kind) {
            return TokenStream::new();
        }
        let hole = scope.diagnostics.fill(hole);
        return quote_spanned!(span=> let #flow = #hole;);
    }
    let number = metadata::stage(stage, scope);
    if let Kind::Call(call) = &stage.kind
        && call.builtin.is_some_and(|row| row.name == "tap")
        && scope.support.conditional_taps
    {
        return tap(call, span, scope);
    }
    let value = match &stage.kind {
        Kind::Call(call) => self::call(call, span, scope),
        Kind::Where(condition) => {
            let condition = closure::condition(condition, span, scope);
            let function = core_function(&Ident::new("where_", stage.reach.first), scope);
            owned(quote_spanned!(span=> #function(#flow, #condition)), scope)
        }
        Kind::Change { verb, first, changes } => {
            let list = |reads: &mut closure::Reads, scope: &mut Scope<'_>| {
                let changes = changes.iter().map(|one| change(one, reads, scope));
                let changes: Vec<TokenStream> = changes.collect();
                quote!(#(#changes),*)
            };
            let closure::Changes { texts, changes } = closure::changes(list, span, scope);
            let verb = match texts {
                Some(_) => Ident::new(&format!("{verb}_texts"), verb.span()),
                None => verb.clone(),
            };
            let function = core_function(&verb, scope);
            let texts = texts.map(|texts| quote!(#texts,));
            let first = first.as_ref().map(|first| &first.tokens).map(|first| quote!(#first,));
            owned(quote_spanned!(span=> #function(#flow, #first #texts #changes)), scope)
        }
        Kind::Tee { word, branches } => {
            scope.lines.enter();
            let several = scope.support.marks && branches.len() > 1;
            let branches = branches.iter().map(|branch| {
                metadata::branch(branch, scope);
                let branch = pipeline::block(branch, scope);
                let function = core_function(word, scope);
                quote_spanned!(span=> let #flow = #function(#flow, #branch);)
            });
            let mut branches: TokenStream = branches.collect();
            scope.lines.leave();
            if several {
                // each branch is a stage of the chain, and all of them are the one that was written
                let number = proc_macro2::Literal::usize_unsuffixed(number);
                branches.extend(quote_spanned!(span=> let #flow = #flow.marked(#number);));
            }
            return branches;
        }
        Kind::Split { word, arms, otherwise } => {
            let mut list = quote_spanned!(span=> arms);
            scope.lines.enter();
            for arm in arms {
                metadata::arm(arm, scope);
                let condition = closure::condition(&arm.condition, scope.site(arm.reach.first), scope);
                let span = end_of(&arm.block, scope);
                let block = pipeline::block(&arm.block, scope);
                list.extend(quote_spanned!(span=> .arm(#condition, #block)));
            }
            if let Some(block) = otherwise {
                metadata::otherwise(block, scope);
                let span = end_of(block, scope);
                let block = pipeline::block(block, scope);
                list.extend(quote_spanned!(span=> .arm(|_, _| true, #block)));
            }
            scope.lines.leave();
            let function = core_function(word, scope);
            owned(quote_spanned!(span=> #function(#flow, |arms| #list)), scope)
        }
        Kind::Fragment(used) => return fragment::write(used, stage, scope),
        Kind::Let(tokens) => return tokens.clone(),
        Kind::Unknown(_) => return TokenStream::new(),
    };
    let value = match &stage.kind {
        kind if always_flows(kind) => value,
        Kind::Call(call) if call.builtin.is_none() => {
            let place = scope.user.located_at(span);
            let value = gated(value, place, scope);
            let number = proc_macro2::Literal::usize_unsuffixed(number);
            let marked = scope.support.marks.then(|| quote_spanned!(place=> .__marked(#number)));
            quote_spanned!(place=> #value #marked)
        }
        _ => gated(value, span, scope),
    };
    quote_spanned!(span=> let #flow = #value;)
}

/// The place of a block's last stage, which tells what the block emits.
fn end_of(block: &Block, scope: &Scope<'_>) -> Span {
    scope.user.located_at(block.stages.last().map_or(block.reach.first, |last| last.reach.first))
}

/// Puts a gate around an expression that may turn out to be no flow, so that rustc tells that once and not at every stage behind.
pub(super) fn gated(flow: TokenStream, span: Span, scope: &mut Scope<'_>) -> TokenStream {
    if !scope.support.gates {
        return flow;
    }
    scope.gated = true;
    let prefix = prefix(span);
    quote_spanned!(span=> #prefix::Returned(#flow).flow())
}

/// The function of the core for a stage that has a grammar of its own.
fn core_function(name: &Ident, scope: &Scope<'_>) -> TokenStream {
    scope.core_path(name.span(), &quote_spanned!(scope.beside(name.span())=> stages::#name))
}

/// Tells whether a stage returns a flow even when an argument is of a wrong type, so that it needs no gate. A closure may be the
/// mistake that keeps rustc from knowing what comes out, a number may not.
fn always_flows(kind: &Kind) -> bool {
    match kind {
        Kind::Call(call) => call.builtin.is_some_and(|row| {
            let closure = row.positional.iter().any(|wants| matches!(wants, Wants::Closure | Wants::Field));
            !closure && row.takes == Takes::NoBlock && row.emits != Emits::NewType
        }),
        kind => keeps_type(kind),
    }
}

/// Tells whether what comes out of a stage is known to have the type of what goes in.
fn keeps_type(kind: &Kind) -> bool {
    match kind {
        Kind::Call(call) => call.builtin.is_some_and(|row| row.emits != Emits::NewType),
        Kind::Unknown(emits) => *emits != Emits::NewType,
        Kind::Split { .. } => false,
        Kind::Fragment(used) => used.body.stages.iter().all(|stage| keeps_type(&stage.kind)),
        Kind::Where(_) | Kind::Change { .. } | Kind::Tee { .. } | Kind::Let(_) => true,
    }
}

/// Puts a stage into a block that first clones the `let`s which the stage mentions.
fn owned(stage: TokenStream, scope: &Scope<'_>) -> TokenStream {
    let names = scope.mentioned(&stage);
    lets::around(stage, &names)
}

/// One change of `with` or `default`.
fn change(change: &Change, reads: &mut closure::Reads, scope: &mut Scope<'_>) -> TokenStream {
    let value = match &change.value {
        // a bare `None` has no type that could be inferred
        Expression::Rust(value) if value.is_none() => {
            let prefix = prefix(Span::mixed_site());
            quote!(#prefix::Missing)
        }
        // borrowed or not: the event under the change outlives what the closure has
        Expression::Reference { operand, .. } if predicate::a_let(operand, scope).is_some() => predicate::value(operand, reads, scope),
        value => predicate::value(value, reads, scope),
    };
    match &change.field {
        ChangedField::Named(field) => {
            let function = scope.core_path(field.span(), &quote_spanned!(scope.beside(field.span())=> change::#field));
            quote_spanned!(field.span()=> #function(#value))
        }
        ChangedField::Attribute { word, key } => {
            let function = scope.core_path(word.span(), &quote_spanned!(scope.beside(word.span())=> change::#word));
            let key = lets::cloned(key, scope);
            quote_spanned!(word.span()=> #function(#key, #value))
        }
    }
}

/// `tap`, which shows tests what flows by: written under a `#[cfg]` that leaves it out of a release.
fn tap(call: &Call, span: Span, scope: &mut Scope<'_>) -> TokenStream {
    let flow = scope.flow(call.path.first().map_or(span, TokenTree::span));
    let (tapped, prefix) = (self::call(call, span, scope), prefix(span));
    quote_spanned! {span=>
        #[cfg(any(test, debug_assertions))]
        let #flow = #tapped;
        #[cfg(not(any(test, debug_assertions)))]
        let #flow = #prefix::untapped(#flow);
    }
}

/// A stage that is a function.
fn call(call: &Call, span: Span, scope: &mut Scope<'_>) -> TokenStream {
    let (arguments, options) = match &call.arguments {
        Arguments::Parsed { positional, options } => (positional.as_slice(), options.as_slice()),
        Arguments::Fenced(tokens) => {
            // without the flow, since the user's own parentheses are needed whole for rustc to point into them
            let path = callee(call, 0, span, scope);
            let group = call.parentheses.clone().unwrap_or_else(|| parentheses(call, tokens.clone(), span));
            return owned(unparsed(quote!(#path #group)), scope);
        }
        Arguments::Typed(_) | Arguments::Faulty => (&[][..], &[][..]),
    };
    let mut written = scope.flow(call.path.first().map_or(span, TokenTree::span)).into_token_stream();
    for value in self::arguments(call, arguments, scope) {
        written.extend(quote_spanned!(span=> , #value));
    }
    if let Arguments::Typed(tokens) = &call.arguments {
        written.extend(quote_spanned!(span=> , #tokens));
    }
    let behind = arguments.iter().filter_map(|one| match &one.value {
        Value::Key(behind) | Value::Condition(behind) => Some(behind),
        Value::Rust(_) | Value::Topic(_) | Value::Text(_) => None,
    });
    let closure = match call.builtin {
        Some(row) if row.optional_keys && behind.clone().next().is_none() => {
            (!row.default_keys.is_empty()).then(|| closure::default_keys(row.default_keys, span, scope))
        }
        Some(row) if row.keys => Some(closure::keys(behind, span, scope)),
        Some(row) if row.conditions.1 > 0 => Some(closure::conditions(behind, span, scope)),
        _ => None,
    };
    if let Some(closure) = closure {
        written.extend(quote_spanned!(span=> , #closure));
    }
    // a `let` may be a closure that is used as a stage; a built-in name never means one
    let path = call.path.iter().filter(|_| call.builtin.is_none()).cloned();
    let heads: TokenStream = path.chain(written.clone()).collect();
    let names = scope.mentioned(&heads);
    if let Some(block) = &call.block {
        let block = if call.builtin.is_some() { pipeline::block(block, scope) } else { pipeline::users_block(block, scope) };
        written.extend(quote_spanned!(span=> , #block));
    }
    let path = callee(call, arguments.len(), span, scope);
    if call.is_unfinished {
        return path;
    }
    let group = parentheses(call, written, span);
    let mut options: TokenStream = options.iter().map(|option| self::option(option, call.builtin, span, scope)).collect();
    options.extend(fixed_text(call, arguments, span, scope));
    lets::around(sink(call, resolved(call, path, group, options, span, scope), scope), &names)
}

/// Puts a macro around a sink, which answers where the program does not have it: it is of another crate, or behind a feature.
fn sink(call: &Call, written: TokenStream, scope: &Scope<'_>) -> TokenStream {
    let (Some(row), Some(TokenTree::Ident(word))) = (call.builtin, call.path.first()) else { return written };
    let Some(sink) = row.sink.filter(|_| scope.support.names == Names::Paths) else { return written };
    let message = messages::absent_sink(row.name, sink.feature).to_string();
    let (root, name, span) = (scope.root, Ident::new(row.name, Span::mixed_site()), scope.beside(word.span()));
    let answer = quote_spanned!(word.span()=> ::core::compile_error!(#message));
    quote_spanned!(span=> #root::__private::sink!(#name { #answer } #written))
}

/// The positional arguments that are plain Rust; closures own what they mention of the router's `let`s.
fn arguments(call: &Call, arguments: &[Argument], scope: &mut Scope<'_>) -> Vec<TokenStream> {
    let several = arguments.len() > 1;
    arguments
        .iter()
        .enumerate()
        .filter_map(|(at, argument)| {
            let value = match &argument.value {
                Value::Rust(value) => value,
                Value::Topic(topic) => return Some(topics::published(topic, scope)),
                Value::Text(template) => {
                    let span = scope.site(template.literal.span());
                    let text = closure::text(template, span, scope);
                    let literal = &template.literal;
                    let is_path = call.builtin.is_some_and(|row| row.positional.get(at) == Some(&table::Wants::Path));
                    return Some(if is_path { quote_spanned!(span=> #literal, #text) } else { text });
                }
                Value::Key(_) | Value::Condition(_) => return None,
            };
            if call.builtin.is_some_and(|row| row.positional.get(at) == Some(&table::Wants::Field)) {
                let (span, field) = (argument.reach.first, &value.tokens);
                return Some(scope.core_path(span, &quote_spanned!(scope.beside(span)=> field::#field)));
            }
            if call.builtin.is_some_and(|row| row.positional.get(at) == Some(&table::Wants::Level)) {
                let (span, level) = (argument.reach.first, &value.tokens);
                return Some(scope.core_path(span, &quote_spanned!(scope.beside(span)=> level::#level)));
            }
            if call.builtin.is_some_and(|row| row.positional.get(at) == Some(&table::Wants::Path)) {
                // one without fields: nothing else writes it
                let path = lets::own(value, scope);
                return Some(quote!(#path, |_, _| {}));
            }
            if let Some(value) = duration_in_words(value, scope) {
                return Some(value);
            }
            let names = scope.mentioned(&value.tokens);
            let points = call.builtin.is_some_and(|row| row.positional.get(at) == Some(&table::Wants::Points));
            if points {
                let point = |span| scope.core_path(span, &quote_spanned!(scope.beside(span)=> point));
                return Some(lets::around(numbers::points(&value.tokens, point), &names));
            }
            if names.is_empty() {
                // of a list or a sum rustc finds out the type
                let alone = value.tokens.clone().into_iter().count() <= 2;
                return Some(if alone { numbers::widen(&value.tokens) } else { value.tokens.clone() });
            }
            let closure = matches!(value.parsed.as_deref(), Some(syn::Expr::Closure(_)));
            let value = lets::own(value, scope);
            // two arguments may want the same value; a closure must stay bare, or rustc cannot infer its parameters
            Some(if several && !closure { lets::around(value, &names) } else { value })
        })
        .collect()
}

/// `minutes(5)`, in such a way that it answers when there is no such function.
fn duration_in_words(value: &Rust, scope: &mut Scope<'_>) -> Option<TokenStream> {
    let Some(syn::Expr::Call(call)) = value.parsed.as_deref() else { return None };
    let arguments = &call.args;
    let given = arguments.to_token_stream().to_string();
    let message = |name: &str| {
        let unit = messages::unit_of(name).filter(|_| given.parse::<f64>().is_ok())?;
        Some(messages::duration_in_words(&format!("{name}({given})"), &format!("{given}{unit}")))
    };
    let function = fallback::function(&call.func.to_token_stream(), arguments.len(), message, scope)?;
    Some(quote!(#function(#arguments)))
}

/// `.configure(|stage| stage.always("thumb"))`, for a stage that wants to know when its text is always the same.
fn fixed_text(call: &Call, arguments: &[Argument], span: Span, scope: &Scope<'_>) -> Option<TokenStream> {
    call.builtin.filter(|row| row.fixed_text)?;
    let Value::Text(Template { pieces, .. }) = &arguments.first()?.value else { return None };
    let text = match pieces.as_slice() {
        [Piece::Literal(text)] => text.as_str(),
        [] => "",
        _ => return None,
    };
    let stage = Ident::new("stage", span);
    Some(quote_spanned!(scope.beside(span)=> .configure(|#stage| #stage.always(#text))))
}

/// `.configure(|stage| stage.name(value))`
fn option(option: &Setting, row: Option<&table::Builtin>, span: Span, scope: &mut Scope<'_>) -> TokenStream {
    let Setting { name, value, text, keys } = option;
    if row.and_then(|row| row.sink).is_some_and(|sink| sink.texts.iter().any(|one| name == one)) {
        let text = match text {
            Some(template) => closure::text(template, scope.site(template.literal.span()), scope),
            // one without fields
            None => {
                let value = lets::own(value, scope);
                quote!({ let value = #value; move |_, text| text.text(::core::convert::AsRef::<str>::as_ref(&value)) })
            }
        };
        let (stage, names, span) = (Ident::new("stage", span), scope.mentioned(&text), name.span());
        let set = lets::around(quote_spanned!(span=> #stage.#name(#text)), &names);
        return quote_spanned!(scope.beside(span)=> .configure(|#stage| #set));
    }
    if row.is_some() && name == RESTART {
        return restart_key(option, span, scope);
    }
    let names = scope.mentioned(&value.tokens);
    let value = match keys {
        Some(keys) => closure::keys(keys.iter(), scope.site(name.span()), scope),
        None if row.is_some() && name == "order" => order(value, scope),
        None if names.is_empty() => value.tokens.clone(),
        None => lets::own(value, scope),
    };
    let (stage, span) = (Ident::new("stage", span), name.span());
    // around the call: a closure must stay bare, or rustc cannot infer its parameters
    let set = lets::around(quote_spanned!(span=> #stage.#name(#value)), &names);
    quote_spanned!(scope.beside(span)=> .configure(|#stage| #set))
}

/// `input` of `order = input`
fn order(value: &Rust, scope: &Scope<'_>) -> TokenStream {
    let word = value.text();
    let mut letters = word.chars();
    let word: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
    let span = value.tokens.clone().into_iter().next().map_or_else(Span::mixed_site, |token| token.span());
    let word = Ident::new(&word, span);
    scope.core_path(span, &quote_spanned!(scope.beside(span)=> order::#word))
}

/// The option of `by` whose value is a word of the language: `restart = key`.
const RESTART: &str = "restart";

fn restart_key(option: &Setting, span: Span, scope: &Scope<'_>) -> TokenStream {
    let (stage, place) = (Ident::new("stage", span), option.name.span());
    let method = Ident::new("restart_key", place);
    quote_spanned!(scope.beside(place)=> .configure(|#stage| #stage.#method()))
}

/// The path to call: a built-in one by the core's path, anything else as written.
fn callee(call: &Call, arguments: usize, span: Span, scope: &Scope<'_>) -> TokenStream {
    let path: TokenStream = call.path.iter().cloned().collect();
    let Some(row) = call.builtin else { return path };
    let first = call.path.first().map_or(span, TokenTree::span);
    // with an argument more or less it is another function: Rust has no optional ones
    if let Some((_, other)) = row.twin.filter(|(count, _)| *count == arguments) {
        let name = Ident::new(other, first);
        let rest = call.path.iter().skip(1);
        return scope.core_path(first, &quote_spanned!(scope.beside(first)=> stages::#name #(#rest)*));
    }
    if let Some(function) = row.function {
        let name = Ident::new(function, first);
        let rest = call.path.iter().skip(1);
        return scope.core_path(first, &quote_spanned!(scope.beside(first)=> stages::#name #(#rest)*));
    }
    if scope.support.names == Names::Glob {
        return path;
    }
    if let (table::Takes::Rest(function), Some(_)) = (row.takes, &call.block) {
        let name = Ident::new(function, first);
        let rest = call.path.iter().skip(1);
        return scope.core_path(first, &quote_spanned!(scope.beside(first)=> stages::#name #(#rest)*));
    }
    scope.core_path(first, &quote_spanned!(first=> stages::#path))
}

/// The parentheses as the user wrote them, so that rustc's suggestions fit what is there.
fn parentheses(call: &Call, inside: TokenStream, span: Span) -> Group {
    let mut group = Group::new(Delimiter::Parenthesis, inside);
    let bare = || call.path.last().map_or(span, TokenTree::span);
    group.set_span(call.parentheses.as_ref().map_or_else(bare, Group::span));
    group
}

/// Puts the call together. A single name that is not built in is looked up under a glob of the built-in stages, so that
/// rustc can say which one was meant.
fn resolved(call: &Call, path: TokenStream, group: Group, options: TokenStream, span: Span, scope: &mut Scope<'_>) -> TokenStream {
    let single = call.path.len() == 1 && call.builtin.is_none();
    if !single || scope.support.names == Names::Glob {
        return quote!(#path #group #options);
    }
    if let (Some(word), Some(TokenTree::Ident(name))) = (fallback::word(call, scope), call.path.first()) {
        let arguments = match &call.arguments {
            Arguments::Parsed { positional, .. } => positional.len(),
            _ => 0,
        };
        let found = fallback::stage(name, word, arguments + usize::from(call.block.is_some()), call.block.is_some(), scope);
        return quote_spanned!(span=> { #[allow(dead_code, unused_imports)] let stage = #found; stage #group #options });
    }
    // one that a built-in stage yields to is not to be found under their glob
    let yielded = matches!(call.path.first(), Some(TokenTree::Ident(name)) if table::find(&name.to_string()).is_some());
    if yielded {
        return quote!(#path #group #options);
    }
    let glob = glob(scope);
    if names_a_stage(group.stream()) {
        // the glob would hide what the arguments mean by a built-in name
        return quote_spanned!(span=> { let stage = { #glob #path }; stage #group #options });
    }
    quote!({ #glob #path #group #options })
}

/// Brings the names of the built-in stages into a block.
pub(super) fn glob(scope: &Scope<'_>) -> TokenStream {
    let root = scope.root;
    // its span is the macro's own: it is nothing that the user could act on
    quote!(#[allow(unused_imports)] use #root::stages::*;)
}

fn names_a_stage(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(name) => table::find(&name.to_string()).is_some(),
        TokenTree::Group(group) => names_a_stage(group.stream()),
        _ => false,
    })
}
