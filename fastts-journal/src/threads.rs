use std::sync::{Arc, Condvar, MutexGuard, PoisonError};
use std::time::Duration;

use crate::disk::Disk;
use crate::error::Stopped;
use crate::log::{Commit, Log, State};

/// How long a thread waits before it tries again what the disk has refused.
const AGAIN: Duration = Duration::from_millis(50);

/// How often what waits is tried to be written while the journal closes and there is no room.
const LAST_ATTEMPTS: u32 = 3;

/// Writes what waits, whenever something does, until the journal closes: what comes while the disk works is the next group.
pub(crate) fn write<D: Disk>(log: &Arc<Log<D>>) {
    let mut attempts = 0;
    loop {
        match log.commit() {
            Commit::Done => attempts = 0,
            Commit::Idle => {
                if !wait_for_work(log) {
                    break;
                }
            }
            Commit::Short | Commit::Failed => {
                attempts += 1;
                let state = log.state();
                if state.closing && attempts > LAST_ATTEMPTS {
                    break;
                }
                drop(wait(&log.work, state, Some(AGAIN)));
            }
            Commit::Stopped => break,
        }
    }
    // Without a marker damage to the last group is told as a torn one: it is a pity, and no loss.
    let _ = log.mark();
}

/// Waits until there is something to write; returns false when there will not be. After a while without work all is marked as safe.
fn wait_for_work<D: Disk>(log: &Log<D>) -> bool {
    let mut unmarked = log.is_unmarked();
    let mut state = log.state();
    loop {
        if state.stopped.is_some() {
            return false;
        }
        if !state.pending.is_empty() {
            return true;
        }
        if state.closing {
            return false;
        }
        let (after, timed_out) = wait(&log.work, state, unmarked.then_some(log.options.idle));
        state = after;
        if timed_out && unmarked && state.pending.is_empty() {
            drop(state);
            let _ = log.mark();
            unmarked = false;
            state = log.state();
        }
    }
}

/// Writes cursors, gives back segments and makes spare files, whenever there is a reason.
pub(crate) fn keep<D: Disk>(log: &Arc<Log<D>>) {
    loop {
        let kept = log.keep();
        let mut state = log.state();
        loop {
            if matches!(state.stopped, Some(Stopped::Closed)) {
                return;
            }
            if std::mem::take(&mut state.asked) {
                break;
            }
            let waits = state.shortage.is_some() || kept.is_err();
            let timeout = match (state.moved, waits) {
                (true, false) => Some(log.options.save_cursors),
                (_, true) => Some(AGAIN),
                (false, false) => None,
            };
            let moved = state.moved;
            let (after, timed_out) = wait(&log.chores, state, timeout);
            state = after;
            if timed_out && (moved || waits) {
                break;
            }
        }
    }
}

fn wait<'a>(condition: &Condvar, state: MutexGuard<'a, State>, timeout: Option<Duration>) -> (MutexGuard<'a, State>, bool) {
    match timeout {
        None => (condition.wait(state).unwrap_or_else(PoisonError::into_inner), false),
        Some(timeout) => {
            let (state, result) = condition.wait_timeout(state, timeout).unwrap_or_else(PoisonError::into_inner);
            (state, result.timed_out())
        }
    }
}
