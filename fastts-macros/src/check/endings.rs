//! Pipelines and branches that end in a stage without effect, so that what it emits is lost.

use crate::diagnostics::Diagnostics;
use crate::lint::Lint;
use crate::messages;
use crate::syntax::{Block, Kind, Pipeline, Stage};
use crate::table::Emits;
use crate::tokens::Reach;

pub(super) fn check(pipeline: &Pipeline, diagnostics: &mut Diagnostics) {
    let allowed = pipeline.allowed.contains(&Lint::NoEffect);
    // what comes out of a pipeline that is called is the reply
    if !allowed && pipeline.reply.is_none() {
        ending(&pipeline.body, &format!("pipeline \"{}\"", pipeline.name.text), diagnostics);
    }
    inside(&pipeline.body, allowed, diagnostics);
}

/// Looks at the branches in a fragment; where it ends, a pipeline may go on.
pub(super) fn check_branches(body: &Block, allowed: &[Lint], diagnostics: &mut Diagnostics) {
    inside(body, allowed.contains(&Lint::NoEffect), diagnostics);
}

fn ending(block: &Block, what: &str, diagnostics: &mut Diagnostics) {
    if let Some(stage) = transform_at_end(block) {
        diagnostics.warning(Reach::of(stage.reach.first), messages::ends_in_transform(what));
    }
}

/// What the branches of a `tee` emit is dropped, so each must end in an effect, wherever the `tee` stands.
fn inside(block: &Block, allowed: bool, diagnostics: &mut Diagnostics) {
    for stage in &block.stages {
        match &stage.kind {
            Kind::Tee { branches, .. } => {
                for branch in branches {
                    empty(branch, "branch", diagnostics);
                    if !allowed {
                        ending(branch, "this branch", diagnostics);
                    }
                    inside(branch, allowed, diagnostics);
                }
            }
            Kind::Split { arms, otherwise, .. } => {
                arms.iter().map(|arm| &arm.block).chain(otherwise).for_each(|block| inside(block, allowed, diagnostics));
            }
            Kind::Call(call) => {
                if let Some(block) = &call.block {
                    if call.builtin.is_some() {
                        empty(block, "block", diagnostics);
                    }
                    inside(block, allowed, diagnostics);
                }
            }
            // a fragment was looked at where it is written
            Kind::Fragment(_) | Kind::Where(_) | Kind::Change { .. } | Kind::Let(_) | Kind::Unknown(_) => {}
        }
    }
}

fn empty(block: &Block, what: &str, diagnostics: &mut Diagnostics) {
    if block.stages.is_empty() && !block.faulty {
        diagnostics.warning(Reach::of(block.reach.first), messages::empty_block(what));
    }
}

/// The last stage of a block, if it has no effect. A stage of the user's may have one, and so may a stage with a mistake in it.
fn transform_at_end(block: &Block) -> Option<&Stage> {
    let last = block.stages.last().filter(|last| last.broken.is_none() && !block.faulty)?;
    match &last.kind {
        Kind::Call(call) => match (call.builtin?.emits, &call.block) {
            // what the stage does not pass on goes into the block, which does something with it
            (Emits::SameType, Some(block)) => transform_at_end(block).map(|_| last),
            (Emits::SameType | Emits::NewType, _) => Some(last),
            (Emits::BlockItems, Some(block)) => transform_at_end(block),
            _ => None,
        },
        Kind::Fragment(used) => transform_at_end(&used.body).map(|_| last),
        Kind::Where(_) | Kind::Change { .. } => Some(last),
        Kind::Split { arms, otherwise, .. } => {
            let mut blocks = arms.iter().map(|arm| &arm.block).chain(otherwise);
            blocks.all(|block| !block.faulty && (block.stages.is_empty() || transform_at_end(block).is_some())).then_some(last)
        }
        Kind::Tee { .. } | Kind::Let(_) | Kind::Unknown(_) => None,
    }
}
