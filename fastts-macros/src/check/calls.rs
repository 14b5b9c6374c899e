//! Pipelines that are called: their stages have to emit one item at most for each that goes in, at once.

use crate::diagnostics::Diagnostics;
use crate::messages;
use crate::syntax::{Arguments, Block, Call, Kind, Pipeline, Stage};
use crate::table::Replies;
use crate::tokens::Reach;

/// Refuses stages that cannot promise it. What the branches of a `tee` emit goes nowhere, so anything may stand there; what a
/// function of the user's does nobody knows.
pub(super) fn check(pipeline: &mut Pipeline, diagnostics: &mut Diagnostics) {
    if pipeline.reply.is_some() {
        block(&mut pipeline.body, diagnostics);
    }
}

fn block(block: &mut Block, diagnostics: &mut Diagnostics) {
    block.stages.iter_mut().for_each(|one| stage(one, diagnostics));
}

fn stage(stage: &mut Stage, diagnostics: &mut Diagnostics) {
    if let Kind::Tee { .. } = &stage.kind {
        return;
    }
    if stage.broken.is_none()
        && let Some((place, message)) = refused(stage)
    {
        stage.broken = Some(diagnostics.error(place, message));
        return;
    }
    stage.blocks_mut().for_each(|one| block(one, diagnostics));
}

fn refused(stage: &Stage) -> Option<(Reach, messages::Message)> {
    let place = Reach::of(stage.reach.first);
    match &stage.kind {
        Kind::Call(call) => {
            let row = call.builtin?;
            let message = match row.replies {
                Replies::Once => return None,
                Replies::LaterWith(count) if positional(call) < count => return None,
                Replies::Later | Replies::LaterWith(_) => messages::replies_later(row.name, &stage.text),
                Replies::Often => messages::replies_often(row.name),
            };
            Some((place, message))
        }
        Kind::Change { verb, .. } if verb == "fill_in_last" => Some((place, messages::replies_later("fill_in_last", &stage.text))),
        _ => None,
    }
}

fn positional(call: &Call) -> usize {
    match &call.arguments {
        Arguments::Parsed { positional, .. } => positional.len(),
        Arguments::Fenced(_) | Arguments::Typed(_) | Arguments::Faulty => 0,
    }
}
