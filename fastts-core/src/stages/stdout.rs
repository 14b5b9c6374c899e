//! `stdout`: prints.

use std::io;

use crate::chain::context::Context;
use crate::chain::flow::{Flow, Pipe};
use crate::chain::stage::{Emit, Stage};
use crate::chain::then::Then;
use crate::chain::wiring::Wiring;
use crate::model::item::Item;
use crate::model::json::ToJson;
use crate::sink::{Lines, Options, Worker};

/// Prints every item on a line of standard output, as JSON, and passes it on.
///
/// Takes and emits events, windows and whatever else implements [`ToJson`], holds nothing. The line is copied into the queue of a
/// sink that all of the router share, and written by a thread of that; when whoever reads it does not keep up, the pipeline waits,
/// and when nobody reads it any more, lines are dropped. A drain writes out what waits, a restart of the pipeline loses nothing of
/// it. What it prints of events can be read again by `replay`. In tests a [`Driver`](crate::testing::Driver) keeps the lines; under
/// `replay` it prints.
///
/// ```
/// use fastts_core::prelude::*;
/// use fastts_core::{event, testing::Driver};
///
/// router! { pipeline "example" { under(12); stdout } }
///
/// let mut driver = Driver::new(router());
/// driver.inject_all([event! { time: 0, metric: 11 }, event! { time: 0, metric: 12 }]);
/// driver.assert_printed([r#"{"time":"1970-01-01T00:00:00Z","metric":11}"#]);
/// ```
pub fn stdout<I: Item, E: ToJson, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(flow: F) -> Pipe<I, Then<S, Stdout>> {
    flow.into_pipe().then(Stdout { sink: Worker::nobody() })
}

/// The stage of [`stdout`].
#[derive(Clone, Debug)]
pub struct Stdout {
    sink: Worker<Lines<io::Stdout>>,
}

/// How many bytes wait at most, and are written at once, give or take one line.
const WAITING: usize = 8 << 20;
const WRITTEN: usize = 64 << 10;

impl<I: ToJson> Stage<I> for Stdout {
    type Out = I;

    const WIRING: Wiring<I, Stdout> = Wiring::alone().passes_all();

    fn start(&mut self, cx: &mut Context) {
        let options = Options::new().queue(usize::MAX).bytes(WAITING).batch(usize::MAX).batch_bytes(WRITTEN).works_in_a_replay();
        self.sink = cx.sinks().open("stdout", &options, || Lines::to(io::stdout()));
    }

    #[inline]
    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<I>) {
        self.sink.text(cx.token(), |line| {
            I::write_json(item, line);
            line.push(b'\n');
        });
        out.emit(item, cx);
    }
}
