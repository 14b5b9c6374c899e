//! Batches whose type was erased.

use std::any::Any;
use std::marker::PhantomData;
use std::ops::Range;
use std::sync::Arc;

use crate::model::event::{Batch, Event, EventView};
use crate::model::item::Item;
use crate::model::runs::Runs;
use crate::model::token::Outcome;

/// What can be asked of a batch whatever its items are.
trait Kind: Send + Sync {
    fn len(&self, batch: &dyn Any) -> usize;
    fn memory(&self, batch: &dyn Any) -> usize;
    fn event<'b>(&self, batch: &'b dyn Any, index: usize) -> Option<EventView<'b>>;
    fn copy(&self, batch: &dyn Any, picks: &[u32]) -> Arc<dyn Any + Send + Sync>;
    fn has_json(&self) -> bool;
    fn put_json(&self, batch: &dyn Any, index: usize, out: &mut Vec<u8>);
}

impl<I: Item> Kind for PhantomData<fn(I)> {
    fn len(&self, batch: &dyn Any) -> usize {
        batch.downcast_ref::<I::Batch>().map_or(0, I::len)
    }

    fn memory(&self, batch: &dyn Any) -> usize {
        batch.downcast_ref::<I::Batch>().map_or(0, I::memory)
    }

    fn event<'b>(&self, batch: &'b dyn Any, index: usize) -> Option<EventView<'b>> {
        I::as_event(I::get(batch.downcast_ref::<I::Batch>()?, index))
    }

    fn has_json(&self) -> bool {
        I::HAS_JSON
    }

    fn put_json(&self, batch: &dyn Any, index: usize, out: &mut Vec<u8>) {
        if let Some(batch) = batch.downcast_ref::<I::Batch>() {
            I::put_json(I::get(batch, index), out);
        }
    }

    fn copy(&self, batch: &dyn Any, picks: &[u32]) -> Arc<dyn Any + Send + Sync> {
        if let Some(events) = batch.downcast_ref::<Batch>() {
            // Events know how much memory they need.
            return Arc::new(events.picked(picks));
        }
        let batch = batch.downcast_ref::<I::Batch>();
        let copies = batch.into_iter().flat_map(|batch| picks.iter().map(|&index| I::keep(I::get(batch, index as usize))));
        Arc::new(I::collect(copies.collect()))
    }
}

static NOTHING: Vec<()> = Vec::new();

/// A batch of items of some type, borrowed.
#[derive(Clone, Copy)]
pub(crate) struct AnyBatch<'b> {
    items: &'b dyn Any,
    kind: &'static dyn Kind,
    /// Which tokens its items travel with.
    runs: &'b Runs,
}

impl<'b> AnyBatch<'b> {
    /// Erases the type of a batch.
    #[inline]
    pub(crate) fn of<I: Item>(batch: &'b I::Batch) -> AnyBatch<'b> {
        AnyBatch { items: batch, kind: &PhantomData::<fn(I)>, runs: Runs::nothing() }
    }

    /// Says which tokens its items travel with.
    #[inline]
    pub(crate) fn with_runs(self, runs: &'b Runs) -> AnyBatch<'b> {
        AnyBatch { runs, ..self }
    }

    /// Returns which tokens its items travel with.
    #[inline]
    pub(crate) fn runs(self) -> &'b Runs {
        self.runs
    }

    /// Returns a batch without items.
    pub(crate) fn nothing() -> AnyBatch<'b> {
        AnyBatch::of::<()>(&NOTHING)
    }

    /// Returns how many items it has.
    #[inline]
    pub(crate) fn len(self) -> usize {
        self.kind.len(self.items)
    }

    /// Returns the batch itself, `None` when its items are of another type.
    #[inline]
    pub(crate) fn downcast<I: Item>(self) -> Option<&'b I::Batch> {
        self.items.downcast_ref()
    }

    /// Returns the item at `index` of the batch, which has more items than that, when it is an event.
    pub(crate) fn event(self, index: usize) -> Option<EventView<'b>> {
        self.kind.event(self.items, index)
    }

    /// Returns whether its items can be told as JSON.
    pub(crate) fn has_json(self) -> bool {
        self.kind.has_json()
    }

    /// Appends the JSON of the item at `index` of the batch, which has more items than that, when it has any.
    pub(crate) fn put_json(self, index: usize, out: &mut Vec<u8>) {
        self.kind.put_json(self.items, index, out);
    }

    /// Copies an item that is an event of at most `limit` bytes.
    pub(crate) fn copy_event(self, index: usize, limit: usize) -> Option<Event> {
        let event = self.event(index)?;
        let (record, data) = event.parts();
        (record.extent(data).len() <= limit).then(|| event.to_owned())
    }
}

/// A batch of items of some type, shared by the pipelines that it goes to.
#[derive(Clone)]
pub(crate) struct SharedBatch {
    items: Arc<dyn Any + Send + Sync>,
    kind: &'static dyn Kind,
    /// How many bytes of memory an item takes, on average.
    pub(crate) each: usize,
    /// Which tokens its items travel with.
    pub(crate) runs: Runs,
}

impl SharedBatch {
    /// Erases the type of a batch.
    pub(crate) fn of<I: Item>(batch: Arc<I::Batch>, runs: Runs) -> SharedBatch {
        SharedBatch::new(batch, &PhantomData::<fn(I)>, runs)
    }

    /// Returns a batch without items.
    pub(crate) fn nothing() -> SharedBatch {
        SharedBatch::of::<()>(Arc::new(Vec::new()), Runs::none())
    }

    fn new(items: Arc<dyn Any + Send + Sync>, kind: &'static dyn Kind, runs: Runs) -> SharedBatch {
        let each = kind.memory(&*items).div_ceil(kind.len(&*items).max(1));
        SharedBatch { items, kind, each, runs }
    }

    /// Borrows it.
    #[inline]
    pub(crate) fn borrowed(&self) -> AnyBatch<'_> {
        AnyBatch { items: &*self.items, kind: self.kind, runs: &self.runs }
    }

    /// Returns about how many bytes of memory it takes.
    pub(crate) fn memory(&self) -> usize {
        self.each * self.borrowed().len()
    }

    /// Forgets which tokens its items travel with.
    pub(crate) fn without_tokens(self) -> SharedBatch {
        SharedBatch { runs: Runs::none(), ..self }
    }

    /// Cuts it into copies of about so many bytes each, when it takes more.
    pub(crate) fn pieces(self, bytes: usize) -> Vec<SharedBatch> {
        let (count, each) = (self.borrowed().len(), (bytes / self.each.max(1)).max(1));
        if count <= each {
            return vec![self];
        }
        let all = Selection::all(self.borrowed());
        (0..count).step_by(each).map(|from| all.part(from..count.min(from + each)).copy()).collect()
    }
}

/// Some items of a batch: a range of all of them, or of those that were picked.
///
/// A *place* counts what was selected from, an *index* is the place of an item in the whole batch.
#[derive(Clone, Copy)]
pub(crate) struct Selection<'b> {
    batch: AnyBatch<'b>,
    /// The indices that were picked, ascending; `None` for all.
    picks: Option<&'b [u32]>,
    start: usize,
    end: usize,
}

impl<'b> Selection<'b> {
    /// Selects all items of a batch.
    #[inline]
    pub(crate) fn all(batch: AnyBatch<'b>) -> Selection<'b> {
        Selection { batch, picks: None, start: 0, end: batch.len() }
    }

    /// Selects what was picked of a batch, or all of it.
    #[inline]
    pub(crate) fn picked(batch: AnyBatch<'b>, picks: Option<&'b [u32]>) -> Selection<'b> {
        let end = picks.map_or_else(|| batch.len(), <[u32]>::len);
        Selection { batch, picks, start: 0, end }
    }

    /// Selects a range of the places.
    #[inline]
    pub(crate) fn part(&self, range: Range<usize>) -> Selection<'b> {
        debug_assert!(range.start >= self.start && range.end <= self.end, "a part is no more than the whole");
        Selection { start: range.start, end: range.end, ..*self }
    }

    /// Selects the places from `start` on.
    pub(crate) fn from(&self, start: usize) -> Selection<'b> {
        self.part(start..self.end)
    }

    /// Returns the batch.
    #[inline]
    pub(crate) fn batch(&self) -> AnyBatch<'b> {
        self.batch
    }

    /// Returns what was picked of the batch; `None` for all of it.
    #[inline]
    pub(crate) fn picks(&self) -> Option<&'b [u32]> {
        self.picks
    }

    /// Returns the places.
    #[inline]
    pub(crate) fn range(&self) -> Range<usize> {
        self.start..self.end
    }

    /// Returns how many items are selected.
    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.end - self.start
    }

    /// Returns about how many bytes of memory the events take that are selected; of other items, which would all have to be looked at, it
    /// makes a guess.
    #[inline]
    pub(crate) fn memory(&self) -> usize {
        match self.batch.downcast::<Event>() {
            Some(events) if events.len() == self.len() => events.used(),
            Some(events) => events.used() / events.len().max(1) * self.len(),
            None => 256 * self.len(),
        }
    }

    /// Returns true when nothing is selected.
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.start == self.end
    }

    /// Returns the index of a selected place.
    pub(crate) fn index(&self, place: usize) -> usize {
        self.picks.map_or(place, |picks| picks[place] as usize)
    }

    /// Copies what is selected into a batch that holds nothing else.
    pub(crate) fn copy(&self) -> SharedBatch {
        let AnyBatch { items, kind, runs } = self.batch;
        let copy = match self.picks {
            Some(picks) => kind.copy(items, &picks[self.range()]),
            None => kind.copy(items, &(self.start as u32..self.end as u32).collect::<Vec<_>>()),
        };
        SharedBatch::new(copy, kind, runs.picked(self.range().map(|place| self.index(place))))
    }

    /// Notes what became of what is selected.
    pub(crate) fn note(&self, outcome: Outcome) {
        if !self.batch.runs.is_none() {
            self.range().for_each(|place| self.batch.runs.token(self.index(place)).note(outcome));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_selection_says_which_items_of_the_batch_it_has() {
        let texts: Vec<String> = "abcde".chars().map(String::from).collect();
        let batch = AnyBatch::of::<String>(&texts);
        let picks = [0, 2, 3];
        let rows = [
            (Selection::all(batch), vec![0, 1, 2, 3, 4]),
            (Selection::all(batch).part(1..3), vec![1, 2]),
            (Selection::picked(batch, Some(&picks)), vec![0, 2, 3]),
            (Selection::picked(batch, Some(&picks)).from(1), vec![2, 3]),
            (Selection::picked(batch, None).from(5), vec![]),
        ];
        for (selection, indices) in rows {
            assert_eq!(selection.range().map(|place| selection.index(place)).collect::<Vec<_>>(), indices);
            assert_eq!((selection.len(), selection.is_empty()), (indices.len(), indices.is_empty()));
            let copy = selection.copy();
            let wanted: Vec<String> = indices.iter().map(|&index| texts[index].clone()).collect();
            assert_eq!(copy.borrowed().downcast::<String>(), Some(&wanted));
        }
        assert!(batch.downcast::<u8>().is_none() && batch.event(0).is_none());
    }

    #[test]
    fn of_events_a_copy_holds_no_more_than_what_is_selected() {
        let events: Batch = [Event::new().with_host("a"), Event::new().with_host("b")].iter().collect();
        let batch = AnyBatch::of::<Event>(&events);
        assert_eq!(batch.event(1).and_then(|event| event.host()), Some("b"));
        let copy = Selection::picked(batch, Some(&[1])).copy();
        assert_eq!((copy.borrowed().len(), copy.borrowed().event(0).and_then(|event| event.host())), (1, Some("b")));
        assert!(copy.each < events.memory());
    }
}
