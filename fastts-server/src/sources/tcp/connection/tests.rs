//! Connections over something that is no socket.

use std::net::SocketAddr;
use std::sync::Mutex;
use std::task::Context;

use fastts_core::Time;
use fastts_core::testing::intake;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::Notify;

use super::*;
use crate::riemann::reply::OK;
use crate::sources::tcp::TcpOptions;
use crate::telemetry::Meter;

/// Takes everything and keeps it until it is flushed, as an encrypted stream may.
#[derive(Default)]
struct Lazy {
    incoming: Vec<u8>,
    kept: Vec<u8>,
    flushed: Arc<(Mutex<Vec<u8>>, Notify)>,
}

impl AsyncRead for Lazy {
    fn poll_read(mut self: Pin<&mut Self>, _: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.incoming.is_empty() {
            return Poll::Pending;
        }
        buffer.put_slice(&std::mem::take(&mut self.incoming));
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Lazy {
    fn poll_write(mut self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.kept.extend_from_slice(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        let kept = std::mem::take(&mut self.kept);
        self.flushed.0.lock().unwrap().extend_from_slice(&kept);
        self.flushed.1.notify_one();
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

impl Stream for Lazy {
    fn poll_read_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.incoming.is_empty() { Poll::Pending } else { Poll::Ready(Ok(())) }
    }

    fn try_write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.kept.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn is_flushed(&self) -> bool {
        self.kept.is_empty()
    }

    fn peer(&self) -> io::Result<SocketAddr> {
        Err(io::ErrorKind::NotConnected.into())
    }

    fn is_closed(&mut self) -> bool {
        false
    }
}

#[tokio::test]
async fn answers_that_the_stream_keeps_are_flushed_before_more_is_waited_for() {
    let stream = Lazy { incoming: vec![0; 8], ..Lazy::default() };
    let flushed = Arc::clone(&stream.flushed);
    let meter = Arc::new(Meter::new("lazy", ([127, 0, 0, 1], 0).into()));
    let shared =
        Arc::new(TcpState::new(TcpOptions::default(), meter, Arc::default(), intake(Time::EPOCH, |batch| async { Ok(Some(batch)) })));
    let connection = tokio::spawn(Connection::new(stream, shared, Stop::new()).run());
    tokio::time::timeout(Duration::from_secs(30), flushed.1.notified()).await.unwrap();
    assert_eq!(*flushed.0.lock().unwrap(), [OK, OK].concat());
    connection.abort();
}
