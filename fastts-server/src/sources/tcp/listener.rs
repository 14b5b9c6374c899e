//! Takes connections.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use fastts_core::Event;
use fastts_core::runtime::{Description, Intake, Source, SourceError, Stop};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::budget::Budget;
use super::buffers::Pool;
use super::connection::Connection;
use super::end::{ConnectionLog, End};
use super::options::TcpOptions;
use super::stream::{Opening, Plain};
use crate::riemann::reply;
use crate::sources::port;
use crate::telemetry::Meter;

/// How much of frames that are not complete, and of answers, a connection may hold without counting: so much that ordinary
/// senders never touch the counter that all share.
const FREE: usize = 16 << 10;

/// What all connections share.
pub(super) struct TcpState {
    pub(super) options: TcpOptions,
    pub(super) out: Intake,
    pub(super) pool: Pool,
    /// What is held of frames that are not complete, and of answers that are not read.
    pub(super) unfinished: Arc<Budget>,
    /// What is held of batches that wait for pipelines.
    pub(super) waiting: Arc<Budget>,
    pub(super) meter: Arc<Meter>,
    pub(super) log: Arc<ConnectionLog>,
}

impl TcpState {
    pub(super) fn new(options: TcpOptions, meter: Arc<Meter>, log: Arc<ConnectionLog>, out: Intake) -> TcpState {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        TcpState {
            out,
            pool: Pool::new(4 * threads),
            unfinished: Budget::new(options.max_unfinished, FREE),
            waiting: Budget::new(options.max_unfinished, 0),
            options,
            meter,
            log,
        }
    }
}

/// A listener that has its port. It is a source; its copies have the same port and the same counters, so that connections find it
/// again after a restart.
#[derive(Clone, Debug)]
pub struct Tcp {
    bound: Arc<Bound>,
}

#[derive(Debug)]
struct Bound {
    listener: TcpListener,
    options: TcpOptions,
    meter: Arc<Meter>,
    /// How many connections were cut off before what they had sent was accepted.
    cut: AtomicUsize,
    /// TcpState with the connections, which must not hold the port.
    log: Arc<ConnectionLog>,
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
        Ok(Tcp { bound: Arc::new(Bound { listener, options, meter, cut: AtomicUsize::new(0), log: Arc::default() }) })
    }

    /// Returns the address and the real port.
    pub fn address(&self) -> SocketAddr {
        self.bound.meter.address()
    }

    /// Returns what counts for this listener; it goes on telling what came after the listener has stopped.
    pub fn meter(&self) -> &Arc<Meter> {
        &self.bound.meter
    }

    /// Returns how many connections were cut off: the events that they had sent were not accepted, and not acknowledged. One that had
    /// nothing under way does not count.
    pub fn cut(&self) -> usize {
        self.bound.cut.load(Ordering::Relaxed)
    }

    /// Serves connections that begin with something, until it is stopped and what has arrived is accepted and answered.
    pub(crate) async fn serve<O: Opening>(&self, opening: Arc<O>, out: Intake, stop: Stop) {
        let Bound { options, meter, log, .. } = &*self.bound;
        let shared = Arc::new(TcpState::new(options.clone(), Arc::clone(meter), Arc::clone(log), out));
        let mut connections = Connections { bound: Arc::clone(&self.bound), shared, opening, stop, tasks: JoinSet::new() };
        connections.accept().await;
        while connections.tasks.join_next().await.is_some() {}
    }
}

impl Source for Tcp {
    type Item = Event;

    fn describe(&self) -> Description {
        self.bound.meter.description()
    }

    async fn run(&mut self, out: Intake, stop: Stop) -> Result<(), SourceError> {
        self.serve(Arc::new(Plain), out, stop).await;
        Ok(())
    }
}

/// The connections of a listener that runs. Those that are left when it is dropped are cut off.
struct Connections<O> {
    bound: Arc<Bound>,
    shared: Arc<TcpState>,
    opening: Arc<O>,
    stop: Stop,
    tasks: JoinSet<()>,
}

impl<O: Opening> Connections<O> {
    /// Takes connections until the listener is stopped.
    async fn accept(&mut self) {
        let (stop, bound) = (self.stop.clone(), Arc::clone(&self.bound));
        let mut stopped = std::pin::pin!(stop.requested());
        loop {
            tokio::select! {
                () = &mut stopped => return,
                accepted = bound.listener.accept() => match accepted {
                    Ok((stream, peer)) => self.welcome(stream, peer),
                    Err(error) if port::is_passing(&error) => {}
                    Err(error) => {
                        bound.log.not_taken(&error);
                        tokio::time::sleep(port::BREATHER).await;
                    }
                },
                Some(ended) = self.tasks.join_next() => {
                    if let Err(error) = ended && error.is_panic() {
                        tracing::error!("a connection was dropped because of a defect in the server: {error}");
                    }
                }
            }
        }
    }

    fn welcome(&mut self, stream: TcpStream, peer: SocketAddr) {
        let limit = self.shared.options.max_connections;
        if self.tasks.len() >= limit {
            // Before whoever was turned away can know it.
            self.shared.meter.turned_away();
            if O::IS_PLAIN {
                let mut refusal = Vec::new();
                reply::put_refusal(&format!("there are {limit} connections already, which is the limit (--max-connections)"), &mut refusal);
                // Written without waiting: a fresh socket has room for it. A client that asks will find it as its answer.
                let _ = TcpStream::into_std(stream).and_then(|stream| io::Write::write(&mut &stream, &refusal));
            }
            self.bound.log.refused(peer, limit);
            return;
        }
        port::set_options(&stream, peer);
        let (log, opening, shared) = (Arc::clone(&self.bound.log), Arc::clone(&self.opening), Arc::clone(&self.shared));
        // Its own, so that connections share no lock when they look whether they should stop.
        let stop = self.stop.child();
        self.tasks.spawn(async move {
            let _open = shared.meter.open();
            let end = match open(stream, &*opening, &stop).await {
                Ok(stream) => Connection::new(stream, shared, stop).run().await,
                Err(end) => end,
            };
            log.ended(peer, &end);
        });
    }
}

impl<O> Drop for Connections<O> {
    fn drop(&mut self) {
        // What is over is no longer counted, whether it ended in time or not.
        while self.tasks.try_join_next().is_some() {}
        let cut = self.tasks.len().min(self.shared.meter.read().under_way as usize);
        self.bound.cut.fetch_add(cut, Ordering::Relaxed);
        self.bound.log.say_rest();
    }
}

/// Opens a connection, unless the listener is stopped before that.
async fn open<O: Opening>(stream: TcpStream, opening: &O, stop: &Stop) -> Result<O::Stream, End> {
    tokio::select! {
        biased;
        opened = opening.open(stream) => opened,
        () = stop.requested() => Err(End::Stopped),
    }
}
