//! Tells an entry that has expired from a newer one of the same host and service.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::model::time::Time;

/// Counts the rounds in which entries expire, and remembers when the last of them were.
///
/// When an entry expires, the index removes it and sends an event of state `expired` through all pipelines. If a pipeline indexes, that
/// event comes back here and means "remove the entry of this host and service". By then there may be a newer entry, which must stay:
///
/// ```text
/// 12:00:10  round 7 begins: the entry of web1 is removed, "web1 expired at 12:00:10" is on its way
/// 12:00:11  a new event of web1 comes: its entry has the number of the round, 7
/// 12:00:12  "web1 expired at 12:00:10" comes to the index: round 7 was at 12:00:10, the entry came in it or later: it stays
/// ```
///
/// An `expired` event whose time is not that of a round was sent by somebody else, and removes the entry however new it is.
#[derive(Debug, Default)]
pub(super) struct Rounds {
    current: AtomicU32,
    /// The time and the number of each, the newest at the back.
    last: Mutex<VecDeque<(Time, u32)>>,
}

/// How many rounds are remembered. Live there is one every 20 ms at most, so these are the last 80 seconds at least.
const KEPT: usize = 4_096;

impl Rounds {
    /// Returns the number of the newest round: an event that comes now came in it, or after it.
    #[inline]
    pub(super) fn current(&self) -> u32 {
        self.current.load(Ordering::SeqCst)
    }

    /// Begins a round at `now`, before anything expires in it. A second call for the same instant goes on with the same round.
    pub(super) fn begin(&self, now: Time) {
        // Nothing below can panic half-way.
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        match last.back() {
            Some((time, _)) if *time == now => return,
            // The index is used under another clock now, as by a second replay.
            Some((time, _)) if *time > now => last.clear(),
            _ => {}
        }
        let round = self.current.fetch_add(1, Ordering::SeqCst).wrapping_add(1);
        if last.len() == KEPT {
            last.pop_front();
        }
        last.push_back((now, round));
    }

    /// Returns true when there was a round at `time` and an entry with the number `round` came in it or later.
    pub(super) fn came_after(&self, round: u32, time: Time) -> bool {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let at = last.partition_point(|(other, _)| *other < time);
        last.get(at).is_some_and(|(other, expired)| *other == time && round.wrapping_sub(*expired) < u32::MAX / 2)
    }
}
