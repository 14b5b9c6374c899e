//! What the pipelines of one running router share.

use std::sync::Arc;
use std::time::Duration;

use crate::breaker::Breakers;
use crate::chain::boundaries::{Boundaries, Outside};
use crate::chain::falls::Falls;
use crate::chain::lost::Lost;
use crate::clock::{Clock, Wall};
use crate::index::Index;
use crate::losses::Losses;
use crate::meters::Meters;
use crate::sink::Sinks;
use crate::topics::Topics;

/// What the pipelines of one running router share, and a stage may reach through its [`Context`](crate::Context).
///
/// One is made for each [`Running`](crate::Running), [`Replay`](crate::Replay) and [`Driver`](crate::testing::Driver); its copies
/// are handles on the same things. Nothing of it is global: two routers in one program know nothing of each other.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Services {
    /// The last event of every host and service that a pipeline puts there.
    pub index: Index,
    /// The sinks; they are off unless somebody sets others, so that nothing leaves the program.
    pub sinks: Sinks,
    /// The meters and counters of the stages `meter` and `count_as`.
    pub meters: Meters,
    /// Who subscribes to what pipelines publish.
    pub(crate) topics: Topics,
    /// Which topics keep how many items for those who subscribe later.
    retained: Arc<[(&'static str, usize)]>,
    losses: Losses,
    /// The pipeline that these are the services of; empty when they are those of a router.
    pub(crate) pipeline: &'static str,
    /// Where stages tell of panics that they have survived themselves.
    pub(crate) falls: Falls,
    /// What the stages of one pipeline lose.
    pub(crate) lost: Arc<Lost>,
    /// How many microseconds the time of an event may be ahead of the clock. In a replay that is no matter: its clock follows its events.
    pub(crate) max_ahead: i64,
    /// The time of day, against the time of timers.
    pub(crate) wall: Arc<Wall>,
    /// Where pools have their threads; `None` under virtual time, where everything runs on the spot.
    pub(crate) outside: Option<Outside>,
    /// The boundaries of one pipeline of a router that runs.
    pub(crate) boundaries: Option<Arc<Boundaries>>,
}

impl Default for Services {
    fn default() -> Services {
        let losses = Losses::default();
        let lost = Arc::new(Lost::of(&losses, ""));
        let (index, sinks, meters, topics, wall) = Default::default();
        let (falls, pipeline, outside, boundaries) = (Falls::default(), "", None, None);
        let retained = Arc::new([]);
        Services { index, sinks, meters, topics, retained, losses, pipeline, falls, lost, max_ahead: i64::MAX, wall, outside, boundaries }
    }
}

impl Services {
    /// Makes services with an empty index.
    pub fn new() -> Services {
        Services::default()
    }

    /// Sets the sinks.
    pub fn sinks(self, sinks: Sinks) -> Services {
        Services { sinks, ..self }
    }

    /// Sets the index.
    pub fn index(self, index: Index) -> Services {
        Services { index, ..self }
    }

    /// Sets the meters.
    pub fn meters(self, meters: Meters) -> Services {
        Services { meters, ..self }
    }

    /// Sets the clock of a router that runs.
    pub(crate) fn clock(self, clock: &Clock) -> Services {
        self.meters.go_by(clock);
        Services { wall: Arc::clone(clock.wall()), losses: Losses::new(clock.clone()), ..self }
    }

    /// Has pools run on threads of their own.
    pub(crate) fn outside(self, outside: Outside) -> Services {
        Services { outside: Some(outside), ..self }
    }

    /// Gives up what pools have under way, and ends their threads.
    pub(crate) fn end_boundaries(&self) {
        if let Some(outside) = &self.outside {
            outside.close();
        }
    }

    /// Sets how far the time of an event may be ahead of the clock; without it there is no limit.
    pub fn max_ahead(self, max_ahead: Duration) -> Services {
        Services { max_ahead: i64::try_from(max_ahead.as_micros()).unwrap_or(i64::MAX), ..self }
    }

    /// Returns the services of one pipeline.
    pub(crate) fn of_pipeline(&self, name: &'static str) -> Services {
        let boundaries = self.outside.as_ref().map(|outside| outside.of(name));
        Services { lost: Arc::new(Lost::of(&self.losses, name)), pipeline: name, boundaries, ..self.clone() }
    }

    /// Says who takes what stages tell of panics that they have survived themselves.
    pub(crate) fn falls(self, falls: Falls) -> Services {
        Services { falls, ..self }
    }

    /// Returns what may get lost in the router: stages of one's own that lose something open a counter here.
    pub fn losses(&self) -> &Losses {
        &self.losses
    }

    /// Returns the breakers of the router.
    pub fn breakers(&self) -> &Breakers {
        // Those of a router and of its sinks are the same, whoever made the sinks.
        self.sinks.breakers()
    }

    /// Says which topics keep how many items for those who subscribe later.
    pub(crate) fn retaining(self, retained: &[(&'static str, usize)]) -> Services {
        Services { retained: retained.into(), ..self }
    }

    /// Gives a router topics of its own, of which its pipelines subscribe to these.
    pub(crate) fn subscribing(self, topics: impl IntoIterator<Item = &'static str>) -> Services {
        let topics = Topics::default().piped(topics).retaining(&self.retained);
        Services { topics, ..self }
    }
}
