//! `filter`, `map` and their like: a closure decides.

use crate::chain::context::Context;
use crate::chain::flow::{Flow, Pipe};
use crate::chain::stage::{Emit, Stage};
use crate::chain::then::Then;
use crate::chain::wiring::Wiring;
use crate::model::item::Item;
use crate::model::time::Time;

/// Passes on the items for which `keep` returns true.
///
/// Takes and emits items of any type, holds nothing but the closure, whose state a restart resets.
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" { filter(|e| e.host() == Some("a")); fastts_core::testing::tap } }
/// let out: Vec<Event> = testing::outputs(example(), [Event::new().with_host("a"), Event::new().with_host("b"), Event::new()]);
/// assert_eq!(out, [Event::new().with_host("a")]);
/// ```
pub fn filter<I: Item, E: Item, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>, P>(
    flow: F,
    keep: P,
) -> Pipe<I, Then<S, Filter<P>>>
where
    P: for<'a> FnMut(E::View<'a>) -> bool + Send,
    P: Clone, // `by` copies it for every key: share what is not `Clone` with an `Arc`
{
    flow.into_pipe().then(Filter(keep))
}

/// The stage of [`filter`].
#[derive(Clone, Copy, Debug)]
pub struct Filter<P>(P);

impl<I: Item, P: for<'a> FnMut(I::View<'a>) -> bool + Clone + Send + 'static> Stage<I> for Filter<P> {
    type Out = I;

    #[inline]
    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<I>) {
        if (self.0)(item) {
            out.emit(item, cx);
        }
    }
}

/// Passes on the items for which a predicate holds; `where(…)` in a router.
///
/// Takes and emits items of any type, holds nothing. The predicate sees the item and the time. A missing field makes every
/// comparison false, except `!=`, which is true; so does NaN.
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" { where(metric > 5 && service =~ "^api"); fastts_core::testing::tap } }
/// let event = |service, metric| Event::new().with_service(service).with_metric(metric);
/// let out: Vec<Event> = testing::outputs(example(), [event("api in", 6), event("api out", 5), event("db", 7)]);
/// assert_eq!(out, [event("api in", 6)]);
/// ```
///
/// # Differs from Riemann
/// A comparison on a missing metric is false and does not throw.
pub fn where_<I: Item, E: Item, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>, P>(
    flow: F,
    keep: P,
) -> Pipe<I, Then<S, Where<P>>>
where
    P: for<'a> FnMut(E::View<'a>, Time) -> bool + Clone + Send,
{
    flow.into_pipe().then(Where(keep))
}

/// The stage of [`where_`].
#[derive(Clone, Copy, Debug)]
pub struct Where<P>(P);

impl<I: Item, P: for<'a> FnMut(I::View<'a>, Time) -> bool + Clone + Send + 'static> Stage<I> for Where<P> {
    type Out = I;

    #[inline]
    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<I>) {
        if (self.0)(item, cx.wall()) {
            out.emit(item, cx);
        }
    }
}

impl<P> Where<P> {
    /// Says that the predicate is what the pipeline's heads ask, and nothing else; the macro says so of a pipeline's first stage.
    #[doc(hidden)]
    pub fn as_head(self) -> WhereHead<P> {
        WhereHead(self)
    }
}

/// The stage of [`where_`] as a pipeline's first one, when its predicate is dear and exactly what the pipeline's heads ask: what was
/// picked by them is not asked again.
#[derive(Clone, Copy, Debug)]
pub struct WhereHead<P>(Where<P>);

impl<I: Item, P: for<'a> FnMut(I::View<'a>, Time) -> bool + Clone + Send + 'static> Stage<I> for WhereHead<P> {
    type Out = I;

    #[inline]
    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<I>) {
        if cx.picked {
            out.emit(item, cx);
        } else {
            self.0.item(item, cx, out);
        }
    }
}

/// Shows every item to `look` and passes it on.
///
/// Takes and emits items of any type, holds nothing but the closure, whose state a restart resets.
///
/// ```
/// # use fastts_core::{testing, Event};
/// use std::sync::Arc;
/// use std::sync::atomic::{AtomicUsize, Ordering};
///
/// fastts_core::router! {
///     pub fn example;
///     let count = COUNT.clone();
///     pipeline "example" { inspect(move |_| { count.fetch_add(1, Ordering::Relaxed); }); fastts_core::testing::tap }
/// }
/// static COUNT: std::sync::LazyLock<Arc<AtomicUsize>> = std::sync::LazyLock::new(Arc::default);
///
/// let out: Vec<Event> = testing::outputs(example(), [Event::new(), Event::new().with_host("a")]);
/// assert_eq!(out, [Event::new(), Event::new().with_host("a")]);
/// assert_eq!(COUNT.load(Ordering::Relaxed), 2);
/// ```
pub fn inspect<I: Item, E: Item, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>, P>(
    flow: F,
    look: P,
) -> Pipe<I, Then<S, Inspect<P>>>
where
    P: for<'a> FnMut(E::View<'a>) + Send,
    P: Clone, // `by` copies it for every key: share what is not `Clone` with an `Arc`
{
    flow.into_pipe().then(Inspect(look))
}

/// The stage of [`inspect`].
#[derive(Clone, Copy, Debug)]
pub struct Inspect<P>(P);

impl<I: Item, P: for<'a> FnMut(I::View<'a>) + Clone + Send + 'static> Stage<I> for Inspect<P> {
    type Out = I;

    const WIRING: Wiring<I, Inspect<P>> = Wiring::alone().passes_all();

    #[inline]
    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<I>) {
        (self.0)(item);
        out.emit(item, cx);
    }
}

/// Replaces every item by what `make` makes of it, which is owned and may be of another type.
///
/// Takes items of any type, emits items of the closure's type, holds nothing but the closure, whose state a restart resets.
/// For a changed event, `with` and `adjust` are cheaper: they copy nothing.
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" { map(|e| e.to_owned().with_state("seen")); fastts_core::testing::tap } }
/// let out: Vec<Event> = testing::outputs(example(), [Event::new().with_host("a")]);
/// assert_eq!(out, [Event::new().with_host("a").with_state("seen")]);
/// ```
pub fn map<I: Item, E: Item, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>, O: Item, P>(
    flow: F,
    make: P,
) -> Pipe<I, Then<S, MapItem<P>>>
where
    P: for<'a> FnMut(E::View<'a>) -> O + Send,
    P: Clone, // `by` copies it for every key: share what is not `Clone` with an `Arc`
{
    flow.into_pipe().then(MapItem(make))
}

/// The stage of [`map`].
#[derive(Clone, Copy, Debug)]
pub struct MapItem<P>(P);

impl<I: Item, O: Item, P: for<'a> FnMut(I::View<'a>) -> O + Clone + Send + 'static> Stage<I> for MapItem<P> {
    type Out = O;

    const WIRING: Wiring<I, MapItem<P>> = Wiring::alone().passes_all();

    #[inline]
    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<O>) {
        let made = (self.0)(item);
        out.emit(made.view(), cx);
    }
}

/// Replaces every item by what `make` makes of it, and drops it where that is `None`; Riemann's `smap`.
///
/// Takes items of any type, emits items of the closure's type, holds nothing but the closure, whose state a restart resets.
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" { filter_map(|e| e.host().map(str::to_owned)); fastts_core::testing::tap } }
/// let out: Vec<String> = testing::outputs(example(), [Event::new().with_host("a"), Event::new(), Event::new().with_host("b")]);
/// assert_eq!(out, ["a", "b"]);
/// ```
pub fn filter_map<I: Item, E: Item, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>, O: Item, P>(
    flow: F,
    make: P,
) -> Pipe<I, Then<S, FilterMap<P>>>
where
    P: for<'a> FnMut(E::View<'a>) -> Option<O> + Send,
    P: Clone, // `by` copies it for every key: share what is not `Clone` with an `Arc`
{
    flow.into_pipe().then(FilterMap(make))
}

/// The stage of [`filter_map`].
#[derive(Clone, Copy, Debug)]
pub struct FilterMap<P>(P);

impl<I: Item, O: Item, P: for<'a> FnMut(I::View<'a>) -> Option<O> + Clone + Send + 'static> Stage<I> for FilterMap<P> {
    type Out = O;

    #[inline]
    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<O>) {
        if let Some(made) = (self.0)(item) {
            out.emit(made.view(), cx);
        }
    }
}

/// Replaces every item by the items that `make` makes of it, one after another; Riemann's `smapcat`.
///
/// Takes items of any type, emits items of the closure's type, holds nothing but the closure, whose state a restart resets.
/// The closure returns anything that can be iterated and owns its items, such as an array or a `Vec`.
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" { flat_map(|e| e.tags().map(str::to_owned).collect::<Vec<_>>()); fastts_core::testing::tap } }
/// let out: Vec<String> = testing::outputs(example(), [Event::new().with_tags(["x", "y"]), Event::new(), Event::new().with_tags("z")]);
/// assert_eq!(out, ["x", "y", "z"]);
/// ```
pub fn flat_map<I: Item, E: Item, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>, O: IntoIterator<Item: Item>, P>(
    flow: F,
    make: P,
) -> Pipe<I, Then<S, FlatMap<P>>>
where
    P: for<'a> FnMut(E::View<'a>) -> O + Send,
    P: Clone, // `by` copies it for every key: share what is not `Clone` with an `Arc`
{
    flow.into_pipe().then(FlatMap(make))
}

/// The stage of [`flat_map`].
#[derive(Clone, Copy, Debug)]
pub struct FlatMap<P>(P);

impl<I: Item, O: IntoIterator<Item: Item>, P: for<'a> FnMut(I::View<'a>) -> O + Clone + Send + 'static> Stage<I> for FlatMap<P> {
    type Out = O::Item;

    #[inline]
    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<O::Item>) {
        for made in (self.0)(item) {
            out.emit(made.view(), cx);
        }
    }
}
