//! What a listener is working on.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counts the reads whose events are being worked on.
#[derive(Debug, Default)]
pub(super) struct Work {
    begun: AtomicU64,
    ended: AtomicU64,
}

/// Something that is being worked on, until this is dropped.
pub(super) struct Busy<'w>(&'w Work);

impl Work {
    /// Notes that something is being worked on.
    pub(super) fn begin(&self) -> Busy<'_> {
        self.begun.fetch_add(1, Ordering::AcqRel);
        Busy(self)
    }

    /// Returns how many were begun, and how many of these have ended.
    pub(super) fn counts(&self) -> (u64, u64) {
        // In this order, so that what begins in between is not taken for something that is stuck.
        let ended = self.ended.load(Ordering::Acquire);
        (self.begun.load(Ordering::Acquire), ended)
    }

    /// Returns how many are being worked on.
    pub(super) fn under_way(&self) -> usize {
        let (begun, ended) = self.counts();
        begun.saturating_sub(ended) as usize
    }
}

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        self.0.ended.fetch_add(1, Ordering::AcqRel);
    }
}
