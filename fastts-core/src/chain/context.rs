//! What a stage may use while it runs.

use std::any::Any;

use crate::breaker::Breakers;
use crate::chain::services::Services;
use crate::chain::watch::Watch;
use crate::index::Index;
use crate::model::event::EventView;
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
    /// The time by which timers are set and fire. It goes on evenly: when somebody sets the system's clock it takes no notice, and
    /// [`Context::wall`] does. Under virtual time and in a replay both are that of the input; stages never ask the system.
    pub now: Time,
    /// The time of day, and how many microseconds it is ahead of `now`.
    wall: Time,
    pub(crate) offset: i64,
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
    /// How many boundaries of the chain have come to life.
    started: usize,
    /// Memory that stages of the chain use in turn: see [`Buffer`](crate::chain::buffer::Buffer).
    pub(crate) buffers: Vec<Box<dyn Any + Send>>,
}

impl Context {
    /// Makes the context of a chain that starts at `now`, in services of its own.
    pub fn new(now: Time) -> Context {
        Context::within(&Services::new(), now)
    }

    /// Makes the context of a chain that starts at `now` in these services.
    pub fn within(services: &Services, now: Time) -> Context {
        let offset = services.wall.offset();
        Context {
            now,
            wall: Time::from_micros(now.as_micros().saturating_add(offset)),
            offset,
            picked: false,
            watch: None,
            index: 0,
            runs: Runs::none(),
            services: services.clone(),
            outbox: Outbox::default(),
            started: 0,
            buffers: Vec::new(),
        }
    }

    /// Returns the time of day: events are stamped and expire by it.
    #[inline]
    pub fn wall(&self) -> Time {
        self.wall
    }

    /// Returns when an event happened: by its own time, or now when it has none, or one too far ahead of the clock.
    #[inline]
    pub fn time_of(&self, event: EventView<'_>) -> Time {
        let now = self.wall();
        event.time().filter(|&time| !self.is_ahead_at(event, time, now)).unwrap_or(now)
    }

    /// Returns true when the time of an event is too far ahead of the clock; that is counted.
    #[inline]
    pub fn is_ahead(&self, event: EventView<'_>) -> bool {
        event.time().is_some_and(|time| self.is_ahead_at(event, time, self.wall()))
    }

    #[inline]
    fn is_ahead_at(&self, event: EventView<'_>, time: Time, now: Time) -> bool {
        let is_ahead = time.micros_after(now) > self.services.max_ahead;
        if is_ahead {
            self.services.lost.meet_ahead(event, time, now);
        }
        is_ahead
    }

    /// Returns the last instant at which an event that comes now has not run out, `None` for never.
    #[inline]
    pub(crate) fn runs_out(&self, event: EventView<'_>) -> Option<Time> {
        let until = event.runs_out()?;
        if self.is_ahead(event) { event.runs_out_after(self.wall()) } else { Some(until) }
    }

    /// Returns true when the wall clock was set.
    #[inline]
    pub(crate) fn was_set(&self) -> bool {
        self.services.wall.offset() != self.offset
    }

    /// Sets the time.
    #[inline]
    pub(crate) fn set_now(&mut self, now: Time) {
        self.now = now;
        self.offset = self.services.wall.offset();
        self.wall = Time::from_micros(now.as_micros().saturating_add(self.offset));
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
        /// Gives the tokens back, also when a stage panics: the block of a key may, and the pipeline goes on.
        struct Without<'c> {
            cx: &'c mut Context,
            runs: Runs,
        }
        impl Drop for Without<'_> {
            fn drop(&mut self) {
                std::mem::swap(&mut self.cx.runs, &mut self.runs);
            }
        }
        let runs = std::mem::take(&mut self.runs);
        run(Without { cx: self, runs }.cx)
    }

    /// Runs something that is about an item which travels with this token.
    pub(crate) fn with_token<R>(&mut self, token: Token, run: impl FnOnce(&mut Context) -> R) -> R {
        let mine = if token.is_none() { Runs::none() } else { Runs::all(token) };
        let runs = std::mem::replace(&mut self.runs, mine);
        let result = run(self);
        self.runs = runs;
        result
    }

    /// Returns which place a boundary that comes to life has among those of the chain.
    pub(crate) fn next_boundary(&mut self) -> usize {
        self.started += 1;
        self.started - 1
    }

    /// Returns true when a boundary of the chain has no room.
    #[inline]
    pub(crate) fn is_full(&self) -> bool {
        self.services.boundaries.as_ref().is_some_and(|boundaries| boundaries.is_full())
    }

    /// Returns the index of the router.
    #[inline]
    pub fn index(&self) -> &Index {
        &self.services.index
    }

    /// Returns the breakers of the router: a stage that tries what may fail opens one when it starts, and asks it with [`Context::now`].
    pub fn breakers(&self) -> &Breakers {
        self.services.breakers()
    }

    /// Returns the sinks of the router. In a replay and a test they are others than in a router that runs, see
    /// [`Sinks`](crate::sink::Sinks); a stage need not know.
    pub fn sinks(&self) -> &Sinks {
        &self.services.sinks
    }
}
