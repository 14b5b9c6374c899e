//! A connection behind its handshake.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use tokio::io::{AsyncBufRead, AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

use crate::sources::tcp::{Stream, is_closed};

/// How many bytes that were written may wait in here for the system to take them: what a connection may hold without counting.
pub(super) const UNSENT: usize = 16 << 10;

/// What is said over TLS.
pub(crate) struct Secured(Box<TlsStream<TcpStream>>);

impl Secured {
    pub(super) fn new(stream: TlsStream<TcpStream>) -> Secured {
        Secured(Box::new(stream))
    }

    fn stream(&mut self) -> Pin<&mut TlsStream<TcpStream>> {
        Pin::new(&mut self.0)
    }
}

impl Stream for Secured {
    fn poll_read_ready(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        // What the socket has need not make a record, and what it has no more may lie decrypted in here.
        ended(self.stream().poll_fill_buf(cx).map_ok(|_| ()))
    }

    fn try_write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // Whoever has to wait for the rest polls again, and is woken then.
        let cx = &mut Context::from_waker(Waker::noop());
        match self.stream().poll_write(cx, bytes) {
            Poll::Ready(Ok(written)) => match self.stream().poll_flush(cx) {
                Poll::Ready(Err(error)) => Err(error),
                _ => Ok(written),
            },
            Poll::Ready(Err(error)) => Err(error),
            Poll::Pending => Err(io::ErrorKind::WouldBlock.into()),
        }
    }

    fn is_flushed(&self) -> bool {
        !self.0.get_ref().1.wants_write()
    }

    fn peer(&self) -> io::Result<SocketAddr> {
        self.0.get_ref().0.peer_addr()
    }

    fn is_closed(&mut self) -> bool {
        is_closed(self.0.get_ref().0)
    }
}

impl AsyncRead for Secured {
    /// Reads as many records as there are: all frames of one read are one batch.
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let begin = buffer.filled().len();
        while buffer.remaining() > 0 {
            let before = buffer.filled().len();
            match ended(self.stream().poll_read(cx, buffer)) {
                Poll::Ready(Ok(())) if buffer.filled().len() > before => {}
                // What went wrong will be told again when what came before is done.
                _ if before > begin => break,
                ready => return ready,
            }
        }
        Poll::Ready(Ok(()))
    }
}

/// Takes an end without a farewell for an end: the length before a frame tells whether anything is missing.
fn ended(ready: Poll<io::Result<()>>) -> Poll<io::Result<()>> {
    match ready {
        Poll::Ready(Err(error)) if error.kind() == io::ErrorKind::UnexpectedEof => Poll::Ready(Ok(())),
        ready => ready,
    }
}

impl AsyncWrite for Secured {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.stream().poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream().poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream().poll_shutdown(cx)
    }
}
