//! `changed`, `changed_pairs`: what differs from before.

use crate::chain::context::Context;
use crate::chain::flow::{Flow, Pipe};
use crate::chain::stage::{Emit, Stage};
use crate::chain::then::Then;
use crate::model::item::Item;
use crate::model::key::{Key, KeyOf, KeyPart, WritesKey};
use crate::model::metric::Metric;

/// Passes on an item when its key differs from that of the item before: `changed(state)`, `changed(state, init = "ok")`.
///
/// Takes and emits items of any type, holds the last key, which a restart forgets. Before the first item the field counts as missing unless
/// `init` says otherwise (for several fields, a tuple): a first item with a value passes, one without it is no change; of several
/// fields the first item passes. A missing field is a value like any other, as is NaN; numbers compare by value, whatever their type.
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" { changed(state, init = "ok"); fastts_core::testing::tap } }
/// let event = |state| Event::new().with_state(state);
/// let out: Vec<Event> = testing::outputs(example(), [event("ok"), event("bad"), event("bad"), event("ok")]);
/// assert_eq!(out, [event("bad"), event("ok")]);
/// ```
pub fn changed<I: Item, E: Item, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>, K>(
    flow: F,
    key: K,
) -> Pipe<I, Then<S, Changed<K>>>
where
    K: for<'a> FnMut(E::View<'a>, &mut Key) + Clone + Send,
{
    flow.into_pipe().then(Changed::new(key))
}

/// Passes on an item when what `key` makes of it differs from the item before; otherwise as [`changed`].
///
/// The closure returns an owned key: a number, a `String`, a `bool`, an `Option` or a tuple of them.
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" { changed_by(|e| e.metric() > 5, init = false); fastts_core::testing::tap } }
/// let event = |metric: i64| Event::new().with_metric(metric);
/// let out: Vec<Event> = testing::outputs(example(), [event(1), event(6), event(7), event(2)]);
/// assert_eq!(out, [event(6), event(2)]);
/// ```
pub fn changed_by<I: Item, E: Item, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>, R: KeyPart, K>(
    flow: F,
    key: K,
) -> Pipe<I, Then<S, Changed<KeyOf<K>>>>
where
    K: for<'a> FnMut(E::View<'a>) -> R + Clone + Send,
{
    flow.into_pipe().then(Changed::new(KeyOf(key)))
}

/// The stage of [`changed`].
#[derive(Clone, Debug)]
pub struct Changed<K> {
    key: K,
    last: LastKey,
}

/// The key of the item before.
#[derive(Clone, Debug, Default)]
pub(super) struct LastKey {
    last: Key,
    new: Key,
    known: bool,
}

impl LastKey {
    /// Returns how many bytes of memory it holds, itself not counted.
    pub(super) fn held(&self) -> usize {
        self.last.held() + self.new.held()
    }

    /// Makes one of a missing field.
    pub(super) fn missing() -> LastKey {
        let mut last = LastKey::default();
        last.set(Metric::Missing);
        last
    }

    /// Takes the next key and returns true when it differs from the last.
    #[inline]
    pub(super) fn changes(&mut self, write: impl FnOnce(&mut Key)) -> bool {
        self.new.clear();
        write(&mut self.new);
        if self.known && self.new == self.last {
            return false;
        }
        self.known = true;
        std::mem::swap(&mut self.last, &mut self.new);
        true
    }

    /// Sets the key of the item before.
    pub(super) fn set(&mut self, key: impl KeyPart) {
        self.last.clear();
        self.last.part(key);
        self.known = true;
    }
}

impl<K> Changed<K> {
    pub(super) fn new(key: K) -> Changed<K> {
        Changed { key, last: LastKey::missing() }
    }

    /// Returns the key of the item before.
    pub(super) fn last_mut(&mut self) -> &mut LastKey {
        &mut self.last
    }

    /// Sets what came before the first item; for several keys, a tuple.
    pub fn init(mut self, key: impl KeyPart) -> Changed<K> {
        self.last.set(key);
        self
    }
}

impl<I: Item, K: WritesKey<I> + Clone + Send> Stage<I> for Changed<K> {
    type Out = I;

    fn held(&self) -> usize {
        self.last.held()
    }

    #[inline]
    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<I>) {
        if self.last.changes(|key| self.key.write(item, key)) {
            out.emit(item, cx);
        }
    }
}

/// Emits the item before and the item, when their keys differ: `changed_pairs(state)`.
///
/// Takes items of any type, emits pairs of an item, `None` for the first, and the next; Riemann's `:pairs? true`. Holds the
/// last item, which a restart forgets; otherwise as [`changed`].
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" { changed_pairs(state); fastts_core::testing::tap } }
/// let event = |state| Event::new().with_state(state);
/// let out: Vec<(Option<Event>, Event)> = testing::outputs(example(), [event("ok"), event("ok"), event("bad")]);
/// assert_eq!(out, [(None, event("ok")), (Some(event("ok")), event("bad"))]);
/// ```
pub fn changed_pairs<I: Item, E: Item + Clone, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>, K>(
    flow: F,
    key: K,
) -> Pipe<I, Then<S, ChangedPairs<E, K>>>
where
    K: for<'a> FnMut(E::View<'a>, &mut Key) + Clone + Send,
{
    flow.into_pipe().then(ChangedPairs { changed: Changed::new(key), before: None })
}

/// The stage of [`changed_pairs`].
#[derive(Clone, Debug)]
pub struct ChangedPairs<E, K> {
    changed: Changed<K>,
    before: Option<E>,
}

impl<E, K> ChangedPairs<E, K> {
    /// Sets what came before the first item.
    pub fn init(mut self, key: impl KeyPart) -> ChangedPairs<E, K> {
        self.changed = self.changed.init(key);
        self
    }
}

impl<I: Item + Clone, K: WritesKey<I> + Clone + Send> Stage<I> for ChangedPairs<I, K> {
    type Out = (Option<I>, I);

    fn held(&self) -> usize {
        self.changed.last.held() + self.before.as_ref().map_or(0, Item::held)
    }

    #[inline]
    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<(Option<I>, I)>) {
        let Changed { key, last } = &mut self.changed;
        let changed = last.changes(|out| key.write(item, out));
        let item = I::keep(item);
        let before = self.before.replace(item.clone());
        if changed {
            out.emit(&(before, item), cx);
        }
    }
}
