//! Subscriptions from outside: a web page, a terminal, a test.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::Topics;
use super::channel::{Backlog, Channel, Reader};
use crate::index::{QUERY_TIMEOUT, Queries, QueryRefused};
use crate::model::any_batch::SharedBatch;
use crate::model::event::{Event, EventView};
use crate::query::{Budget, OutOfBudget, Query};

/// Tells which events somebody wants.
pub(crate) enum Wants {
    /// Those for which a query of a client's holds, which may take any time.
    Query(Query, Queries),
    /// Those for which code of the program's says so.
    Code(Box<dyn Fn(EventView<'_>) -> bool + Send + Sync>),
}

impl Wants {
    fn holds(&self, event: EventView<'_>, budget: &mut Budget) -> Result<bool, OutOfBudget> {
        match self {
            Wants::Query(query, _) => query.matches_within(event, budget),
            Wants::Code(wants) => Ok(wants(event)),
        }
    }
}

/// A subscription to a topic from outside the pipelines; made by [`Running::subscribe`](crate::Running::subscribe).
///
/// It holds nobody up: a reader that does not keep up loses the oldest events, which are counted; one that has lost four times its backlog
/// without reading anything gets nothing more until it reads, which is counted as well. Dropping it ends it.
pub struct Subscription {
    topics: Topics,
    channel: Arc<Channel>,
    reader: Arc<Reader>,
    wants: Wants,
    /// Whether it shows items that are no events.
    others: bool,
    /// The batch that is looked at, and the place up to which that was done.
    current: Option<(SharedBatch, usize)>,
    /// What was found.
    ready: VecDeque<Published>,
    ready_bytes: usize,
    failure: Option<QueryRefused>,
}

/// What a subscription gets.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Published {
    // Not called `Event`: of two public things of one name, messages of the compiler would write `fastts_core::Event` out in full.
    /// An event.
    Plain(Event),
    /// An item of another type, as JSON.
    Json(String),
}

/// How long events are tried where the subscriber runs, before others get their turn. One that takes longer is tried elsewhere.
const SLICE: Duration = Duration::from_millis(1);

impl Subscription {
    pub(super) fn new(topics: Topics, channel: Arc<Channel>, wants: Wants, backlog: Backlog, closed: bool) -> Subscription {
        let reader = channel.add(backlog, closed);
        Subscription { topics, channel, reader, wants, others: false, current: None, ready: VecDeque::new(), ready_bytes: 0, failure: None }
    }

    /// Gets items that are no events, too, if they have JSON: all of them, as no query can be asked of them.
    pub fn with_others(mut self) -> Subscription {
        self.others = true;
        self
    }

    /// Returns the topic.
    pub fn topic(&self) -> &str {
        self.channel.name()
    }

    /// Waits for the next event; `None` when the router has stopped and all events were read, or its query has failed.
    ///
    /// A future that is dropped before it is done takes nothing.
    pub async fn next(&mut self) -> Option<Event> {
        loop {
            if let Published::Plain(event) = self.next_published().await? {
                return Some(event);
            }
        }
    }

    /// Waits for what comes next, as [`next`](Subscription::next) does, events or others.
    pub async fn next_published(&mut self) -> Option<Published> {
        loop {
            // What has come since is looked at when this is done: most of it may be gone by then.
            if let Some(published) = self.pop() {
                return Some(published);
            }
            self.look().await;
            if let Some(published) = self.pop() {
                return Some(published);
            }
            // One reader waits, so a notification that comes before it does is kept for it.
            if self.failure.is_some() || self.reader.is_closed() {
                return None;
            }
            self.reader.came.notified().await;
        }
    }

    /// Returns the next event if there is one now. Looking for it takes five seconds at most.
    pub fn try_next(&mut self) -> Option<Event> {
        let mut budget = Budget::lasting(QUERY_TIMEOUT);
        while self.failure.is_none() && self.fetch() {
            if self.sort(&mut budget).is_err() {
                self.failure = Some(QueryRefused::TimedOut { limit: QUERY_TIMEOUT, has_run: true });
            }
        }
        loop {
            if let Published::Plain(event) = self.pop()? {
                return Some(event);
            }
        }
    }

    /// Returns how many events were lost because they were not read in time, those included that were never tried, as far as is known:
    /// what has come is looked at when the next event is asked for.
    pub fn missed(&self) -> u64 {
        self.channel.missed_by(&self.reader)
    }

    /// Returns why its query has failed, if it has.
    pub fn failure(&self) -> Option<&QueryRefused> {
        self.failure.as_ref()
    }

    /// Looks through all that has come.
    async fn look(&mut self) {
        while self.failure.is_none() && self.fetch() {
            let before = self.place();
            if self.sort(&mut Budget::lasting(SLICE)).is_ok() {
                continue;
            }
            match self.place() == before {
                true => self.sort_elsewhere().await,
                false => tokio::task::yield_now().await,
            }
        }
    }

    /// Takes the next batch when the one before it is done; false when there is none.
    fn fetch(&mut self) -> bool {
        if self.current.is_none() {
            self.current = self.channel.take(&self.reader).map(|batch| (batch, 0));
        }
        self.current.is_some()
    }

    fn place(&self) -> usize {
        self.current.as_ref().map_or(0, |(_, place)| *place)
    }

    /// Keeps what it wants of the batch, as far as the budget lasts.
    fn sort(&mut self, budget: &mut Budget) -> Result<(), OutOfBudget> {
        let Some((batch, from)) = self.current.take() else { return Ok(()) };
        let items = batch.borrowed();
        for at in from..items.len() {
            let Some(event) = items.event(at) else {
                if self.others && items.has_json() {
                    let mut json = Vec::new();
                    items.put_json(at, &mut json);
                    self.keep(Published::Json(String::from_utf8_lossy(&json).into_owned()));
                }
                continue;
            };
            match self.wants.holds(event, budget) {
                Ok(true) => self.keep(Published::Plain(event.to_owned())),
                Ok(false) => {}
                Err(reason) => {
                    self.current = Some((batch, at));
                    return Err(reason);
                }
            }
        }
        Ok(())
    }

    /// Does the same on a thread for queries.
    async fn sort_elsewhere(&mut self) {
        let (Wants::Query(query, queries), Some((batch, from))) = (&self.wants, &self.current) else { return };
        let (asked, events, from) = (query.clone(), batch.clone(), *from);
        let found = queries.run(query.text(), queries.budget(), move |budget| {
            let items = events.borrowed();
            let mut found = Vec::new();
            for at in from..items.len() {
                if let Some(event) = items.event(at)
                    && asked.matches_within(event, budget)?
                {
                    found.push(event.to_owned());
                }
            }
            Ok(found)
        });
        let found = found.await;
        let rest = self.current.take().map_or(0, |(batch, from)| batch.borrowed().len() - from);
        match found {
            Ok(found) => found.into_iter().for_each(|event| self.keep(Published::Plain(event))),
            Err(failure @ QueryRefused::TimedOut { has_run: true, .. }) => self.failure = Some(failure),
            // Others use the threads.
            Err(_) => self.channel.missed(&self.reader, rest as u64),
        }
    }

    /// Keeps what was published until it is read; the oldest go when there is no room.
    fn keep(&mut self, published: Published) {
        self.ready_bytes += memory(&published);
        self.ready.push_back(published);
        let Backlog { events, bytes, .. } = self.reader.backlog;
        while self.ready.len() > events || self.ready_bytes > bytes && self.ready.len() > 1 {
            self.pop();
            self.channel.missed(&self.reader, 1);
        }
    }

    fn pop(&mut self) -> Option<Published> {
        let published = self.ready.pop_front()?;
        self.ready_bytes -= memory(&published);
        Some(published)
    }
}

/// Returns how many bytes something takes that is kept.
fn memory(published: &Published) -> usize {
    let owned = match published {
        Published::Plain(event) => event.view().size(),
        Published::Json(json) => json.capacity(),
    };
    size_of::<Published>() + owned
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.channel.remove(&self.reader);
        self.topics.forget(&self.channel);
    }
}

impl fmt::Debug for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Subscription({:?})", self.channel.name())
    }
}
