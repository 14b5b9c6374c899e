//! Read buffers, shared by all connections.

use std::sync::{Mutex, PoisonError};

use fastts_core::event::BatchBuilder;

/// How much is read at once. Smaller buffers cost more system calls per event, larger ones leave the cache.
pub(super) const READ_BUFFER: usize = 256 << 10;

/// Buffers that hold more than this many events or bytes of answers are not kept: they come from odd clients.
const KEPT_EVENTS: usize = 32 << 10;
const KEPT_REPLIES: usize = 256 << 10;

/// What a connection needs while it works.
#[derive(Debug, Default)]
pub(super) struct Buffers {
    pub(super) builder: BatchBuilder,
    pub(super) replies: Vec<u8>,
}

/// Buffers that nobody uses at the moment.
#[derive(Debug)]
pub(super) struct Pool {
    spare: Mutex<Vec<Buffers>>,
    keep: usize,
}

impl Pool {
    /// Makes a pool that keeps so many buffers at most; more are made when more are needed.
    pub(super) fn new(keep: usize) -> Pool {
        Pool { spare: Mutex::new(Vec::with_capacity(keep)), keep }
    }

    /// Takes buffers, empty and with room for a read.
    pub(super) fn take(&self) -> Buffers {
        let spare = self.spare.lock().unwrap_or_else(PoisonError::into_inner).pop();
        spare.unwrap_or_else(|| Buffers { builder: BatchBuilder::with_capacity(READ_BUFFER, 0), replies: Vec::new() })
    }

    /// Takes buffers back.
    pub(super) fn put(&self, mut buffers: Buffers) {
        let events = buffers.builder.len();
        buffers.builder.clear();
        buffers.replies.clear();
        if buffers.replies.capacity() > KEPT_REPLIES {
            buffers.replies = Vec::new();
        }
        if events > KEPT_EVENTS || buffers.builder.bytes_mut().capacity() != READ_BUFFER {
            return;
        }
        let mut spare = self.spare.lock().unwrap_or_else(PoisonError::into_inner);
        if spare.len() < self.keep {
            spare.push(buffers);
        }
    }

    #[cfg(test)]
    pub(super) fn spare(&self) -> usize {
        self.spare.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buffers_come_back_empty_and_odd_ones_are_dropped() {
        let pool = Pool::new(1);
        let mut buffers = pool.take();
        buffers.builder.bytes_mut().extend_from_slice(b"left");
        let other = pool.take();
        pool.put(buffers);
        pool.put(other);
        assert_eq!(pool.spare(), 1, "more than are kept are dropped");
        let mut buffers = pool.take();
        assert!(buffers.builder.bytes().is_empty());
        buffers.builder.bytes_mut().reserve(READ_BUFFER + 1);
        pool.put(buffers);
        assert_eq!(pool.spare(), 0, "a grown buffer is dropped");
    }
}
