//! Between two stages: what is no flow, for which an error was reported, is kept from the stages behind it.
//!
//! Every stage asks again whether all before it is sound, so one mistake would be reported at each of them. A gate lets a flow
//! pass as it is; of anything else it makes a value whose type is left open. rustc, which has reported an error, does not ask
//! what the type is and finds no fault with what is done to it.

use crate::chain::flow::Flow;

/// What a stage returned.
#[derive(Debug)]
pub struct Returned<T>(pub T);

impl<T: Flow> Returned<T> {
    /// Returns the flow.
    #[inline]
    pub fn flow(self) -> T {
        self.0
    }
}

/// Is asked for a method when the type itself has none: when what a stage returned is no flow.
pub trait NoFlow: Sized {
    /// Returns a value of any type; never called, since what calls it does not compile.
    fn flow<ThisStageReturnsNoFlow>(self) -> ThisStageReturnsNoFlow {
        unreachable!("a router whose stages do not fit together does not compile")
    }
}

impl<T> NoFlow for Returned<T> {}

/// Marks what a stage of the user's returned: when that is no flow and no error was reported, rustc says so then.
pub trait Marked: Sized {
    /// Notes that all that was appended after the written stages before it is this one, counted in its block.
    fn __marked(self, written: usize) -> Self;
}

impl<T: Flow> Marked for T {
    fn __marked(self, written: usize) -> T {
        self.marked(written)
    }
}

/// The value of a `let` that pipelines mention.
#[derive(Debug)]
pub struct Value<'a, T>(pub &'a T);

impl<T: Clone + Send + Sync> Value<'_, T> {
    /// Clones it for the pipelines.
    pub fn shared(self) -> T {
        self.0.clone()
    }
}

/// Is asked for a method when the type itself has none: when the value cannot be shared.
pub trait NotShared: Sized {
    /// What the value is.
    type Value;

    /// Refuses the value. What would be shared is of any type, so that no stage that mentions it is blamed as well.
    fn shared<T>(self) -> T
    where
        Self::Value: Shared,
    {
        unreachable!("a router with a `let` that cannot be shared does not compile")
    }
}

impl<T> NotShared for Value<'_, T> {
    type Value = T;
}

/// Is implemented by nothing: what can be shared is never asked for it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be shared by pipelines, which run in several threads",
    label = "a `let` of a router is `Clone + Send + Sync`",
    note = "use `Arc` instead of `Rc`, `Mutex` instead of `RefCell`, or make the value inside the stage"
)]
pub trait Shared {}
