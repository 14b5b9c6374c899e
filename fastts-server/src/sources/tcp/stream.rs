//! What a connection runs over: the socket itself, or something around it.

use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use tokio::io::{AsyncRead, AsyncWrite, Interest};
use tokio::net::TcpStream;

use super::end::End;

/// The bytes of a connection, both ways.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Unpin + Send + 'static {
    /// Polls until there may be something to read, or the end, without a buffer to read it to.
    fn poll_read_ready(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>>;

    /// Writes what can be written without waiting.
    fn try_write(&mut self, bytes: &[u8]) -> io::Result<usize>;

    /// Returns whether what was written is on its way.
    fn is_flushed(&self) -> bool;

    /// Returns who is at the other end.
    fn peer(&self) -> io::Result<SocketAddr>;

    /// Returns whether the client has closed its side, or all of the connection, however much of what it has sent is unread.
    fn is_closed(&mut self) -> bool;
}

/// Returns whether the other side of a socket has closed its side, as far as the system has told us.
pub(crate) fn is_closed(socket: &TcpStream) -> bool {
    let mut ready = pin!(socket.ready(Interest::READABLE));
    let cx = &mut Context::from_waker(Waker::noop());
    matches!(ready.as_mut().poll(cx), Poll::Ready(Ok(ready)) if ready.is_read_closed())
}

impl Stream for TcpStream {
    fn poll_read_ready(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        TcpStream::poll_read_ready(self, cx)
    }

    fn try_write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        TcpStream::try_write(self, bytes)
    }

    fn is_flushed(&self) -> bool {
        true
    }

    fn peer(&self) -> io::Result<SocketAddr> {
        self.peer_addr()
    }

    fn is_closed(&mut self) -> bool {
        is_closed(self)
    }
}

/// What comes before the first frame of a connection.
pub(crate) trait Opening: Send + Sync + 'static {
    /// What the connection runs over then.
    type Stream: Stream;

    /// Whether what is written to the socket itself can be read by the client.
    const IS_PLAIN: bool;

    /// Opens a connection.
    fn open(&self, socket: TcpStream) -> impl Future<Output = Result<Self::Stream, End>> + Send;
}

/// Nothing comes before.
pub(super) struct Plain;

impl Opening for Plain {
    type Stream = TcpStream;

    const IS_PLAIN: bool = true;

    async fn open(&self, socket: TcpStream) -> Result<TcpStream, End> {
        Ok(socket)
    }
}
