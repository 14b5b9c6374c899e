//! `stdout`: prints.

use crate::flow::{Flow, Pipe};
use crate::item::Item;
use crate::json::ToJson;
use crate::sink::Lines;
use crate::stage::{Context, Emit, Stage, Then};

/// Prints every item on a line of standard output, as JSON, and passes it on.
///
/// Takes and emits events, windows and whatever else implements [`ToJson`]. The line is copied into a buffer that a thread
/// of its own writes out; when whoever reads it does not keep up, the pipeline waits. What it prints of events can be read
/// again by `replay`.
pub fn stdout<I: Item, E: ToJson, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(flow: F) -> Pipe<I, Then<S, Stdout>> {
    flow.into_pipe().then(Stdout { lines: Lines::stdout() })
}

/// The stage of [`stdout`].
#[derive(Clone, Debug)]
pub struct Stdout {
    lines: Lines,
}

impl<I: ToJson> Stage<I> for Stdout {
    type Out = I;

    #[inline]
    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<I>) {
        self.lines.line(|line| I::write_json(item, line));
        out.emit(item, cx);
    }
}
