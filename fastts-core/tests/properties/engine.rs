//! Runs plain events through the engine.

use std::cell::RefCell;

use fastts_core::testing::take_tapped;
use fastts_core::{Batch, Event, EventView, Flow, Metric, Replay, Router, Time, router};

use crate::erased;
use crate::model::{Number, Plain, Timed};
use crate::steps::Step;

thread_local! {
    static STEPS: RefCell<Vec<Step>> = const { RefCell::new(Vec::new()) };
}

/// A stage that is a chain of steps.
fn composed<F: Flow<Item = Event>>(flow: F, steps: Vec<Step>) -> impl Flow<In = F::In, Item = Event> {
    flow.into_pipe().then(erased::chain(&steps))
}

router! {
    fn composed_router;
    let steps = STEPS.with_borrow(Vec::clone);
    pipeline "composed" { composed(steps); tap }
}

/// Makes the router of some steps.
pub(crate) fn compose(steps: &[Step]) -> Router {
    STEPS.set(steps.to_vec());
    composed_router()
}

pub(crate) fn event(plain: &Plain) -> Event {
    let metric = match plain.metric {
        None => Metric::Missing,
        Some(Number::Int(value)) => Metric::Int(value),
        Some(Number::Float(value)) => Metric::Float(value),
    };
    Event::new()
        .with_host(plain.host.as_deref())
        .with_service(plain.service.as_deref())
        .with_state(plain.state.as_deref())
        .with_metric(metric)
        .with_time(plain.time.map(Time::from_micros))
        .with_ttl(plain.ttl)
        .with_tags(&plain.tags)
}

pub(crate) fn plain(view: EventView<'_>) -> Plain {
    let text = |text: Option<&str>| text.map(str::to_owned);
    Plain {
        host: text(view.host()),
        service: text(view.service()),
        state: text(view.state()),
        metric: match view.metric() {
            Metric::Missing => None,
            Metric::Int(value) => Some(Number::Int(value)),
            Metric::Float(value) => Some(Number::Float(value)),
        },
        time: view.time().map(Time::as_micros),
        ttl: view.ttl(),
        tags: view.tags().map(str::to_owned).collect(),
    }
}

/// What happens to a pipeline, one after another.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    Advance(i64),
    Batch(Vec<Plain>),
    /// The same, while somebody watches.
    Watched(Vec<Plain>),
}

/// The acts that give each event alone, and let the time pass in one step between them.
pub(crate) fn one_by_one(input: &[Timed], end: i64) -> Vec<Act> {
    let acts = input.iter().flat_map(|(now, event)| [Act::Advance(*now), Act::Batch(vec![event.clone()])]);
    acts.chain([Act::Advance(end)]).collect()
}

/// Runs a router that ends in `tap` and returns what went out, and when.
pub(crate) fn run(router: &Router, start: i64, acts: &[Act]) -> Vec<Timed> {
    take_tapped::<Event>();
    let mut replay = Replay::new(router, Time::from_micros(start));
    for act in acts {
        match act {
            Act::Advance(now) => replay.advance(Time::from_micros(*now)),
            Act::Batch(events) => {
                let events: Vec<Event> = events.iter().map(event).collect();
                replay.batch(&events.iter().collect::<Batch>());
            }
            Act::Watched(events) => events.iter().for_each(|plain| {
                assert_eq!(replay.watch(event(plain).view()).len(), router.pipelines().len());
            }),
        }
    }
    assert!(replay.panics().is_empty(), "{:?}", replay.panics());
    take_tapped::<Event>().into_iter().map(|(time, event)| (time.as_micros(), plain(event.view()))).collect()
}
