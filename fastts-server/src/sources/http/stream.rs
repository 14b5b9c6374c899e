//! A connection that counts what comes, gives up on a client that does not read, and says what is wrong with what is no request.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Sleep;

use super::connections::Slot;
use super::refusal;
use crate::telemetry::Meter;

/// A connection whose writes fail once they have made no progress for so long.
pub(super) struct Stream {
    inner: TcpStream,
    meter: Arc<Meter>,
    slot: Arc<Slot>,
    /// What is written in the place of what hyper has written.
    instead: Vec<u8>,
    limit: Duration,
    /// Runs while a write waits for the client.
    waits: Option<Pin<Box<Sleep>>>,
}

impl Stream {
    pub(super) fn new(inner: TcpStream, meter: Arc<Meter>, slot: Arc<Slot>, limit: Duration) -> Stream {
        Stream { inner, meter, slot, instead: Vec::new(), limit, waits: None }
    }

    /// Writes what stands in the place of something else.
    fn write_instead(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.instead.is_empty() {
            let written = Pin::new(&mut self.inner).poll_write(cx, &self.instead);
            match ready!(self.limited(written, cx))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                written => drop(self.instead.drain(..written)),
            }
        }
        Poll::Ready(Ok(()))
    }

    /// Fails when the client has closed its side of a connection on which that is the end.
    fn is_there(&mut self, cx: &mut Context<'_>) -> io::Result<()> {
        let mut one = [0];
        match self.slot.is_watched().then(|| self.inner.poll_peek(cx, &mut ReadBuf::new(&mut one))) {
            Some(Poll::Ready(Ok(0))) => Err(io::Error::new(io::ErrorKind::ConnectionAborted, "the client has closed the connection")),
            Some(Poll::Ready(Err(error))) => Err(error),
            _ => Ok(()),
        }
    }

    /// Fails when what was written makes no progress for too long.
    fn limited<T>(&mut self, written: Poll<io::Result<T>>, cx: &mut Context<'_>) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.waits = None;
            return written;
        }
        let limit = self.limit;
        let waits = self.waits.get_or_insert_with(|| Box::pin(tokio::time::sleep(limit)));
        ready!(waits.as_mut().poll(cx));
        Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the client did not read what it was sent within --write-timeout")))
    }
}

impl AsyncRead for Stream {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let read = Pin::new(&mut self.inner).poll_read(cx, buf);
        if read.is_ready() {
            self.meter.took(0, 0, buf.filled().len() - before);
        }
        read
    }
}

impl AsyncWrite for Stream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        if let Some(explained) = refusal::explained(buf) {
            self.instead = explained;
            return Poll::Ready(Ok(buf.len()));
        }
        ready!(self.write_instead(cx))?;
        let written = Pin::new(&mut self.inner).poll_write(cx, buf);
        self.limited(written, cx)
    }

    fn poll_write_vectored(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bufs: &[io::IoSlice<'_>]) -> Poll<io::Result<usize>> {
        if let [buf] = bufs {
            return self.poll_write(cx, buf);
        }
        ready!(self.write_instead(cx))?;
        let written = Pin::new(&mut self.inner).poll_write_vectored(cx, bufs);
        self.limited(written, cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.write_instead(cx))?;
        // hyper comes by here whenever it is woken.
        self.is_there(cx)?;
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.write_instead(cx))?;
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}
