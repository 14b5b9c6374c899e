//! A router whose stages stand in blocks and functions. The snapshots hold its lines.

use fastts_core::{Context, Emit, Key, Pipe, Stage, Start, Then};
use fastts_server::prelude::*;
use fastts_server::stages;
use fastts_server::stages::types::Tag;

use crate::router::{cheap, same};

/// What is under 100, once a minute and host.
fn calm<F: Flow<Item = Event>>(flow: F) -> impl Flow<In = F::In, Item = Event> {
    let host = |event: EventView<'_>, key: &mut Key| key.part(event.host());
    stages::tag(stages::by(flow, host, |flow| stages::throttle(stages::under(flow, 100), 1, 60)), "calm")
}

/// Runs a block for every host, with stages of its own around it.
fn per_host<F: Flow<Item = Event>, T: Flow<In = Event, Item = Event>>(
    flow: F,
    block: impl FnOnce(Pipe<Event, Then<Start, Tag>>) -> T,
) -> impl Flow<In = F::In, Item = Event> {
    let host = |event: EventView<'_>, key: &mut Key| key.part(event.host());
    stages::by(stages::tag(flow, "before"), host, |flow| stages::tag(block(stages::tag(flow, "first")), "last"))
}

/// Runs a block by itself, so that nobody sees what happens there.
fn hidden<F: Flow<Item = Event>, T: Flow<In = Event>>(
    flow: F,
    block: impl FnOnce(Pipe<Event, Start>) -> T,
) -> Pipe<F::In, Then<F::Stage, Hidden<T::Stage>>> {
    flow.into_pipe().then(Hidden(block(Pipe::start()).into_pipe().into_stage()))
}

#[derive(Clone)]
pub(crate) struct Hidden<B>(B);

impl<I: Item, B: Stage<I>> Stage<I> for Hidden<B> {
    type Out = B::Out;

    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<B::Out>) {
        self.0.item(item, cx, out);
    }
}

router! {
    pub fn nested;

    pipeline "largest" {
        top(1, metric) { where(service == "api"); same; stdout }
        stdout
    }

    pipeline "by in a function" { same; calm; stdout }

    pipeline "a block that is handed on" {
        cheap(200.0);
        per_host { cheap(1000.0); same; where(state == "ok") }
        stdout
    }

    pipeline "nobody sees" {
        hidden { cheap(1000.0); same }
        stdout
    }
}
