//! `debounce`, `deadman`: when nothing comes.

use std::sync::Arc;
use std::time::Duration;

use super::beat::NEVER;
use crate::chain::context::Context;
use crate::chain::flow::{Flow, Pipe};
use crate::chain::stage::{Emit, Stage};
use crate::chain::then::Then;
use crate::chain::wiring::Wiring;
use crate::model::arguments::Interval;
use crate::model::event::Event;
use crate::model::event::change::{self, Missing};
use crate::model::item::{self, IsEvent, Item};
use crate::model::metric::Metric;
use crate::model::time::Time;

/// Passes on the last item of a burst, once nothing came for `interval`: `debounce(5s)`.
///
/// Takes and emits items of any type, whatever they say; expired events are like any other. Emits by time only, one interval
/// after the last item, that item as it came, with its own time; the items before it are dropped. Items that keep coming
/// faster than that are held back for ever. Holds one item, which a restart forgets; a drain lets it out.
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" { debounce(5s); fastts_core::testing::tap } }
/// let event = |seconds: i64| Event::new().with_time(seconds);
/// let out: Vec<Event> = testing::outputs(example(), [event(0), event(3), event(7), event(20)]);
/// assert_eq!(out, [event(7), event(20)]);
/// ```
#[track_caller]
pub fn debounce<I: Item, E: Item, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(
    flow: F,
    interval: impl Interval,
) -> Pipe<I, Then<S, Debounce<E>>> {
    flow.into_pipe().then(Debounce { interval: interval.interval(), due: NEVER, last: None })
}

/// Passes on every event, and emits one that says so when nothing came for `interval`: `deadman(5m)`.
///
/// Takes and emits events, whatever their metrics. Emits by time, once per silence: one interval after the last event, or after
/// the pipeline came to life when none ever came, the last event with state `silent` (another with
/// `deadman(5m, state = "critical")`), the interval in seconds as metric, a description, the time of the tick, and no ttl; when
/// there was none, an event with these fields only. An expired event passes and breaks no silence. In `by` each key is
/// watched from its first event on, until it is freed: give `by` an `idle` that is longer than the interval. Holds one event,
/// which a restart forgets; it begins a new interval. A drain emits nothing.
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" { deadman(5s); fastts_core::testing::tap } }
/// let event = |seconds: i64| Event::new().with_host("a").with_time(seconds);
/// let out: Vec<Event> = testing::outputs(example(), [event(0), event(3), event(60)]);
/// let silent = event(8).with_state("silent").with_metric(5).with_description("nothing came for 5s");
/// assert_eq!(out, [event(0), event(3), silent, event(60)]);
/// ```
#[track_caller]
pub fn deadman<I: Item, E: IsEvent, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(
    flow: F,
    interval: impl Interval,
) -> Pipe<I, Then<S, Deadman>> {
    let interval = interval.interval();
    let says = Says { state: "silent".to_owned(), description: format!("nothing came for {interval:?}") };
    flow.into_pipe().then(Deadman { interval, due: NEVER, says: Arc::new(says), last: Event::new() })
}

/// The stage of [`debounce`].
#[derive(Debug)]
pub struct Debounce<E> {
    interval: Duration,
    due: Time,
    /// Its memory is reused.
    last: Option<E>,
}

impl<E: Item> Clone for Debounce<E> {
    fn clone(&self) -> Debounce<E> {
        Debounce { last: self.last.as_ref().map(item::copy), ..*self }
    }
}

impl<E: Item> Debounce<E> {
    #[inline]
    fn let_out(&mut self, cx: &mut Context, out: &mut impl Emit<E>) {
        self.due = NEVER;
        if let Some(last) = &self.last {
            out.emit(last.view(), cx);
        }
    }
}

impl<I: Item> Stage<I> for Debounce<I> {
    type Out = I;

    fn held(&self) -> usize {
        self.last.as_ref().map_or(0, Item::held)
    }

    #[inline]
    fn item(&mut self, item: I::View<'_>, cx: &mut Context, _out: &mut impl Emit<I>) {
        self.due = cx.now + self.interval;
        match &mut self.last {
            Some(last) => last.keep_over(item),
            None => self.last = Some(I::keep(item)),
        }
    }

    #[inline]
    fn deadline(&self) -> Option<Time> {
        (self.due != NEVER).then_some(self.due)
    }

    #[inline]
    fn tick(&mut self, cx: &mut Context, out: &mut impl Emit<I>) {
        if self.due <= cx.now && self.due != NEVER {
            self.let_out(cx, out);
        }
    }

    fn finish(&mut self, cx: &mut Context, out: &mut impl Emit<I>) {
        if self.due != NEVER {
            self.let_out(cx, out);
        }
    }
}

/// The stage of [`deadman`].
#[derive(Clone, Debug)]
pub struct Deadman {
    interval: Duration,
    due: Time,
    /// Shared, because `by` copies its block for every key.
    says: Arc<Says>,
    last: Event,
}

#[derive(Clone, Debug)]
struct Says {
    state: String,
    description: String,
}

impl Deadman {
    /// Sets the state of the event that is emitted.
    pub fn state(mut self, state: impl Into<String>) -> Deadman {
        Arc::make_mut(&mut self.says).state = state.into();
        self
    }
}

impl<I: Item> Stage<I> for Deadman {
    type Out = Event;

    fn held(&self) -> usize {
        self.last.data_held()
    }

    fn start(&mut self, cx: &mut Context) {
        self.due = cx.now + self.interval;
    }

    #[inline]
    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<Event>) {
        let Some(event) = I::as_event(item) else { return };
        if !event.is_expired(cx.wall()) {
            self.due = cx.now + self.interval;
            self.last.assign(event);
        }
        out.emit(event, cx);
    }

    #[inline]
    fn deadline(&self) -> Option<Time> {
        (self.due != NEVER).then_some(self.due)
    }

    const WIRING: Wiring<I, Deadman> = Wiring::alone().prefetching(|stage| stage.last.prefetch());

    #[inline]
    fn tick(&mut self, cx: &mut Context, out: &mut impl Emit<Event>) {
        if self.due > cx.now || self.due == NEVER {
            return;
        }
        self.due = NEVER;
        let micros = i64::try_from(self.interval.as_micros()).unwrap_or(i64::MAX);
        let changes = [
            change::state(self.says.state.as_str()),
            change::description(self.says.description.as_str()),
            change::metric(Metric::seconds(micros)),
            change::time(cx.wall()),
            change::ttl(Missing),
        ];
        self.last.view().changed(&changes, |event| out.emit(event, cx));
    }
}
