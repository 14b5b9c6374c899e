use std::collections::VecDeque;
use std::sync::Arc;

use super::Position;
use crate::error::{DiskError, Shortage, Stopped};
use crate::format::group::Group;
use crate::format::head::Head;
use crate::format::names;

/// What all who use a journal share.
pub(crate) struct State {
    /// What has been taken and waits to be written.
    pub(crate) pending: Group,
    /// The number of the next record.
    pub(crate) next: u64,
    /// How many bytes of groups fit into the segment that is written to, behind what is being written.
    pub(crate) left: u64,
    /// The segments, the oldest first.
    pub(crate) table: VecDeque<Segment>,
    pub(crate) next_id: u64,
    /// Files for the segments to come.
    pub(crate) spares: VecDeque<String>,
    pub(crate) next_spare: u64,
    /// A spare file has been taken and is no segment yet.
    pub(crate) taken: bool,
    pub(crate) cursors: Vec<Arc<Position>>,
    /// The cursors of the last time are gone, so that nobody knows which ones are new.
    pub(crate) cursors_lost: bool,
    /// Somebody waits for what `keep` does.
    pub(crate) asked: bool,
    /// A cursor has moved since they were written.
    pub(crate) moved: bool,
    /// Why there is no spare file.
    pub(crate) shortage: Option<Shortage>,
    /// Why the last attempt to make one has failed, unless the disk was full.
    pub(crate) trouble: Option<DiskError>,
    pub(crate) stopped: Option<Stopped>,
    /// Nothing more is taken; what waits is still written.
    pub(crate) closing: bool,
}

/// A segment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Segment {
    pub(crate) head: Head,
}

impl Segment {
    pub(crate) fn name(&self) -> String {
        names::segment(self.head.id)
    }
}

impl State {
    /// The number of the oldest record that is kept; of the next one if none is.
    pub(crate) fn oldest(&self) -> u64 {
        self.table.front().map_or(self.next, |segment| segment.head.first)
    }

    /// Returns the segment that has a record with this number, and the number that ends the segment, if it is not the last.
    pub(crate) fn segment_of(&self, number: u64) -> Option<(Segment, Option<u64>)> {
        let after = self.table.partition_point(|segment| segment.head.first <= number);
        let segment = self.table.get(after.checked_sub(1)?)?;
        Some((*segment, self.table.get(after).map(|next| next.head.first)))
    }

    /// The number up to which all cursors are done, as it is written on the disk. Without cursors nothing is done.
    pub(crate) fn done(&self) -> u64 {
        self.cursors.iter().map(|cursor| cursor.saved()).min().unwrap_or(0)
    }

    /// How many records are kept for those who still need them.
    pub(crate) fn needed(&self) -> u64 {
        let done = self.cursors.iter().map(|cursor| cursor.get()).min().unwrap_or(0);
        (self.next - 1).saturating_sub(done.max(self.oldest() - 1))
    }

    /// Says who holds the oldest records, as advice.
    pub(crate) fn holder(&self) -> String {
        match self.cursors.iter().min_by_key(|cursor| cursor.get()) {
            None => "it has no cursor and so keeps everything: add one".to_owned(),
            Some(cursor) if cursor.is_claimed() => {
                format!("the cursor {:?} stands at {}: see why its consumer is slow", cursor.name, cursor.get())
            }
            Some(cursor) => {
                format!("the cursor {:?} stands at {} and nobody uses it: remove it, or start its consumer", cursor.name, cursor.get())
            }
        }
    }
}
