//! `runs`: the same thing several times in a row.

use super::changed::LastKey;
use crate::chain::context::Context;
use crate::chain::flow::{Flow, Pipe};
use crate::chain::stage::{Emit, Stage};
use crate::chain::then::Then;
use crate::model::arguments::Count;
use crate::model::item::Item;
use crate::model::key::{Key, KeyOf, KeyPart, WritesKey};

/// Passes on an item when it and the `n - 1` items before it have the same key: `runs(3, state)`.
///
/// Takes and emits items of any type, holds the last key and how often it came, which a restart forgets. It goes on passing
/// items while the run lasts; `runs(1, state)` passes everything. A missing field is a value like any other.
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" { runs(2, state); fastts_core::testing::tap } }
/// let event = |state, metric: i64| Event::new().with_state(state).with_metric(metric);
/// let out: Vec<Event> = testing::outputs(example(), [event("a", 1), event("b", 2), event("b", 3), event("b", 4)]);
/// assert_eq!(out, [event("b", 3), event("b", 4)]);
/// ```
#[track_caller]
pub fn runs<I: Item, E: Item, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>, K>(
    flow: F,
    n: impl Count,
    key: K,
) -> Pipe<I, Then<S, Runs<K>>>
where
    K: for<'a> FnMut(E::View<'a>, &mut Key) + Clone + Send,
{
    flow.into_pipe().then(Runs { n: n.count(), key, last: LastKey::default(), length: 0 })
}

/// Passes on an item when what `key` makes of it was the same `n` times in a row; otherwise as [`runs`].
///
/// The closure returns an owned key: a number, a `String`, a `bool`, an `Option` or a tuple of them.
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" { runs_by(2, |e| e.metric() > 5); fastts_core::testing::tap } }
/// let event = |metric: i64| Event::new().with_metric(metric);
/// let out: Vec<Event> = testing::outputs(example(), [event(6), event(1), event(7), event(8)]);
/// assert_eq!(out, [event(8)]);
/// ```
#[track_caller]
pub fn runs_by<I: Item, E: Item, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>, R: KeyPart, K>(
    flow: F,
    n: impl Count,
    key: K,
) -> Pipe<I, Then<S, Runs<KeyOf<K>>>>
where
    K: for<'a> FnMut(E::View<'a>) -> R + Clone + Send,
{
    flow.into_pipe().then(Runs { n: n.count(), key: KeyOf(key), last: LastKey::default(), length: 0 })
}

/// The stage of [`runs`].
#[derive(Clone, Debug)]
pub struct Runs<K> {
    n: usize,
    key: K,
    last: LastKey,
    length: usize,
}

impl<I: Item, K: WritesKey<I> + Clone + Send> Stage<I> for Runs<K> {
    type Out = I;

    fn held(&self) -> usize {
        self.last.held()
    }

    #[inline]
    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<I>) {
        if self.last.changes(|key| self.key.write(item, key)) {
            self.length = 0;
        }
        self.length = (self.length + 1).min(self.n);
        if self.length == self.n {
            out.emit(item, cx);
        }
    }
}
