//! A connection on which a sink sends, and nobody answers.

use std::io;
use std::mem::MaybeUninit;
use std::path::Path;
use std::pin::Pin;

use fastts_core::sink::Report;
use socket2::SockRef;
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpStream, UnixStream};

use super::address::host;
use super::tls::Tls;

/// A connection.
pub(super) enum Stream {
    Tcp(TcpStream),
    Unix(UnixStream),
    #[cfg(feature = "tls")]
    Tls(Box<tokio_rustls::client::TlsStream<TcpStream>>),
}

impl Stream {
    /// Connects to an address.
    pub(super) async fn tcp(address: &str, tls: Option<&Tls>) -> io::Result<Stream> {
        let socket = TcpStream::connect(address).await?;
        socket.set_nodelay(true)?;
        match tls {
            None => Ok(Stream::Tcp(socket)),
            #[cfg(feature = "tls")]
            Some(tls) => Ok(Stream::Tls(Box::new(tls.connect(socket, host(address)).await?))),
            #[cfg(not(feature = "tls"))]
            Some(_) => Err(io::Error::other(format!("{} cannot be reached over TLS here", host(address)))),
        }
    }

    /// Connects to a socket in the file system.
    pub(super) async fn unix(path: &Path) -> io::Result<Stream> {
        Ok(Stream::Unix(UnixStream::connect(path).await?))
    }

    /// Sends everything.
    pub(super) async fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut writer = self.writer();
        writer.write_all(bytes).await?;
        writer.flush().await
    }

    /// Tells whether the peer has gone. It says nothing that anybody waits for: what it does say is thrown away, so that its end is
    /// seen. Without asking, the first records would be written to nobody.
    pub(super) fn is_over(&mut self) -> bool {
        match self {
            Stream::Tcp(socket) => is_over(&SockRef::from(&*socket)),
            Stream::Unix(socket) => is_over(&SockRef::from(&*socket)),
            #[cfg(feature = "tls")]
            Stream::Tls(stream) => {
                let socket = SockRef::from(stream.get_ref().0);
                // What is there is of the protocol, which has to read it itself.
                matches!(socket.peek(&mut [MaybeUninit::uninit(); 1]), Ok(0)) || tls_is_over(stream)
            }
        }
    }

    /// Says that nothing more comes.
    pub(super) async fn close(mut self) {
        // Nobody is told if that does not work: everything was sent.
        let _ = self.writer().shutdown().await;
    }

    fn writer(&mut self) -> Pin<&mut (dyn AsyncWrite + Send + Unpin)> {
        match self {
            Stream::Tcp(socket) => Pin::new(socket),
            Stream::Unix(socket) => Pin::new(socket),
            #[cfg(feature = "tls")]
            Stream::Tls(stream) => Pin::new(&mut **stream),
        }
    }
}

/// A connection that is made when something is sent, and anew when the peer has gone.
#[derive(Default)]
pub(super) struct Connection(Option<Stream>);

impl Connection {
    /// Sends everything; what connects is asked only when there is no connection, or the peer has gone.
    pub(super) async fn send(&mut self, connect: impl Future<Output = io::Result<Stream>> + Send, bytes: &[u8]) -> Report {
        // It is put back when all was sent: what broke, or was given up half-way, is not used again.
        let mut stream = match self.0.take().and_then(|mut stream| (!stream.is_over()).then_some(stream)) {
            Some(stream) => stream,
            None => match connect.await {
                Ok(stream) => stream,
                Err(error) => return Report::again(format!("cannot connect: {error}")),
            },
        };
        match stream.send(bytes).await {
            Ok(()) => {
                self.0 = Some(stream);
                Report::delivered()
            }
            Err(error) => Report::again(error),
        }
    }

    /// Says that nothing more comes.
    pub(super) async fn close(&mut self) {
        if let Some(stream) = self.0.take() {
            stream.close().await;
        }
    }
}

/// Reads all that there is, and tells whether it ends there.
fn is_over(socket: &SockRef<'_>) -> bool {
    loop {
        match socket.recv(&mut [MaybeUninit::uninit(); 1024]) {
            Ok(0) => return true,
            Ok(_) => {}
            Err(error) => return !matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted),
        }
    }
}

#[cfg(feature = "tls")]
fn tls_is_over(stream: &mut tokio_rustls::client::TlsStream<TcpStream>) -> bool {
    use std::task::{Context, Poll, Waker};
    use tokio::io::{AsyncRead, ReadBuf};

    let mut bytes = [0; 1024];
    loop {
        let mut buffer = ReadBuf::new(&mut bytes);
        match Pin::new(&mut *stream).poll_read(&mut Context::from_waker(Waker::noop()), &mut buffer) {
            Poll::Pending => return false,
            Poll::Ready(Ok(())) if !buffer.filled().is_empty() => {}
            Poll::Ready(_) => return true,
        }
    }
}
