//! What the pipelines of one running router share.

use crate::index::Index;
use crate::router::Pipeline;
use crate::sink::Sinks;
use crate::topics::Topics;

/// What the pipelines of one running router share, and a stage may reach through its [`Context`](crate::Context).
///
/// One is made for each [`Running`](crate::Running), [`Replay`](crate::Replay) and [`Driver`](crate::testing::Driver); its copies
/// are handles on the same things. Nothing of it is global: two routers in one program know nothing of each other.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Surroundings {
    /// The last event of every host and service that a pipeline puts there.
    pub index: Index,
    /// The sinks, of a router that runs; in a [`Replay`](crate::Replay) and a [`Driver`](crate::testing::Driver) there are none, so
    /// that nothing leaves the program.
    pub sinks: Option<Sinks>,
    /// Who subscribes to what pipelines publish.
    pub(crate) topics: Topics,
}

impl Surroundings {
    /// Makes surroundings with an empty index.
    pub fn new() -> Surroundings {
        Surroundings::default()
    }

    /// Lets stages have sinks.
    pub(crate) fn with_sinks(self) -> Surroundings {
        Surroundings { sinks: Some(Sinks::default()), ..self }
    }

    /// Sets the index.
    pub fn index(self, index: Index) -> Surroundings {
        Surroundings { index, ..self }
    }

    /// Gives a router topics of its own, to these of which its pipelines subscribe.
    pub(crate) fn topics_of<'p>(self, pipelines: impl IntoIterator<Item = &'p Pipeline>) -> Surroundings {
        let topics = Topics::default().piped(pipelines.into_iter().filter_map(Pipeline::topic));
        Surroundings { topics, ..self }
    }
}
