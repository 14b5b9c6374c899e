//! Options of a run-time.

use std::time::Duration;

use super::reserve::Reserve;
use crate::clock::Clock;
use crate::engine::groups::policy::OnStop;
use crate::index::{Index, QueryOptions};
use crate::meters::Meters;
use crate::sink::{Folder, Sinks};

/// Options of a run-time.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Options {
    /// How far the time of an event may be ahead of the clock; 5 minutes by default. One that is further counts as happening when it
    /// comes, and windows by event time leave it out, as they do with late ones.
    pub max_ahead: Duration,
    /// What becomes of a pipeline that has panicked too often, or of a group at the top that has restarted too often, and does not say so itself;
    /// it is tried again by default.
    pub on_stop: OnStop,
    /// Worker threads that take the place of those that a stage keeps for ever; none by default.
    pub reserve: Option<Reserve>,
    /// What tells the time; the system's clock unless a test says otherwise.
    pub clock: Clock,
    /// How many dead letters are kept to be looked at, the newest; 1,000 by default. All are counted.
    pub dead_letters: usize,
    /// Whether the heads of all pipelines are looked at together, before any of them runs; true by default. What comes out is the
    /// same, and [`Router::dispatch`](crate::Router::dispatch) can turn it off as well.
    pub dispatch: bool,
    /// The index that the pipelines share; an empty one by default.
    pub index: Index,
    /// Where the dead letters of sinks are kept; in memory alone by default.
    pub letters: Option<Folder>,
    /// About how many bytes of what has come the stages of a pipeline may hold, in windows and by key: 256 MiB by default. When it is more,
    /// they flush as at the end, and begin anew.
    pub max_held: usize,
    /// The meters and counters of the pipelines; none yet by default.
    pub meters: Meters,
    /// How many queries run and wait at once, and for how long.
    pub queries: QueryOptions,
}

/// How far the time of an event may be ahead of the clock.
const MAX_AHEAD: Duration = Duration::from_secs(300);

impl Default for Options {
    fn default() -> Options {
        Options {
            max_ahead: MAX_AHEAD,
            on_stop: OnStop::Retry,
            reserve: None,
            clock: Clock::system(),
            dead_letters: 1_000,
            dispatch: true,
            index: Index::new(),
            letters: None,
            max_held: 256 << 20,
            meters: Meters::default(),
            queries: QueryOptions::new(),
        }
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

    /// Sets how far the time of an event may be ahead of the clock.
    pub fn max_ahead(self, max_ahead: Duration) -> Options {
        Options { max_ahead, ..self }
    }

    /// Sets what becomes of a pipeline that has panicked too often.
    pub fn on_stop(self, on_stop: OnStop) -> Options {
        Options { on_stop, ..self }
    }

    /// Sets which worker threads take the place of those that a stage keeps for ever.
    pub fn reserve(self, reserve: Reserve) -> Options {
        Options { reserve: Some(reserve), ..self }
    }

    /// Sets how many dead letters are kept to be looked at.
    pub fn dead_letters(self, dead_letters: usize) -> Options {
        Options { dead_letters, ..self }
    }

    /// Sets where the dead letters of sinks are kept.
    pub fn letters(self, folder: Folder) -> Options {
        Options { letters: Some(folder), ..self }
    }

    /// Makes the sinks of a router that runs with these options.
    pub(super) fn sinks(&self) -> Sinks {
        match &self.letters {
            Some(folder) => Sinks::with_letters(self.clock.clone(), folder.clone()),
            None => Sinks::new(self.clock.clone()),
        }
    }

    /// Sets the index that the pipelines share: one with options of its own, or one that outlives the run-time.
    pub fn index(self, index: Index) -> Options {
        Options { index, ..self }
    }

    /// Sets how many bytes the stages of a pipeline may hold.
    pub fn max_held(self, max_held: usize) -> Options {
        Options { max_held, ..self }
    }

    /// Sets the meters and counters of the pipelines: some with options of their own, or that outlive the run-time.
    pub fn meters(self, meters: Meters) -> Options {
        Options { meters, ..self }
    }

    /// Sets how many queries run and wait at once, and for how long.
    pub fn queries(self, queries: QueryOptions) -> Options {
        Options { queries, ..self }
    }

    /// Sets whether the heads of all pipelines are looked at together.
    pub fn dispatch(self, dispatch: bool) -> Options {
        Options { dispatch, ..self }
    }
}
