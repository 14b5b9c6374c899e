//! What an editor needs of an expansion that a compiler does not.
//!
//! rust-analyzer finds out what a name is from what became of it in the expansion, by its place. While somebody types it expands
//! the router twice, as it is and with a name put in at the cursor, and looks up in the first what stands at the same offset of
//! the second. So for an editor both are written alike as far as the cursor: nothing is left out for a mistake, and what Rust
//! cannot parse goes out as it was written, since rust-analyzer reads on behind it. rustc never sees any of this.

use std::path::Path;
use std::sync::LazyLock;

use proc_macro2::{Span, TokenStream};

use crate::syntax::{Arguments, Block, Expression, Kind, Names, Places, Router, Stage, Support, Value};

/// Tells whether it is rust-analyzer that expands the router.
pub(crate) fn is_asking() -> bool {
    static ASKING: LazyLock<bool> = LazyLock::new(|| {
        let program = std::env::current_exe().unwrap_or_default();
        program.file_name().map(Path::new).is_some_and(|name| name.to_string_lossy().starts_with("rust-analyzer"))
    });
    #[cfg(test)]
    if PRETENDED.get() {
        return true;
    }
    *ASKING
}

/// Makes of a router, as it was parsed, what an editor needs: nothing is left out for a mistake, and nothing stands beside what was
/// written that only rustc needs.
pub(crate) fn prepare(mut router: Router) -> Router {
    router.support = Support {
        // an editor is shown what was written and nothing else
        gates: false,
        heads: false,
        conditional_taps: false,
        // half of an expression has no closures yet
        moves: false,
        allows_unused: true,
        // it offers those that are not mentioned yet
        all_lets: true,
        // what begins like the name of a stage may become another's
        names: Names::Glob,
        // every name that has the user's own place would be one more thing that the user might mean
        places: Places::Point,
    };
    router.pipelines.iter_mut().for_each(|pipeline| block(&mut pipeline.body));
    router
}

fn block(block: &mut Block) {
    block.awaited = block.stages.is_empty();
    block.stages.iter_mut().for_each(stage);
}

fn stage(stage: &mut Stage) {
    stage.broken = None;
    match &mut stage.kind {
        Kind::Call(call) => arguments(&mut call.arguments),
        Kind::Where(condition) => expression(condition),
        Kind::Change { changes, .. } => changes.iter_mut().for_each(|change| expression(&mut change.value)),
        Kind::Split { arms, .. } => arms.iter_mut().for_each(|arm| expression(&mut arm.condition)),
        Kind::Tee { .. } | Kind::Let(_) | Kind::Unknown(_) => {}
    }
    stage.blocks_mut().for_each(block);
}

fn arguments(arguments: &mut Arguments) {
    match arguments {
        Arguments::Parsed { positional, .. } => {
            for argument in positional {
                if let Value::Key(written) | Value::Condition(written) = &mut argument.value {
                    expression(written);
                }
            }
        }
        // rust-analyzer reads on behind what Rust cannot parse
        Arguments::Fenced(tokens) => *arguments = Arguments::Typed(std::mem::take(tokens)),
        Arguments::Typed(_) | Arguments::Faulty => {}
    }
}

fn expression(written: &mut Expression) {
    match written {
        // where a field is missing somebody is about to type it
        Expression::Hole(hole) => *written = Expression::Name(hole.name()),
        Expression::Unfinished { written: half, .. } => {
            let mut half = std::mem::replace(&mut **half, Expression::Arguments(TokenStream::new()));
            expression(&mut half);
            *written = half;
        }
        other => other.operands_mut().into_iter().for_each(expression),
    }
}

impl Places {
    /// The place of what the macro writes beside something of the user's.
    pub(crate) fn beside(self, span: Span) -> Span {
        // in the macro's own tests there is no compiler to ask
        if self == Places::Point && proc_macro::is_available() { span.unwrap().start().into() } else { span }
    }
}

#[cfg(test)]
thread_local! {
    static PRETENDED: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
}

/// Runs something as if an editor was asking.
#[cfg(test)]
pub(crate) fn pretend<T>(run: impl FnOnce() -> T) -> T {
    PRETENDED.set(true);
    let result = run();
    PRETENDED.set(false);
    result
}
