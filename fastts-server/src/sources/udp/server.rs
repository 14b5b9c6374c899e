//! The handle on a server.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use socket2::{Domain, Protocol, SockAddr, Socket, Type};
use tokio::net::UdpSocket;
use tokio::task::JoinHandle;

use super::options::UdpOptions;
use super::receiver::Shared;
use crate::destination::Destination;
use crate::sources::watch;
use crate::telemetry::Meter;

/// A server that has its port, and serves once it is started.
#[derive(Debug)]
pub struct Udp {
    socket: UdpSocket,
    options: UdpOptions,
    meter: Arc<Meter>,
}

impl Udp {
    /// Takes the port.
    ///
    /// # Errors
    /// When the address is not one of this machine, cannot be understood, or is in use.
    pub async fn bind(options: UdpOptions) -> io::Result<Udp> {
        let mut failed = io::Error::new(io::ErrorKind::AddrNotAvailable, "the name has no address");
        let addresses: Vec<SocketAddr> = tokio::net::lookup_host(&options.listen).await?.collect();
        for address in addresses {
            match listen(address, &options) {
                Ok(socket) => {
                    let meter = Arc::new(Meter::new("udp", socket.local_addr()?));
                    return Ok(Udp { socket, options, meter });
                }
                Err(error) => failed = error,
            }
        }
        Err(failed)
    }

    /// Returns the address and the real port.
    pub fn address(&self) -> SocketAddr {
        self.meter.address()
    }

    /// Returns what will count what it does.
    pub fn meter(&self) -> &Arc<Meter> {
        &self.meter
    }

    /// Starts serving.
    pub fn start<D: Destination>(self, destination: D) -> UdpServer {
        let shared = Arc::new(Shared::new(self.socket, self.options, self.meter));
        let destination = Arc::new(destination);
        let pipelines = Arc::downgrade(&destination);
        let stuck = move |limit| pipelines.upgrade().map_or_else(Vec::new, |pipelines| pipelines.stuck(limit));
        watch::start(Arc::downgrade(&shared.meter), stuck);
        let receiver = Arc::clone(&shared);
        UdpServer { shared, task: tokio::spawn(async move { receiver.serve(&*destination).await }) }
    }
}

fn listen(address: SocketAddr, options: &UdpOptions) -> io::Result<UdpSocket> {
    let socket = Socket::new(Domain::for_address(address), Type::DGRAM, Some(Protocol::UDP))?;
    if let Some(wanted) = options.receive_buffer {
        socket.set_recv_buffer_size(wanted)?;
        // Linux tells twice what it was told, as it counts its own needs as well.
        let given = socket.recv_buffer_size()? / 2;
        if given < wanted {
            tracing::warn!("the system gives UDP a receive buffer of {given} bytes, not {wanted}; raise net.core.rmem_max with sysctl");
        }
    }
    socket.set_nonblocking(true)?;
    socket.bind(&SockAddr::from(address))?;
    UdpSocket::from_std(socket.into())
}

/// What became of datagrams.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct UdpCounts {
    /// How many were read.
    pub datagrams: u64,
    /// How many events were in them.
    pub events: u64,
    /// How many of those that were read were dropped because they were too long.
    pub too_long: u64,
    /// How many of those that were read could not be decoded.
    pub malformed: u64,
    /// How many of those that were read came when nothing was accepted any more.
    pub not_accepted: u64,
    /// How many the system dropped before they could be read, as its receive buffer was full; as far as it tells, which Linux does.
    pub overflown: u64,
}

/// A running server. Dropping it ends it at once.
pub struct UdpServer {
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

impl UdpServer {
    /// Returns the address and the real port.
    pub fn address(&self) -> SocketAddr {
        self.shared.meter.address()
    }

    /// Returns what it counts; what it dropped includes what the system did.
    pub fn meter(&self) -> &Arc<Meter> {
        &self.shared.meter
    }

    /// Returns what became of datagrams so far; it asks the system, too.
    pub fn counts(&self) -> UdpCounts {
        let Shared { meter, too_long, malformed, not_accepted, .. } = &*self.shared;
        let overflown = self.shared.ask();
        let read = meter.read();
        UdpCounts {
            datagrams: read.messages,
            events: read.events,
            too_long: too_long.load(Ordering::Relaxed),
            malformed: malformed.load(Ordering::Relaxed),
            not_accepted: not_accepted.load(Ordering::Relaxed),
            overflown,
        }
    }

    /// Delivers what has come, and ends; for `limit` at most.
    ///
    /// Returns false when time was up before that: then events that were read were not accepted, or datagrams were not read.
    pub async fn stop(&mut self, limit: Duration) -> bool {
        self.shared.stop();
        let ended = tokio::time::timeout(limit, &mut self.task).await.is_ok();
        self.task.abort();
        self.shared.ask();
        self.shared.lines.say_rest();
        ended
    }
}

impl Drop for UdpServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl fmt::Debug for UdpServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UdpServer").field("address", &self.address()).finish_non_exhaustive()
    }
}
