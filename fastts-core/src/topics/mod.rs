//! Topics: what one pipeline publishes and others, or programs, subscribe to.
//!
//! | file | what it is |
//! |---|---|
//! | `outbox` | what a chain has published and nobody has taken yet |
//! | `plan` | which pipelines get what which publishes, found and checked before anything runs |
//! | `channel` | those who subscribe from outside, and what waits for each |
//! | `retained` | what a topic keeps for those who come later |
//! | `subscription` | one of them, who looks through what waits and holds nobody up |

mod channel;
mod outbox;
mod plan;
mod retained;
mod subscription;

use std::any::TypeId;
use std::collections::HashMap;
use std::fmt;
use std::marker::PhantomData;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub(crate) use channel::Channel;
pub use channel::{Backlog, Carried, TopicStats};
pub(crate) use outbox::{Outbox, Parcel};
pub use plan::TopicError;
pub(crate) use plan::{Hears, INDEX, Routes, plan};
pub(crate) use subscription::Wants;
pub use subscription::{Published, Subscription};

use crate::model::item::Item;

/// A topic: a name, and the type of what is published on it.
///
/// In a router, `publish("orders")` makes it; a stage function of yours does so itself.
///
/// ```
/// use fastts_core::{Event, Flow, Topic, stages};
///
/// /// Publishes what is cheap, and passes everything on.
/// fn announce<F: Flow<Item = Event>>(flow: F, limit: f64) -> impl Flow<In = F::In, Item = Event> {
///     stages::tee(flow, |flow| stages::publish(stages::under(flow, limit), Topic::<Event>::new("cheap")))
/// }
/// # let _ = announce(fastts_core::Pipe::start(), 3.0);
/// ```
pub struct Topic<T> {
    pub(crate) name: Arc<str>,
    item: PhantomData<fn() -> T>,
}

impl<T> Topic<T> {
    /// Names a topic.
    pub fn new(name: impl Into<Arc<str>>) -> Topic<T> {
        Topic { name: name.into(), item: PhantomData }
    }

    /// Says what it carries.
    pub(crate) fn carrying<E>(self) -> Topic<E> {
        Topic { name: self.name, item: PhantomData }
    }

    /// Returns the name.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl<T> Clone for Topic<T> {
    fn clone(&self) -> Topic<T> {
        Topic { name: Arc::clone(&self.name), item: PhantomData }
    }
}

impl<T> fmt::Debug for Topic<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Topic({:?})", self.name)
    }
}

/// Whatever is published: what a topic carries to which no pipeline subscribes.
#[derive(Clone, Copy, Debug)]
pub struct Whatever;

/// Marks what can be published on a topic that carries `T`: `T` itself.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is published here, but the pipelines that subscribe to this topic take `{T}`",
    label = "`{Self}` arrives here",
    note = "a topic carries what its subscribers take, `pipeline \"NAME\": Type from subscribe(\"TOPIC\") {{ … }}`, and events where no type is written",
    note = "use `map(|item| …)` to make a `{T}`, or publish it on a topic of its own"
)]
pub trait PublishedAs<T>: Item {}

impl<T: Item> PublishedAs<T> for T {}

impl<T: Item> PublishedAs<Whatever> for T {}

/// Is implemented by a type for itself: what all subscribers of a topic take.
#[diagnostic::on_unimplemented(
    message = "this pipeline takes `{Self}`, but another subscriber of its topic takes `{T}`",
    label = "not `{T}`",
    note = "a topic carries items of one type: write the same in both pipelines, or subscribe to a topic of its own",
    note = "a pipeline without a type takes events, and so does every subscriber of \"index\""
)]
pub trait CarriedLike<T> {}

impl<T> CarriedLike<T> for T {}

/// Holds two subscribers of one topic against each other.
pub fn carries_the_same<A: CarriedLike<B>, B>() {}

/// Those that somebody publishes or subscribes to from outside.
#[derive(Default)]
struct Live {
    channels: HashMap<Arc<str>, Arc<Channel>>,
    /// Nothing more comes.
    closed: bool,
}

/// The topics of one router, as its pipelines and its subscribers from outside know them.
#[derive(Clone, Default)]
pub(crate) struct Topics {
    live: Arc<Mutex<Live>>,
    /// Those to which pipelines subscribe.
    piped: Arc<[Arc<str>]>,
}

impl Topics {
    /// Says to which topics pipelines subscribe.
    pub(crate) fn piped(self, piped: impl IntoIterator<Item = &'static str>) -> Topics {
        Topics { piped: piped.into_iter().map(Arc::from).collect(), ..self }
    }

    /// Says which topics keep how many items for those who subscribe later.
    pub(crate) fn retaining(self, retained: &[(&'static str, usize)]) -> Topics {
        for &(topic, count) in retained {
            let channel = Arc::new(Channel::new(topic.into(), count));
            self.live().channels.insert(Arc::clone(channel.name()), channel);
        }
        self
    }

    fn is_piped(&self, topic: &str) -> bool {
        self.piped.iter().any(|one| **one == *topic)
    }

    fn live(&self) -> MutexGuard<'_, Live> {
        // Nothing of the user's runs under this lock.
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns what subscribers from outside hold on to; made when somebody first publishes there or subscribes.
    fn channel(&self, topic: &str) -> Arc<Channel> {
        self.live().channel(topic)
    }

    /// Returns the same, if there is one.
    pub(crate) fn known(&self, topic: &str) -> Option<Arc<Channel>> {
        self.live().channels.get(topic).cloned()
    }

    /// Subscribes from outside.
    pub(crate) fn subscribe(&self, topic: &str, wants: Wants, backlog: Backlog) -> Subscription {
        let mut live = self.live();
        let channel = live.channel(topic);
        Subscription::new(self.clone(), channel, wants, backlog, live.closed)
    }

    /// Forgets a topic that nobody uses any more: their names may come from outside, and be many.
    fn forget(&self, channel: &Arc<Channel>) {
        let mut live = self.live();
        // Nobody gets hold of it without the lock: this one and that in the map are all there are.
        if channel.is_unused() && Arc::strong_count(channel) <= 2 {
            live.channels.remove(channel.name());
        }
    }

    /// Returns what went through each topic on which a pipeline publishes, or to which somebody subscribes from outside, by name.
    pub(crate) fn stats(&self) -> Vec<TopicStats> {
        let mut stats: Vec<TopicStats> = self.live().channels.values().map(|channel| channel.stats()).collect();
        stats.sort_by(|one, other| one.topic.cmp(&other.topic));
        stats
    }

    /// Tells all subscribers from outside that nothing more comes.
    pub(crate) fn close(&self) {
        let mut live = self.live();
        live.closed = true;
        live.channels.values().for_each(|channel| channel.close());
    }
}

impl Live {
    fn channel(&mut self, topic: &str) -> Arc<Channel> {
        if let Some(channel) = self.channels.get(topic) {
            return Arc::clone(channel);
        }
        let channel = Arc::new(Channel::new(topic.into(), 0));
        self.channels.insert(Arc::clone(channel.name()), Arc::clone(&channel));
        channel
    }
}

impl fmt::Debug for Topics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Topics").field("piped", &self.piped).finish_non_exhaustive()
    }
}

/// A topic on which a chain publishes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Announced {
    pub(crate) topic: Arc<str>,
    pub(crate) item: TypeId,
    /// The type, as Rust names it.
    pub(crate) named: &'static str,
}
