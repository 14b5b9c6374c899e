//! Many events in one piece of memory.

use std::ops::Range;

use super::owned::Event;
use super::record::{Data, Record, Wide, flag, push_wide};
use super::view::EventView;

/// A batch of events: the bytes they were read from, and a record for each.
#[derive(Clone, Default, Debug)]
pub struct Batch {
    pub(crate) data: Data,
    pub(crate) records: Vec<Record>,
}

impl Batch {
    /// Makes a batch by copying events.
    pub fn of<'a>(events: impl IntoIterator<Item = EventView<'a>>) -> Batch {
        let mut batch = Batch::default();
        events.into_iter().for_each(|event| batch.push(event));
        batch
    }

    /// Appends a copy of an event, changes applied.
    pub fn push(&mut self, view: EventView<'_>) {
        if view.changed_mask() != 0 {
            let event = Event::from_view(view);
            return self.push(event.view());
        }
        self.push_unchanged(view);
    }

    /// Appends a copy of an event that no stage has changed.
    pub(crate) fn push_unchanged(&mut self, view: EventView<'_>) {
        let (record, data) = view.parts();
        let base = self.data.bytes.len();
        self.data.bytes.extend_from_slice(&data.bytes[record.extent(data)]);
        match u32::try_from(base) {
            Ok(base) if !record.has(flag::WIDE) => self.records.push(Record { base, ..*record }),
            // Long itself, or behind 4 GiB of others.
            _ => self.push_wide(record, Wide { base, ..record.widened(data) }),
        }
    }

    #[cold]
    fn push_wide(&mut self, record: &Record, wide: Wide) {
        let base = push_wide(&mut self.data.wide, wide);
        self.records.push(Record { base, flags: record.flags | flag::WIDE, ..*record });
    }

    /// Returns a copy that holds no more memory than it uses, `None` when this batch does not hold much more itself.
    ///
    /// A batch has the whole read buffer. One of few events that is to wait, in a mailbox or among dead letters, should not:
    /// a hundred thousand of them would hold 25 GB. With the copy waiting in its place, the buffer can be read into again.
    pub fn compact(&self) -> Option<Batch> {
        let (used, held) = self.sizes();
        is_loose(used, held).then(|| self.clone())
    }

    /// Returns how many bytes of memory it takes while it waits: [compacted](Batch::compact), when that is worth it.
    pub fn memory(&self) -> usize {
        let (used, held) = self.sizes();
        if is_loose(used, held) { used } else { held }
    }

    /// Returns how many bytes of memory its events use, whatever it holds.
    #[inline]
    pub(crate) fn used(&self) -> usize {
        self.data.bytes.len() + self.records.len() * size_of::<Record>()
    }

    /// Returns how many bytes it uses, and how many it holds.
    fn sizes(&self) -> (usize, usize) {
        let size = |bytes: usize, records: usize| bytes + records * size_of::<Record>();
        (size(self.data.bytes.len(), self.records.len()), size(self.data.bytes.capacity(), self.records.capacity()))
    }

    /// Returns a copy of the events at `picks`, which are places in this batch.
    pub(crate) fn picked(&self, picks: &[u32]) -> Batch {
        let picked = || picks.iter().filter_map(|&index| self.records.get(index as usize));
        let mut batch = Batch::default();
        batch.records.reserve_exact(picks.len());
        batch.data.bytes.reserve_exact(picked().map(|record| record.extent(&self.data).len()).sum());
        picked().for_each(|record| batch.push(EventView::new(record, &self.data)));
        batch
    }

    /// Returns the number of events.
    #[inline]
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Returns true when there is no event.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// Returns the event at `index`.
    ///
    /// # Panics
    /// When there are fewer events than that.
    #[inline]
    pub fn get(&self, index: usize) -> EventView<'_> {
        EventView::new(&self.records[index], &self.data)
    }

    /// Returns the events of a range in order.
    ///
    /// # Panics
    /// When there are fewer events than that.
    #[inline]
    pub fn range(&self, range: Range<usize>) -> impl ExactSizeIterator<Item = EventView<'_>> {
        self.records[range].iter().map(|record| EventView::new(record, &self.data))
    }

    /// Returns the events in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = EventView<'_>> {
        self.records.iter().map(|record| EventView::new(record, &self.data))
    }
}

/// Whether so much more is held than used that a copy is worth it.
fn is_loose(used: usize, held: usize) -> bool {
    held > 4 * used + 4096
}

impl<'a> FromIterator<&'a Event> for Batch {
    fn from_iter<T: IntoIterator<Item = &'a Event>>(events: T) -> Batch {
        Batch::of(events.into_iter().map(Event::view))
    }
}
