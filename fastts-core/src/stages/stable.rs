//! `stable`: only what has stopped flapping.

use std::time::Duration;

use super::changed::LastKey;
use crate::chain::context::Context;
use crate::chain::flow::{Flow, Pipe};
use crate::chain::stage::{Emit, Stage};
use crate::chain::then::Then;
use crate::model::arguments::Interval;
use crate::model::item::{self, Item};
use crate::model::key::{Key, KeyOf, KeyPart, WritesKey};
use crate::model::time::Time;

/// Passes on items once their key has kept its value for `interval`: `stable(5s, state)`.
///
/// Takes and emits items of any type. Items of a new value are held until the value has lasted: an item whose own time is
/// `interval` or more after the first of that value lets them all out, and so does a timer, `interval` after the first came;
/// from then on items of that value pass at once, whatever their time. A change before that drops what is held, as do a
/// restart and a drain: it has not lasted. Items without a time of their own count as of now.
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" { stable(3s, state); fastts_core::testing::tap } }
/// let event = |seconds: i64, state| Event::new().with_time(seconds).with_state(state);
/// let out: Vec<Event> = testing::outputs(example(), [event(1, "a"), event(2, "b"), event(4, "b"), event(5, "b")]);
/// assert_eq!(out, [event(2, "b"), event(4, "b"), event(5, "b")]);
/// ```
///
/// # Differs from Riemann
/// The timer goes by the clock alone, and never lets out an item twice; Riemann's is set by the time of the first item, and repeats
/// what came last when it is one of an earlier value.
#[track_caller]
pub fn stable<I: Item, E: Item, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>, K>(
    flow: F,
    interval: impl Interval,
    key: K,
) -> Pipe<I, Then<S, Stable<E, K>>>
where
    K: for<'a> FnMut(E::View<'a>, &mut Key) + Clone + Send,
{
    flow.into_pipe().then(Stable::new(interval.interval(), key))
}

/// Passes on items once what `key` makes of them has been the same for `interval`; otherwise as [`stable`].
///
/// The closure returns an owned key: a number, a `String`, a `bool`, an `Option` or a tuple of them.
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" { stable_by(3s, |e| e.metric() > 5); fastts_core::testing::tap } }
/// let event = |seconds: i64, metric: i64| Event::new().with_time(seconds).with_metric(metric);
/// let out: Vec<Event> = testing::outputs(example(), [event(0, 1), event(1, 6), event(3, 7), event(4, 8)]);
/// assert_eq!(out, [event(1, 6), event(3, 7), event(4, 8)]);
/// ```
#[track_caller]
pub fn stable_by<I: Item, E: Item, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>, R: KeyPart, K>(
    flow: F,
    interval: impl Interval,
    key: K,
) -> Pipe<I, Then<S, Stable<E, KeyOf<K>>>>
where
    K: for<'a> FnMut(E::View<'a>) -> R + Clone + Send,
{
    flow.into_pipe().then(Stable::new(interval.interval(), KeyOf(key)))
}

/// The stage of [`stable`].
#[derive(Debug)]
pub struct Stable<E, K> {
    interval: Duration,
    key: K,
    last: LastKey,
    /// The time of the first item of this value.
    since: Time,
    held: Vec<E>,
    /// When the value will have lasted, `None` when it has.
    timer: Option<Time>,
}

impl<E: Item, K: Clone> Clone for Stable<E, K> {
    fn clone(&self) -> Stable<E, K> {
        let held = self.held.iter().map(item::copy).collect();
        Stable { key: self.key.clone(), last: self.last.clone(), held, ..*self }
    }
}

impl<E, K> Stable<E, K> {
    fn new(interval: Duration, key: K) -> Stable<E, K> {
        Stable { interval, key, last: LastKey::default(), since: Time::MIN, held: Vec::new(), timer: None }
    }
}

impl<I: Item, K: WritesKey<I> + Clone + Send> Stage<I> for Stable<I, K> {
    type Out = I;

    fn held(&self) -> usize {
        self.last.held() + self.held.iter().map(Item::held).sum::<usize>()
    }

    #[inline]
    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<I>) {
        let time = I::as_event(item).map_or(cx.wall(), |event| cx.time_of(event));
        if self.last.changes(|key| self.key.write(item, key)) {
            self.held.clear();
            self.since = time;
            self.timer = Some(cx.now + self.interval);
        } else if self.timer.is_none() || time >= self.since + self.interval {
            self.let_out(cx, out);
            out.emit(item, cx);
            return;
        }
        self.held.push(I::keep(item));
    }

    #[inline]
    fn deadline(&self) -> Option<Time> {
        self.timer
    }

    #[inline]
    fn tick(&mut self, cx: &mut Context, out: &mut impl Emit<I>) {
        if self.timer.is_some_and(|timer| timer <= cx.now) {
            self.let_out(cx, out);
        }
    }
}

impl<I: Item, K> Stable<I, K> {
    #[inline]
    fn let_out(&mut self, cx: &mut Context, out: &mut impl Emit<I>) {
        self.timer = None;
        for held in self.held.drain(..) {
            out.emit(held.view(), cx);
        }
    }
}
