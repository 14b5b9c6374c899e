//! `coalesce`: what is known of several things at a time.

use std::time::Duration;

use super::by::keys::Keys;
use super::timing::{LIMIT, NEVER};
use crate::chain::context::Context;
use crate::chain::flow::{Flow, Pipe};
use crate::chain::stage::{Emit, Stage};
use crate::chain::then::Then;
use crate::model::arguments::{Count, Interval};
use crate::model::event::EventView;
use crate::model::item::{IsEvent, Item};
use crate::model::key::{Key, KeyOf, KeyPart, WritesKey};
use crate::model::time::Time;
use crate::model::window::Window;

/// Remembers the last event of each key and emits all of them as one window, every `interval`: `coalesce(5s)`, `coalesce(5s, host)`.
///
/// Takes events, emits windows by time only: the first as soon as an event comes, then every interval while there is anything to
/// tell, and anew with the next event. Without keys the last event of each host and service is remembered. The events stand in the order in
/// which their keys first came. An expired event, by its state or because its ttl has run out, stands in one more window and is
/// forgotten; one without a ttl is remembered for ever. Events without a metric, and NaN, are events like others. Holds one
/// event per key, which a restart forgets and a drain does not emit.
///
/// At most `limit` keys are remembered, 100,000 unless the option says otherwise; events of others are left out, and
/// [`Window::left_out`](crate::Window::left_out) says how many.
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" { coalesce(2s, host); sum; fastts_core::testing::tap } }
/// let event = |seconds: i64, host, metric: i64| Event::new().with_time(seconds).with_host(host).with_metric(metric).with_ttl(3);
/// let out: Vec<Event> = testing::outputs(example(), [event(0, "a", 1), event(1, "a", 2), event(1, "b", 3)]);
/// assert_eq!(out, [event(0, "a", 1), event(1, "a", 5), event(1, "a", 5)]);
/// ```
///
/// # Differs from Riemann
/// An expired event does not keep the others from being told; in Riemann nothing comes any more until the next live event. Without a ttl an
/// event never expires.
#[track_caller]
pub fn coalesce<I: Item, E: IsEvent, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>, K>(
    flow: F,
    interval: impl Interval,
    key: K,
) -> Pipe<I, Then<S, Coalesce<K>>>
where
    K: for<'a> FnMut(E::View<'a>, &mut Key) + Clone + Send,
{
    flow.into_pipe().then(Coalesce::new(interval.interval(), key))
}

/// Remembers the last event of everything that `key` tells apart; otherwise as [`coalesce`]: `coalesce_by(5s, |event| …)`.
///
/// The closure returns an owned key: a number, a `String`, a `bool`, an `Option` or a tuple of them.
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" { coalesce_by(2s, |e| e.metric() > 5); count; fastts_core::testing::tap } }
/// let event = |seconds: i64, metric: i64| Event::new().with_time(seconds).with_metric(metric).with_ttl(3);
/// let out: Vec<Event> = testing::outputs(example(), [event(0, 1), event(1, 2), event(1, 7)]);
/// assert_eq!(out, [event(0, 1), event(1, 2), event(1, 2)]);
/// ```
#[track_caller]
pub fn coalesce_by<I: Item, E: IsEvent, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>, R: KeyPart, K>(
    flow: F,
    interval: impl Interval,
    key: K,
) -> Pipe<I, Then<S, Coalesce<KeyOf<K>>>>
where
    K: for<'a> FnMut(E::View<'a>) -> R + Clone + Send,
{
    flow.into_pipe().then(Coalesce::new(interval.interval(), KeyOf(key)))
}

/// The stage of [`coalesce`].
#[derive(Clone, Debug)]
pub struct Coalesce<K> {
    interval: Duration,
    key: K,
    limit: usize,
    next: Time,
    /// The last events, one for each key.
    window: Window,
    /// The places of the keys' events in the window.
    places: Keys<u32>,
    /// Where the keys of the window's events are in `places`.
    keys: Vec<u32>,
    /// When the events of the window run out.
    until: Vec<Time>,
    /// The key of the event at hand.
    current: Key,
}

impl<K> Coalesce<K> {
    fn new(interval: Duration, key: K) -> Coalesce<K> {
        Coalesce {
            interval,
            key,
            limit: LIMIT,
            next: NEVER,
            window: Window::new(),
            places: Keys::default(),
            keys: Vec::new(),
            until: Vec::new(),
            current: Key::default(),
        }
    }

    /// Sets how many keys are remembered at most.
    #[track_caller]
    pub fn limit(mut self, keys: impl Count) -> Coalesce<K> {
        self.limit = keys.count().min(u32::MAX as usize);
        self
    }

    /// Forgets the events that have expired, which were told.
    fn forget_expired(&mut self, now: Time) {
        let has_expired = |(event, until): (EventView<'_>, &Time)| now > *until || event.state() == Some("expired");
        if !self.window.iter().zip(&self.until).any(has_expired) {
            return;
        }
        let Coalesce { window, places, keys, until, .. } = self;
        let (mut place, mut kept) = (0, 0);
        window.retain(|event| {
            let (key, keep) = (keys[place], !has_expired((event, &until[place])));
            match places.get_mut(key).filter(|_| keep) {
                Some(slot) => {
                    slot.block = kept as u32;
                    (keys[kept], until[kept]) = (key, until[place]);
                    kept += 1;
                }
                None => drop(places.remove(key)),
            }
            place += 1;
            keep
        });
        keys.truncate(kept);
        until.truncate(kept);
        places.shrink();
    }
}

impl<I: Item, K: WritesKey<I> + Clone + Send> Stage<I> for Coalesce<K> {
    type Out = Window;

    fn held(&self) -> usize {
        self.window.held() + self.places.held(|_| 0) + self.keys.capacity() * size_of::<u32>() + self.until.capacity() * size_of::<Time>()
    }

    #[inline]
    fn item(&mut self, item: I::View<'_>, cx: &mut Context, _out: &mut impl Emit<Window>) {
        let Some(event) = I::as_event(item) else { return };
        let Coalesce { window, places, keys, until, current, .. } = self;
        let runs_out = cx.runs_out(event).unwrap_or(NEVER);
        current.clear();
        self.key.write(item, current);
        let hash = places.hash(current.as_bytes());
        let place = places.find(hash, current.as_bytes()).and_then(|key| places.get(key)).map(|slot| slot.block as usize);
        match place {
            Some(place) => {
                if let Some(last) = window.at_mut(place) {
                    last.assign(event);
                    until[place] = runs_out;
                }
            }
            None if window.len() < self.limit => {
                keys.push(places.insert(hash, current.as_bytes(), window.len() as u32, cx.now));
                until.push(runs_out);
                window.push(event);
            }
            None => {
                window.add_left_out();
                cx.services().lost.left_out.add(1);
            }
        }
        if self.next == NEVER {
            self.next = cx.now;
        }
    }

    #[inline]
    fn deadline(&self) -> Option<Time> {
        (self.next != NEVER).then_some(self.next)
    }

    fn tick(&mut self, cx: &mut Context, out: &mut impl Emit<Window>) {
        if self.next > cx.now || self.next == NEVER {
            return;
        }
        self.next = self.next + self.interval;
        out.emit(&self.window, cx);
        self.window.clear_counts();
        self.forget_expired(cx.wall());
        if self.window.is_empty() {
            self.next = NEVER;
        }
    }
}
