//! The names of pipelines and groups: not empty, printable, not too long, and no two alike.

use crate::diagnostics::Diagnostics;
use crate::messages;
use crate::syntax::{Name, Pipeline, Router};
use crate::tokens::Reach;

const LONGEST: usize = 128;

pub(super) fn check(router: &Router, diagnostics: &mut Diagnostics) {
    pipelines(&router.pipelines, diagnostics);
    for (at, group) in router.groups.iter().enumerate().filter(|(_, group)| group.name.given) {
        let (name, reach) = (&group.name, Reach::of(group.name.literal.span()));
        if is_wrong("group", name, diagnostics) {
            continue;
        }
        let pipelines = router.pipelines.iter().map(|one| ("pipeline", &one.name, &one.conditions));
        let groups = router.groups.iter().take(at).map(|one| ("group", &one.name, &one.conditions));
        let certain = pipelines.chain(groups).filter(|(.., conditions)| conditions.is_empty() && group.conditions.is_empty());
        if let Some((what, other, _)) = certain.filter(|(_, other, _)| other.given).find(|(_, other, _)| other.text == name.text) {
            diagnostics.error(reach, messages::group_name_twice(&name.text, what, other.literal.span().start().line));
        }
    }
}

/// Reports a name that cannot be one.
fn is_wrong(what: &str, name: &Name, diagnostics: &mut Diagnostics) -> bool {
    let message = if name.text.trim().is_empty() {
        messages::name_empty(what)
    } else if let Some(found) = name.text.chars().find(|one| one.is_control()) {
        messages::name_unprintable(what, found)
    } else if name.text.len() > LONGEST {
        messages::name_too_long(what, name.text.len())
    } else {
        return false;
    };
    diagnostics.error(Reach::of(name.literal.span()), message);
    true
}

fn pipelines(pipelines: &[Pipeline], diagnostics: &mut Diagnostics) {
    for (at, pipeline) in pipelines.iter().enumerate().filter(|(_, pipeline)| pipeline.name.given) {
        let name = &pipeline.name;
        let reach = Reach::of(name.literal.span());
        if is_wrong("pipeline", name, diagnostics) {
            continue;
        }
        // pipelines under `#[cfg]` may well exclude each other
        let earlier =
            || pipelines.iter().take(at).filter(|one| one.name.given && one.conditions.is_empty() && pipeline.conditions.is_empty());
        if let Some(first) = earlier().find(|one| one.name.text == name.text) {
            let line = first.name.literal.span().start().line;
            diagnostics.error(reach, messages::name_twice(&name.text, line));
        } else if let Some(first) = earlier().find(|one| folded(&one.name.text) == folded(&name.text)) {
            diagnostics.warning(reach, messages::names_alike(&first.name.text, &name.text));
        }
    }
}

/// The name without blanks and capitals, which are easily overlooked.
fn folded(name: &str) -> String {
    name.chars().filter(|one| !one.is_whitespace()).flat_map(char::to_lowercase).collect()
}
