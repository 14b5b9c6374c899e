//! Finds boundaries that do not stand at the top of their pipeline.

use std::cell::RefCell;
use std::panic::Location;

thread_local! {
    static BUILT: RefCell<Vec<Built>> = const { RefCell::new(Vec::new()) };
}

/// A boundary that was built, and where it was written.
#[derive(Clone, Copy, Debug)]
struct Built {
    stage: &'static str,
    place: &'static Location<'static>,
}

/// Notes that a boundary was built.
pub(crate) fn note(stage: &'static str, place: &'static Location<'static>) {
    BUILT.with_borrow_mut(|all| all.push(Built { stage, place }));
}

/// Builds a chain; `top` says how many boundaries it has at its top.
///
/// # Panics
/// When there are others: in a block of another stage they would never be asked for what has come back.
pub(crate) fn built<R>(build: impl FnOnce() -> R, top: impl FnOnce(&R) -> usize) -> R {
    /// Puts back what an outer build has noted, also when the inner one panics.
    struct Outer(Vec<Built>);
    impl Drop for Outer {
        fn drop(&mut self) {
            BUILT.replace(std::mem::take(&mut self.0));
        }
    }
    let outer = Outer(BUILT.take());
    let chain = build();
    let found = BUILT.take();
    drop(outer);
    if found.len() > top(&chain) {
        let places: Vec<String> = found.iter().map(|one| format!("`{}` at {}", one.stage, one.place)).collect();
        let which = if found.len() == 1 { "it stands" } else { "one of them stands" };
        panic!(
            "{}: {which} in a block of another stage; boundaries stand at the top of a pipeline, where there is one of them, so move it \
             before or behind that stage, or publish to a pipeline of its own",
            places.join(", ")
        );
    }
    chain
}
