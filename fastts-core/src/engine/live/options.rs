//! Options of a run-time.

use crate::clock::Clock;
use crate::index::Index;

/// Options of a run-time.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Options {
    /// What tells the time; the system's clock unless a test says otherwise.
    pub clock: Clock,
    /// How many dead letters are kept to be looked at, the newest; 1,000 by default. All are counted.
    pub dead_letters: usize,
    /// Whether the heads of all pipelines are looked at together, before any of them runs; true by default. What comes out is the
    /// same, and [`Router::dispatch`](crate::Router::dispatch) can turn it off as well.
    pub dispatch: bool,
    /// The index that the pipelines share; an empty one by default.
    pub index: Index,
}

impl Default for Options {
    fn default() -> Options {
        Options { clock: Clock::system(), dead_letters: 1_000, dispatch: true, index: Index::new() }
    }
}

impl Options {
    /// Returns the default options.
    pub fn new() -> Options {
        Options::default()
    }

    /// Sets what tells the time.
    pub fn clock(self, clock: Clock) -> Options {
        Options { clock, ..self }
    }

    /// Sets how many dead letters are kept to be looked at.
    pub fn dead_letters(self, dead_letters: usize) -> Options {
        Options { dead_letters, ..self }
    }

    /// Sets the index that the pipelines share: one with options of its own, or one that outlives the run-time.
    pub fn index(self, index: Index) -> Options {
        Options { index, ..self }
    }

    /// Sets whether the heads of all pipelines are looked at together.
    pub fn dispatch(self, dispatch: bool) -> Options {
        Options { dispatch, ..self }
    }
}
