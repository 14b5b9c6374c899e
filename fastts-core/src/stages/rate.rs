//! `rate`: how much per second.

use super::beat::NEVER;
use crate::chain::context::Context;
use crate::chain::flow::{Flow, Pipe};
use crate::chain::stage::{Emit, Stage};
use crate::chain::then::Then;
use crate::chain::wiring::Wiring;
use crate::model::arguments::Interval;
use crate::model::event::change::Kind;
use crate::model::event::{Change, Event};
use crate::model::item::{IsEvent, Item};
use crate::model::metric::Metric;
use crate::model::time::Time;

/// Emits, every `interval`, the sum of the metrics of that interval per second: `rate(5)`.
///
/// Takes events, emits by time only: the first time one interval after the first event, then every interval, zero when
/// nothing came. What it emits is the last event that had a metric (an empty one while there was none), with the rate as metric
/// and the time of the tick; its ttl shrinks by the interval at every tick after it. It stops when the last event's ttl has run
/// out (never without a ttl) or when an expired event comes, and starts anew with the next event. Holds one event and a sum,
/// which a restart forgets and a drain does not emit.
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" { rate(5); fastts_core::testing::tap } }
/// let event = |seconds: i64, metric: f64| Event::new().with_time(seconds).with_metric(metric).with_ttl(6);
/// let out: Vec<Event> = testing::outputs(example(), [event(0, 10.0), event(3, 5.0)]);
/// assert_eq!(out, [event(5, 3.0)]);
/// ```
///
/// # Differs from Riemann
/// Without a ttl an event never expires here, on its way in or later.
#[track_caller]
pub fn rate<I: Item, E: IsEvent, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(
    flow: F,
    interval: impl Interval,
) -> Pipe<I, Then<S, Rate>> {
    let interval = interval.interval().as_micros().max(1);
    let interval = i64::try_from(interval).unwrap_or(i64::MAX);
    flow.into_pipe().then(Rate { interval, next: NEVER, until: NEVER, sum: Metric::Int(0), last: Event::new(), heard: 0 })
}

/// The stage of [`rate`].
#[derive(Clone, Debug)]
pub struct Rate {
    /// In microseconds.
    interval: i64,
    /// When the next tick is due.
    next: Time,
    /// When the last event, of those before the last tick or without a metric, runs out.
    until: Time,
    sum: Metric,
    /// The last event with a metric; an empty one when there was none.
    last: Event,
    /// Bits: what is said of the event that is kept. In one byte, since both are said of every event.
    heard: u8,
}

/// The event that is kept came since the last tick.
const FRESH: u8 = 1;
/// It is the last event, which then says when it runs out.
const DECIDES: u8 = 2;

impl Rate {
    fn seconds(&self) -> f64 {
        self.interval as f64 / 1e6
    }
}

impl<I: Item> Stage<I> for Rate {
    type Out = Event;

    fn held(&self) -> usize {
        self.last.data_held()
    }

    #[inline]
    fn item(&mut self, item: I::View<'_>, cx: &mut Context, _out: &mut impl Emit<Event>) {
        let Some(event) = I::as_event(item) else { return };
        let metric = event.metric();
        if metric.is_missing() {
            self.until = cx.runs_out(event).unwrap_or(NEVER);
            self.heard &= !DECIDES;
        } else {
            self.sum = self.sum.plus(metric);
            self.last.assign(event);
            self.heard = FRESH | DECIDES;
        }
        if event.is_expired(cx.wall()) {
            self.next = NEVER;
            return;
        }
        if self.next == NEVER {
            self.next = Time::from_micros(cx.now.as_micros().saturating_add(self.interval));
        }
    }

    #[inline]
    fn deadline(&self) -> Option<Time> {
        (self.next != NEVER).then_some(self.next)
    }

    const WIRING: Wiring<I, Rate> = Wiring::alone().prefetching(|stage| stage.last.prefetch());

    fn tick(&mut self, cx: &mut Context, out: &mut impl Emit<Event>) {
        if self.next > cx.now || self.next == NEVER {
            return;
        }
        let heard = self.heard;
        self.heard &= !DECIDES;
        if heard & DECIDES != 0 {
            self.until = cx.runs_out(self.last.view()).unwrap_or(NEVER);
        }
        if cx.wall() > self.until {
            self.next = NEVER;
            return;
        }
        self.next = Time::from_micros(self.next.as_micros().saturating_add(self.interval));
        self.heard = 0;
        let sum = std::mem::replace(&mut self.sum, Metric::Int(0));
        if heard & FRESH == 0
            && let Some(ttl) = self.last.ttl()
        {
            self.last.set_ttl(ttl - self.seconds());
        }
        let per_second = sum.over(Metric::seconds(self.interval));
        let changes = [Change(Kind::Metric(per_second)), Change(Kind::Time(Some(cx.wall())))];
        self.last.view().changed(&changes, |event| out.emit(event, cx));
    }
}
