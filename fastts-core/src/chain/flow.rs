//! A pipeline being built: what stage functions take and return.

use std::fmt;
use std::marker::PhantomData;

use crate::chain::marks::Marks;
use crate::chain::stage::Stage;
use crate::chain::then::{Start, Then};
use crate::model::item::Item;

/// A pipeline being built: takes `I`, and runs `S` so far.
pub struct Pipe<I, S> {
    stage: S,
    marks: Marks,
    item: PhantomData<fn(I)>,
}

impl<I: Item> Pipe<I, Start> {
    /// Begins a pipeline.
    pub fn start() -> Pipe<I, Start> {
        Pipe { stage: Start, marks: Marks::default(), item: PhantomData }
    }
}

impl<I, S> Pipe<I, S> {
    /// Appends a stage; the way to write a stage function of one's own.
    pub fn then<L>(mut self, stage: L) -> Pipe<I, Then<S, L>> {
        self.marks.append();
        Pipe { stage: Then::new(self.stage, stage), marks: self.marks, item: PhantomData }
    }

    /// Appends a stage that holds blocks, which were marked like this.
    pub(crate) fn then_holding<L>(self, stage: L, blocks: impl IntoIterator<Item = Marks>) -> Pipe<I, Then<S, L>> {
        let mut pipe = self.then(stage);
        pipe.marks.holds(blocks);
        pipe
    }

    /// Notes that the first written stage of a block comes now, whatever the function that got the block has put before it.
    pub(crate) fn begun(mut self) -> Pipe<I, S> {
        self.marks.begin();
        self
    }

    /// Notes that all that was appended after the written stages before it is this one, counted in its block.
    #[doc(hidden)]
    pub fn marked(mut self, written: usize) -> Pipe<I, S> {
        self.marks.mark(written);
        self
    }

    /// Returns the stage that was built.
    pub fn into_stage(self) -> S {
        self.stage
    }

    /// Returns the stage that was built, and how it is marked.
    pub(crate) fn into_parts(self) -> (S, Marks) {
        (self.stage, self.marks)
    }
}

impl<I: Item, S, L> Pipe<I, Then<S, L>> {
    /// Sets options of the stage just appended: `changed(state, init = "ok")` is `changed(…).configure(|stage| stage.init("ok"))`.
    pub fn configure<M>(self, set: impl FnOnce(L) -> M) -> Pipe<I, Then<S, M>> {
        Pipe { stage: self.stage.map_last(set), marks: self.marks, item: PhantomData }
    }
}

impl<I, S> fmt::Debug for Pipe<I, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(std::any::type_name::<S>())
    }
}

/// A pipeline being built, whatever it is made of; what a stage function takes first and returns.
///
/// ```
/// use fastts_core::{Event, Flow, stages};
///
/// /// Passes on what is cheap, tagged as such.
/// fn cheap<F: Flow<Item = Event>>(flow: F, limit: f64) -> impl Flow<In = F::In, Item = Event> {
///     stages::tag(stages::under(flow, limit), "cheap")
/// }
/// # let _ = cheap(fastts_core::Pipe::start(), 3.0);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a flow of events",
    label = "expected the flow so far",
    note = "the first argument of a stage function is the flow so far, and it returns a flow"
)]
pub trait Flow: Sized {
    /// What goes in at the top.
    type In: Item;
    /// What comes out here.
    type Item: Item;
    /// The stages so far.
    type Stage: Stage<Self::In, Out = Self::Item>;

    /// Returns the pipeline itself.
    fn into_pipe(self) -> Pipe<Self::In, Self::Stage>;

    /// As [`Pipe::marked`].
    #[doc(hidden)]
    fn marked(self, written: usize) -> Self {
        let _ = written;
        self
    }
}

impl<I: Item, S: Stage<I>> Flow for Pipe<I, S> {
    type In = I;
    type Item = S::Out;
    type Stage = S;

    fn into_pipe(self) -> Pipe<I, S> {
        self
    }

    fn marked(self, written: usize) -> Pipe<I, S> {
        Pipe::marked(self, written)
    }
}
