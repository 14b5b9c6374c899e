//! The connections of a listener.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::Service;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio_util::task::task_tracker::TaskTrackerToken;

use super::idle::{Answering, Idle, Waiter};
use super::listener::HttpState;
use super::refusal;
use super::routes;
use super::stream::Stream;
use crate::sources::port;
use crate::telemetry::Open;

/// The longest header of a request, and how much of a body is read before somebody wants it.
const MAX_HEADER: usize = 16 << 10;
const READ_AHEAD: usize = 64 << 10;

/// What a connection holds: its place among all of them, until its last part is gone.
#[derive(Debug)]
pub(super) struct Slot {
    /// Who is at the other end.
    pub(super) peer: SocketAddr,
    waiter: Arc<Waiter>,
    /// Whether the connection is over when its client has closed its side.
    watched: AtomicBool,
    _room: OwnedSemaphorePermit,
    _open: Open,
    _alive: TaskTrackerToken,
}

impl Slot {
    /// Lets the connection end when its client closes its side, or not: who has said all that it has to say may still want an answer,
    /// but what has no end would be written to a client that is gone.
    pub(super) fn watch(&self, watched: bool) {
        self.watched.store(watched, Ordering::Release);
    }

    pub(super) fn is_watched(&self) -> bool {
        self.watched.load(Ordering::Acquire)
    }
}

/// Room for a number of connections.
struct Room {
    places: Arc<Semaphore>,
    idle: Arc<Idle>,
}

/// How long a connection that has to make room may take for it.
const MAKING_ROOM: Duration = Duration::from_millis(100);

impl Room {
    fn new(connections: usize) -> Room {
        Room { places: Arc::new(Semaphore::new(connections)), idle: Arc::default() }
    }

    /// Returns a place; when there is none, that of the connection that has waited longest for its client, which is closed.
    async fn place(&self, full: impl FnOnce()) -> Option<OwnedSemaphorePermit> {
        if let Ok(place) = Arc::clone(&self.places).try_acquire_owned() {
            return Some(place);
        }
        if !self.idle.close_one() {
            return None;
        }
        full();
        tokio::time::timeout(MAKING_ROOM, Arc::clone(&self.places).acquire_owned()).await.ok()?.ok()
    }
}

/// Takes connections until the listener stops, and ends with the last of them.
pub(super) async fn accept(listener: Arc<TcpListener>, shared: Arc<HttpState>) {
    let (app, full) = (routes::app(&shared), routes::full(&shared));
    let (room, refusals) = (Room::new(shared.options.max_connections), Room::new(refusal::AT_ONCE));
    let mut connections = JoinSet::new();
    let (stopping, alive) = (shared.ends.stopping.clone(), shared.ends.connections.clone());
    let mut stopped = pin!(stopping.requested());
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    port::set_options(&stream, peer);
                    port::bound_unread(&stream);
                    let slot = |room: &Room, place| Arc::new(Slot {
                        peer,
                        waiter: Arc::new(Waiter::new(&room.idle)),
                        watched: AtomicBool::new(false),
                        _room: place,
                        _open: shared.meter.open(),
                        _alive: alive.token(),
                    });
                    if let Some(place) = room.place(|| crowded(&shared)).await {
                        connections.spawn(serve(stream, peer, Arc::clone(&shared), app.clone(), slot(&room, place)));
                        continue;
                    }
                    turn_away(peer, &shared);
                    // Those that come faster than they can be told are not told.
                    if let Some(place) = refusals.place(|| {}).await {
                        let told = serve(stream, peer, Arc::clone(&shared), full.clone(), slot(&refusals, place));
                        connections.spawn(async { _ = tokio::time::timeout(refusal::PATIENCE, told).await });
                    }
                }
                Err(error) if port::is_passing(&error) => {}
                Err(error) => {
                    shared.log.not_taken.say(|more| {
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
            () = &mut stopped => break,
        }
    }
    while connections.join_next().await.is_some() {}
}

/// Says that a connection had to make room.
fn crowded(shared: &HttpState) {
    let limit = shared.options.max_connections;
    shared.log.crowded.say(|more| {
        tracing::warn!(
            "closed the HTTP connection that was idle for longest (and {more} before it): there are {limit}, raise --http-max-connections"
        );
    });
}

fn turn_away(peer: SocketAddr, shared: &HttpState) {
    let limit = shared.options.max_connections;
    shared.meter.turned_away();
    shared.log.refused.say(|more| {
        tracing::warn!(
            "refused an HTTP connection from {peer} (and {more} before it): there are {limit}, raise --http-max-connections to take more"
        );
    });
}

/// Serves a connection until its end.
async fn serve(mut stream: TcpStream, peer: SocketAddr, shared: Arc<HttpState>, app: Router, slot: Arc<Slot>) {
    let options = &shared.options;
    let mut stopping = pin!(shared.ends.stopping.requested());
    tokio::select! {
        other = refusal::other_protocol(&mut stream, options.timeout) => if let Err(reason) = other {
            shared.meter.refused(1);
            shared.log.failed.say(|more| tracing::warn!("HTTP connection from {peer} ended (and {more} others before it): {reason}"));
            return refusal::write(stream, "400 Bad Request", &reason).await;
        },
        () = slot.waiter.closing() => return,
        () = &mut stopping => return,
    }
    let stream = Stream::new(stream, Arc::clone(&shared.meter), Arc::clone(&slot), options.write_timeout);
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(options.timeout).max_header_size(MAX_HEADER).max_buf_size(READ_AHEAD);
    // A client that has said all it has to say may still want the answer.
    builder.half_close(true);
    let connection = builder.serve_connection(TokioIo::new(stream), App { app, slot: Arc::clone(&slot) }).with_upgrades();
    let mut connection = pin!(connection);
    let ended = tokio::select! {
        ended = &mut connection => ended,
        () = slot.waiter.closing() => {
            // A request may have come just then.
            if !slot.waiter.is_busy() {
                return;
            }
            connection.as_mut().graceful_shutdown();
            connection.await
        }
        () = stopping => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    // What lives on is a WebSocket, which waits for nobody.
    slot.waiter.work();
    if let Err(error) = ended {
        let reason = std::error::Error::source(&error).map(|source| format!(": {source}")).unwrap_or_default();
        if error.is_parse() {
            shared.meter.refused(1);
            shared.log.failed.say(|more| {
                tracing::warn!(
                    "HTTP connection from {peer} ended (and {more} others before it): {error}{reason}; was its address encoded?"
                );
            });
        } else {
            tracing::debug!("HTTP connection from {peer} ended: {error}{reason}");
        }
    }
}

/// Hands requests to the routes, with the connection's slot.
struct App {
    app: Router,
    slot: Arc<Slot>,
}

impl Service<Request<Incoming>> for App {
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn call(&self, mut request: Request<Incoming>) -> Self::Future {
        let slot = Arc::clone(&self.slot);
        slot.waiter.work();
        request.extensions_mut().insert(Arc::clone(&slot));
        let answer = TowerToHyperService::new(self.app.clone()).call(request);
        Box::pin(async move {
            let answer = answer.await?;
            Ok(match answer.status() {
                StatusCode::SWITCHING_PROTOCOLS => answer,
                _ => answer.map(|body| Body::new(Answering { body, of: Arc::clone(&slot.waiter) })),
            })
        })
    }
}
