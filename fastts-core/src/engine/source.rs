//! What brings items into a router from the outside.

use std::fmt;
use std::future::Future;

use tokio_util::sync::CancellationToken;

use crate::engine::error::Draining;
use crate::engine::live::Intake;
use crate::model::item::Item;

/// Brings items from the outside: from sockets, files, timers, brokers.
///
/// [`Running::add_source`](crate::Running::add_source) runs one and looks after it, as a pipeline is looked after: an error or a
/// panic starts it again after a while, one that fails too often is stopped, and a drain stops the sources first.
///
/// ```
/// use std::time::Duration;
///
/// use fastts_core::event::Batch;
/// use fastts_core::prelude::*;
/// use fastts_core::runtime::{Description, Intake, Options, Running, Source, SourceError, Stop};
///
/// /// Brings an event a millisecond.
/// struct Ticker;
///
/// impl Source for Ticker {
///     type Item = Event;
///
///     fn describe(&self) -> Description {
///         Description::new("ticker").at("every millisecond")
///     }
///
///     async fn run(&mut self, out: Intake, stop: Stop) -> Result<(), SourceError> {
///         while !stop.is_requested() {
///             out.deliver(Batch::of([event! { service: "tick", time: out.now() }.view()])).await?;
///             tokio::time::sleep(Duration::from_millis(1)).await;
///         }
///         Ok(())
///     }
/// }
///
/// router! {
///     pipeline "ticks" { where(service == "tick") }
/// }
///
/// #[tokio::main(flavor = "current_thread")]
/// async fn main() -> Result<(), Box<dyn std::error::Error>> {
///     let running = Running::start(router(), Options::new())?;
///     running.add_source("ticker", || Ticker)?;
///     while running.sources()[0].events < 3 {
///         tokio::task::yield_now().await;
///     }
///     running.drain(Duration::from_secs(10)).await;
///     assert_eq!(running.sources()[0].restarts, 0);
///     Ok(())
/// }
/// ```
pub trait Source: Send + 'static {
    /// What it brings: [`Event`](crate::Event), or a type of your own that a pipeline takes.
    type Item: Item;

    /// Says what it is and where its items come from, for those who look at the router.
    fn describe(&self) -> Description;

    /// Brings items until it is asked to stop, or has no more.
    ///
    /// Once `stop` is [requested](Stop::requested) it should deliver what has arrived, and return. A drain waits for that; when its
    /// time is up the future is dropped, so that tasks which the source has spawned should end then too, as those of a
    /// `tokio::task::JoinSet` do.
    ///
    /// # Errors
    /// What went wrong: it is told in the log, and the source is made and run again after a while.
    fn run(&mut self, out: Intake<Self::Item>, stop: Stop) -> impl Future<Output = Result<(), SourceError>> + Send;
}

/// What a source is, for those who look at the router.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Description {
    /// What kind of source it is, such as `tcp`.
    pub kind: &'static str,
    /// Where its items come from, such as `127.0.0.1:5555`; empty when that says nothing.
    pub place: String,
}

impl Description {
    /// Describes a source by its kind.
    pub fn new(kind: &'static str) -> Description {
        Description { kind, place: String::new() }
    }

    /// Says where its items come from.
    pub fn at(self, place: impl Into<String>) -> Description {
        Description { place: place.into(), ..self }
    }
}

impl fmt::Display for Description {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place[..] {
            "" => f.write_str(self.kind),
            place => write!(f, "{} {place}", self.kind),
        }
    }
}

/// Why a source cannot go on. Any error becomes one by `?`.
pub struct SourceError(Box<dyn std::error::Error + Send + Sync>);

impl SourceError {
    /// Says in words why it cannot go on.
    pub fn new(reason: impl Into<String>) -> SourceError {
        SourceError(reason.into().into())
    }
}

impl<E: std::error::Error + Send + Sync + 'static> From<E> for SourceError {
    fn from(error: E) -> SourceError {
        SourceError(Box::new(error))
    }
}

impl fmt::Display for SourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for SourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A batch was not accepted. Whoever sent it should be told, and should send it again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Why, for whoever sent it.
    pub reason: String,
}

impl From<Draining> for Refused {
    fn from(draining: Draining) -> Refused {
        Refused { reason: draining.to_string() }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

impl std::error::Error for Refused {}

/// Tells a source that it should stop: it is asked, not cut off.
#[derive(Clone, Debug, Default)]
pub struct Stop(CancellationToken);

impl Stop {
    /// Makes one that nobody has requested yet; for tests, and for those who run a source themselves.
    pub fn new() -> Stop {
        Stop::default()
    }

    /// Asks everybody who has a copy to stop, and everybody who has a [child](Stop::child).
    pub fn request(&self) {
        self.0.cancel();
    }

    /// Returns true once it was requested.
    pub fn is_requested(&self) -> bool {
        self.0.is_cancelled()
    }

    /// Waits until it is requested. The future may be polled again after that.
    pub fn requested(&self) -> impl Future<Output = ()> + Send + '_ {
        self.0.cancelled()
    }

    /// Makes one that is requested with this one: for a part of a source that looks often, as it shares no lock with the others.
    pub fn child(&self) -> Stop {
        Stop(self.0.child_token())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_child_stops_with_its_parent_and_never_the_other_way_round() {
        let stop = Stop::new();
        let (one, other) = (stop.child(), stop.child());
        one.request();
        assert_eq!((one.is_requested(), other.is_requested(), stop.is_requested()), (true, false, false));
        stop.request();
        assert!(other.is_requested());
    }

    #[test]
    fn errors_and_words_become_the_reason() {
        let failed = || -> Result<(), SourceError> { Err(std::io::Error::other("gone"))? };
        assert_eq!(failed().unwrap_err().to_string(), "gone");
        assert_eq!(SourceError::new("no more").to_string(), "no more");
        assert_eq!(Description::new("tcp").at("127.0.0.1:5555").to_string(), "tcp 127.0.0.1:5555");
    }
}
