//! The names of pipelines: not empty, printable, not too long, and no two alike.

use crate::diagnostics::Diagnostics;
use crate::messages;
use crate::syntax::Pipeline;
use crate::tokens::Reach;

const LONGEST: usize = 128;

pub(super) fn check(pipelines: &[Pipeline], diagnostics: &mut Diagnostics) {
    for (at, pipeline) in pipelines.iter().enumerate().filter(|(_, pipeline)| pipeline.name.given) {
        let name = &pipeline.name;
        let reach = Reach::of(name.literal.span());
        if name.text.trim().is_empty() {
            diagnostics.error(reach, messages::name_empty());
            continue;
        }
        if let Some(found) = name.text.chars().find(|one| one.is_control()) {
            diagnostics.error(reach, messages::name_unprintable(found));
            continue;
        }
        if name.text.len() > LONGEST {
            diagnostics.error(reach, messages::name_too_long(name.text.len()));
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
