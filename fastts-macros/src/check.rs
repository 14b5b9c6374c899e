//! What rustc cannot know: names, the arity of built-in stages, literals out of range, stages without effect.

mod conditions;
mod endings;
mod lints;
mod names;
mod stages;
mod topics;

use proc_macro2::Ident;

use crate::diagnostics::Diagnostics;
use crate::messages;
use crate::syntax::Router;
use crate::tokens::Reach;

/// Checks a whole router. What is found to be broken is marked in the tree, so that it is not written out.
pub(crate) fn router(router: &mut Router, diagnostics: &mut Diagnostics) {
    names::check(&router.pipelines, diagnostics);
    let functions = router.items.iter().filter_map(|item| item.function.clone());
    let lets: Vec<Ident> = router.lets.iter().flat_map(|one| one.names.iter().cloned()).chain(functions).collect();
    for pipeline in &mut router.pipelines {
        if pipeline.body.stages.is_empty() && !pipeline.body.faulty {
            let place = if pipeline.name.given { pipeline.name.literal.span() } else { pipeline.body.reach.first };
            diagnostics.warning(Reach::of(place), messages::empty_pipeline(&pipeline.name.text));
        }
        let errors = diagnostics.errors();
        stages::check(&mut pipeline.body, &lets, diagnostics);
        if pipeline.input.is_none() {
            conditions::check(&mut pipeline.body, &lets, diagnostics);
        }
        endings::check(pipeline, diagnostics);
        // what is wrong may be what makes the rest look odd
        if !pipeline.faulty && diagnostics.errors() == errors {
            lints::check(pipeline, &lets, diagnostics);
        }
    }
    topics::check(&router.pipelines, diagnostics);
}
