//! Takes connections.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::{JoinHandle, JoinSet};

use super::budget::Budget;
use super::buffers::Pool;
use super::connection::Connection;
use super::end::{End, Lines};
use super::options::TcpOptions;
use super::stream::{Opening, Plain};
use crate::destination::Destination;
use crate::riemann::reply;
use crate::sources::{port, watch};
use crate::telemetry::Meter;

/// How much of frames that are not complete, and of answers, a connection may hold without counting: so much that ordinary
/// senders never touch the counter that all share.
const FREE: usize = 16 << 10;

/// What all connections share.
pub(super) struct Shared<D> {
    pub(super) options: TcpOptions,
    pub(super) destination: D,
    pub(super) pool: Pool,
    /// What is held of frames that are not complete, and of answers that are not read.
    pub(super) unfinished: Arc<Budget>,
    /// What is held of batches that wait for pipelines.
    pub(super) waiting: Arc<Budget>,
    pub(super) meter: Arc<Meter>,
    pub(super) stopping: AtomicBool,
    pub(super) stop: Notify,
    lines: Lines,
}

impl<D> Shared<D> {
    pub(super) fn new(options: TcpOptions, meter: Arc<Meter>, destination: D) -> Shared<D> {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        Shared {
            destination,
            pool: Pool::new(4 * threads),
            unfinished: Budget::new(options.max_unfinished, FREE),
            waiting: Budget::new(options.max_unfinished, 0),
            options,
            meter,
            stopping: AtomicBool::new(false),
            stop: Notify::new(),
            lines: Lines::default(),
        }
    }
}

/// A server that has its port, and serves once it is started.
#[derive(Debug)]
pub struct Tcp {
    listener: TcpListener,
    options: TcpOptions,
    meter: Arc<Meter>,
}

impl Tcp {
    /// Takes the port.
    ///
    /// # Errors
    /// When the address is not one of this machine, cannot be understood, or is in use.
    pub async fn bind(options: TcpOptions) -> io::Result<Tcp> {
        Tcp::bind_as("tcp", options).await
    }

    /// Takes the port for a transport of that name.
    pub(crate) async fn bind_as(transport: &'static str, options: TcpOptions) -> io::Result<Tcp> {
        let listener = port::take(&options.listen).await?;
        let meter = Arc::new(Meter::new(transport, listener.local_addr()?));
        Ok(Tcp { listener, options, meter })
    }

    /// Returns the address and the real port.
    pub fn address(&self) -> SocketAddr {
        self.meter.address()
    }

    /// Returns what counts for this server, from now to its end and after.
    pub fn meter(&self) -> &Arc<Meter> {
        &self.meter
    }

    /// Starts serving.
    pub fn start<D: Destination>(self, destination: D) -> TcpServer {
        self.start_with(Arc::new(Plain), destination)
    }

    /// Starts serving connections that begin with something.
    pub(crate) fn start_with<O: Opening, D: Destination>(self, opening: Arc<O>, destination: D) -> TcpServer {
        let shared = Arc::new(Shared::new(self.options, Arc::clone(&self.meter), destination));
        let stopper = Arc::clone(&shared) as Arc<dyn Stop>;
        let seen = Arc::downgrade(&shared);
        watch::start(Arc::downgrade(&self.meter), move |limit| match seen.upgrade() {
            Some(shared) => shared.destination.stuck(limit),
            None => Vec::new(),
        });
        TcpServer { meter: self.meter, stopper, task: tokio::spawn(accept(self.listener, opening, shared)) }
    }
}

/// What a handle needs of [`Shared`], whatever the destination is.
trait Stop: Send + Sync {
    fn stop(&self);
    fn lines(&self) -> &Lines;
}

impl<D: Destination> Stop for Shared<D> {
    fn stop(&self) {
        self.stopping.store(true, Ordering::Release);
        self.stop.notify_waiters();
    }

    fn lines(&self) -> &Lines {
        &self.lines
    }
}

/// A running server. Dropping it ends all connections at once.
pub struct TcpServer {
    meter: Arc<Meter>,
    stopper: Arc<dyn Stop>,
    task: JoinHandle<JoinSet<End>>,
}

impl TcpServer {
    /// Returns the address and the real port.
    pub fn address(&self) -> SocketAddr {
        self.meter.address()
    }

    /// Returns what counts for this server; it goes on telling what came after the server has stopped.
    pub fn meter(&self) -> &Arc<Meter> {
        &self.meter
    }

    /// Takes no more connections and ends those there are: what has arrived is still accepted and answered, for `limit` at most.
    ///
    /// Returns how many connections were cut off: the events that they had sent were not accepted, and not acknowledged. One that
    /// had nothing under way does not count.
    pub async fn stop(&mut self, limit: Duration) -> usize {
        self.stopper.stop();
        let Ok(mut connections) = (&mut self.task).await else { return 0 };
        // What is over is no longer counted, whether it ended in time or not.
        let _ = tokio::time::timeout(limit, async { while connections.join_next().await.is_some() {} }).await;
        while connections.try_join_next().is_some() {}
        self.stopper.lines().say_rest();
        connections.len().min(self.meter.read().under_way as usize)
    }
}

impl Drop for TcpServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl fmt::Debug for TcpServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TcpServer").field("address", &self.address()).finish_non_exhaustive()
    }
}

/// Accepts connections until the server stops, and returns those that are left.
async fn accept<O: Opening, D: Destination>(listener: TcpListener, opening: Arc<O>, shared: Arc<Shared<D>>) -> JoinSet<End> {
    let mut connections = JoinSet::new();
    let stop = shared.stop.notified();
    let mut stop = std::pin::pin!(stop);
    while !shared.stopping.load(Ordering::Acquire) {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => welcome(stream, peer, &opening, &shared, &mut connections),
                Err(error) => failed(&error, &shared).await,
            },
            Some(ended) = connections.join_next() => {
                if let Err(error) = ended && error.is_panic() {
                    tracing::error!("a connection was dropped because of a defect in the server: {error}");
                }
            }
            () = &mut stop => {}
        }
    }
    connections
}

fn welcome<O: Opening, D: Destination>(
    stream: TcpStream,
    peer: SocketAddr,
    opening: &Arc<O>,
    shared: &Arc<Shared<D>>,
    connections: &mut JoinSet<End>,
) {
    let limit = shared.options.max_connections;
    if connections.len() >= limit {
        // Before whoever was turned away can know it.
        shared.meter.turned_away();
        if O::IS_PLAIN {
            let mut refusal = Vec::new();
            reply::put_refusal(&format!("there are {limit} connections already, which is the limit (--max-connections)"), &mut refusal);
            // Written without waiting: a fresh socket has room for it. A client that asks will find it as its answer.
            let _ = TcpStream::into_std(stream).and_then(|stream| io::Write::write(&mut &stream, &refusal));
        }
        shared.lines.refused(peer, limit);
        return;
    }
    port::set_options(&stream, peer);
    let (opening, shared) = (Arc::clone(opening), Arc::clone(shared));
    connections.spawn(async move {
        let _open = shared.meter.open();
        let end = match open(stream, &*opening, &shared).await {
            Ok(stream) => Connection::new(stream, Arc::clone(&shared)).run().await,
            Err(end) => end,
        };
        shared.lines.ended(peer, &end);
        end
    });
}

/// Opens a connection, unless the server stops before that.
async fn open<O: Opening, D>(stream: TcpStream, opening: &O, shared: &Shared<D>) -> Result<O::Stream, End> {
    let stop = shared.stop.notified();
    let stopped = async {
        if !shared.stopping.load(Ordering::Acquire) {
            stop.await;
        }
    };
    tokio::select! {
        biased;
        opened = opening.open(stream) => opened,
        () = stopped => Err(End::Stopped),
    }
}

/// Deals with a connection that could not be taken.
async fn failed<D: Destination>(error: &io::Error, shared: &Shared<D>) {
    if port::is_passing(error) {
        return;
    }
    shared.lines.not_taken(error);
    tokio::time::sleep(port::BREATHER).await;
}
