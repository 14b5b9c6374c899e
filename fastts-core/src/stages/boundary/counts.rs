//! What became of the items of a boundary.

use crate::chain::boundaries::BoundaryStats;
use crate::model::mishap::Mishap;

/// What became of the items of a boundary.
#[derive(Clone, Debug, Default)]
pub(super) struct Counts {
    pub(super) accepted: u64,
    pub(super) done: u64,
    pub(super) timed_out: u64,
    pub(super) panicked: u64,
    pub(super) failed: u64,
    pub(super) blown: u64,
    pub(super) unfinished: u64,
    pub(super) late: u64,
    /// Why an item last came to nothing.
    pub(super) reason: Option<String>,
}

impl Counts {
    /// Counts an item that came to nothing.
    pub(super) fn fail(&mut self, why: &Mishap) {
        match why {
            Mishap::TimedOut(_) => self.timed_out += 1,
            Mishap::Panicked(_) => self.panicked += 1,
            Mishap::Failed(_) => self.failed += 1,
            Mishap::Blown(_) => self.blown += 1,
        }
        self.reason = Some(why.to_string());
    }

    /// Tells them.
    pub(super) fn tell(&self, stats: &mut BoundaryStats) {
        let Counts { accepted, done, timed_out, panicked, failed, blown, unfinished, late, reason } = self.clone();
        *stats = BoundaryStats { accepted, done, timed_out, panicked, failed, blown, unfinished, late, reason, ..stats.clone() };
    }
}
