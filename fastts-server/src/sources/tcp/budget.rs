//! The bounds on what connections hold together.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Notify;

/// How many bytes all connections may hold of one kind of thing.
#[derive(Debug)]
pub(super) struct Budget {
    limit: usize,
    /// What a connection may hold without asking.
    free: usize,
    held: AtomicUsize,
    /// Is told when there is room again.
    room: Notify,
}

impl Budget {
    /// Makes a budget of `limit` bytes, of which a connection takes nothing as long as it holds no more than `free`.
    pub(super) fn new(limit: usize, free: usize) -> Arc<Budget> {
        Arc::new(Budget { limit, free, held: AtomicUsize::new(0), room: Notify::new() })
    }

    /// Returns true while more than the limit is held.
    #[inline]
    pub(super) fn is_full(&self) -> bool {
        self.held.load(Ordering::SeqCst) > self.limit
    }

    /// Waits while it is full.
    pub(super) async fn room(&self) {
        loop {
            let mut room = pin!(self.room.notified());
            room.as_mut().enable();
            if !self.is_full() {
                return;
            }
            room.await;
        }
    }

    fn give_back(&self, bytes: usize) {
        // Whoever waits is woken when there is room for many, as all are woken at once.
        let enough = self.limit - self.limit / 8;
        let before = self.held.fetch_sub(bytes, Ordering::SeqCst);
        if before > enough && before - bytes <= enough {
            self.room.notify_waiters();
        }
    }

    #[cfg(test)]
    fn held(&self) -> usize {
        self.held.load(Ordering::SeqCst)
    }
}

/// What one connection holds of a budget; it is given back when this is dropped.
#[derive(Debug)]
pub(super) struct Share {
    budget: Arc<Budget>,
    bytes: usize,
}

impl Share {
    pub(super) fn new(budget: &Arc<Budget>) -> Share {
        Share { budget: Arc::clone(budget), bytes: 0 }
    }

    /// Tells that the connection holds so many bytes now; false when that is more than before, and over the limit.
    pub(super) fn set(&mut self, bytes: usize) -> bool {
        let bytes = if bytes > self.budget.free { bytes } else { 0 };
        let before = std::mem::replace(&mut self.bytes, bytes);
        if bytes > before {
            let more = bytes - before;
            return self.budget.held.fetch_add(more, Ordering::SeqCst).saturating_add(more) <= self.budget.limit;
        }
        if bytes < before {
            self.budget.give_back(before - bytes);
        }
        true
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.set(0);
    }
}

#[cfg(test)]
mod tests {
    use std::task::{Context, Poll, Waker};

    use super::*;

    #[test]
    fn shares_add_up_and_come_back() {
        let budget = Budget::new(100_000, 1_000);
        let (mut one, mut other) = (Share::new(&budget), Share::new(&budget));
        assert!(one.set(60_000));
        assert!(other.set(1_000), "what is small does not count");
        assert_eq!(budget.held(), 60_000);
        assert!(!other.set(50_000));
        assert!(one.set(0));
        assert!(other.set(100_000));
        drop(other);
        assert_eq!(budget.held(), 0);
    }

    #[test]
    fn who_waits_for_room_is_let_in_when_there_is_some_to_spare() {
        let budget = Budget::new(80, 0);
        let [mut one, mut other] = [1, 2].map(|_| Share::new(&budget));
        assert!(one.set(80));
        assert!(!budget.is_full(), "the limit may be reached");
        assert!(!other.set(5));
        let mut room = pin!(budget.room());
        let mut waits = || room.as_mut().poll(&mut Context::from_waker(Waker::noop())) == Poll::Pending;
        assert!(waits());
        one.set(70);
        assert!(waits(), "75 of 80 are held still");
        one.set(65);
        assert!(!waits());
    }
}
