//! `by`: a copy of a block for every key.

pub(super) mod keys;
mod restarting;
mod table;
mod timers;

use std::time::Duration;

pub use self::restarting::Restarting;

use self::keys::Keys;
use self::timers::{Entry, Timers};
use crate::chain::context::Context;
use crate::chain::flow::{Flow, Pipe};
use crate::chain::stage::{Emit, Stage};
use crate::chain::then::{Start, Then, earlier};
use crate::chain::watch::{self, Erased};
use crate::chain::wiring::Wiring;
use crate::model::arguments::{Count, Interval};
use crate::model::item::Item;
use crate::model::key::{Key, KeyOf, KeyPart, WritesKey};
use crate::model::time::Time;

/// Runs a copy of a block for every key: `by(host, service) { rate(5); stdout }`.
///
/// Takes items of any type and emits what the copies of the block emit. The block is built once and copied for every new
/// key, so a sink in it is one sink. A key that had no item for `idle` (an hour unless set: `by(host, idle = 10m) { … }`) is
/// freed with its timers, after its copy was flushed, at the latest after twice that time; when there are `limit` keys (2²⁰
/// unless set) a new one takes the place of one that was idle for long. A missing field is a key like any other.
///
/// A panic in the block costs the pipeline, as any panic does. With `by(host, restart = key) { … }` it costs the block of one key: what that
/// held is gone, the key begins anew, the event that did it is a dead letter. What the block emits goes on when it has returned then, so that a
/// panic of what follows is not taken for the key's.
///
/// Holds a copy of the block per key, all of which a restart forgets. Emits by time what the copies do; timers of one instant
/// fire in the order in which they were set, whatever their key.
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" { by(host) { changed(state) }; fastts_core::testing::tap } }
/// let event = |host, state| Event::new().with_host(host).with_state(state);
/// let out: Vec<Event> = testing::outputs(example(), [event("a", "ok"), event("b", "ok"), event("a", "ok")]);
/// assert_eq!(out, [event("a", "ok"), event("b", "ok")]);
/// ```
///
/// # Differs from Riemann
/// Keys are freed, with their timers, and there is no race between two events of a new key.
pub fn by<I: Item, E: Item, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>, K, T: Flow<In = E>>(
    flow: F,
    key: K,
    block: impl FnOnce(Pipe<E, Start>) -> T,
) -> Pipe<I, Then<S, By<K, T::Stage>>>
where
    K: for<'a> FnMut(E::View<'a>, &mut Key) + Clone + Send,
{
    let (block, marks) = block(Pipe::start()).into_pipe().into_parts();
    flow.into_pipe().then_holding(By::new(key, block), [marks])
}

/// Runs a copy of a block for every value that `key` makes of an item; otherwise as [`by`].
///
/// The closure returns an owned key: a number, a `String`, a `bool`, an `Option` or a tuple of them.
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" { by_value(|e| e.metric() > 5) { runs(2, state) }; fastts_core::testing::tap } }
/// let event = |metric: i64| Event::new().with_metric(metric);
/// let out: Vec<Event> = testing::outputs(example(), [event(1), event(6), event(2)]);
/// assert_eq!(out, [event(2)]);
/// ```
pub fn by_value<I: Item, E: Item, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>, R: KeyPart, K, T: Flow<In = E>>(
    flow: F,
    key: K,
    block: impl FnOnce(Pipe<E, Start>) -> T,
) -> Pipe<I, Then<S, By<KeyOf<K>, T::Stage>>>
where
    K: for<'a> FnMut(E::View<'a>) -> R + Clone + Send,
{
    let (block, marks) = block(Pipe::start()).into_pipe().into_parts();
    flow.into_pipe().then_holding(By::new(KeyOf(key), block), [marks])
}

const HOUR: Duration = Duration::from_secs(3600);

/// How many pieces a sweep for idle keys is cut into, so that none takes long.
const PIECES: u32 = 64;

/// The stage of [`by`].
#[derive(Clone, Debug)]
pub struct By<K, B> {
    key: K,
    block: B,
    keys: Keys<B>,
    timers: Timers,
    buffer: Key,
    idle: Duration,
    limit: usize,
    /// When the next piece of the sweep is due.
    sweep: Option<Time>,
    hand: u32,
    /// The hashes of items that were shown ahead, then the slots that they most likely have.
    ahead: Vec<u32>,
}

/// From how many keys on `by` looks ahead; the state of fewer lies in the cache anyway.
const MANY: usize = 1 << 13;

impl<K, B> By<K, B> {
    pub(super) fn new(key: K, block: B) -> By<K, B> {
        By {
            key,
            block,
            keys: Keys::default(),
            timers: Timers::default(),
            buffer: Key::default(),
            idle: HOUR,
            limit: 1 << 20,
            sweep: None,
            hand: 0,
            ahead: Vec::new(),
        }
    }

    /// Sets after which time without an item a key is freed.
    #[track_caller]
    pub fn idle(mut self, idle: impl Interval) -> By<K, B> {
        self.idle = idle.interval();
        self
    }

    /// Sets how many keys there may be; at most 2³⁰.
    #[track_caller]
    pub fn limit(mut self, limit: impl Count) -> By<K, B> {
        self.limit = limit.count().min(1 << 30);
        self
    }

    /// Has another block in the place of this one.
    fn with_block<C>(self, block: impl FnOnce(B) -> C) -> By<K, C> {
        let By { idle, limit, .. } = self;
        By { idle, limit, ..By::new(self.key, block(self.block)) }
    }

    /// Returns the block that is copied.
    pub(super) fn block_mut(&mut self) -> &mut B {
        &mut self.block
    }

    /// Returns the slot of the key in the buffer, a new one if need be.
    #[inline]
    fn slot<I: Item>(&mut self, cx: &mut Context, out: &mut impl Emit<B::Out>) -> u32
    where
        B: Stage<I>,
    {
        let hash = self.keys.hash(self.buffer.as_bytes());
        match self.keys.find(hash, self.buffer.as_bytes()) {
            Some(index) => index,
            None => self.add(hash, cx, out),
        }
    }

    #[cold]
    fn add<I: Item>(&mut self, hash: u32, cx: &mut Context, out: &mut impl Emit<B::Out>) -> u32
    where
        B: Stage<I>,
    {
        if self.keys.len() >= self.limit {
            cx.services().lost.evicted.add(1);
            let index = self.keys.idlest();
            self.free(index, cx, out);
        }
        if self.sweep.is_none() {
            self.sweep = Some(cx.now + self.idle / PIECES);
        }
        let mut block = self.block.clone();
        block.start(cx);
        self.keys.insert(hash, self.buffer.as_bytes(), block, cx.now)
    }

    /// Flushes and forgets a key.
    fn free<I: Item>(&mut self, index: u32, cx: &mut Context, out: &mut impl Emit<B::Out>)
    where
        B: Stage<I>,
    {
        if let Some(mut block) = self.keys.remove(index) {
            // The key makes room for another, or was idle.
            cx.without_token(|cx| block.finish(cx, out));
        }
    }

    /// Frees the idle keys of the next piece of the table.
    #[cold]
    fn sweep<I: Item>(&mut self, cx: &mut Context, out: &mut impl Emit<B::Out>)
    where
        B: Stage<I>,
    {
        let slots = self.keys.slots();
        let piece = slots.div_ceil(PIECES).max(1);
        for _ in 0..piece.min(slots) {
            self.hand = (self.hand + 1) % slots;
            if self.keys.get(self.hand).is_some_and(|slot| cx.now.since(slot.seen) >= self.idle) {
                self.free(self.hand, cx, out);
            }
        }
        self.keys.shrink();
        self.timers.shrink();
        self.sweep = (self.keys.len() > 0).then(|| cx.now + (self.idle / PIECES).max(Duration::from_micros(1)));
    }
}

impl<I: Item, K, B> Stage<I> for By<K, B>
where
    K: WritesKey<I> + Clone + Send,
    B: Stage<I>,
{
    type Out = B::Out;

    fn held(&self) -> usize {
        self.keys.held(B::held) + self.timers.held() + self.block.held() + self.ahead.capacity() * size_of::<u32>()
    }

    #[inline]
    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<B::Out>) {
        self.buffer.clear();
        self.key.write(item, &mut self.buffer);
        let index = self.slot::<I>(cx, out);
        let Some(slot) = self.keys.get_mut(index) else { return };
        slot.seen = cx.now;
        slot.block.item(item, cx, out);
        self.timers.follow(index, slot.block.deadline(), &mut slot.timer);
    }

    #[inline]
    fn deadline(&self) -> Option<Time> {
        earlier(self.timers.next(), self.sweep)
    }

    fn tick(&mut self, cx: &mut Context, out: &mut impl Emit<B::Out>) {
        // Timers that are due are taken out a few at a time, so that the memory of all of them is on its way at once.
        let mut due = [Entry::NONE; 16];
        // Those that are set meanwhile, for this instant again, have to wait for the next call.
        let mut left = self.timers.len();
        loop {
            let mut count = 0;
            while count < due.len().min(left)
                && let Some(entry) = self.timers.pop(cx.now)
            {
                self.keys.prefetch_at(entry.index);
                due[count] = entry;
                count += 1;
            }
            for entry in &due[..count] {
                if let Some(slot) = self.keys.get_mut(entry.index) {
                    (B::WIRING.prefetch)(&mut slot.block);
                }
            }
            for entry in &due[..count] {
                let Some(slot) = self.keys.get_mut(entry.index) else { continue };
                if !slot.timer.came(entry) {
                    continue;
                }
                if slot.block.deadline().is_some_and(|deadline| deadline <= cx.now) {
                    slot.block.tick(cx, out);
                }
                self.timers.follow(entry.index, slot.block.deadline(), &mut slot.timer);
            }
            left -= count;
            if count < due.len() {
                break;
            }
        }
        if self.sweep.is_some_and(|due| due <= cx.now) {
            self.sweep(cx, out);
        }
    }

    fn finish(&mut self, cx: &mut Context, out: &mut impl Emit<B::Out>) {
        self.keys.blocks_mut().for_each(|block| block.finish(cx, out));
    }

    const WIRING: Wiring<I, By<K, B>> = Wiring {
        looks_ahead: K::REPEATABLE,
        look_ahead: if K::REPEATABLE { Some(|by, item, _| by.look_ahead(item)) } else { None },
        ..Wiring::alone().prefetching(By::prefetch).holding(|| vec![watch::outline::<I, B>()], By::watch)
    };
}

impl<K, B> By<K, B> {
    /// Asks for the memory of the key that an item has, when there are many keys.
    #[inline]
    fn look_ahead<I: Item>(&mut self, item: I::View<'_>)
    where
        K: WritesKey<I>,
    {
        if self.keys.len() < MANY {
            return;
        }
        self.buffer.clear();
        self.key.write(item, &mut self.buffer);
        let hash = self.keys.hash(self.buffer.as_bytes());
        self.keys.prefetch(hash);
        self.ahead.push(hash);
    }

    /// Asks for the memory of the blocks of the keys that were shown.
    #[inline]
    fn prefetch<I: Item>(&mut self)
    where
        B: Stage<I>,
    {
        let By { ahead, keys, .. } = self;
        ahead.retain_mut(|ahead| keys.prefetch_slot(*ahead).map(|index| *ahead = index).is_some());
        for index in ahead.drain(..) {
            if let Some(slot) = keys.get_mut(index) {
                (B::WIRING.prefetch)(&mut slot.block);
            }
        }
    }

    /// Does what `item` does, and lets it be seen.
    fn watch<I: Item>(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut dyn Emit<B::Out>)
    where
        K: WritesKey<I>,
        B: Stage<I>,
    {
        self.buffer.clear();
        self.key.write(item, &mut self.buffer);
        // A key that makes room for this one may emit, which is not what is watched.
        let watching = cx.watch.take();
        let index = self.slot::<I>(cx, &mut Erased(out));
        cx.watch = watching;
        let Some(slot) = self.keys.get_mut(index) else { return };
        slot.seen = cx.now;
        watch::inside(0, cx, |cx| watch::run(&mut slot.block, item, cx, Some(out)));
        self.timers.follow(index, slot.block.deadline(), &mut slot.timer);
    }
}
