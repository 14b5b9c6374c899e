//! Boundaries, `pool` and `map_async`: where they stand, and what a worker's copy of a block cannot hold.

use crate::diagnostics::Diagnostics;
use crate::messages;
use crate::syntax::{Block, Call, Kind, Stage};
use crate::table::{Builtin, Remembers, Silence};
use crate::tokens::Reach;

/// Looks at the stages of a pipeline.
pub(super) fn check(body: &mut Block, diagnostics: &mut Diagnostics) {
    for stage in &mut body.stages {
        match &mut stage.kind {
            // the fragment stands in the place of its stages
            Kind::Fragment(used) => check(&mut used.body, diagnostics),
            Kind::Call(call) if is_boundary(call) => {
                let name = call.builtin.map_or("pool", |row| row.name);
                if let Some(block) = &mut call.block {
                    inside(block, name, true, diagnostics);
                }
            }
            kind => {
                let name = name(kind);
                stage.blocks_mut().for_each(|block| inside(block, &name, false, diagnostics));
            }
        }
    }
}

/// Looks at a block of the stage `around`; `in_pool` says that workers have copies of it.
fn inside(block: &mut Block, around: &str, in_pool: bool, diagnostics: &mut Diagnostics) {
    for stage in &mut block.stages {
        if let Some(message) = mistake(stage, around, in_pool) {
            let hole = diagnostics.error(Reach::of(stage.reach.first), message);
            stage.broken = stage.broken.or(Some(hole));
            continue;
        }
        let inner = name(&stage.kind);
        let around = if in_pool { around } else { &inner };
        stage.blocks_mut().for_each(|block| inside(block, around, in_pool, diagnostics));
    }
}

fn mistake(stage: &Stage, around: &str, in_pool: bool) -> Option<messages::Message> {
    match &stage.kind {
        Kind::Call(call) => {
            let row = call.builtin?;
            if is_boundary(call) {
                return Some(messages::boundary_in_block(row.name, around, &stage.text));
            }
            if !in_pool {
                return None;
            }
            if PUBLISHES.contains(&row.name) {
                return Some(messages::publishing_in_pool(row.name, &stage.text));
            }
            holds(row).then(|| messages::holding_in_pool(row.name, &stage.text))
        }
        Kind::Change { verb, .. } if in_pool && verb == "fill_in_last" => Some(messages::holding_in_pool("fill_in_last", &stage.text)),
        // told where the fragment is used: elsewhere it may be right
        Kind::Fragment(used) => used.body.stages.iter().find_map(|inner| mistake(inner, around, in_pool)),
        _ => None,
    }
}

/// The stages that publish what they are given.
const PUBLISHES: [&str; 4] = ["publish", "index", "delete_from_index", "delete_entry_from_index"];

/// Tells whether what a stage emits depends on more than the item at hand.
fn holds(row: &Builtin) -> bool {
    row.remembers != Remembers::Nothing || matches!(row.silence, Silence::Holds(_)) || HOLDS.contains(&row.name)
}

/// Those of which the rows do not say so.
const HOLDS: [&str; 8] = ["coalesce", "coalesce_by", "project", "join", "apdex", "top", "top_by", "expire"];

/// Tells whether a stage is a boundary.
pub(crate) fn is_boundary(call: &Call) -> bool {
    call.builtin.is_some_and(|row| matches!(row.name, "pool" | "map_async"))
}

/// What a stage with blocks is called.
fn name(kind: &Kind) -> String {
    match kind {
        Kind::Call(call) => call.path.iter().map(ToString::to_string).collect(),
        Kind::Tee { word, .. } | Kind::Split { word, .. } => word.to_string(),
        Kind::Fragment(used) => used.name.to_string(),
        Kind::Where(_) | Kind::Change { .. } | Kind::Let(_) | Kind::Unknown(_) => String::new(),
    }
}
