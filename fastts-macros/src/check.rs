//! What rustc cannot know: names, the arity of built-in stages, literals out of range, stages without effect.

mod boundaries;
mod calls;
mod closures;
mod conditions;
mod endings;
mod idioms;
mod lints;
mod names;
mod settings;
mod stages;
mod templates;
mod topics;

use proc_macro2::Ident;

use crate::diagnostics::Diagnostics;
use crate::syntax::{Fragment, Let, Router};
use crate::table::Items;
use crate::tokens::Reach;
use crate::{fragments, messages};

/// Checks a whole router. What is found to be broken is marked in the tree, so that it is not written out.
pub(crate) fn router(router: &mut Router, diagnostics: &mut Diagnostics) {
    names::check(router, diagnostics);
    let functions = router.items.iter().filter_map(|item| item.function.clone());
    let lets: Vec<Ident> = router.lets.iter().flat_map(|one| one.names.iter().cloned()).chain(functions).collect();
    for found in router.lets.iter().filter_map(closures::cut_in_let) {
        diagnostics.warning(found.0, found.1);
    }
    fragments::check_names(&router.fragments, diagnostics);
    fragments::claim_names(router);
    // where there are types of one's own, a fragment may be used for those
    let items = if router.pipelines.iter().all(|one| one.input.is_none()) { Items::Events } else { Items::Other };
    let named: Vec<Ident> = router.items.iter().flat_map(|item| item.names.iter().cloned()).chain(lets.iter().cloned()).collect();
    for fragment in &mut router.fragments {
        settings::check(&mut fragment.body, &named, diagnostics);
        self::fragment(fragment, items, &lets, &router.lets, diagnostics);
    }
    fragments::inline(router, diagnostics);
    for found in router.items.iter().filter_map(|item| closures::cut_in_constant(&item.tokens)) {
        diagnostics.warning(found.0, found.1);
    }
    let mut spoiled = false;
    for pipeline in &mut router.pipelines {
        if pipeline.body.stages.is_empty() && !pipeline.body.faulty {
            let place = if pipeline.name.given { pipeline.name.literal.span() } else { pipeline.body.reach.first };
            diagnostics.warning(Reach::of(place), messages::empty_pipeline(&pipeline.name.text));
        }
        let errors = diagnostics.errors();
        settings::check(&mut pipeline.body, &named, diagnostics);
        stages::check(&mut pipeline.body, &lets, diagnostics);
        boundaries::check(&mut pipeline.body, diagnostics);
        stages::check_functions(&mut pipeline.body, &router.items, diagnostics);
        let items = match &pipeline.input {
            None => Items::Events,
            Some(input) => conditions::plain(input).map_or(Items::Other, Items::Plain),
        };
        let before = diagnostics.errors();
        conditions::check(&mut pipeline.body, items, &lets, &router.lets, diagnostics);
        if let Some(key) = &mut pipeline.subscription.by {
            conditions::check_keys(&mut key.fields, items, &lets, &router.lets, diagnostics);
        }
        spoiled |= diagnostics.errors() > before;
        if pipeline.input.is_none() {
            templates::check(&mut pipeline.body, &lets, diagnostics);
        }
        calls::check(pipeline, diagnostics);
        endings::check(pipeline, diagnostics);
        // what is wrong may be what makes the rest look odd
        if !pipeline.faulty && diagnostics.errors() == errors {
            lints::check(pipeline, &lets, diagnostics);
        }
    }
    if spoiled {
        router.lets.iter_mut().for_each(closures::without_open_type);
    }
    topics::check(&router.pipelines, &router.topics, diagnostics);
}

/// Checks a fragment where it is written, and so once, however often it is used.
fn fragment(fragment: &mut Fragment, items: Items, lets: &[Ident], values: &[Let], diagnostics: &mut Diagnostics) {
    let lets: Vec<Ident> = lets.iter().chain(fragment.parameters().iter().map(|one| &one.name)).cloned().collect();
    let errors = diagnostics.errors();
    if fragment.body.stages.is_empty() && !fragment.body.faulty {
        diagnostics.warning(Reach::of(fragment.name.span()), messages::empty_block("fragment"));
    }
    stages::check(&mut fragment.body, &lets, diagnostics);
    conditions::check(&mut fragment.body, items, &lets, values, diagnostics);
    endings::check_branches(&fragment.body, &fragment.allowed, diagnostics);
    if !fragment.faulty && diagnostics.errors() == errors {
        lints::check_fragment(fragment, &lets, diagnostics);
    }
}

/// The value of a string literal.
fn text_of(literal: &proc_macro2::Literal) -> String {
    syn::parse_str::<syn::LitStr>(&literal.to_string()).map(|text| text.value()).unwrap_or_default()
}
