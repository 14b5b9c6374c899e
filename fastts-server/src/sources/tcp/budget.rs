//! The bound on what unfinished frames hold.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What a connection may hold without asking: so much that ordinary senders never touch the counter that all share.
const FREE: usize = 16 << 10;

/// How many bytes all connections may hold.
#[derive(Debug)]
pub(super) struct Budget {
    limit: usize,
    held: AtomicUsize,
}

impl Budget {
    pub(super) fn new(limit: usize) -> Arc<Budget> {
        Arc::new(Budget { limit, held: AtomicUsize::new(0) })
    }

    #[cfg(test)]
    fn held(&self) -> usize {
        self.held.load(Ordering::Relaxed)
    }
}

/// What one connection holds of the budget; it is given back when this is dropped.
#[derive(Debug)]
pub(super) struct Share {
    budget: Arc<Budget>,
    bytes: usize,
}

impl Share {
    pub(super) fn new(budget: &Arc<Budget>) -> Share {
        Share { budget: Arc::clone(budget), bytes: 0 }
    }

    /// Tells that the connection holds so many bytes now; false when that is over the limit.
    #[must_use]
    pub(super) fn set(&mut self, bytes: usize) -> bool {
        let bytes = if bytes > FREE { bytes } else { 0 };
        if bytes > self.bytes {
            let more = bytes - self.bytes;
            let before = self.budget.held.fetch_add(more, Ordering::Relaxed);
            self.bytes = bytes;
            return before.saturating_add(more) <= self.budget.limit;
        }
        if bytes < self.bytes {
            self.budget.held.fetch_sub(self.bytes - bytes, Ordering::Relaxed);
            self.bytes = bytes;
        }
        true
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.budget.held.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_add_up_and_come_back() {
        let budget = Budget::new(100_000);
        let (mut one, mut other) = (Share::new(&budget), Share::new(&budget));
        assert!(one.set(60_000));
        assert!(other.set(FREE), "what is small does not count");
        assert_eq!(budget.held(), 60_000);
        assert!(!other.set(50_000));
        assert!(one.set(0));
        assert!(other.set(100_000));
        drop(other);
        assert_eq!(budget.held(), 0);
    }
}
