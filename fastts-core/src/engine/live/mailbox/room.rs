//! How much a mailbox holds.

use super::entry::Entry;

/// The room of a mailbox: so many events, and so many bytes.
///
/// Both are one measure. An event takes a place, or as many as its bytes are of the bytes there are for a place: a mailbox of
/// 100,000 events and 256 MiB has 2.7 KB for each, and an event of 27 KB takes ten places. So neither limit is ever exceeded,
/// and there is one thing to wait for. It is full before one of the limits is reached when small events and large ones wait
/// together; with half of each, at half of both.
#[derive(Clone, Copy, Debug)]
pub(super) struct Room {
    events: usize,
    bytes: usize,
}

impl Room {
    pub(super) fn new(events: usize, bytes: usize) -> Room {
        Room { events: events.clamp(1, u32::MAX as usize), bytes: bytes.max(1) }
    }

    /// Returns how many places there are.
    pub(super) fn all(self) -> usize {
        self.events
    }

    /// Returns how many places items take.
    pub(super) fn of(self, entry: &Entry) -> usize {
        let events = entry.range.len();
        if entry.batch.each <= self.bytes / self.events {
            return events;
        }
        let places = (events as u128 * entry.batch.each as u128 * self.events as u128).div_ceil(self.bytes as u128);
        events.max(usize::try_from(places).unwrap_or(usize::MAX))
    }

    /// Returns how many of the items fit into so many places.
    pub(super) fn fits(self, entry: &Entry, places: usize) -> usize {
        let events = entry.range.len().min(places);
        let each = (entry.batch.each as u128 * self.events as u128).max(1);
        events.min(usize::try_from(places as u128 * self.bytes as u128 / each).unwrap_or(usize::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::any_batch::SharedBatch;

    #[test]
    fn neither_limit_is_ever_exceeded_and_what_fits_is_what_it_takes() {
        // events, bytes, bytes of each item, items, the places they take, how many fit into all places
        let rows = [
            (10, 1_000, 1, 8, 8, 8),
            (10, 1_000, 100, 8, 8, 8),
            (10, 1_000, 100, 20, 20, 10),
            (10, 1_000, 101, 8, 9, 8),
            (10, 1_000, 101, 10, 11, 9),
            (10, 1_000, 250, 3, 8, 3),
            (10, 1_000, 5_000, 1, 50, 0),
            (1_000, 10, 1, 20, 2_000, 10),
            (1, 1_000, 10, 3, 3, 1),
        ];
        for (events, bytes, each, items, takes, fits) in rows {
            let room = Room::new(events, bytes);
            let mut batch = SharedBatch::nothing();
            batch.each = each;
            let entry = Entry::new(batch, 0..items);
            let row = (events, bytes, each, items);
            assert_eq!((room.of(&entry), room.fits(&entry, room.all())), (takes, fits), "{row:?}");
            assert!(fits <= events && fits * each <= bytes, "{row:?}");
        }
    }
}
