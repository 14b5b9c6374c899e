//! The listener: its port, what its connections share, and its end.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use fastts_core::Event;
use fastts_core::runtime::{Description, Intake, Rarely, Source, SourceError, Stop};
use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tokio::task::AbortHandle;
use tokio_util::task::TaskTracker;
use tokio_util::task::task_tracker::TaskTrackerToken;

use super::connections::accept;
use super::live::Readers;
use super::options::HttpOptions;
use crate::sources::port;
use crate::telemetry::{Inside, Meter};

/// What all connections share.
#[derive(Clone, Debug)]
pub(super) struct HttpState {
    pub(super) options: Arc<HttpOptions>,
    pub(super) inside: Inside,
    pub(super) out: Intake,
    pub(super) meter: Arc<Meter>,
    pub(super) ends: Ends,
    /// The room for subscriptions.
    pub(super) subscriptions: Arc<Semaphore>,
    pub(super) readers: Arc<Readers>,
    pub(super) log: Arc<HttpLog>,
}

/// How a listener comes to its end: first it accepts no more events and still tells how the server is, then it ends.
#[derive(Clone, Debug, Default)]
pub(super) struct Ends {
    /// No more events are accepted.
    pub(super) draining: Stop,
    /// Connections end.
    pub(super) stopping: Stop,
    /// The requests and WebSockets that bring events; they end soon once the listener drains.
    pub(super) senders: TaskTracker,
    /// The connections, until the last part of each is gone: WebSockets have tasks of their own.
    pub(super) connections: TaskTracker,
}

/// What is said about connections.
#[derive(Debug, Default)]
pub(super) struct HttpLog {
    pub(super) refused: Rarely,
    pub(super) crowded: Rarely,
    pub(super) not_taken: Rarely,
    pub(super) failed: Rarely,
    pub(super) missed: Rarely,
    pub(super) mended: Rarely,
}

impl HttpState {
    /// Returns true while events are accepted.
    pub(super) fn is_serving(&self) -> bool {
        !self.ends.draining.is_requested()
    }

    /// Notes that something brings events, until the token is dropped.
    pub(super) fn sender(&self) -> TaskTrackerToken {
        self.ends.senders.token()
    }
}

/// A listener that has its port.
#[derive(Debug)]
pub struct Http {
    /// Where it takes connections and answers.
    tokio: Handle,
    listener: TcpListener,
    options: HttpOptions,
    meter: Arc<Meter>,
}

impl Http {
    /// Takes the port. It is served on the tokio run-time in which this is called, whichever the pipelines have: only what it brings runs there.
    ///
    /// # Errors
    /// When the address is not one of this machine, cannot be understood, or is in use.
    pub async fn bind(options: HttpOptions) -> io::Result<Http> {
        let listener = port::take(&options.listen).await?;
        let meter = Arc::new(Meter::new("http", listener.local_addr()?));
        Ok(Http { tokio: Handle::current(), listener, options, meter })
    }

    /// Returns the address and the real port.
    pub fn address(&self) -> SocketAddr {
        self.meter.address()
    }

    /// Returns what counts for this listener, from now to its end and after.
    pub fn meter(&self) -> &Arc<Meter> {
        &self.meter
    }

    /// Makes a source of it, which also shows what is `inside` the server.
    pub fn showing(self, inside: Inside) -> HttpServer {
        HttpServer(Arc::new(Server {
            subscriptions: Arc::new(Semaphore::new(self.options.max_subscriptions)),
            tokio: self.tokio,
            listener: Arc::new(self.listener),
            options: Arc::new(self.options),
            meter: self.meter,
            inside,
            ends: Ends::default(),
            log: Arc::default(),
            accepting: Mutex::default(),
        }))
    }
}

/// A listener as a source, and more than that: when the source has ended it still tells how the server is, until it is
/// [stopped](HttpServer::stop) or the last copy of it is dropped.
#[derive(Clone)]
pub struct HttpServer(Arc<Server>);

struct Server {
    tokio: Handle,
    listener: Arc<TcpListener>,
    options: Arc<HttpOptions>,
    inside: Inside,
    meter: Arc<Meter>,
    ends: Ends,
    subscriptions: Arc<Semaphore>,
    log: Arc<HttpLog>,
    /// The task that takes connections.
    accepting: Mutex<Option<AbortHandle>>,
}

impl Server {
    /// Goes on with another task that takes connections, or none; ends the one before it.
    fn accept_by(&self, task: Option<AbortHandle>) {
        let mut accepting = self.accepting.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(before) = std::mem::replace(&mut *accepting, task) {
            before.abort();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.accept_by(None);
        self.ends.stopping.request();
    }
}

impl HttpServer {
    /// Returns the address and the real port.
    pub fn address(&self) -> SocketAddr {
        self.0.meter.address()
    }

    /// Returns what counts for this listener; it goes on telling what came after the listener has stopped.
    pub fn meter(&self) -> &Arc<Meter> {
        &self.0.meter
    }

    /// Takes no more connections and ends those there are, within `limit`.
    ///
    /// Returns how many connections were cut off whose events were not accepted yet, and not acknowledged.
    pub async fn stop(&self, limit: Duration) -> usize {
        let Ends { draining, stopping, connections, .. } = &self.0.ends;
        draining.request();
        stopping.request();
        connections.close();
        // What is over is no longer counted, whether it ended in time or not.
        let _ = tokio::time::timeout(limit, connections.wait()).await;
        self.0.log.say_rest();
        self.0.meter.read().under_way as usize
    }
}

impl Source for HttpServer {
    type Item = Event;

    fn describe(&self) -> Description {
        self.0.meter.description()
    }

    /// Takes connections, which goes on when this ends; it ends when all the events that had arrived by then were accepted.
    async fn run(&mut self, out: Intake, stop: Stop) -> Result<(), SourceError> {
        let server = &*self.0;
        let shared = Arc::new(HttpState {
            options: Arc::clone(&server.options),
            inside: server.inside.clone(),
            out,
            meter: Arc::clone(&server.meter),
            ends: server.ends.clone(),
            subscriptions: Arc::clone(&server.subscriptions),
            readers: Arc::default(),
            log: Arc::clone(&server.log),
        });
        let mut accepting = server.tokio.spawn(accept(Arc::clone(&server.listener), shared));
        server.accept_by(Some(accepting.abort_handle()));
        let _end = CutOff(server);
        tokio::select! {
            ended = &mut accepting => return Ok(ended?),
            () = stop.requested() => {}
        }
        let Ends { draining, senders, .. } = &server.ends;
        draining.request();
        senders.close();
        senders.wait().await;
        Ok(())
    }
}

/// Takes no more connections for a source that is cut off before it was asked to stop: those would come to one that is gone.
struct CutOff<'s>(&'s Server);

impl Drop for CutOff<'_> {
    fn drop(&mut self) {
        if !self.0.ends.draining.is_requested() {
            self.0.accept_by(None);
        }
    }
}

impl HttpLog {
    /// Says how often nothing was said since each line was said last.
    fn say_rest(&self) {
        let HttpLog { refused, crowded, not_taken, failed, missed, mended } = self;
        refused.say_rest(|more| tracing::warn!("{more} more HTTP connections refused since that was last said"));
        crowded.say_rest(|more| tracing::warn!("{more} more idle HTTP connections made room since that was last said"));
        not_taken.say_rest(|more| tracing::warn!("{more} more HTTP connections could not be taken since that was last said"));
        failed.say_rest(|more| tracing::warn!("{more} more HTTP connections ended with an error since that was last said"));
        mended.say_rest(|more| tracing::warn!("text that was not UTF-8 came {more} more times over HTTP since that was last said"));
        missed.say_rest(|more| tracing::warn!("{more} more subscribers have missed events since that was last said"));
    }
}

impl fmt::Debug for HttpServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpServer").field("address", &self.address()).finish_non_exhaustive()
    }
}
