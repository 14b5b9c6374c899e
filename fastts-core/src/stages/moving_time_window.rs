//! `moving_time_window`: the last so many seconds.

use std::collections::VecDeque;
use std::time::Duration;

use super::timing::LIMIT;
use crate::chain::context::Context;
use crate::chain::flow::{Flow, Pipe};
use crate::chain::stage::{Emit, Stage};
use crate::chain::then::Then;
use crate::model::arguments::{Count, Interval};
use crate::model::event::EventView;
use crate::model::item::{IsEvent, Item};
use crate::model::time::Time;
use crate::model::window::Window;

/// Emits, for every event, the window of the events that happened less than `length` before the latest: `moving_time_window(5s)`.
///
/// Works on event time: what counts is when events happened, not when they came, and the clock plays no part. Takes events, emits windows,
/// with the events in the order in which they came; never emits by time, nor at a drain. An event that happened `length` or more before
/// the latest is late: it is left out, counted in the next window ([`Window::late`](crate::Window::late)) and shown to the
/// option `late = |event| …`. So is one that happened too far ahead of the clock (`--max-ahead`): it moves nothing. An event without a time counts as happening with the latest one before it. Events without a
/// metric, expired ones and NaN are events like others. Holds the events of the window, which a restart forgets.
///
/// At most `limit` events are held, 100,000 unless the option says otherwise; then the first leaves for every one that comes, and
/// [`Window::left_out`](crate::Window::left_out) says how many did.
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" { moving_time_window(5s); map(|window| window.len()); fastts_core::testing::tap } }
/// let event = |seconds: i64| Event::new().with_time(seconds);
/// let out: Vec<usize> = testing::outputs(example(), [event(10), event(12), event(15), event(11), event(10)]);
/// assert_eq!(out, [1, 2, 2, 3]);
/// ```
///
/// # Differs from Riemann
/// An event without a time leaves the window in due course, Riemann's stays for ever. Riemann also leaves out events of 1970-01-01T00:00:00Z and
/// before.
#[track_caller]
pub fn moving_time_window<I: Item, E: IsEvent, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(
    flow: F,
    length: impl Interval,
) -> Pipe<I, Then<S, MovingTimeWindow<Ignored>>> {
    let (length, late) = (length.interval(), IGNORE);
    let (window, times) = (Window::new(), VecDeque::new());
    flow.into_pipe().then(MovingTimeWindow { length, late, limit: LIMIT, latest: None, offset: 0, window, times, in_order: true })
}

/// Returns true when the system's clock was set back since it was asked last: events of now are no late ones then.
#[inline]
pub(super) fn was_set_back(offset: &mut i64, cx: &Context) -> bool {
    cx.offset < std::mem::replace(offset, cx.offset)
}

/// What is done with late events unless an option says something else: nothing.
pub type Ignored = fn(EventView<'_>);

pub(super) const IGNORE: Ignored = |_| {};

/// The stage of [`moving_time_window`].
#[derive(Clone, Debug)]
pub struct MovingTimeWindow<L> {
    length: Duration,
    late: L,
    limit: usize,
    latest: Option<Time>,
    /// How far the wall clock was ahead of the steady one at the last event.
    offset: i64,
    window: Window,
    /// When the events of the window happened.
    times: VecDeque<Time>,
    /// Whether each came after those that happened before it.
    in_order: bool,
}

impl<L> MovingTimeWindow<L> {
    /// Sets how many events are held at most.
    #[track_caller]
    pub fn limit(mut self, events: impl Count) -> MovingTimeWindow<L> {
        self.limit = events.count();
        self
    }

    /// Sets what is done with late events.
    pub fn late<P: for<'a> FnMut(EventView<'a>) + Clone + Send>(self, late: P) -> MovingTimeWindow<P> {
        let MovingTimeWindow { length, limit, latest, offset, window, times, in_order, .. } = self;
        MovingTimeWindow { length, late, limit, latest, offset, window, times, in_order }
    }

    /// Takes out what happened too long before `latest`.
    fn forget(&mut self, latest: Time) {
        let length = self.length;
        let is_old = |time: &Time| latest.since(*time) >= length;
        if self.in_order {
            while self.times.front().is_some_and(is_old) {
                self.times.pop_front();
                self.window.pop_front();
            }
        } else if self.times.iter().any(is_old) {
            let mut times = self.times.iter();
            self.window.retain(|_| times.next().is_some_and(|time| !is_old(time)));
            self.times.retain(|time| !is_old(time));
            self.in_order = self.times.iter().is_sorted();
        }
    }
}

impl<I: Item, L: for<'a> FnMut(EventView<'a>) + Clone + Send + 'static> Stage<I> for MovingTimeWindow<L> {
    type Out = Window;

    fn held(&self) -> usize {
        self.window.held() + self.times.capacity() * size_of::<Time>()
    }

    #[inline]
    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<Window>) {
        let Some(event) = I::as_event(item) else { return };
        if cx.is_ahead(event) {
            self.window.add_late(1);
            return (self.late)(event);
        }
        if was_set_back(&mut self.offset, cx) && self.latest.is_some_and(|latest| latest > cx.wall()) {
            self.latest = None;
            self.times.clear();
            self.window.clear();
        }
        let time = event.time().or(self.latest).unwrap_or(cx.wall());
        let latest = self.latest.map_or(time, |latest| latest.max(time));
        if latest.since(time) >= self.length {
            self.window.add_late(1);
            cx.services().lost.late.add(1);
            (self.late)(event);
            return;
        }
        self.latest = Some(latest);
        self.forget(latest);
        if self.window.len() == self.limit {
            self.times.pop_front();
            self.window.pop_front();
            self.window.add_left_out();
            cx.services().lost.left_out.add(1);
        }
        self.in_order &= self.times.back().is_none_or(|before| *before <= time);
        self.times.push_back(time);
        self.window.push(event);
        out.emit(&self.window, cx);
        self.window.clear_counts();
    }
}
