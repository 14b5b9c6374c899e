//! A listener that has its port.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use fastts_core::Event;
use fastts_core::runtime::{Description, Intake, Source, SourceError, Stop};
use socket2::{Domain, Protocol, SockAddr, Socket, Type};
use tokio::net::UdpSocket;

use super::options::UdpOptions;
use super::receiver::UdpState;
use crate::telemetry::Meter;

/// A listener that has its port. It is a source; its copies have the same port and the same counters.
#[derive(Clone, Debug)]
pub struct Udp {
    shared: Arc<UdpState>,
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
                    return Ok(Udp { shared: Arc::new(UdpState::new(socket, options, meter)) });
                }
                Err(error) => failed = error,
            }
        }
        Err(failed)
    }

    /// Returns the address and the real port.
    pub fn address(&self) -> SocketAddr {
        self.shared.meter.address()
    }

    /// Returns what it counts; what it dropped includes what the system did.
    pub fn meter(&self) -> &Arc<Meter> {
        &self.shared.meter
    }

    /// Returns true when everything that had come was read, and accepted or counted as dropped; to be asked after it was stopped.
    pub fn is_done(&self) -> bool {
        self.shared.is_done()
    }

    /// Returns what became of datagrams so far; it asks the system, too.
    pub fn counts(&self) -> UdpCounts {
        let UdpState { meter, too_long, malformed, not_accepted, .. } = &*self.shared;
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
}

impl Source for Udp {
    type Item = Event;

    fn describe(&self) -> Description {
        self.shared.meter.description()
    }

    async fn run(&mut self, out: Intake, stop: Stop) -> Result<(), SourceError> {
        let _end = End(&self.shared);
        self.shared.serve(&out, &stop).await;
        Ok(())
    }
}

/// Says at the end what there is to say, however that comes about.
struct End<'s>(&'s UdpState);

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.0.ask();
        self.0.log.say_rest();
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
