//! Writes the router out as Rust. This and its parts are the only files that name paths of the core.

mod closure;
mod fallback;
mod fragment;
mod group;
mod heads;
mod lets;
mod metadata;
mod numbers;
mod pipeline;
mod predicate;
mod settings;
mod stage;
mod template;
mod topics;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};

use crate::diagnostics::Diagnostics;
use crate::durations;
use crate::syntax::{Item, Router, Support};

/// What all parts of one expansion share.
struct Scope<'a> {
    root: &'a TokenStream,
    /// Whose code the router is.
    user: Span,
    /// What the router holds beside pipelines and `let`s.
    items: &'a [Item],
    /// What may be mentioned here by its name: the router's `let`s, and the parameters of the fragment at hand.
    lets: Vec<lets::Bound>,
    /// The router's `let`s.
    router_lets: Vec<lets::Bound>,
    /// The router's `let`s that a pipeline mentions.
    shared: Vec<lets::Bound>,
    /// What is taken from the surroundings: each as the call that looks at it.
    settings: Vec<TokenStream>,
    /// How many times fragments were used so far.
    uses: usize,
    /// What the topics carry to which somebody subscribes.
    topics: topics::Topics<'a>,
    /// What is told of the stages of the pipeline at hand.
    lines: metadata::Lines,
    support: Support,
    /// The pipeline at hand is one of events, and rustc reads what is written.
    events: bool,
    /// What the router imports all at once was imported by a stage as well.
    repeats_globs: bool,
    /// A gate was written.
    gated: bool,
    diagnostics: Diagnostics,
}

/// Writes the function that builds the router, and after it what was found.
///
/// The shape is the same with and without mistakes, so that whatever calls `router()` compiles and editors go on.
pub(crate) fn router(router: &Router, diagnostics: Diagnostics) -> TokenStream {
    let root = &router.root;
    let lets: Vec<_> = router.lets.iter().flat_map(|one| &one.names).map(lets::Bound::of).collect();
    let faulty = diagnostics.has_errors();
    let mut scope = Scope {
        root,
        user: router.user,
        items: &router.items,
        router_lets: lets.clone(),
        lets,
        shared: Vec::new(),
        settings: Vec::new(),
        uses: 0,
        topics: topics::Topics::of(&router.pipelines, &router.topics),
        lines: metadata::Lines::default(),
        support: router.support,
        events: false,
        repeats_globs: false,
        gated: false,
        diagnostics,
    };
    let fragments = scope.support.fragments.then(|| fragment::definitions(&router.fragments, &mut scope));
    let lets: Vec<TokenStream> = router.lets.iter().map(|one| settings::of_let(one, &mut scope)).collect();
    let mut pipelines = TokenStream::new();
    let mut groups = group::Groups::default();
    for (place, one) in router.pipelines.iter().enumerate() {
        let group = groups.before(place, &router.groups, &scope);
        pipelines.extend(settings::of(group, None, &mut scope));
        if !one.is_started() {
            continue;
        }
        let written = pipeline::write(one, &mut scope);
        let before = scope.settings.len();
        pipelines.extend(settings::of(written, None, &mut scope));
        if !one.conditions.is_empty() {
            // nobody knows whether it is there
            scope.settings.truncate(before);
        }
    }

    pipelines.extend(groups.before(router.pipelines.len(), &router.groups, &scope));
    let crate::syntax::FunctionName { attributes, visibility, ident } = &router.name;
    let description = describe(router);
    // conditions borrow `let`s at the user's own place
    let borrows = (!router.lets.is_empty()).then(|| quote!(#[allow(clippy::needless_borrows_for_generic_args, clippy::needless_borrow)]));
    // what was only mentioned in a stage that is left out would be called unused
    let misspelled = router.lets.iter().flat_map(|one| &one.names).any(|name| lets::is_misspelled(name, &pipelines));
    let allowance = (faulty || misspelled || router.support.allows_unused).then(|| quote!(#[allow(unused, clippy::all)]));
    let meant = fragment::meant(router);
    let items = router.items.iter().map(|Item { tokens, is_glob, .. }| {
        // it was written once more, nearer to where it is used
        let allowance = (*is_glob && scope.repeats_globs).then(|| quote!(#[allow(unused_imports)]));
        quote!(#allowance #tokens)
    });
    let shared = lets::share(&scope);
    let looked = settings::look(&scope);
    // an editor completes them, and finds what they are
    let offered = router.support.fragments.then(|| {
        let prefix = prefix(Span::mixed_site());
        quote!(use #prefix::settings::{env, env_or, secret};)
    });
    let begun = settings::begin(&scope);
    let local = Ident::new("router", Span::mixed_site());
    let topics = router.topics.iter().filter_map(|one| {
        let (name, retain) = (&one.name.literal, &one.retain.as_ref()?.tokens);
        Some(quote!(#local.topic(#name, #retain);))
    });
    let prefix = prefix(Span::mixed_site());
    // `gate.rs` of the core: traits whose methods stand where a type has none
    let gated = !scope.shared.is_empty() || scope.gated;
    let gates = gated.then(|| quote!(#[allow(unused_imports)] use #prefix::{Marked as _, NoFlow as _, NotShared as _};));
    let function = quote! {
        #[doc = #description]
        #attributes
        #allowance
        #borrows
        #visibility fn #ident() -> #root::Router {
            use #root::__private as #prefix;
            #gates
            #meant
            #(#items)*
            #offered
            #looked
            #(#lets)*
            #shared
            #fragments
            let mut #local = #begun;
            #(#topics)*
            #pipelines
            #local.build()
        }
    };
    let mut expanded = durations::rewrite(function);
    expanded.extend(scope.diagnostics.into_items());
    expanded
}

fn describe(router: &Router) -> String {
    let names: Vec<String> = router.pipelines.iter().filter(|one| one.is_started()).map(|one| format!("{:?}", one.name.text)).collect();
    match names.len() {
        0 => "Builds the router, which has no pipelines.".to_owned(),
        1 => format!("Builds the router: pipeline {}.", names.join("")),
        _ => format!("Builds the router: pipelines {}.", names.join(", ")),
    }
}

impl Scope<'_> {
    /// The flow so far, at the place of what is done to it.
    fn flow(&self, place: Span) -> Ident {
        self.variable("__flow", place)
    }

    /// Tells whether the router itself names this, by a `let`, an item or a `use`.
    fn names(&self, name: &Ident) -> bool {
        self.router_lets.iter().any(|one| one.is(name)) || self.items.iter().any(|item| item.names.contains(name))
    }

    /// A variable of the expansion at the place of what is done with it.
    ///
    /// It belongs to the user's code, so that what rustc says about an argument is drawn there and not under the whole macro,
    /// which is how it draws an argument from another expansion than the call; hence a name that nobody else uses. All of them
    /// belong to the same code, whichever macro a part of the router came from, or they would not be the same variable.
    fn variable(&self, name: &str, place: Span) -> Ident {
        Ident::new(name, self.user.located_at(self.beside(place)))
    }

    /// Where the tokens stand that the macro writes beside one of the user's.
    fn beside(&self, span: Span) -> Span {
        self.support.places.beside(span)
    }

    /// The span of what the macro writes for something of the user's: its place, the macro's own names.
    fn site(&self, span: Span) -> Span {
        Span::mixed_site().located_at(self.beside(span))
    }

    /// A path into the core for something that the user named, with the user's own span: what rustc says about it then points
    /// there and does not speak of a macro.
    fn core_path(&self, span: Span, path: &TokenStream) -> TokenStream {
        let span = self.beside(span);
        let prefix = prefix(span);
        quote_spanned!(span=> #prefix::#path)
    }
}

/// The name under which the expansion knows the core.
fn prefix(span: Span) -> Ident {
    Ident::new("__fastts", span)
}

/// Fences in tokens that Rust cannot parse: the message about them is rustc's, and what stands around is still read.
fn unparsed(tokens: TokenStream) -> TokenStream {
    let prefix = prefix(Span::mixed_site());
    quote!(#prefix::unparsed! { #tokens })
}
