//! `apdex`: how content users are.

use super::timing::Slots;
use crate::chain::context::Context;
use crate::chain::flow::{Flow, Pipe};
use crate::chain::stage::{Emit, Stage};
use crate::chain::then::Then;
use crate::model::arguments::Interval;
use crate::model::event::Event;
use crate::model::event::change::metric;
use crate::model::item::{IsEvent, Item};
use crate::model::metric::Metric;
use crate::model::time::Time;

/// Emits, at the end of each interval, how content users were: `apdex(10s, metric < 0.5, metric < 2)`.
///
/// Takes events, emits by time only: the last event of the interval with the Apdex score as metric, a number from 0 to 1, which is
/// (satisfied + tolerated ÷ 2) ÷ all. The first condition says who is satisfied, the second who tolerates it. An interval
/// without events emits nothing. Holds one event and three counts, which a restart forgets and a drain does not emit. The
/// intervals follow one another from the moment the pipeline (or, in `by`, its key) came to life; the time is the clock's.
/// Expired events are left out. Events without a metric, or with NaN, count as what the conditions say, as in `where`: mostly
/// as neither.
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" { apdex(5s, metric < 1, metric < 3); fastts_core::testing::tap } }
/// let event = |seconds: i64, metric: f64| Event::new().with_time(seconds).with_metric(metric).with_ttl(9);
/// let out: Vec<Event> = testing::outputs(example(), [event(0, 0.5), event(1, 2.0), event(2, 9.0), event(3, 0.5)]);
/// assert_eq!(out, [event(3, 0.625)]);
/// ```
#[track_caller]
pub fn apdex<I: Item, E: IsEvent, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>, P>(
    flow: F,
    interval: impl Interval,
    conditions: P,
) -> Pipe<I, Then<S, Apdex<P>>>
where
    P: for<'a> FnMut(E::View<'a>, Time) -> [bool; 2] + Clone + Send,
{
    let slots = Slots::new(interval.interval());
    flow.into_pipe().then(Apdex { conditions, slots, last: Event::new(), satisfied: 0, tolerated: 0, all: 0 })
}

/// The stage of [`apdex`].
#[derive(Clone, Debug)]
pub struct Apdex<P> {
    /// Who is satisfied, who tolerates it.
    conditions: P,
    slots: Slots,
    last: Event,
    satisfied: i64,
    tolerated: i64,
    all: i64,
}

impl<I: Item, P: for<'a> FnMut(I::View<'a>, Time) -> [bool; 2] + Clone + Send + 'static> Stage<I> for Apdex<P> {
    type Out = Event;

    fn held(&self) -> usize {
        self.last.data_held()
    }

    fn start(&mut self, cx: &mut Context) {
        self.slots.start(cx.now);
    }

    #[inline]
    fn item(&mut self, item: I::View<'_>, cx: &mut Context, _out: &mut impl Emit<Event>) {
        let Some(event) = I::as_event(item).filter(|event| !event.is_expired(cx.wall())) else { return };
        self.slots.item(cx.now);
        let [satisfied, tolerated] = (self.conditions)(item, cx.wall());
        self.all += 1;
        self.satisfied += i64::from(satisfied);
        self.tolerated += i64::from(tolerated && !satisfied);
        self.last.assign(event);
    }

    #[inline]
    fn deadline(&self) -> Option<Time> {
        self.slots.deadline()
    }

    fn tick(&mut self, cx: &mut Context, out: &mut impl Emit<Event>) {
        if !self.slots.has_ended(cx.now) {
            return;
        }
        let score = Metric::Int(2 * self.satisfied + self.tolerated).over(Metric::Int(2 * self.all));
        (self.satisfied, self.tolerated, self.all) = (0, 0, 0);
        self.last.view().changed(&[metric(score)], |event| out.emit(event, cx));
    }
}
