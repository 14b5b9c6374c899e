//! `fixed_time_window`, `fixed_offset_time_window`: events by when they happened.

use std::collections::VecDeque;
use std::time::Duration;

use super::moving_time_window::{IGNORE, Ignored, was_set_back};
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

/// Emits windows of `length`, one after the other from the first event on: `fixed_time_window(5s)`.
///
/// Works on event time: what counts is when events happened. That time is as late as the latest event says, and goes on with the clock
/// while nothing comes; a window closes as soon as its end has passed there, by a later event or by the clock. Takes events,
/// emits windows, with the events in the order in which they came. A window in which nothing happened is emitted empty once
/// the next event comes, ten of them at most. Events without a metric, expired ones and NaN are events like others; one
/// without a time counts as happening with the latest before it.
///
/// With the option `lateness = 2s` windows stay open for that much longer. An event whose window has closed is late: it is
/// left out, counted in the window that is emitted next ([`Window::late`](crate::Window::late)) and shown to the option
/// `late = |event| …`. So is one that happened too far ahead of the clock (`--max-ahead`): it moves no window.
///
/// Holds the events of open windows, which a restart forgets and a drain emits. At most `limit` are held, 100,000 unless the option
/// says otherwise; those that come then are left out, and [`Window::left_out`](crate::Window::left_out) says how many.
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" { fixed_time_window(5s); map(|window| window.len()); fastts_core::testing::tap } }
/// let event = |seconds: i64| Event::new().with_time(seconds);
/// let out: Vec<usize> = testing::outputs(example(), [event(11), event(13), event(16), event(27)]);
/// assert_eq!(out, [2, 1, 0, 1]);
/// ```
///
/// # Differs from Riemann
/// Riemann's windows close when a later event comes, never by the clock, so the last one does not. An event without a time opens a window.
#[track_caller]
pub fn fixed_time_window<I: Item, E: IsEvent, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(
    flow: F,
    length: impl Interval,
) -> Pipe<I, Then<S, FixedTimeWindow<Ignored>>> {
    flow.into_pipe().then(FixedTimeWindow::new(length, Begin::FirstEvent))
}

/// Emits windows of `length` that begin at multiples of it: `fixed_offset_time_window(5s)`.
///
/// Takes events, emits windows; works on event time and holds events as [`fixed_time_window`] does, with its options `lateness`, `late`
/// and `limit`, but windows of `1h` begin at full hours (UTC), whenever the first event happened; otherwise as [`fixed_time_window`].
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" { fixed_offset_time_window(5s); map(|window| window.len()); fastts_core::testing::tap } }
/// let event = |seconds: i64| Event::new().with_time(seconds);
/// let out: Vec<usize> = testing::outputs(example(), [event(13), event(14), event(15), event(16)]);
/// assert_eq!(out, [2, 2]);
/// ```
///
/// # Differs from Riemann
/// As [`fixed_time_window`] does.
#[track_caller]
pub fn fixed_offset_time_window<I: Item, E: IsEvent, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(
    flow: F,
    length: impl Interval,
) -> Pipe<I, Then<S, FixedTimeWindow<Ignored>>> {
    flow.into_pipe().then(FixedTimeWindow::new(length, Begin::Multiple))
}

/// Where the first window begins.
#[derive(Clone, Copy, Debug)]
enum Begin {
    FirstEvent,
    Multiple,
}

/// So many windows in which nothing happened are emitted when an event comes after a long time: enough for who smooths over a few of
/// them, and no burst when a clock jumps.
const EMPTY: i128 = 10;
/// So many windows may be open at once.
const OPEN: i128 = 1_000;

/// Microseconds, as instants and lengths, with room for sums of any of them.
type Micros = i128;

fn micros(time: Time) -> Micros {
    time.as_micros().into()
}

fn length_in_micros(duration: Duration) -> Micros {
    i128::try_from(duration.as_micros()).unwrap_or(i64::MAX.into())
}

/// The stage of [`fixed_time_window`] and [`fixed_offset_time_window`].
#[derive(Clone, Debug)]
pub struct FixedTimeWindow<L> {
    begin: Begin,
    length: Micros,
    lateness: Micros,
    late: L,
    limit: usize,
    /// The latest event's time, and when it came; `None` before the first.
    latest: Option<(Micros, Micros)>,
    /// How far the wall clock was ahead of the steady one at the last event.
    offset: i64,
    /// Where the first open window begins, or will.
    start: Micros,
    /// The open windows, each beginning where the one before ends.
    open: VecDeque<Window>,
    /// Windows that were emitted, for their memory.
    spare: Vec<Window>,
    /// How many events came too late since the last window.
    late_events: u64,
    held: usize,
}

impl FixedTimeWindow<Ignored> {
    #[track_caller]
    fn new(length: impl Interval, begin: Begin) -> FixedTimeWindow<Ignored> {
        FixedTimeWindow {
            begin,
            length: length_in_micros(length.interval()),
            lateness: 0,
            late: IGNORE,
            limit: LIMIT,
            latest: None,
            offset: 0,
            start: 0,
            open: VecDeque::new(),
            spare: Vec::new(),
            late_events: 0,
            held: 0,
        }
    }
}

impl<L> FixedTimeWindow<L> {
    /// Sets for how much longer windows stay open.
    ///
    /// # Panics
    /// When that is longer than a thousand windows.
    #[track_caller]
    pub fn lateness(mut self, lateness: impl Interval) -> FixedTimeWindow<L> {
        self.lateness = length_in_micros(lateness.interval());
        assert!(self.lateness <= self.length * OPEN, "the lateness must not be longer than a thousand windows");
        self
    }

    /// Sets how many events are held at most.
    #[track_caller]
    pub fn limit(mut self, events: impl Count) -> FixedTimeWindow<L> {
        self.limit = events.count();
        self
    }

    /// Sets what is done with late events.
    pub fn late<P: for<'a> FnMut(EventView<'a>) + Clone + Send>(self, late: P) -> FixedTimeWindow<P> {
        let FixedTimeWindow { begin, length, lateness, limit, latest, offset, start, open, spare, late_events, held, .. } = self;
        FixedTimeWindow { begin, length, lateness, late, limit, latest, offset, start, open, spare, late_events, held }
    }

    /// Returns up to where windows have closed: the time of the events, which goes on with the clock, less the lateness.
    fn closed_to(&self, now: Time) -> Option<Micros> {
        let (latest, came) = self.latest?;
        Some(latest + (micros(now) - came).max(0) - self.lateness)
    }

    fn emit_first(&mut self, cx: &mut Context, out: &mut impl Emit<Window>) {
        self.start += self.length;
        let Some(mut window) = self.open.pop_front() else { return };
        self.held -= window.len();
        window.add_late(std::mem::take(&mut self.late_events));
        out.emit(&window, cx);
        window.clear();
        self.spare.push(window);
    }

    /// Emits the open windows that have closed.
    fn close(&mut self, to: Micros, cx: &mut Context, out: &mut impl Emit<Window>) {
        while !self.open.is_empty() && self.start + self.length <= to {
            self.emit_first(cx, out);
        }
    }

    /// Emits, empty, the windows that have closed and in which nothing happened.
    fn close_empty(&mut self, to: Micros, cx: &mut Context, out: &mut impl Emit<Window>) {
        let empty = ((to - self.start) / self.length).max(0);
        if !self.open.is_empty() || empty == 0 {
            return;
        }
        self.start += empty * self.length;
        for _ in 0..empty.min(EMPTY) {
            let mut window = self.spare.pop().unwrap_or_default();
            window.add_late(std::mem::take(&mut self.late_events));
            out.emit(&window, cx);
            window.clear();
            self.spare.push(window);
        }
    }

    /// Returns the open window in which `time` lies.
    fn window_at(&mut self, time: Micros) -> Option<&mut Window> {
        let index = usize::try_from((time - self.start) / self.length).ok()?;
        while self.open.len() <= index {
            self.open.push_back(self.spare.pop().unwrap_or_default());
        }
        self.open.get_mut(index)
    }
}

impl<I: Item, L: for<'a> FnMut(EventView<'a>) + Clone + Send + 'static> Stage<I> for FixedTimeWindow<L> {
    type Out = Window;

    fn held(&self) -> usize {
        self.open.iter().chain(&self.spare).map(Window::held).sum()
    }

    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<Window>) {
        let Some(event) = I::as_event(item) else { return };
        if cx.is_ahead(event) {
            self.late_events += 1;
            return (self.late)(event);
        }
        let (now, wall) = (micros(cx.now), micros(cx.wall()));
        if was_set_back(&mut self.offset, cx) && self.latest.is_some_and(|(latest, _)| latest > wall) {
            while !self.open.is_empty() {
                self.emit_first(cx, out);
            }
            self.latest = None;
        }
        let time = event.time().map(micros).or(self.latest.map(|(latest, _)| latest)).unwrap_or(wall);
        match self.latest {
            None => {
                self.start = match self.begin {
                    Begin::FirstEvent => time,
                    Begin::Multiple => time.div_euclid(self.length) * self.length,
                };
                self.latest = Some((time, now));
            }
            Some((latest, _)) if time > latest => self.latest = Some((time, now)),
            Some(_) => {}
        }
        if let Some(to) = self.closed_to(cx.now) {
            self.close(to, cx, out);
            if time >= self.start {
                self.close_empty(to, cx, out);
            }
        }
        let is_full = self.held >= self.limit;
        match (time >= self.start).then(|| self.window_at(time)).flatten() {
            None => {
                self.late_events += 1;
                cx.services().lost.late.add(1);
                (self.late)(event);
            }
            Some(window) if is_full => {
                window.add_left_out();
                cx.services().lost.left_out.add(1);
            }
            Some(window) => {
                window.push(event);
                self.held += 1;
            }
        }
    }

    #[inline]
    fn deadline(&self) -> Option<Time> {
        let (latest, came) = self.latest.filter(|_| !self.open.is_empty())?;
        let closes = self.start + self.length + self.lateness;
        // What lies beyond the end of time never comes.
        i64::try_from(came + (closes - latest)).ok().map(Time::from_micros)
    }

    fn tick(&mut self, cx: &mut Context, out: &mut impl Emit<Window>) {
        if let Some(to) = self.closed_to(cx.now) {
            self.close(to, cx, out);
        }
    }

    fn finish(&mut self, cx: &mut Context, out: &mut impl Emit<Window>) {
        while !self.open.is_empty() {
            self.emit_first(cx, out);
        }
    }
}
