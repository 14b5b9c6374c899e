//! Takes connections.

use std::fmt;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::Service;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};
use tokio::task::{JoinHandle, JoinSet};

use super::options::HttpOptions;
use super::refusal;
use super::routes;
use super::stream::Stream;
use crate::rarely::Rarely;
use crate::sources::{port, watch as watching};
use crate::telemetry::{Inside, Meter, Open};

/// The longest header of a request, and how much of a body is read before somebody wants it.
const MAX_HEADER: usize = 16 << 10;
const READ_AHEAD: usize = 64 << 10;

/// What the server is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Phase {
    Serving,
    /// It accepts no more events, and still tells how it is.
    Draining,
    Stopping,
}

/// What all connections share.
pub(super) struct Shared {
    pub(super) options: HttpOptions,
    pub(super) inside: Inside,
    pub(super) meter: Arc<Meter>,
    phase: watch::Sender<Phase>,
    /// How many requests and WebSockets bring events.
    senders: watch::Sender<usize>,
    /// The room for subscriptions.
    pub(super) subscriptions: Arc<Semaphore>,
    pub(super) lines: Lines,
}

/// What is said about connections.
#[derive(Debug, Default)]
pub(super) struct Lines {
    refused: Rarely,
    not_taken: Rarely,
    failed: Rarely,
    pub(super) missed: Rarely,
}

impl Shared {
    /// Returns what it is about now.
    pub(super) fn phase(&self) -> Phase {
        *self.phase.borrow()
    }

    /// Returns a future that ends with a phase, or has ended.
    pub(super) fn reached(&self, phase: Phase) -> impl Future<Output = ()> + Send + use<> {
        let mut phases = self.phase.subscribe();
        async move {
            // The sender is gone when all is over.
            let _ = phases.wait_for(|now| *now >= phase).await;
        }
    }
}

/// Something that brings events, and ends soon once the server drains.
pub(super) struct Sender(Arc<Shared>);

impl Sender {
    pub(super) fn new(shared: &Arc<Shared>) -> Sender {
        shared.senders.send_modify(|senders| *senders += 1);
        Sender(Arc::clone(shared))
    }
}

impl Drop for Sender {
    fn drop(&mut self) {
        self.0.senders.send_modify(|senders| *senders -= 1);
    }
}

/// What a connection holds: its place among all of them, until its last part is gone.
#[derive(Debug)]
pub(super) struct Slot {
    _room: OwnedSemaphorePermit,
    _open: Open,
    _alive: mpsc::Sender<()>,
}

/// A server that has its port, and serves once it is started.
#[derive(Debug)]
pub struct Http {
    listener: TcpListener,
    options: HttpOptions,
    meter: Arc<Meter>,
}

impl Http {
    /// Takes the port.
    ///
    /// # Errors
    /// When the address is not one of this machine, cannot be understood, or is in use.
    pub async fn bind(options: HttpOptions) -> io::Result<Http> {
        let listener = port::take(&options.listen).await?;
        let meter = Arc::new(Meter::new("http", listener.local_addr()?));
        Ok(Http { listener, options, meter })
    }

    /// Returns the address and the real port.
    pub fn address(&self) -> SocketAddr {
        self.meter.address()
    }

    /// Returns what counts for this server, from now to its end and after.
    pub fn meter(&self) -> &Arc<Meter> {
        &self.meter
    }

    /// Starts serving; events go to the pipelines of `inside`.
    pub fn start(self, inside: Inside) -> HttpServer {
        let shared = Arc::new(Shared {
            subscriptions: Arc::new(Semaphore::new(self.options.max_subscriptions)),
            options: self.options,
            inside,
            meter: self.meter,
            phase: watch::Sender::new(Phase::Serving),
            senders: watch::Sender::new(0),
            lines: Lines::default(),
        });
        // The watch of the TCP server names the pipelines that are stuck.
        watching::start(Arc::downgrade(&shared.meter), |_| Vec::new());
        let (alive, gone) = mpsc::channel(1);
        let task = tokio::spawn(accept(self.listener, Arc::clone(&shared), alive));
        HttpServer { shared, task, gone }
    }
}

/// A running server. Dropping it ends all connections at once.
pub struct HttpServer {
    shared: Arc<Shared>,
    task: JoinHandle<JoinSet<()>>,
    /// Ends when every connection has.
    gone: mpsc::Receiver<()>,
}

impl HttpServer {
    /// Returns the address and the real port.
    pub fn address(&self) -> SocketAddr {
        self.shared.meter.address()
    }

    /// Returns what counts for this server; it goes on telling what came after the server has stopped.
    pub fn meter(&self) -> &Arc<Meter> {
        &self.shared.meter
    }

    /// Accepts no more events than have arrived, and says on `/readyz` that it does not; returns when they were accepted, after
    /// `limit` at most. Everything else goes on, so that it can still be seen what the server does.
    pub async fn drain(&self, limit: Duration) {
        self.shared.phase.send_replace(Phase::Draining);
        let mut senders = self.shared.senders.subscribe();
        // What is cut off then is counted when it stops.
        let _ = tokio::time::timeout(limit, senders.wait_for(|senders| *senders == 0)).await;
    }

    /// Takes no more connections and ends those there are, within `limit`.
    ///
    /// Returns how many connections were cut off whose events were not accepted yet, and not acknowledged.
    pub async fn stop(&mut self, limit: Duration) -> usize {
        self.shared.phase.send_replace(Phase::Stopping);
        let Ok(mut connections) = (&mut self.task).await else { return 0 };
        let all = async {
            while connections.join_next().await.is_some() {}
            // WebSockets have tasks of their own.
            let _ = self.gone.recv().await;
        };
        // What is over is no longer counted, whether it ended in time or not.
        let _ = tokio::time::timeout(limit, all).await;
        let Lines { refused, not_taken, failed, missed } = &self.shared.lines;
        refused.say_rest(|more| tracing::warn!("{more} more HTTP connections refused since that was last said"));
        not_taken.say_rest(|more| tracing::warn!("{more} more HTTP connections could not be taken since that was last said"));
        failed.say_rest(|more| tracing::warn!("{more} more HTTP connections ended with an error since that was last said"));
        missed.say_rest(|more| tracing::warn!("{more} more subscribers have missed events since that was last said"));
        self.shared.meter.read().under_way as usize
    }
}

impl Drop for HttpServer {
    fn drop(&mut self) {
        self.task.abort();
        self.shared.phase.send_replace(Phase::Stopping);
    }
}

impl fmt::Debug for HttpServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpServer").field("address", &self.address()).finish_non_exhaustive()
    }
}

/// Accepts connections until the server stops, and returns those that are left.
async fn accept(listener: TcpListener, shared: Arc<Shared>, alive: mpsc::Sender<()>) -> JoinSet<()> {
    let (app, full) = (routes::app(&shared), routes::full(&shared));
    let room = Arc::new(Semaphore::new(shared.options.max_connections));
    let refusals = Arc::new(Semaphore::new(refusal::AT_ONCE));
    let mut connections = JoinSet::new();
    let mut stop = pin!(shared.reached(Phase::Stopping));
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    port::set_options(&stream, peer);
                    let slot = |room| Arc::new(Slot { _room: room, _open: shared.meter.open(), _alive: alive.clone() });
                    if let Ok(room) = Arc::clone(&room).try_acquire_owned() {
                        connections.spawn(serve(stream, peer, Arc::clone(&shared), app.clone(), slot(room)));
                        continue;
                    }
                    turn_away(peer, &shared);
                    // Those that come faster than they can be told are not told.
                    if let Ok(room) = Arc::clone(&refusals).try_acquire_owned() {
                        let told = serve(stream, peer, Arc::clone(&shared), full.clone(), slot(room));
                        connections.spawn(async { _ = tokio::time::timeout(refusal::PATIENCE, told).await });
                    }
                }
                Err(error) if port::is_passing(&error) => {}
                Err(error) => {
                    shared.lines.not_taken.say(|more| {
                        tracing::error!("cannot take an HTTP connection (nor {more} before it): {error}; is the limit of open files (ulimit -n) too low?");
                    });
                    tokio::time::sleep(port::BREATHER).await;
                }
            },
            Some(ended) = connections.join_next() => {
                if let Err(error) = ended && error.is_panic() {
                    tracing::error!("an HTTP connection was dropped because of a defect in the server: {error}");
                }
            }
            () = &mut stop => return connections,
        }
    }
}

fn turn_away(peer: SocketAddr, shared: &Shared) {
    let limit = shared.options.max_connections;
    shared.meter.turned_away();
    shared.lines.refused.say(|more| {
        tracing::warn!(
            "refused an HTTP connection from {peer} (and {more} before it): there are {limit}, raise --http-max-connections to take more"
        );
    });
}

/// Serves a connection until its end.
async fn serve(mut stream: TcpStream, peer: SocketAddr, shared: Arc<Shared>, app: Router, slot: Arc<Slot>) {
    let options = &shared.options;
    let stopping = shared.reached(Phase::Stopping);
    let mut stopping = pin!(stopping);
    tokio::select! {
        other = refusal::other_protocol(&mut stream, options.timeout) => if let Err(reason) = other {
            shared.meter.refused(1);
            shared.lines.failed.say(|more| tracing::warn!("HTTP connection from {peer} ended (and {more} others before it): {reason}"));
            return refusal::write(stream, "400 Bad Request", &reason).await;
        },
        () = &mut stopping => return,
    }
    let stream = Stream::new(stream, Arc::clone(&shared.meter), options.write_timeout);
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(options.timeout).max_header_size(MAX_HEADER).max_buf_size(READ_AHEAD);
    // A client that has said all it has to say may still want the answer.
    builder.half_close(true);
    let connection = builder.serve_connection(TokioIo::new(stream), App { app, slot }).with_upgrades();
    let mut connection = pin!(connection);
    let ended = tokio::select! {
        ended = &mut connection => ended,
        () = stopping => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        let reason = std::error::Error::source(&error).map(|source| format!(": {source}")).unwrap_or_default();
        tracing::debug!("HTTP connection from {peer} ended: {error}{reason}");
    }
}

/// Hands requests to the routes, with the connection's slot.
struct App {
    app: Router,
    slot: Arc<Slot>,
}

impl Service<Request<Incoming>> for App {
    type Response = <TowerToHyperService<Router> as Service<Request<Incoming>>>::Response;
    type Error = <TowerToHyperService<Router> as Service<Request<Incoming>>>::Error;
    type Future = <TowerToHyperService<Router> as Service<Request<Incoming>>>::Future;

    fn call(&self, mut request: Request<Incoming>) -> Self::Future {
        request.extensions_mut().insert(Arc::clone(&self.slot));
        TowerToHyperService::new(self.app.clone()).call(request)
    }
}
