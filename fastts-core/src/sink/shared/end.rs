//! What a drain does: it hurries the lanes, waits for them, and buries what is left.

use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::Shared;
use crate::clock::Limit;
use crate::sink::transport::Reason;

impl<I> Shared<I> {
    /// Returns whether somebody waits for all of it to be delivered.
    pub(in crate::sink) fn hurries(&self) -> bool {
        self.lock().hurries
    }

    pub(in crate::sink) fn hurry(&self) {
        self.lock().hurries = true;
        self.changed.notify_waiters();
        self.work.notify_one();
    }

    /// Waits until everything is delivered or given up; returns how many records are left.
    pub(in crate::sink) fn wait(&self, limit: Limit) -> usize {
        let mut state = self.lock();
        state.waiting += 1;
        while state.left() > 0 && state.lanes > 0 && !limit.left().is_zero() {
            // Bounded, as no condition variable waits for ever.
            let left = limit.left().min(Duration::from_secs(3600));
            state = self.room.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        state.waiting -= 1;
        state.hurries = false;
        state.left()
    }

    /// Ends the lanes: each puts down what it has, and stages wait no more.
    pub(in crate::sink) fn end(&self) {
        let mut state = self.lock();
        (state.over, state.limit) = (true, 0);
        self.over.store(true, Ordering::Release);
        drop(state);
        self.changed.notify_waiters();
        self.work.notify_waiters();
        self.room.notify_all();
    }

    pub(in crate::sink) fn is_over(&self) -> bool {
        self.over.load(Ordering::Acquire)
    }

    /// Waits until the lanes have ended, and makes dead letters of what waits still.
    pub(in crate::sink) fn bury(&self, limit: Limit, why: &Reason) {
        let mut state = self.lock();
        state.waiting += 1;
        while state.lanes > 0 && !limit.left().is_zero() {
            state = self.room.wait_timeout(state, limit.left()).unwrap_or_else(PoisonError::into_inner).0;
        }
        state.waiting -= 1;
        drop(state);
        loop {
            let batch = self.lock().queue.take(|_| true);
            let Some(mut batch) = batch else { return };
            // It is no lane's, and nothing flies.
            self.give_up(usize::MAX, &batch, (0..batch.len()).map(|index| (index, why)));
            batch.clear();
        }
    }

    /// Notes that a lane has ended.
    pub(in crate::sink) fn lane_ended(&self) {
        let mut state = self.lock();
        state.lanes -= 1;
        if state.lanes == 0 {
            state.limit = 0;
        }
        drop(state);
        self.room.notify_all();
    }
}
