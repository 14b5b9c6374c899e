//! `map_async`: what other programs answer, many questions at a time.
//!
//! | file | what it is |
//! |---|---|
//! | `futures` | the futures of a router that runs |
//! | `here` | one future, run to its end on the spot |
//! | `yields` | what a future may give |

mod futures;
mod here;
mod yields;

use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::panic::Location;
use std::sync::Arc;
use std::time::Duration;

use self::futures::{Flight, Futures};
pub use self::yields::Yields;
use super::boundary::{Accepted, Limits, Order, open_breaker};
use crate::breaker::{Breaker, Circuit, Guard};
use crate::chain::boundaries::{kept, note};
use crate::chain::context::Context;
use crate::chain::falls::Fallen;
use crate::chain::flow::{Flow, Pipe};
use crate::chain::stage::{Emit, Stage};
use crate::chain::then::Then;
use crate::chain::wiring::Wiring;
use crate::model::arguments::{Count, Interval};
use crate::model::item::Item;
use crate::model::mishap::Mishap;
use crate::model::panics::catch;

/// Makes another item of each by a future, up to `most` of them at a time: `map_async(50, timeout = 5s, |event| async move { … })`.
///
/// Takes items of any type, and emits what the futures give, in the order in which that is there: an item, or a
/// `Result` of one. The closure is given an owned copy of the item; what it returns runs on the router's tokio run-time. While `most`
/// are under way the pipeline runs nothing more: what comes waits in its mailbox.
///
/// | option | what it sets | unless set |
/// |---|---|---|
/// | `timeout` | how long a future may take; then it is dropped | 5 s |
/// | `order` | `input` emits in the order in which items came | `finished` |
/// | `breaker` | when nothing is tried any more for a while | none |
///
/// An item whose future gives an error, takes too long or panics is a dead letter, and the pipeline goes on. Holds nothing but what is under way; a restart of the pipeline
/// leaves the futures as they are, and a drain waits for them. Under virtual time each future is run to its end on the spot, in a tokio run-time of its
/// own whose clock jumps: a future that sleeps takes no time. A `map_async` stands at the top of a pipeline.
///
/// ```
/// use fastts_core::prelude::*;
/// use fastts_core::{event, testing::Driver};
///
/// async fn look_up(event: Event) -> Result<Event, std::io::Error> {
///     Ok(event.with_state("known"))
/// }
///
/// router! { pipeline "known" { map_async(50, timeout = 2s, |event| look_up(event)); tap("known") } }
///
/// let mut driver = Driver::new(router());
/// driver.inject_all([event! { time: 1, host: "a" }]);
/// driver.assert_tapped("known", [(1, event! { time: 1, host: "a", state: "known" })]);
/// ```
#[track_caller]
pub fn map_async<I: Item, E: Item, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>, C, T, R, O>(
    flow: F,
    most: impl Count,
    task: C,
) -> Pipe<I, Then<S, MapAsync<E, C, T, R, O>>>
where
    C: Fn(E) -> T + Clone + Send + 'static,
    T: Future<Output = R> + Send + 'static,
    R: Yields<Item = O>,
    O: Item,
{
    note("map_async", Location::caller());
    flow.into_pipe()
        .then(MapAsync::new(Options { most: most.count(), timeout: Duration::from_secs(5), order: Order::default(), breaker: None }, task))
}

/// How it is set.
#[derive(Clone, Debug)]
struct Options {
    most: usize,
    timeout: Duration,
    order: Order,
    breaker: Option<Breaker>,
}

/// The stage of [`map_async`].
pub struct MapAsync<I, C, T, R, O> {
    options: Options,
    task: C,
    breaker: Option<Arc<Circuit>>,
    /// `None` before it comes to life, and under virtual time.
    futures: Option<Arc<Futures<O>>>,
    kinds: PhantomData<fn(I, T) -> R>,
}

impl<I, C, T, R, O> MapAsync<I, C, T, R, O> {
    fn new(options: Options, task: C) -> MapAsync<I, C, T, R, O> {
        MapAsync { options, task, breaker: None, futures: None, kinds: PhantomData }
    }

    /// Sets how long a future may take.
    #[track_caller]
    pub fn timeout(mut self, timeout: impl Interval) -> MapAsync<I, C, T, R, O> {
        self.options.timeout = timeout.interval();
        self
    }

    /// Sets in which order it emits.
    pub fn order(mut self, order: Order) -> MapAsync<I, C, T, R, O> {
        self.options.order = order;
        self
    }

    /// Sets when nothing is tried any more for a while.
    pub fn breaker(mut self, breaker: Breaker) -> MapAsync<I, C, T, R, O> {
        self.options.breaker = Some(breaker);
        self
    }
}

impl<I: Item, C, T, R, O: Item> Stage<I> for MapAsync<I, C, T, R, O>
where
    C: Fn(I) -> T + Clone + Send + 'static,
    T: Future<Output = R> + Send + 'static,
    R: Yields<Item = O>,
{
    type Out = O;

    fn start(&mut self, cx: &mut Context) {
        let place = cx.next_boundary();
        self.breaker = self.options.breaker.map(|breaker| open_breaker("map_async", place, Guard::from(breaker), cx));
        self.futures = cx.services().boundaries.as_ref().map(|boundaries| {
            let Options { most, order, .. } = self.options;
            let limits = Limits { most, slack: (most / 16).max(1), order };
            boundaries.open(place, || Futures::start(Arc::clone(boundaries), limits, self.breaker.clone()))
        });
    }

    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<Self::Out>) {
        let Some(futures) = &self.futures else { return self.here(item, cx, out) };
        let Accepted::Number(number) = futures.desk.accept::<I>(item, "", cx) else { return };
        let flight = Flight::new(Arc::clone(futures), number, cx.token().clone(), kept::<I>(item));
        match catch(|| (self.task)(I::keep(item))) {
            Ok(future) => flight.start::<I, T>(future, self.options.timeout),
            Err(panic) => flight.fail::<I>(Mishap::Panicked(panic)),
        }
    }

    fn arrive(&mut self, cx: &mut Context, out: &mut impl Emit<Self::Out>) {
        if let Some(futures) = &self.futures {
            futures.desk.arrive(cx, out);
        }
    }

    fn finish(&mut self, cx: &mut Context, out: &mut impl Emit<Self::Out>) {
        if let Some(futures) = &self.futures {
            futures.desk.finish(cx, out);
        }
    }

    const WIRING: Wiring<I, MapAsync<I, C, T, R, O>> = Wiring { boundaries: 1, ..Wiring::alone() };
}

impl<I: Item, C: Fn(I) -> T, T: Future<Output = R> + Send + 'static, R: Yields<Item = O>, O: Item> MapAsync<I, C, T, R, O> {
    /// Runs a future to its end on the spot.
    fn here(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<O>) {
        if let Some(Err(blown)) = self.breaker.as_ref().map(|breaker| breaker.ask(cx.now)) {
            return tell(Mishap::Blown(blown.to_string()), cx);
        }
        let result =
            catch(|| here::run((self.task)(I::keep(item)), self.options.timeout)).unwrap_or_else(|panic| Err(Mishap::Panicked(panic)));
        match result {
            Ok(output) => {
                if let Some(breaker) = &self.breaker {
                    breaker.done();
                }
                out.emit(output.view(), cx);
            }
            Err(why) => {
                if let Some(breaker) = &self.breaker {
                    breaker.melt(cx.now, why.to_string());
                }
                if let Mishap::Panicked(panic) = &why {
                    cx.services().falls.tell(Fallen::at::<I>(item, panic.clone(), cx.services()));
                }
                tell(why, cx);
            }
        }
    }
}

/// Tells whoever wants to know that the item came to nothing.
fn tell(why: Mishap, cx: &Context) {
    tracing::debug!("an item of map_async came to nothing: {why}");
    cx.token().note(why.outcome());
    cx.token().fail(why.of_call());
}

impl<I, C: Clone, T, R, O> Clone for MapAsync<I, C, T, R, O> {
    /// Makes one that was never started.
    fn clone(&self) -> MapAsync<I, C, T, R, O> {
        MapAsync::new(self.options.clone(), self.task.clone())
    }
}

impl<I, C, T, R, O> fmt::Debug for MapAsync<I, C, T, R, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MapAsync").field("options", &self.options).finish_non_exhaustive()
    }
}
