//! Where inside a function of the user's an item ended.

use fastts_core::{Outline, Place, Step, Time};

use super::super::graph::tree::short_type;

/// Where an item came to last.
pub(super) struct End {
    /// Which stage that is; empty when the function is one stage whose inside is not known.
    pub(super) place: String,
    /// When its timer fires.
    pub(super) due: Option<Time>,
}

/// Finds the stage that an item came to last of those that a function appends; `steps` is what the item came to from the function on.
pub(super) fn end(place: &Place, steps: &[Step]) -> Option<End> {
    let (step, stages) = steps.iter().rev().find_map(|step| Some((step, stages(place, step)?)))?;
    let words = |(index, count, name): &(usize, usize, String)| format!("stage {} of {count}, {name}", index + 1);
    let place = match &stages[..] {
        [] | [(_, 1, _)] => String::new(),
        [own] => format!("it is in its {}", words(own)),
        [own, inner @ ..] => {
            let inner: Vec<String> = inner.iter().map(words).collect();
            format!("it is in its {}, and in the block there in {}", words(own), inner.join(", and there in "))
        }
    };
    Some(End { place, due: step.due })
}

/// Follows the way to a step inside a function: of each chain the number of the stage, how many there are, and the name of its type;
/// `None` when the step is not in the function, or is the end of a chain.
fn stages(place: &Place, step: &Step) -> Option<Vec<(usize, usize, String)>> {
    let mut way = step.path.strip_prefix(&place.path[..])?;
    let mut chain: &[Outline] = &place.parts;
    let mut first = place.range.start;
    let mut found = Vec::new();
    while let [index, rest @ ..] = way {
        let index = index.checked_sub(first)?;
        let stage = chain.get(index)?;
        found.push((index, chain.len(), name(stage)));
        let [block, inner @ ..] = rest else { break };
        (way, chain, first) = (inner, stage.blocks.get(*block)?, 0);
    }
    Some(found)
}

/// Names a stage by its type; what holds a block has the whole block in its type.
fn name(stage: &Outline) -> String {
    let name = short_type(stage.stage);
    match name.split_once('<') {
        Some((name, _)) if !stage.blocks.is_empty() => name.to_owned(),
        _ => name,
    }
}
