use std::fmt;

/// What happened in the lives, so that a simulation that is too kind is noticed.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) power_failures: u64,
    pub(super) kills: u64,
    pub(super) closes: u64,
    pub(super) refused_to_open: u64,
    pub(super) appended: u64,
    pub(super) acknowledged: u64,
    pub(super) read: u64,
    pub(super) carried: u64,
    pub(super) torn: u64,
    pub(super) full: u64,
    pub(super) failed_groups: u64,
    pub(super) gave_up: u64,
    pub(super) trimmed: u64,
    pub(super) flips: u64,
    pub(super) lost_to_rot: u64,
}

impl Tally {
    /// Checks that everything that can happen did, and often.
    pub(super) fn assert_it_was_hard(&self, seeds: u64) {
        if seeds < 100 {
            return;
        }
        assert!(self.power_failures > seeds, "the power seldom fails: {self}");
        assert!(self.kills > seeds / 4 && self.closes > seeds / 8, "{self}");
        assert!(self.acknowledged > 20 * seeds, "little is acknowledged: {self}");
        for (what, often) in [
            (self.carried, seeds / 20),
            (self.torn, seeds / 20),
            (self.full, seeds / 4),
            (self.failed_groups, seeds / 20),
            (self.gave_up, 0),
            (self.trimmed, seeds / 2),
            (self.flips, seeds / 8),
            (self.lost_to_rot, seeds / 50),
        ] {
            assert!(what > often, "something seldom happens: {self}");
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} power failures, {} kills, {} closes, ", self.power_failures, self.kills, self.closes)?;
        write!(f, "{} refused to open; ", self.refused_to_open)?;
        write!(f, "{} records appended, {} acknowledged, {} read, ", self.appended, self.acknowledged, self.read)?;
        write!(f, "{} carried over, {} torn ends, ", self.carried, self.torn)?;
        write!(f, "{} refused for room, {} failed groups, {} gave up, ", self.full, self.failed_groups, self.gave_up)?;
        write!(f, "{} segments given back, {} flips, {} records lost to them", self.trimmed, self.flips, self.lost_to_rot)
    }
}
