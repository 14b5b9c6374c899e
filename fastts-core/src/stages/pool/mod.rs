//! `pool`: stages that may block, on threads of their own.
//!
//! | file | what it is |
//! |---|---|
//! | `options` | how a pool is set |
//! | `core` | the threads, and what they work on |
//! | `shifts` | which worker is at what |
//! | `worker` | one thread |

mod core;
mod options;
mod shifts;
mod worker;

use std::fmt;
use std::marker::PhantomData;
use std::panic::Location;
use std::sync::Arc;

use self::core::Core;
use self::options::Options;
use self::shifts::{Job, shown_key};
use super::boundary::{Accepted, Order, open_breaker};
use crate::breaker::{Circuit, Guard};
use crate::chain::boundaries::note;
use crate::chain::context::Context;
use crate::chain::falls::Fallen;
use crate::chain::flow::{Flow, Pipe};
use crate::chain::publisher::announced;
use crate::chain::stage::{Emit, Stage};
use crate::chain::then::{Start, Then};
use crate::chain::watch;
use crate::chain::wiring::Wiring;
use crate::model::arguments::{Count, Interval};
use crate::model::item::Item;
use crate::model::key::{Key, WritesKey};
use crate::model::mishap::Mishap;
use crate::model::panics::catch;

/// Runs copies of a block on threads of their own, where they may wait: `pool(25, timeout = 5s) { resize }`.
///
/// Takes items of any type, and emits what the copies of the block emit, in the order in which they finish. Each item is taken by a worker
/// that is free, a thread with a copy of the block; threads are made when they are needed. When all workers are busy and as many items
/// wait as `queue` says, the pipeline runs nothing more until some have come back: what comes waits in its mailbox.
///
/// | option | what it sets | unless set |
/// |---|---|---|
/// | `timeout` | how long a worker may be at one item, from when it took it | 5 s |
/// | `overflow` | how many workers more there may be while all are busy, or lost | 0 |
/// | `queue` | how many items may wait | 100 |
/// | `key` | items of one key run one after the other, in the order in which they came | none |
/// | `order` | `input` emits in the order in which items came | `finished` |
/// | `breaker` | when nothing is tried any more for a while | none |
///
/// An item over which a worker takes too long, or panics, is a dead letter, and the pipeline goes on. A worker that is timed out is not
/// used again before it has come back, what it brings then is dropped, and another takes its place as far as `overflow` goes.
///
/// Copies of the block know nothing of one another, so it should hold nothing: which worker gets an item is left to chance. A restart of
/// the pipeline leaves the pool as it is, with what is under way; a drain waits for that. Under virtual time, in a test and in a replay,
/// the block runs on the spot. A pool stands at the top of a pipeline.
///
/// ```
/// use fastts_core::prelude::*;
/// use fastts_core::{event, testing::Driver};
///
/// router! { pipeline "slow" { pool(4, timeout = 2s) { map(|e| e.to_owned().with_state("seen")) }; tap("seen") } }
///
/// let mut driver = Driver::new(router());
/// driver.inject_all([event! { time: 1, host: "a" }]);
/// driver.assert_tapped("seen", [(1, event! { time: 1, host: "a", state: "seen" })]);
/// ```
///
/// # Panics
/// When a stage in the block publishes, or is a boundary itself.
#[track_caller]
pub fn pool<I: Item, E: Item, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>, T: Flow<In = E>>(
    flow: F,
    workers: impl Count,
    block: impl FnOnce(Pipe<E, Start>) -> T,
) -> Pipe<I, Then<S, Pool<E, T::Stage, NoKey>>> {
    let place = Location::caller();
    note("pool", place);
    let ((block, marks), published) = announced(|| block(Pipe::start()).into_pipe().into_parts());
    if let Some(one) = published.first() {
        panic!("a stage in the block of `pool` publishes on topic {:?}, which a worker cannot; publish behind the pool", one.topic);
    }
    flow.into_pipe().then_holding(Pool::new(Options::new(workers.count()), block, NoKey), [marks])
}

/// The stage of [`pool`].
pub struct Pool<I: Item, B: Stage<I>, K> {
    options: Options,
    block: B,
    key: K,
    place: Place<I, B>,
    buffer: Key,
    breaker: Option<Arc<Circuit>>,
    item: PhantomData<fn(I)>,
}

/// Where a pool runs its block.
enum Place<I: Item, B: Stage<I>> {
    /// Nowhere yet.
    Unstarted,
    /// On the spot, under virtual time: a copy of the block, `None` after a panic.
    Here(Option<B>),
    /// On threads of its own.
    Threads(Arc<Core<I, B>>),
}

/// Items of a pool have no key.
#[derive(Clone, Copy, Debug)]
pub struct NoKey;

/// What a pool goes by to keep the order of items.
pub trait PoolKey<I: Item>: Clone + Send + 'static {
    /// Writes the key of an item; returns false when items have none.
    fn write_key(&mut self, item: I::View<'_>, key: &mut Key) -> bool;
}

impl<I: Item> PoolKey<I> for NoKey {
    fn write_key(&mut self, _item: I::View<'_>, _key: &mut Key) -> bool {
        false
    }
}

/// Items of a pool have the key that this writes.
#[derive(Clone, Debug)]
pub struct Keyed<K>(K);

impl<I: Item, K: WritesKey<I> + Clone + Send + 'static> PoolKey<I> for Keyed<K> {
    fn write_key(&mut self, item: I::View<'_>, key: &mut Key) -> bool {
        key.clear();
        self.0.write(item, key);
        true
    }
}

impl<I: Item, B: Stage<I>, K> Pool<I, B, K> {
    fn new(options: Options, block: B, key: K) -> Pool<I, B, K> {
        Pool { options, block, key, place: Place::Unstarted, buffer: Key::default(), breaker: None, item: PhantomData }
    }

    /// Sets how long a worker may be at one item, from when it took it.
    #[track_caller]
    pub fn timeout(mut self, timeout: impl Interval) -> Pool<I, B, K> {
        self.options.timeout = timeout.interval();
        self
    }

    /// Sets how many workers more there may be while all are busy, or lost.
    #[track_caller]
    pub fn overflow(mut self, workers: impl Count) -> Pool<I, B, K> {
        self.options.overflow = workers.count_or_none();
        self
    }

    /// Sets how many items may wait for a worker.
    #[track_caller]
    pub fn queue(mut self, items: impl Count) -> Pool<I, B, K> {
        self.options.queue = items.count_or_none();
        self
    }

    /// Sets in which order it emits.
    pub fn order(mut self, order: Order) -> Pool<I, B, K> {
        self.options.order = order;
        self
    }

    /// Sets when nothing is tried any more for a while.
    pub fn breaker(mut self, breaker: impl Into<Guard>) -> Pool<I, B, K> {
        self.options.breaker = Some(breaker.into());
        self
    }

    /// Has items of one key run one after the other.
    pub fn key<W>(self, key: W) -> Pool<I, B, Keyed<W>>
    where
        W: for<'a> FnMut(I::View<'a>, &mut Key) + Clone + Send,
    {
        Pool::new(self.options, self.block, Keyed(key))
    }
}

impl<I: Item, B: Stage<I>, K: PoolKey<I>> Pool<I, B, K> {
    /// Runs the block on the spot.
    fn here(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<B::Out>) {
        let key = self.breaker_key(item);
        if let Some(Err(blown)) = self.breaker.as_ref().map(|breaker| breaker.ask_for(&key, cx.now)) {
            let why = Mishap::Blown(blown.to_string());
            cx.token().fail(why.of_call());
            return cx.token().note(why.outcome());
        }
        let Place::Here(block) = &mut self.place else { return };
        let prototype = &self.block;
        let result = catch(|| {
            let block = block.get_or_insert_with(|| {
                let mut block = prototype.clone();
                block.start(cx);
                block
            });
            worker::outputs(block, item, cx)
        });
        match result {
            Ok(outputs) => {
                if let Some(breaker) = &self.breaker {
                    breaker.done_for(&key);
                }
                outputs.iter().for_each(|output| out.emit(output.view(), cx));
            }
            Err(panic) => {
                let broken = block.take();
                let _ = catch(|| drop(broken));
                let why = Mishap::Panicked(panic.clone());
                if let Some(breaker) = &self.breaker {
                    breaker.melt_for(&key, cx.now, why.to_string());
                }
                cx.token().fail(why.of_call());
                cx.token().note(why.outcome());
                cx.services().falls.tell(Fallen::at::<I>(item, panic, cx.services()));
            }
        }
    }

    /// Returns the key of an item as its breaker knows it.
    fn breaker_key(&mut self, item: I::View<'_>) -> String {
        let is_keyed = self.options.breaker.is_some_and(|guard| guard.is_keyed()) && self.key.write_key(item, &mut self.buffer);
        if is_keyed { shown_key(self.buffer.as_bytes()) } else { String::new() }
    }

    /// Does what `item` does on the spot, and lets it be seen.
    fn watch(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut dyn Emit<B::Out>) {
        let Place::Here(block) = &mut self.place else { return };
        let prototype = &self.block;
        let block = block.get_or_insert_with(|| {
            let mut block = prototype.clone();
            block.start(cx);
            block
        });
        watch::inside(0, cx, |cx| watch::run(block, item, cx, Some(out)));
    }
}

impl<I: Item, B: Stage<I>, K: PoolKey<I>> Stage<I> for Pool<I, B, K> {
    type Out = B::Out;

    fn start(&mut self, cx: &mut Context) {
        let place = cx.next_boundary();
        self.breaker = self.options.breaker.map(|guard| open_breaker("pool", place, guard, cx));
        self.place = match &cx.services().boundaries {
            None => Place::Here(None),
            Some(boundaries) => {
                let make = || {
                    let (options, breaker) = (self.options.clone(), self.breaker.clone());
                    Core::start(Arc::clone(boundaries), options, breaker, self.block.clone(), cx.services().clone())
                };
                Place::Threads(boundaries.open(place, make))
            }
        };
    }

    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<B::Out>) {
        let breaker_key = if self.breaker.is_some() { self.breaker_key(item) } else { String::new() };
        let Place::Threads(core) = &self.place else { return self.here(item, cx, out) };
        let key = self.key.write_key(item, &mut self.buffer).then(|| self.buffer.as_bytes().into());
        if let Accepted::Number(number) = core.desk.accept::<I>(item, &breaker_key, cx) {
            core.submit(Job { item: Arc::new(I::keep(item)), number, token: cx.token().clone(), key });
        }
    }

    fn arrive(&mut self, cx: &mut Context, out: &mut impl Emit<B::Out>) {
        if let Place::Threads(core) = &self.place {
            core.desk.arrive(cx, out);
        }
    }

    fn finish(&mut self, cx: &mut Context, out: &mut impl Emit<B::Out>) {
        match &mut self.place {
            Place::Threads(core) => core.desk.finish(cx, out),
            Place::Here(Some(block)) => block.finish(cx, out),
            Place::Here(None) | Place::Unstarted => {}
        }
    }

    const WIRING: Wiring<I, Pool<I, B, K>> =
        Wiring { boundaries: 1, ..Wiring::alone().holding(|| vec![watch::outline::<I, B>()], Pool::watch) };
}

impl<I: Item, B: Stage<I>, K: Clone> Clone for Pool<I, B, K> {
    /// Makes one that was never started.
    fn clone(&self) -> Pool<I, B, K> {
        Pool::new(self.options.clone(), self.block.clone(), self.key.clone())
    }
}

impl<I: Item, B: Stage<I>, K> fmt::Debug for Pool<I, B, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").field("options", &self.options).finish_non_exhaustive()
    }
}
