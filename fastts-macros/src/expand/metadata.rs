//! What `graph`, `check` and `why` show: the stages of a pipeline as one string, a line a stage.

use crate::syntax::{Block, Kind, Stage};
use crate::tokens::{Reach, squeezed};

/// The stages of a block in source order: `depth \t line \t column \t name \t text`.
pub(super) fn describe(block: &Block) -> String {
    let mut lines = Vec::new();
    block_lines(block, 0, &mut lines);
    lines.join("\n")
}

fn block_lines(block: &Block, depth: usize, lines: &mut Vec<String>) {
    for stage in &block.stages {
        stage_lines(stage, depth, lines);
    }
}

fn stage_lines(stage: &Stage, depth: usize, lines: &mut Vec<String>) {
    match &stage.kind {
        Kind::Call(call) => {
            let name: String = call.path.iter().map(ToString::to_string).collect();
            // written in one way, so that the core can read the topic off it
            let text = call.topic().map_or_else(|| stage.text.clone(), |topic| format!("publish(\"{}\")", topic.text));
            lines.push(line(depth, stage.reach, &name, &text));
            if let Some(block) = &call.block {
                block_lines(block, depth + 1, lines);
            }
        }
        Kind::Where(_) => lines.push(line(depth, stage.reach, "where", &stage.text)),
        Kind::Change { verb, .. } => lines.push(line(depth, stage.reach, &verb.to_string(), &stage.text)),
        Kind::Tee { branches, .. } => {
            lines.push(line(depth, stage.reach, "tee", &stage.text));
            for branch in branches {
                lines.push(line(depth + 1, branch.reach, "branch", ""));
                block_lines(branch, depth + 2, lines);
            }
        }
        Kind::Split { arms, otherwise, .. } => {
            lines.push(line(depth, stage.reach, "split", &stage.text));
            for arm in arms {
                lines.push(line(depth + 1, arm.reach, "arm", &arm.text));
                block_lines(&arm.block, depth + 2, lines);
            }
            if let Some(block) = otherwise {
                lines.push(line(depth + 1, block.reach, "arm", "_"));
                block_lines(block, depth + 2, lines);
            }
        }
        Kind::Let(_) | Kind::Unknown(_) => {}
    }
}

fn line(depth: usize, reach: Reach, name: &str, text: &str) -> String {
    let start = reach.first.start();
    // columns count from 1, as editors do
    format!("{depth}\t{}\t{}\t{name}\t{}", start.line, start.column + 1, squeezed(text))
}
