//! Events over UDP: one message a datagram, and no word back.

use std::io;
use std::net::{ToSocketAddrs, UdpSocket};

use fastts_core::EventView;
use fastts_core::event::{Envelope, encode_message};

/// What goes through most networks in one piece.
const USUAL: usize = 1_400;

/// The longest datagram that Riemann servers take by default.
const LONGEST: usize = 16 << 10;

/// Why an event was not sent.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unsent {
    /// It is too long; others may go.
    TooLong(String),
    /// Nothing can be sent.
    Broken(String),
}

impl From<Unsent> for String {
    fn from(unsent: Unsent) -> String {
        match unsent {
            Unsent::TooLong(reason) | Unsent::Broken(reason) => reason,
        }
    }
}

/// A socket to one server.
pub(super) struct Datagrams {
    socket: UdpSocket,
    server: String,
    message: Vec<u8>,
    /// How many were sent.
    pub(super) count: u64,
}

impl Datagrams {
    /// Opens a socket to the first address behind a name.
    pub(super) fn open(server: &str) -> Result<Datagrams, String> {
        let open = || {
            let address = server.to_socket_addrs()?.next().ok_or_else(|| io::Error::other("the name has no address"))?;
            let here = if address.is_ipv4() { "0.0.0.0:0" } else { "[::]:0" };
            let socket = UdpSocket::bind(here)?;
            socket.connect(address)?;
            Ok(socket)
        };
        let socket = open().map_err(|error: io::Error| format!("cannot send datagrams to {server}: {error}"))?;
        Ok(Datagrams { socket, server: server.to_owned(), message: Vec::new(), count: 0 })
    }

    /// Sends an event as a message of its own, unless others wait.
    pub(super) fn send(&mut self, event: EventView<'_>) -> Result<(), Unsent> {
        self.add(event)?;
        self.flush().map_err(Unsent::Broken)
    }

    /// Adds an event to those that go with the next message, which is sent first when it would become too long.
    pub(super) fn add(&mut self, event: EventView<'_>) -> Result<(), Unsent> {
        let before = self.message.len();
        encode_message(Envelope::default(), [event], &mut self.message);
        let len = self.message.len() - before;
        if len > LONGEST {
            self.message.truncate(before);
            let reason =
                format!("an event of {len} bytes is too long for a datagram, of which servers take {LONGEST} bytes; send it over TCP");
            return Err(Unsent::TooLong(reason));
        }
        if before == 0 || self.message.len() <= USUAL {
            return Ok(());
        }
        // A message is its events one behind the other.
        let last = self.message.split_off(before);
        self.flush().map_err(Unsent::Broken)?;
        self.message = last;
        Ok(())
    }

    /// Sends what was added.
    pub(super) fn flush(&mut self) -> Result<(), String> {
        if self.message.is_empty() {
            return Ok(());
        }
        // On this machine it is known at once when nobody listens.
        let sent = self.socket.send(&self.message).and_then(|_| self.socket.take_error()).and_then(|error| error.map_or(Ok(()), Err));
        self.message.clear();
        self.count += 1;
        sent.map_err(|error| match error.kind() {
            io::ErrorKind::ConnectionRefused => format!("nobody takes datagrams at {}; say where with --server ADDR:PORT", self.server),
            _ => format!("cannot send to {}: {error}", self.server),
        })
    }
}

#[cfg(test)]
mod tests {
    use fastts_core::Event;
    use fastts_core::event::BatchBuilder;

    use super::*;

    #[test]
    fn datagrams_are_full_and_not_too_full() {
        let server = UdpSocket::bind("127.0.0.1:0").unwrap();
        let mut datagrams = Datagrams::open(&server.local_addr().unwrap().to_string()).unwrap();
        let event = |len: usize, metric: i64| Event::new().with_service("x".repeat(len)).with_metric(metric);
        for (n, len) in [600, 600, 600, 3_000, 5].into_iter().enumerate() {
            datagrams.add(event(len, n as i64).view()).unwrap();
        }
        datagrams.flush().unwrap();
        datagrams.flush().unwrap();
        let mut received = Vec::new();
        for _ in 0..datagrams.count {
            let mut builder = BatchBuilder::new();
            builder.bytes_mut().resize(1 << 16, 0);
            let len = server.recv(builder.bytes_mut()).unwrap();
            builder.message(0..len, None).unwrap();
            received.push(builder.finish().iter().map(|event| event.metric().as_f64().unwrap()).collect::<Vec<_>>());
        }
        assert_eq!(received, [vec![0.0, 1.0], vec![2.0], vec![3.0], vec![4.0]]);
        datagrams.add(event(5, 5).view()).unwrap();
        let long = datagrams.add(event(LONGEST, 0).view()).unwrap_err();
        assert!(matches!(&long, Unsent::TooLong(reason) if reason.contains("too long for a datagram")), "{long:?}");
        assert_eq!((datagrams.flush(), datagrams.count), (Ok(()), 5), "what was added before goes all the same");
    }

    #[test]
    fn nobody_there_is_told() {
        let free = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
        let told = Datagrams::open(&free).unwrap().send(Event::new().with_service("x").view()).unwrap_err();
        assert_eq!(told, Unsent::Broken(format!("nobody takes datagrams at {free}; say where with --server ADDR:PORT")));
    }
}
