//! The connections of a listener.

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::Service;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio_util::task::task_tracker::TaskTrackerToken;

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
    _room: OwnedSemaphorePermit,
    _open: Open,
    _alive: TaskTrackerToken,
}

/// Takes connections until the listener stops, and ends with the last of them.
pub(super) async fn accept(listener: Arc<TcpListener>, shared: Arc<HttpState>) {
    let (app, full) = (routes::app(&shared), routes::full(&shared));
    let room = Arc::new(Semaphore::new(shared.options.max_connections));
    let refusals = Arc::new(Semaphore::new(refusal::AT_ONCE));
    let mut connections = JoinSet::new();
    let (stopping, alive) = (shared.ends.stopping.clone(), shared.ends.connections.clone());
    let mut stopped = pin!(stopping.requested());
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    port::set_options(&stream, peer);
                    let slot = |room| Arc::new(Slot { peer, _room: room, _open: shared.meter.open(), _alive: alive.token() });
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
