//! What a stage may use while it runs.

use crate::chain::services::Services;
use crate::chain::watch::Watch;
use crate::index::Index;
use crate::model::item::Item;
use crate::model::runs::Runs;
use crate::model::time::Time;
use crate::model::token::Token;
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
    /// Which item of its batch runs.
    pub(crate) index: usize,
    /// Which tokens the items of that batch travel with; none while timers fire and while stages flush.
    pub(crate) runs: Runs,
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
        Context { now, picked: false, watch: None, index: 0, runs: Runs::none(), services: services.clone(), outbox: Outbox::default() }
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

    /// Publishes an item in a slot of the outbox.
    #[inline]
    pub(crate) fn publish<T: Item>(&mut self, slot: usize, item: T::View<'_>) {
        self.outbox.push::<T>(slot, item, self.now);
        if !self.runs.is_none() {
            self.outbox.mark(slot, self.runs.token(self.index));
        }
    }

    /// Returns the token of the item that runs: whoever holds a clone of it has not done with that item yet. It is none while timers
    /// fire and while stages flush, and for items whose source does not ask what became of them.
    #[inline]
    pub fn token(&self) -> &Token {
        self.runs.token(self.index)
    }

    /// Runs something that is not about the item that runs: what it emits travels with no token.
    pub(crate) fn without_token<R>(&mut self, run: impl FnOnce(&mut Context) -> R) -> R {
        let runs = std::mem::take(&mut self.runs);
        let result = run(self);
        self.runs = runs;
        result
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
