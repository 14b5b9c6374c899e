//! The rounds of expiry, which tell an event that came meanwhile from the one that expired.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::model::time::Time;

/// Counts the rounds in which entries expire, and remembers when the last of them were.
///
/// What the index tells of an entry that expired comes back to the stage `index`, by way of all pipelines. Until then another event of
/// the host and service may have come, which it must not remove: that one came in the round or later, while an entry that is told to
/// be expired by somebody else, at another time, is removed whatever its age.
#[derive(Debug, Default)]
pub(super) struct Rounds {
    current: AtomicU32,
    /// When they were and what number they have, the last at the back.
    last: Mutex<VecDeque<(Time, u32)>>,
}

/// How many are remembered: live a minute's worth at least.
const KEPT: usize = 4_096;

impl Rounds {
    /// Returns the number of the round in which, or after which, an event comes.
    #[inline]
    pub(super) fn current(&self) -> u32 {
        self.current.load(Ordering::SeqCst)
    }

    /// Begins a round, before anything expires in it; one at the same instant as the last is the same.
    pub(super) fn begin(&self, now: Time) {
        // All that happens under the lock is below.
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        match last.back() {
            Some((time, _)) if *time == now => return,
            // Another clock.
            Some((time, _)) if *time > now => last.clear(),
            _ => {}
        }
        let round = self.current.fetch_add(1, Ordering::SeqCst).wrapping_add(1);
        if last.len() == KEPT {
            last.pop_front();
        }
        last.push_back((now, round));
    }

    /// Returns true when an entry that came in `round` came after, or while, entries expired at `time`.
    pub(super) fn came_after(&self, round: u32, time: Time) -> bool {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let at = last.partition_point(|(other, _)| *other < time);
        last.get(at).is_some_and(|(other, expired)| *other == time && round.wrapping_sub(*expired) < u32::MAX / 2)
    }
}
