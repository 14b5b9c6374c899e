//! What rust-analyzer needs of an expansion and rustc does not: one pass over the tree, before the one writer.
//!
//! rust-analyzer finds out what a name means by looking for the name, by its place in the file, in the expansion. To complete a
//! word it expands the router twice: as it is, and with a made-up name at the cursor. Then it looks at the same offset of both
//! expansions. So both have to be equal up to the cursor, and that holds if nothing is left out for a mistake. What Rust cannot
//! parse goes out as it was written: rust-analyzer goes on behind a syntax error, other than rustc.

use std::path::Path;
use std::sync::LazyLock;

use proc_macro2::{Span, TokenStream};

use crate::diagnostics::Diagnostics;
use crate::fragments;
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

/// Turns a router as it was parsed into one whose expansion suits an editor: nothing in it is left out for a mistake, and
/// nothing is added to it that only rustc needs.
pub(crate) fn prepare(mut router: Router) -> Router {
    router.support = Support {
        // a chain of plain calls shows the types of the user's stages
        gates: false,
        marks: false,
        heads: false,
        conditional_taps: false,
        // an expression that is half typed has no closures yet, and would have them with the next letter
        moves: false,
        allows_unused: true,
        // the editor also offers a `let` that no stage mentions yet
        all_lets: true,
        // `und` may become `under`, so it must not be looked up elsewhere than `under` is
        names: Names::Glob,
        // a name of the macro's at the place of the user's would be taken for a second meaning of it
        places: Places::Point,
        fragments: true,
    };
    // what is wrong with their uses is told by the check
    fragments::claim_names(&mut router);
    fragments::inline(&mut router, &mut Diagnostics::default());
    router.fragments.iter_mut().for_each(|fragment| block(&mut fragment.body));
    router.pipelines.iter_mut().for_each(|pipeline| {
        pipeline.subscription.by.iter_mut().flat_map(|key| &mut key.fields).for_each(expression);
        block(&mut pipeline.body);
    });
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
        Kind::Fragment(_) | Kind::Tee { .. } | Kind::Let(_) | Kind::Unknown(_) => {}
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
