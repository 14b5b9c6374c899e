//! `project`, `join`: the last events that several conditions were true of.

use crate::chain::context::Context;
use crate::chain::flow::{Flow, Pipe};
use crate::chain::stage::{Emit, Stage};
use crate::chain::then::Then;
use crate::model::item::{IsEvent, Item};
use crate::model::time::Time;
use crate::model::window::{Window, expired};

/// Remembers, for each of several conditions, the last event that it was true of, and emits all of them as one window whenever an
/// event changes it: `project(service == "enqueued", service == "dequeued")`.
///
/// Takes events, emits windows with a place for each condition, in the order in which those are written; a place is empty while
/// its condition was true of no event. An event that is true of several stands in several places; one that is true of none is
/// dropped. An event that has expired, by its state or because its ttl has run out, is told once more, with nothing but its host
/// and service, the state `expired` and the time; then its place is empty. Never emits by time. Events without a metric, and
/// NaN, are events like others. Holds an event for each condition, which a restart forgets and a drain does not emit.
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" {
/// project(service == "enqueued", service == "dequeued");
/// quotient;
/// # fastts_core::testing::tap } }
/// let event = |service, metric: i64| Event::new().with_service(service).with_metric(metric);
/// let out: Vec<Event> = testing::outputs(example(), [event("dequeued", 2), event("enqueued", 3), event("other", 9), event("enqueued", 8)]);
/// assert_eq!(out, [event("enqueued", 3).with_metric(1.5), event("enqueued", 4)]);
/// ```
///
/// # Differs from Riemann
/// Without a ttl an event never expires.
pub fn project<I: Item, E: IsEvent, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>, P, const N: usize>(
    flow: F,
    conditions: P,
) -> Pipe<I, Then<S, Project<P, N>>>
where
    P: for<'a> FnMut(E::View<'a>, Time) -> [bool; N] + Clone + Send,
{
    flow.into_pipe().then(Project { conditions, window: Window::with_places(N), until: [Time::MAX; N], emits: Emits::Always })
}

/// Emits the last events that several conditions were true of as one window, while there is one for each:
/// `join(service == "requests", service == "errors")`.
///
/// Takes events, emits windows with one event for each condition, in the order in which those are written, whenever an event
/// changes one; nothing while a place is empty, or its event has expired. What it holds, and what a restart does, is as with
/// [`project`].
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" {
/// join(service == "errors", service == "requests");
/// quotient_sloppy;
/// with(service = "error ratio");
/// # fastts_core::testing::tap } }
/// let event = |service, metric: f64| Event::new().with_service(service).with_metric(metric);
/// let out: Vec<Event> = testing::outputs(example(), [event("errors", 1.0), event("requests", 4.0)]);
/// assert_eq!(out, [event("error ratio", 0.25)]);
/// ```
pub fn join<I: Item, E: IsEvent, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>, P, const N: usize>(
    flow: F,
    conditions: P,
) -> Pipe<I, Then<S, Project<P, N>>>
where
    P: for<'a> FnMut(E::View<'a>, Time) -> [bool; N] + Clone + Send,
{
    flow.into_pipe().then(Project { conditions, window: Window::with_places(N), until: [Time::MAX; N], emits: Emits::WhenWhole })
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Emits {
    Always,
    WhenWhole,
}

/// The stage of [`project`] and [`join`].
#[derive(Clone, Debug)]
pub struct Project<P, const N: usize> {
    conditions: P,
    window: Window,
    /// When the events of the places run out.
    until: [Time; N],
    emits: Emits,
}

impl<I: Item, P: for<'a> FnMut(I::View<'a>, Time) -> [bool; N] + Clone + Send + 'static, const N: usize> Stage<I> for Project<P, N> {
    type Out = Window;

    fn held(&self) -> usize {
        self.window.held()
    }

    #[inline]
    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<Window>) {
        let Some(event) = I::as_event(item) else { return };
        let is_true = (self.conditions)(item, cx.wall());
        if !is_true.contains(&true) {
            return;
        }
        let runs_out = cx.runs_out(event).unwrap_or(Time::MAX);
        let (window, until, now) = (&mut self.window, &mut self.until, cx.wall());
        for place in (0..N).filter(|place| is_true[*place]) {
            window.set_empty(place, false);
            if let Some(last) = window.at_mut(place) {
                last.assign(event);
                until[place] = runs_out;
            }
        }
        let has_expired: [bool; N] =
            std::array::from_fn(|place| window.get(place).is_some_and(|event| now > until[place] || event.state() == Some("expired")));
        for place in (0..N).filter(|place| has_expired[*place]) {
            if let Some(last) = window.at_mut(place) {
                *last = expired(last.view(), now, |event| event.to_owned());
            }
        }
        let is_whole = (0..N).all(|place| window.get(place).is_some() && !has_expired[place]);
        if self.emits == Emits::Always || is_whole {
            out.emit(window, cx);
        }
        for place in (0..N).filter(|place| has_expired[*place]) {
            window.set_empty(place, true);
        }
    }
}
