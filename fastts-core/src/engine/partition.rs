//! Copies of a pipeline among which the items of its topic are divided by key.

use std::fmt;
use std::hash::BuildHasher;
use std::marker::PhantomData;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use foldhash::fast::FixedState;

use crate::clock::Rarely;
use crate::model::any_batch::AnyBatch;
use crate::model::item::Item;
use crate::model::key::Key;
use crate::model::panics::catch;

/// One of several copies of a pipeline. All items of a key come to the same one, in every run of the program.
#[derive(Clone)]
pub struct Partition {
    whole: &'static str,
    name: &'static str,
    number: usize,
    of: usize,
    by: &'static str,
    keys: Arc<dyn Keys>,
}

/// What tells the keys of items, whatever their type.
trait Keys: Send + Sync {
    /// Returns the indices of the items of a range that belong to copy `number` of `of`.
    fn pick(&self, batch: AnyBatch<'_>, range: Range<usize>, number: usize, of: usize) -> Vec<u32>;
}

struct KeysOf<I, K> {
    key: Mutex<(K, Key)>,
    failed: Rarely,
    item: PhantomData<fn(I)>,
}

impl<I: Item, K: for<'a> FnMut(I::View<'a>, &mut Key) + Send> Keys for KeysOf<I, K> {
    fn pick(&self, batch: AnyBatch<'_>, range: Range<usize>, number: usize, of: usize) -> Vec<u32> {
        let mut picks = Vec::new();
        let Some(items) = batch.downcast::<I>() else { return picks };
        // A key that was left half written is cleared before the next.
        let (key, written) = &mut *self.key.lock().unwrap_or_else(PoisonError::into_inner);
        for index in range {
            written.clear();
            // This may be the user's code, and whoever publishes must not fall by it.
            if let Err(panic) = catch(|| key(I::get(items, index), written)) {
                self.failed.say(|more| {
                    tracing::error!("the key of partitions panicked ({more} times before), its item comes to the first: {panic}");
                });
                written.clear();
            }
            if place(written, of) == number {
                picks.push(index as u32);
            }
        }
        picks
    }
}

/// Returns to which of `of` copies a key belongs.
fn place(key: &Key, of: usize) -> usize {
    // Hashes lie anywhere in 64 bits: the high half of the product lies anywhere below `of`.
    ((u128::from(FixedState::default().hash_one(key.as_bytes())) * of as u128) >> 64) as usize
}

impl Partition {
    /// Makes `count` of them. Their names live as long as the program, as those of pipelines do.
    pub(super) fn divide<I: Item, K: for<'a> FnMut(I::View<'a>, &mut Key) + Send + 'static>(
        whole: &'static str,
        count: usize,
        by: &'static str,
        key: K,
    ) -> Vec<Partition> {
        let keys: Arc<dyn Keys> =
            Arc::new(KeysOf::<I, K> { key: Mutex::new((key, Key::default())), failed: Rarely::default(), item: PhantomData });
        let name = |number: usize| Box::leak(format!("{whole}/{}", number + 1).into_boxed_str());
        (0..count).map(|number| Partition { whole, name: name(number), number, of: count, by, keys: Arc::clone(&keys) }).collect()
    }

    /// Returns the name of the pipeline as it was written.
    pub fn whole(&self) -> &'static str {
        self.whole
    }

    /// Returns the name of this copy, such as `alerts/1`.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Returns which copy it is, counted from 0.
    pub fn number(&self) -> usize {
        self.number
    }

    /// Returns how many copies there are.
    pub fn count(&self) -> usize {
        self.of
    }

    /// Returns by what items are divided, as it was written.
    pub fn by(&self) -> &'static str {
        self.by
    }

    /// Returns the indices of the items of a range that belong to this copy.
    pub(crate) fn pick(&self, batch: AnyBatch<'_>, range: Range<usize>) -> Vec<u32> {
        self.keys.pick(batch, range, self.number, self.of)
    }
}

impl fmt::Debug for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Partition({:?} of {} by {})", self.name, self.of, self.by)
    }
}
