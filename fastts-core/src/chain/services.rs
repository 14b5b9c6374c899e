//! What the pipelines of one running router share.

use crate::index::Index;
use crate::sink::Sinks;
use crate::topics::Topics;

/// What the pipelines of one running router share, and a stage may reach through its [`Context`](crate::Context).
///
/// One is made for each [`Running`](crate::Running), [`Replay`](crate::Replay) and [`Driver`](crate::testing::Driver); its copies
/// are handles on the same things. Nothing of it is global: two routers in one program know nothing of each other.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Services {
    /// The last event of every host and service that a pipeline puts there.
    pub index: Index,
    /// The sinks; they are off unless somebody sets others, so that nothing leaves the program.
    pub sinks: Sinks,
    /// Who subscribes to what pipelines publish.
    pub(crate) topics: Topics,
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

    /// Gives a router topics of its own, of which its pipelines subscribe to these.
    pub(crate) fn subscribing(self, topics: impl IntoIterator<Item = &'static str>) -> Services {
        Services { topics: Topics::default().piped(topics), ..self }
    }
}
