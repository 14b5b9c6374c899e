//! `top`: the largest few.

use std::cmp::Ordering;
use std::hash::{BuildHasher, Hasher};

use foldhash::fast::RandomState;

use crate::chain::context::Context;
use crate::chain::flow::{Flow, Pipe};
use crate::chain::stage::{Discard, Emit, Stage};
use crate::chain::then::{Start, Then};
use crate::chain::watch::{self, Erased};
use crate::chain::wiring::Wiring;
use crate::model::arguments::Count;
use crate::model::event::{Event, EventView};
use crate::model::item::{IsEvent, Item};
use crate::model::key::{Key, KeyOf, KeyPart, WritesKey};
use crate::model::time::Time;
use crate::model::window::expired;

/// Passes on the events of the `n` hosts and services whose field is largest, and says of the others that they have expired:
/// `top(10, metric)`, `top(10, metric) { tag("rest"); stdout }`.
///
/// Takes and emits events, so that who keeps the last event of each host and service behind it keeps the `n` largest. The last event of a host and
/// service is a member while no more than `n - 1` others are larger; a new one has to be larger than the smallest member to take
/// its place. Of each event that is no member, an event with nothing but its host and service, the state `expired` and the time
/// is emitted.
///
/// With a block, what is no member goes into it, and of each member it gets the expired event, so that both sides tell the same;
/// what the block emits is dropped. A member that loses its place goes into the block at once, and its expired event is emitted;
/// without a block that happens when the next event of its host and service comes, unless the option `demote = true` asks for
/// it.
///
/// The field is compared as in `where`, several one after the other; an event without it, or with NaN, is no member. An expired
/// event makes its host and service leave, and goes both ways as it is. A member whose ttl has run out stays until then. Holds
/// `n` events, which a restart forgets; never emits by time, nor at a drain.
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" { top(1, metric); fastts_core::testing::tap } }
/// let event = |host, metric: i64| Event::new().with_host(host).with_metric(metric);
/// let out: Vec<Event> = testing::outputs(example(), [event("a", 1), event("b", 2), event("a", 1)]);
/// let expired = Event::new().with_host("a").with_state("expired").with_time(0);
/// assert_eq!(out, [event("a", 1), event("b", 2), expired]);
/// ```
///
/// # Differs from Riemann
/// It is always the smallest member that loses its place. Riemann may take another for the smallest when members have changed.
#[track_caller]
pub fn top<I: Item, E: IsEvent, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>, K>(
    flow: F,
    n: impl Count,
    key: K,
) -> Pipe<I, Then<S, Top<K, Nothing>>>
where
    K: for<'a> FnMut(E::View<'a>, &mut Key) + Clone + Send,
{
    flow.into_pipe().then(Top::new(n.count(), key, Nothing, false))
}

/// Passes on the events of the `n` hosts and services for which the closure returns most; otherwise as [`top`]:
/// `top_by(10, |event| …)`.
///
/// The closure returns an owned key: a number, a `String`, an `Option` or a tuple of them.
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" { top_by(1, |e| e.ttl()); where(state != "expired"); fastts_core::testing::tap } }
/// let event = |host, ttl: i64| Event::new().with_host(host).with_ttl(ttl);
/// let out: Vec<Event> = testing::outputs(example(), [event("a", 1), event("b", 2), event("c", 1)]);
/// assert_eq!(out, [event("a", 1), event("b", 2)]);
/// ```
#[track_caller]
pub fn top_by<I: Item, E: IsEvent, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>, R: KeyPart, K>(
    flow: F,
    n: impl Count,
    key: K,
) -> Pipe<I, Then<S, Top<KeyOf<K>, Nothing>>>
where
    K: for<'a> FnMut(E::View<'a>) -> R + Clone + Send,
{
    flow.into_pipe().then(Top::new(n.count(), KeyOf(key), Nothing, false))
}

/// Gives what is not among the largest to a block; `top(n, field) { … }` in a router, otherwise as [`top`].
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" { top(1, metric) { where(metric > 0); with(state = "no"); fastts_core::testing::tap } } }
/// let event = |host, metric: i64| Event::new().with_host(host).with_metric(metric);
/// let out: Vec<Event> = testing::outputs(example(), [event("a", 1), event("b", 2), event("c", 2)]);
/// assert_eq!(out, [event("a", 1).with_state("no"), event("c", 2).with_state("no")]);
/// ```
#[track_caller]
pub fn top_and_rest<I: Item, E: IsEvent, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>, K, T: Flow<In = Event>>(
    flow: F,
    n: impl Count,
    key: K,
    rest: impl FnOnce(Pipe<Event, Start>) -> T,
) -> Pipe<I, Then<S, Top<K, T::Stage>>>
where
    K: for<'a> FnMut(E::View<'a>, &mut Key) + Clone + Send,
{
    let (rest, marks) = rest(Pipe::start()).into_pipe().into_parts();
    flow.into_pipe().then_holding(Top::new(n.count(), key, rest, true), [marks])
}

/// Gives what is not among the largest to a block; `top_by(n, |event| …) { … }` in a router, otherwise as [`top_by`].
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" { top_by(1, |e| e.metric()) { where(metric > 0); fastts_core::testing::tap } } }
/// let event = |host, metric: i64| Event::new().with_host(host).with_metric(metric);
/// let out: Vec<Event> = testing::outputs(example(), [event("a", 2), event("b", 1)]);
/// assert_eq!(out, [event("b", 1)]);
/// ```
#[track_caller]
pub fn top_by_and_rest<
    I: Item,
    E: IsEvent,
    S: Stage<I, Out = E>,
    F: Flow<In = I, Item = E, Stage = S>,
    R: KeyPart,
    K,
    T: Flow<In = Event>,
>(
    flow: F,
    n: impl Count,
    key: K,
    rest: impl FnOnce(Pipe<Event, Start>) -> T,
) -> Pipe<I, Then<S, Top<KeyOf<K>, T::Stage>>>
where
    K: for<'a> FnMut(E::View<'a>) -> R + Clone + Send,
{
    let (rest, marks) = rest(Pipe::start()).into_pipe().into_parts();
    flow.into_pipe().then_holding(Top::new(n.count(), KeyOf(key), rest, true), [marks])
}

/// Takes what is no member when nobody wants it.
#[derive(Clone, Copy, Debug)]
pub struct Nothing;

impl Stage<Event> for Nothing {
    type Out = Event;

    #[inline]
    fn item(&mut self, _event: EventView<'_>, _cx: &mut Context, _out: &mut impl Emit<Event>) {}
}

/// The stage of [`top`].
#[derive(Clone, Debug)]
pub struct Top<K, B> {
    n: usize,
    key: K,
    /// Where what is no member goes.
    rest: B,
    /// Whether a member that loses its place is told at once.
    demote: bool,
    /// In the order in which they became members.
    members: Vec<Member>,
    /// The hashes of the members' hosts and services, in the same order: most events are told from all members by these alone.
    hashes: Vec<u64>,
    seed: RandomState,
    /// The place of the smallest member, when it is known.
    smallest: Option<usize>,
    /// Members that left, for their memory.
    left: Vec<Member>,
    /// The key of the event at hand.
    current: Key,
}

#[derive(Clone, Debug, Default)]
struct Member {
    event: Event,
    key: Key,
}

impl Member {
    /// Returns about how many bytes it takes.
    fn held(&self) -> usize {
        self.event.held() + size_of::<Key>() + self.key.held()
    }
}

impl<K, B> Top<K, B> {
    fn new(n: usize, key: K, rest: B, demote: bool) -> Top<K, B> {
        let (members, hashes, left) = (Vec::new(), Vec::new(), Vec::new());
        Top { n, key, rest, demote, members, hashes, seed: RandomState::default(), smallest: None, left, current: Key::default() }
    }

    /// Sets whether the event of a member that loses its place is emitted as expired at once.
    pub fn demote(mut self, at_once: bool) -> Top<K, B> {
        self.demote = at_once;
        self
    }

    #[inline]
    fn hash(&self, event: EventView<'_>) -> u64 {
        let mut hasher = self.seed.build_hasher();
        hasher.write(event.host().unwrap_or_default().as_bytes());
        hasher.write(event.service().unwrap_or_default().as_bytes());
        hasher.finish()
    }

    #[inline]
    fn place_of(&self, hash: u64, event: EventView<'_>) -> Option<usize> {
        let is_same = |member: &Member| (member.event.host(), member.event.service()) == (event.host(), event.service());
        (0..self.hashes.len()).find(|&place| self.hashes[place] == hash && is_same(&self.members[place]))
    }

    /// Takes a member out.
    fn take(&mut self, place: usize) -> Member {
        self.smallest = None;
        self.hashes.remove(place);
        self.members.remove(place)
    }

    /// Lets a member leave.
    fn remove(&mut self, place: Option<usize>) {
        if let Some(place) = place {
            let member = self.take(place);
            self.left.push(member);
        }
    }

    /// Returns the place of the smallest member; of several, the one that is a member for longest.
    #[inline]
    fn smallest(&mut self) -> Option<usize> {
        if self.smallest.is_none() {
            let compare = |a: &usize, b: &usize| self.members[*a].key.compare(&self.members[*b].key).unwrap_or(Ordering::Equal);
            self.smallest = (0..self.members.len()).min_by(compare);
        }
        self.smallest
    }
}

impl<K, B: Stage<Event>> Top<K, B> {
    /// Takes one item; `give` gives what is no member to the block.
    #[inline]
    fn take_item<I: Item>(
        &mut self,
        item: I::View<'_>,
        cx: &mut Context,
        out: &mut impl Emit<Event>,
        give: impl Fn(&mut B, EventView<'_>, &mut Context),
    ) where
        K: WritesKey<I>,
    {
        let Some(event) = I::as_event(item) else { return };
        if event.is_expired(cx.wall()) {
            self.remove(self.place_of(self.hash(event), event));
            out.emit(event, cx);
            give(&mut self.rest, event, cx);
            return;
        }
        self.current.clear();
        self.key.write(item, &mut self.current);
        if self.admit(event, cx, out, &give) {
            expired(event, cx.wall(), |event| give(&mut self.rest, event, cx));
            out.emit(event, cx);
        } else {
            expired(event, cx.wall(), |event| out.emit(event, cx));
            give(&mut self.rest, event, cx);
        }
    }

    /// Makes the event at hand a member if it is one, and returns whether it is.
    fn admit(
        &mut self,
        event: EventView<'_>,
        cx: &mut Context,
        out: &mut impl Emit<Event>,
        give: &impl Fn(&mut B, EventView<'_>, &mut Context),
    ) -> bool {
        let hash = self.hash(event);
        let place = self.place_of(hash, event);
        if self.current.compare(&self.current).is_none() {
            self.remove(place);
            return false;
        }
        let mut member = match place {
            Some(place) => {
                self.smallest = None;
                let member = &mut self.members[place];
                member.event.assign(event);
                std::mem::swap(&mut member.key, &mut self.current);
                return true;
            }
            None if self.members.len() < self.n => self.left.pop().unwrap_or_default(),
            None => {
                let Some(smallest) = self.smallest() else { return false };
                if self.current.compare(&self.members[smallest].key) != Some(Ordering::Greater) {
                    return false;
                }
                let member = self.take(smallest);
                if self.demote {
                    expired(member.event.view(), cx.wall(), |event| out.emit(event, cx));
                    give(&mut self.rest, member.event.view(), cx);
                }
                member
            }
        };
        member.event.assign(event);
        std::mem::swap(&mut member.key, &mut self.current);
        self.members.push(member);
        self.hashes.push(hash);
        self.smallest = None;
        true
    }
}

impl<I: Item, K: WritesKey<I> + Clone + Send, B: Stage<Event>> Stage<I> for Top<K, B> {
    type Out = Event;

    fn held(&self) -> usize {
        self.members.iter().chain(&self.left).map(Member::held).sum::<usize>() + self.rest.held()
    }

    fn start(&mut self, cx: &mut Context) {
        self.rest.start(cx);
    }

    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<Event>) {
        self.take_item::<I>(item, cx, out, |rest, event, cx| rest.item(event, cx, &mut Discard));
    }

    #[inline]
    fn deadline(&self) -> Option<Time> {
        self.rest.deadline()
    }

    #[inline]
    fn tick(&mut self, cx: &mut Context, _out: &mut impl Emit<Event>) {
        self.rest.tick(cx, &mut Discard);
    }

    #[inline]
    fn finish(&mut self, cx: &mut Context, _out: &mut impl Emit<Event>) {
        self.rest.finish(cx, &mut Discard);
    }

    const WIRING: Wiring<I, Top<K, B>> = Wiring::alone().holding(
        || vec![watch::outline::<Event, B>()],
        |top, item, cx, out| {
            top.take_item::<I>(item, cx, &mut Erased(out), |rest, event, cx| {
                watch::inside(0, cx, |cx| watch::run(rest, event, cx, None));
            });
        },
    );
}
