//! How many messages of a connection are under way.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Since when messages wait for their reply, and room for more.
pub(super) struct Gate {
    state: Mutex<State>,
    left: Condvar,
    limit: usize,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Instant>,
    /// No more replies come.
    shut: bool,
}

impl Gate {
    pub(super) fn new(limit: usize) -> Gate {
        Gate { state: Mutex::default(), left: Condvar::new(), limit }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for room, no longer than `patience`, and lets as many of `count` messages in as there is room for; `since` says of
    /// each from when on it waits. Returns how many those are, and `None` when no more replies come.
    pub(super) fn enter(&self, count: usize, since: impl Fn(usize) -> Instant, patience: Duration) -> Option<usize> {
        let full = |state: &mut State| !state.shut && state.waiting.len() >= self.limit;
        let (mut state, _) = self.left.wait_timeout_while(self.lock(), patience, full).unwrap_or_else(PoisonError::into_inner);
        if state.shut {
            return None;
        }
        let count = count.min(self.limit.saturating_sub(state.waiting.len()));
        state.waiting.extend((0..count).map(since));
        Some(count)
    }

    /// Lets out those that were there first; `each` learns since when each has waited. Returns false when there were fewer.
    pub(super) fn leave(&self, count: usize, each: impl FnMut(Instant)) -> bool {
        let mut state = self.lock();
        let there = count.min(state.waiting.len());
        state.waiting.drain(..there).for_each(each);
        drop(state);
        self.left.notify_one();
        there == count
    }

    /// Says that no more replies come.
    pub(super) fn shut(&self) {
        self.lock().shut = true;
        self.left.notify_one();
    }

    /// Returns how many wait.
    pub(super) fn waiting(&self) -> usize {
        self.lock().waiting.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_are_under_way_than_are_allowed() {
        let (gate, now) = (Gate::new(3), Instant::now());
        let since = |n: usize| now + Duration::from_secs(n as u64);
        let enter = |count| gate.enter(count, since, Duration::ZERO);
        assert_eq!([enter(2), enter(9), enter(1)], [Some(2), Some(1), Some(0)]);
        let mut waited = Vec::new();
        assert!(gate.leave(2, |since| waited.push((since - now).as_secs())));
        assert_eq!((waited, enter(9)), (vec![0, 1], Some(2)));
        assert!(!gate.leave(9, |_| {}), "a reply to nothing");
        gate.shut();
        assert_eq!(enter(1), None);
    }
}
