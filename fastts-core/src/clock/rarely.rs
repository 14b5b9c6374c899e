//! Says what could be said very often.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long it is quiet after something was said, unless somebody wants it otherwise.
const QUIET: Duration = Duration::from_secs(10);

/// Lets one of many equal log lines through, and counts the others: what clients do must not fill the disk.
#[derive(Debug)]
pub struct Rarely {
    quiet: Duration,
    state: Mutex<State>,
}

impl Default for Rarely {
    fn default() -> Rarely {
        Rarely::every(QUIET)
    }
}

#[derive(Debug, Default)]
struct State {
    said: Option<Instant>,
    kept_back: u64,
}

impl Rarely {
    /// Lets a line through every `quiet`.
    pub(crate) fn every(quiet: Duration) -> Rarely {
        Rarely { quiet, state: Mutex::default() }
    }

    /// Calls `say` unless it was called shortly before; it gets how often it was not called since.
    pub fn say(&self, say: impl FnOnce(u64)) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.said.is_some_and(|said| said.elapsed() < self.quiet) {
            state.kept_back += 1;
            return;
        }
        state.said = Some(Instant::now());
        say(std::mem::take(&mut state.kept_back));
    }

    /// Calls `say` at the end, with how often nothing was said since the last time, if ever.
    pub fn say_rest(&self, say: impl FnOnce(u64)) {
        match std::mem::take(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner).kept_back) {
            0 => {}
            kept_back => say(kept_back),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_the_first_and_counts_the_rest() {
        let rarely = Rarely::default();
        let mut said = Vec::new();
        for _ in 0..3 {
            rarely.say(|kept_back| said.push(kept_back));
        }
        assert_eq!(said, [0]);
        rarely.state.lock().unwrap().said = None;
        rarely.say(|kept_back| said.push(kept_back));
        assert_eq!(said, [0, 2]);
    }

    #[test]
    fn what_was_kept_back_is_told_at_the_end_once() {
        let rarely = Rarely::default();
        let mut said = Vec::new();
        rarely.say(|_| {});
        rarely.say_rest(|kept_back| said.push(kept_back));
        assert!(said.is_empty(), "nothing was kept back");
        rarely.say(|_| {});
        rarely.say_rest(|kept_back| said.push(kept_back));
        rarely.say_rest(|kept_back| said.push(kept_back));
        assert_eq!(said, [1]);
    }
}
