//! What a stage may use while it runs.

use crate::chain::services::Services;
use crate::chain::watch::Watch;
use crate::index::Index;
use crate::model::time::Time;
use crate::sink::Sinks;
use crate::topics::{Outbox, Topics};

/// What a stage may know of its services while it runs.
#[derive(Debug)]
#[non_exhaustive]
pub struct Context {
    /// The time. Live it is the clock's, under virtual time and in a replay that of the input; stages never ask the system.
    pub now: Time,
    /// True while what runs was picked by the pipeline's heads; see [`WhereHead`](crate::stages::types::WhereHead).
    pub(crate) picked: bool,
    /// What is seen of the item on its way, when somebody watches.
    pub(crate) watch: Option<Box<Watch>>,
    services: Services,
    /// What the chain has published.
    outbox: Outbox,
}

impl Context {
    /// Makes the context of a chain that starts at `now`, in services of its own.
    pub fn new(now: Time) -> Context {
        Context::within(&Services::new(), now)
    }

    /// Makes the context of a chain that starts at `now` in these services.
    pub fn within(services: &Services, now: Time) -> Context {
        Context { now, picked: false, watch: None, services: services.clone(), outbox: Outbox::default() }
    }

    /// Returns what the chain shares with the others of its router.
    #[inline]
    pub fn services(&self) -> &Services {
        &self.services
    }

    /// Returns what the chain has published, and the topics of the router.
    #[inline]
    pub(crate) fn outbox(&mut self) -> (&mut Outbox, &Topics) {
        (&mut self.outbox, &self.services.topics)
    }

    /// Returns the index of the router.
    #[inline]
    pub fn index(&self) -> &Index {
        &self.services.index
    }

    /// Returns the sinks of the router. In a replay and a test they are others than in a router that runs, see
    /// [`Sinks`](crate::sink::Sinks); a stage need not know.
    pub fn sinks(&self) -> &Sinks {
        &self.services.sinks
    }
}
