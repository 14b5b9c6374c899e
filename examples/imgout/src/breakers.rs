//! A stage that gives the breakers of the router to what they guard.

use fastts_server::{Context, Emit, Flow, Item, Pipe, Stage, Then};

use crate::parts::Parts;

/// Gives the parts the breakers of the router when the pipeline starts, and passes everything on.
pub fn breakers<I: Item, S: Stage<I, Out = E>, E: Item, F: Flow<In = I, Item = E, Stage = S>>(
    flow: F,
    parts: Parts,
) -> Pipe<I, Then<S, Breakers>> {
    flow.into_pipe().then(Breakers(parts))
}

/// The stage of [`breakers`].
#[derive(Clone)]
pub struct Breakers(Parts);

impl<I: Item> Stage<I> for Breakers {
    type Out = I;

    fn start(&mut self, cx: &mut Context) {
        self.0.open(cx.breakers());
    }

    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<I>) {
        out.emit(item, cx);
    }
}
