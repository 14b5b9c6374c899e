//! Fragments are put in the place of the stages that use them, before the rest of the router is looked at.

use proc_macro2::{Ident, TokenTree};

use crate::diagnostics::{Diagnostics, Hole};
use crate::messages;
use crate::syntax::{Argument, Arguments, Block, Call, Fragment, Kind, Router, Stage, Use};
use crate::table;
use crate::tokens::Reach;

/// How many stages a fragment may become: those that use fragments grow by multiplication.
const MOST: usize = 1000;

/// Checks the names of fragments.
pub(crate) fn check_names(fragments: &[Fragment], diagnostics: &mut Diagnostics) {
    for (at, fragment) in fragments.iter().enumerate() {
        let (name, reach) = (fragment.name.to_string(), Reach::of(fragment.name.span()));
        let earlier = fragments.iter().take(at).find(|one| one.name == fragment.name);
        if let Some(first) = earlier {
            diagnostics.error(reach, messages::fragment_twice(&name, first.name.span().start().line));
        } else if table::is_stage(&name) && !table::find(&name).is_some_and(|row| row.yields) {
            diagnostics.error(reach, messages::fragment_like_a_stage(&name));
        }
        for (at, parameter) in fragment.parameters().iter().enumerate() {
            if fragment.parameters().iter().take(at).any(|one| one.name == parameter.name) {
                let reach = Reach::of(parameter.name.span());
                diagnostics.error(reach, messages::parameter_twice(&parameter.name.to_string()));
            }
        }
    }
}

/// Takes the names of fragments for theirs, also those that a built-in stage has, which was reported.
pub(crate) fn claim_names(router: &mut Router) {
    fn claim(block: &mut Block, names: &[Ident]) {
        for stage in &mut block.stages {
            if let Kind::Call(call) = &mut stage.kind
                && let [TokenTree::Ident(name)] = call.path.as_slice()
                && names.contains(name)
            {
                call.builtin = None;
            }
            stage.blocks_mut().for_each(|block| claim(block, names));
        }
    }
    let names: Vec<Ident> = router.fragments.iter().map(|one| one.name.clone()).collect();
    let bodies = router.pipelines.iter_mut().map(|one| &mut one.body).chain(router.fragments.iter_mut().map(|one| &mut one.body));
    bodies.for_each(|body| claim(body, &names));
}

/// Puts fragments in the place of the stages that use them, in fragments too.
pub(crate) fn inline(router: &mut Router, diagnostics: &mut Diagnostics) {
    let fragments = std::mem::take(&mut router.fragments);
    let all = fragments.iter().map(|one| one.name.clone()).collect();
    let mut inliner = Inliner { all, known: Vec::new(), inside: None, used: Vec::new(), diagnostics };
    for mut fragment in fragments {
        inliner.inside = Some(fragment.name.clone());
        inliner.block(&mut fragment.body);
        inliner.limit(&mut fragment);
        inliner.known.push(fragment);
    }
    inliner.inside = None;
    router.pipelines.iter_mut().for_each(|pipeline| inliner.block(&mut pipeline.body));
    let Inliner { known, used, .. } = inliner;
    router.fragments = known;
    unused(router, &used, diagnostics);
}

/// Warns of fragments that nobody uses. Where there are mistakes, one may be what keeps it from being used.
fn unused(router: &Router, used: &[Ident], diagnostics: &mut Diagnostics) {
    let meant = misspelled(router);
    let alone = |name: &&Ident| !used.contains(name) && !meant.contains(name) && !name.to_string().starts_with('_');
    // of an empty one enough is said
    let fragments = router.fragments.iter().filter(|one| !one.body.stages.is_empty());
    for name in fragments.map(|one| &one.name).filter(alone).filter(|_| !diagnostics.has_errors()).collect::<Vec<_>>() {
        diagnostics.warning(Reach::of(name.span()), messages::unused_fragment(&name.to_string()));
    }
}

/// Returns the names of the fragments that stages nearly have which are neither built in nor fragments.
pub(crate) fn misspelled(router: &Router) -> Vec<&Ident> {
    fn functions(block: &Block, found: &mut Vec<String>) {
        for stage in &block.stages {
            if let Kind::Call(call) = &stage.kind
                && let ([TokenTree::Ident(name)], None) = (call.path.as_slice(), call.builtin)
            {
                found.push(name.to_string());
            }
            stage.blocks().for_each(|block| functions(block, found));
        }
    }
    let mut found = Vec::new();
    let bodies = router.pipelines.iter().map(|one| &one.body).chain(router.fragments.iter().map(|one| &one.body));
    bodies.for_each(|body| functions(body, &mut found));
    let nearly = |name: &&Ident| found.iter().any(|word| messages::suggestion(word, &[&name.to_string()]).is_some());
    router.fragments.iter().map(|one| &one.name).filter(nearly).collect()
}

struct Inliner<'d> {
    /// The names of all fragments.
    all: Vec<Ident>,
    /// The fragments above.
    known: Vec<Fragment>,
    /// The fragment whose stages these are.
    inside: Option<Ident>,
    used: Vec<Ident>,
    diagnostics: &'d mut Diagnostics,
}

impl Inliner<'_> {
    fn block(&mut self, block: &mut Block) {
        block.stages.iter_mut().for_each(|stage| self.stage(stage));
    }

    fn stage(&mut self, stage: &mut Stage) {
        stage.blocks_mut().for_each(|block| self.block(block));
        let Kind::Call(call) = &mut stage.kind else { return };
        let ([TokenTree::Ident(name)], None) = (call.path.as_slice(), call.builtin) else { return };
        let name = name.clone();
        // of two of one name the first is meant; the second was reported
        let Some(fragment) = self.known.iter().find(|one| one.name == name).cloned() else {
            if self.all.contains(&name) {
                stage.broken = stage.broken.or(self.above(&name));
                self.used.push(name);
            }
            return;
        };
        let head = Reach { first: stage.reach.first, last: call.head_end(stage.reach.last) };
        let found = self.mistake(call, &fragment, head);
        let Arguments::Parsed { positional, .. } = &call.arguments else {
            let (parameters, body) = (fragment.parameters.unwrap_or_default(), fragment.body);
            stage.kind = Kind::Fragment(Box::new(Use { name: name.clone(), parameters, arguments: Vec::new(), body }));
            return self.used.push(name);
        };
        let (parameters, arguments, body) = (fragment.parameters.unwrap_or_default(), positional.clone(), fragment.body);
        stage.kind = Kind::Fragment(Box::new(Use { name: name.clone(), parameters, arguments, body }));
        stage.broken = stage.broken.or(found);
        self.used.push(name);
    }

    /// Reports a fragment that uses itself, or one that stands below it.
    fn above(&mut self, name: &Ident) -> Option<Hole> {
        let inside = self.inside.as_ref()?;
        let message = match inside == name {
            true => messages::fragment_in_itself(&name.to_string()),
            false => messages::fragment_below(&name.to_string(), &inside.to_string()),
        };
        Some(self.diagnostics.error(Reach::of(name.span()), message))
    }

    /// Reports a use that does not fit the fragment.
    fn mistake(&mut self, call: &mut Call, fragment: &Fragment, head: Reach) -> Option<Hole> {
        let name = fragment.name.to_string();
        let parameters: Vec<String> = fragment.parameters.as_ref()?.iter().map(|one| one.name.to_string()).collect();
        let usage = if parameters.is_empty() { name.clone() } else { format!("{name}({})", parameters.join(", ")) };
        if let Some(block) = call.block.take() {
            self.diagnostics.error(Reach::of(block.reach.first), messages::unwanted_block(&name, &format!("{usage}; stdout")));
        }
        let Arguments::Parsed { positional, options } = &call.arguments else { return None };
        let wanted = parameters.len();
        let message = if let Some(option) = options.first() {
            let given = positional.iter().map(|one| (String::new(), one.text.clone()));
            let given: Vec<_> = given.chain(options.iter().map(|one| (one.name.to_string(), one.value.text()))).collect();
            let reach = Reach { first: option.name.span(), last: option.value.reach(option.name.span()).last };
            return Some(self.diagnostics.error(reach, messages::named_arguments(&name, &usage, &given)));
        } else if positional.len() < wanted {
            messages::too_few_arguments(&name, &usage, wanted, Some(wanted))
        } else if positional.len() > wanted {
            messages::too_many_arguments(&name, &usage, &[], (wanted, wanted), positional.len())
        } else {
            return None;
        };
        let extra = positional.get(wanted..).unwrap_or_default();
        let reach = match (extra.first(), extra.last()) {
            (Some(Argument { reach: first, .. }), Some(Argument { reach: last, .. })) => first.to(*last),
            _ => head,
        };
        Some(self.diagnostics.error(reach, message))
    }

    /// Refuses a fragment that has become too large, and empties it.
    fn limit(&mut self, fragment: &mut Fragment) {
        if size(&fragment.body) > MOST {
            let reach = Reach::of(fragment.name.span());
            self.diagnostics.error(reach, messages::fragment_too_large(&fragment.name.to_string(), MOST));
            fragment.body.stages.clear();
        }
    }
}

/// How many stages a block holds, those inside of others included.
fn size(block: &Block) -> usize {
    block.stages.iter().map(|stage| 1 + stage.blocks().map(size).sum::<usize>()).sum()
}
