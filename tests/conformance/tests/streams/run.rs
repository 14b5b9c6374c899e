//! Runs a vector under virtual time.

use std::cell::RefCell;
use std::time::Duration;

use fastts_core::{Context, Emit, Event, EventView, Flow, Item, Metric, Pipe, Replay, Router, Stage, Then, Time, Window};
use serde_json::{Map, Value};

use crate::vector::{self, Output, Vector};

thread_local! {
    static OUTPUTS: RefCell<Vec<Output>> = const { RefCell::new(Vec::new()) };
}

/// The sink `out`: records what comes.
pub(crate) fn out<I: Item, E: Shown, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(flow: F) -> Pipe<I, Then<S, Out>> {
    flow.into_pipe().then(Out)
}

#[derive(Clone)]
pub(crate) struct Out;

impl<I: Shown> Stage<I> for Out {
    type Out = I;

    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<I>) {
        let output = Output { t: cx.now.as_secs_f64(), v: I::show(item) };
        OUTPUTS.with_borrow_mut(|outputs| outputs.push(output));
        out.emit(item, cx);
    }
}

/// Items as vectors show them.
pub(crate) trait Shown: Item {
    fn show(view: Self::View<'_>) -> Value;
}

impl Shown for Event {
    fn show(view: EventView<'_>) -> Value {
        let mut fields = Map::new();
        let texts = [("host", view.host()), ("service", view.service()), ("state", view.state()), ("description", view.description())];
        for (key, text) in texts.into_iter().chain(view.attributes().map(|(key, text)| (key, Some(text)))) {
            text.map(|text| fields.insert(key.to_owned(), text.into()));
        }
        match view.metric() {
            Metric::Missing => None,
            Metric::Int(value) => fields.insert("metric".to_owned(), value.into()),
            Metric::Float(value) => fields.insert("metric".to_owned(), value.into()),
        };
        view.time().map(|time| fields.insert("time".to_owned(), time.as_secs_f64().into()));
        view.ttl().map(|ttl| fields.insert("ttl".to_owned(), ttl.into()));
        fields.insert("tags".to_owned(), view.tags().collect::<Vec<_>>().into());
        fields.into()
    }
}

impl Shown for Window {
    fn show(view: &Window) -> Value {
        view.places().map(|event| event.map_or(Value::Null, Event::show)).collect()
    }
}

impl Shown for (Option<Event>, Event) {
    fn show((before, event): &(Option<Event>, Event)) -> Value {
        vec![before.as_ref().map_or(Value::Null, |before| Event::show(before.view())), Event::show(event.view())].into()
    }
}

/// Runs a vector and returns what came out.
pub(crate) fn run(router: &Router, vector: &Vector) -> Vec<Output> {
    OUTPUTS.take();
    let mut replay = Replay::new(router, Time::EPOCH);
    let mut now = Time::EPOCH;
    for (advance, input) in &vector.inputs {
        now = now + Duration::from_secs_f64(*advance);
        replay.advance(now);
        if let Some(input) = input {
            replay.event(vector::event(input, now).view());
        }
    }
    replay.advance(now + Duration::from_secs_f64(vector.tail));
    let mut outputs = OUTPUTS.take();
    if vector::has_no_order(&vector.stream) {
        outputs.iter_mut().for_each(vector::sort);
    }
    outputs
}
