//! Records as datagrams.

use std::io;

use fastts_core::sink::{Records, Report};
use rustix::io::Errno;
use tokio::net::{UdpSocket, lookup_host};

/// A socket whose datagrams go to one address.
pub(super) struct Datagrams {
    socket: Option<UdpSocket>,
    /// How many bytes of records go together in one.
    packed: usize,
}

const TOO_LONG: &str = "it is longer than a datagram may be";

impl Datagrams {
    /// Has each record be one.
    pub(super) fn new() -> Datagrams {
        Datagrams::packed(0)
    }

    /// Has as many records go together as make so many bytes.
    pub(super) fn packed(bytes: usize) -> Datagrams {
        Datagrams { socket: None, packed: bytes }
    }

    /// Sends records to an address.
    pub(super) async fn send(&mut self, address: &str, records: &Records<()>) -> Report {
        let socket = match &mut self.socket {
            Some(socket) => socket,
            empty => match bound_to(address).await {
                Ok(socket) => empty.insert(socket),
                Err(error) => return Report::again(error),
            },
        };
        let (texts, mut refused) = (records.texts(), Vec::new());
        let (mut begin, mut first) = (0, 0);
        while begin < records.len() {
            let (mut end, mut last) = (begin + 1, first + records.text(begin).len());
            while end < records.len() && last - first + records.text(end).len() <= self.packed {
                last += records.text(end).len();
                end += 1;
            }
            match socket.send(&texts[first..last]).await {
                Ok(_) => {}
                Err(error) if error.raw_os_error() == Some(Errno::MSGSIZE.raw_os_error()) => refused.extend(begin..end),
                // It tells of one that was sent before. This one was not sent.
                Err(error) => {
                    let mut report = Report::again(error).only(begin..records.len());
                    report.refused = Report::refused(refused, TOO_LONG).refused;
                    return report;
                }
            }
            (begin, first) = (end, last);
        }
        Report::refused(refused, TOO_LONG)
    }
}

async fn bound_to(address: &str) -> io::Result<UdpSocket> {
    let mut failed = io::Error::other("it has no address");
    for peer in lookup_host(address).await? {
        let local = if peer.is_ipv4() { "0.0.0.0:0" } else { "[::]:0" };
        let socket = UdpSocket::bind(local).await?;
        match socket.connect(peer).await {
            Ok(()) => return Ok(socket),
            Err(error) => failed = error,
        }
    }
    Err(failed)
}
