//! Ports and connections, for every source that has any.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::{TcpListener, TcpSocket, TcpStream};

/// How many connections may wait to be accepted.
const BACKLOG: u32 = 4096;

/// How long to wait when the system has no more files or memory for connections.
pub(super) const BREATHER: Duration = Duration::from_millis(100);

/// When a peer is asked whether it is still there: one that went without a word must not count as idle for ever.
const KEEPALIVE: Duration = Duration::from_secs(60);

/// Takes the first address behind a name that can be taken.
pub(super) async fn take(listen: &str) -> io::Result<TcpListener> {
    let mut failed = io::Error::new(io::ErrorKind::AddrNotAvailable, "the name has no address");
    let addresses: Vec<SocketAddr> = tokio::net::lookup_host(listen).await?.collect();
    for address in addresses {
        match listen_on(address) {
            Ok(listener) => return Ok(listener),
            Err(error) => failed = error,
        }
    }
    Err(failed)
}

fn listen_on(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // A server that is restarted takes its port back at once.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Sets what connections want of the system.
pub(super) fn set_options(stream: &TcpStream, peer: SocketAddr) {
    if let Err(error) = stream.set_nodelay(true).and_then(|()| keep_alive(stream)) {
        tracing::debug!("cannot set options of the connection from {peer}: {error}");
    }
}

/// How much of what is written the system holds for a client that does not read.
#[cfg(feature = "http")]
const UNREAD: usize = 256 << 10;

/// Has the system hold little for a client that does not read: it would hold 4 MiB, which nobody counts.
#[cfg(feature = "http")]
pub(super) fn bound_unread(stream: &TcpStream) {
    // It works without.
    let _ = socket2::SockRef::from(stream).set_send_buffer_size(UNREAD);
}

fn keep_alive(stream: &TcpStream) -> io::Result<()> {
    let keepalive = socket2::TcpKeepalive::new().with_time(KEEPALIVE).with_interval(KEEPALIVE / 4);
    socket2::SockRef::from(stream).set_tcp_keepalive(&keepalive)
}

/// Returns true for an error of a connection that went before it was taken.
pub(super) fn is_passing(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionReset | Interrupted)
}
