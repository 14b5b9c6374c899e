//! `stdout`: prints.

use crate::chain::context::Context;
use crate::chain::flow::{Flow, Pipe};
use crate::chain::stage::{Emit, Stage};
use crate::chain::then::Then;
use crate::chain::wiring::Wiring;
use crate::model::item::Item;
use crate::model::json::ToJson;
use crate::sink::Lines;

/// Prints every item on a line of standard output, as JSON, and passes it on.
///
/// Takes and emits events, windows and whatever else implements [`ToJson`], holds nothing. The line is copied into a buffer
/// that a thread of its own writes out; when whoever reads it does not keep up, the pipeline waits, and when nobody reads it
/// any more, lines are dropped. A drain writes out what is in the buffer, a restart of the pipeline loses nothing of it. What
/// it prints of events can be read again by `replay`.
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" { under(12); stdout; fastts_core::testing::tap } }
/// let out: Vec<Event> = testing::outputs(example(), [Event::new().with_metric(11), Event::new().with_metric(12)]);
/// assert_eq!(out, [Event::new().with_metric(11)]);
/// ```
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

    const WIRING: Wiring<I, Stdout> = Wiring::alone().passes_all();

    #[inline]
    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<I>) {
        self.lines.line(|line| I::write_json(item, line));
        out.emit(item, cx);
    }
}
