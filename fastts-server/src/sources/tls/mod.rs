//! The Riemann protocol over TLS.
//!
//! Behind the handshake all is as over [TCP](super::tcp): order, answers, limits and time-outs, which are those of this listener
//! alone. A server may ask every client for a certificate. Certificates can be read again while connections go on: those keep what
//! they began with, new ones get the new.
//!
//! The only implementation of TLS in here is rustls with ring.

mod certificates;
mod failure;
mod options;
mod pool;
mod stream;

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use fastts_core::Event;
use fastts_core::runtime::{Description, Intake, Source, SourceError, Stop};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

use super::tcp::{End, Opening, QueryAccess, Tcp};
use crate::telemetry::Meter;
use certificates::Certificates;
pub use options::TlsOptions;
use pool::Pool;
use stream::Secured;

/// A listener that has its port and its certificates. It is a source; its copies have the same port, certificates and counters.
#[derive(Clone)]
pub struct Tls {
    tcp: Tcp,
    certificates: Arc<Certificates>,
}

impl Tls {
    /// Reads the certificates and takes the port.
    ///
    /// # Errors
    /// When a file cannot be read or used, or the port cannot be taken; the text says which, and why.
    pub async fn bind(options: TlsOptions) -> Result<Tls, TlsError> {
        let mut tcp = options.tcp.clone();
        if tcp.queries == QueryAccess::OverTlsOnly {
            tcp.queries = QueryAccess::Answered;
        }
        let certificates = Arc::new(Certificates::read(options)?);
        let listen = tcp.listen.clone();
        let tcp = Tcp::bind_as("tls", tcp).await.map_err(|error| TlsError::Bind { listen, error })?;
        Ok(Tls { tcp, certificates })
    }

    /// Returns the address and the real port.
    pub fn address(&self) -> SocketAddr {
        self.tcp.address()
    }

    /// Returns what it counts.
    pub fn meter(&self) -> &Arc<Meter> {
        self.tcp.meter()
    }

    /// Returns how many connections were cut off, as [`Tcp::cut`] does.
    pub fn cut(&self) -> usize {
        self.tcp.cut()
    }

    /// Returns what reads the certificates again.
    pub fn reloader(&self) -> Reloader {
        Reloader(Arc::clone(&self.certificates))
    }
}

impl Source for Tls {
    type Item = Event;

    fn describe(&self) -> Description {
        self.tcp.describe()
    }

    async fn run(&mut self, out: Intake, stop: Stop) -> Result<(), SourceError> {
        let pool = Pool::start()?;
        self.tcp.serve(Arc::new(Handshake { certificates: Arc::clone(&self.certificates), pool }), out, stop).await;
        Ok(())
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls").field("address", &self.address()).finish_non_exhaustive()
    }
}

/// Why there is no server.
#[derive(Debug)]
#[non_exhaustive]
pub enum TlsError {
    /// A certificate or key cannot be used.
    Certificate(String),
    /// The port cannot be taken.
    Bind {
        /// Where it was to listen.
        listen: String,
        /// What the system says.
        error: std::io::Error,
    },
}

impl fmt::Display for TlsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TlsError::Certificate(reason) => f.write_str(reason),
            TlsError::Bind { listen, error } => write!(f, "cannot listen on {listen}: {error}"),
        }
    }
}

impl std::error::Error for TlsError {}

/// Reads the certificates of a server again.
#[derive(Clone)]
pub struct Reloader(Arc<Certificates>);

impl Reloader {
    /// Reads the files again; connections from here on get what is in them. Those there are go on.
    ///
    /// # Errors
    /// When a file cannot be read or used: all stays as it was.
    pub fn reload(&self) -> Result<(), TlsError> {
        self.0.reload()
    }
}

impl fmt::Debug for Reloader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Reloader").finish()
    }
}

/// What comes before the first frame: the handshake.
struct Handshake {
    certificates: Arc<Certificates>,
    pool: Pool,
}

impl Opening for Handshake {
    type Stream = Secured;

    const IS_PLAIN: bool = false;

    async fn open(&self, socket: TcpStream) -> Result<Secured, End> {
        let acceptor = TlsAcceptor::from(self.certificates.current());
        let handshake = async {
            // Who says nothing takes no thread.
            socket.readable().await?;
            self.pool.drive(acceptor.accept_with(socket, |session| session.set_buffer_limit(Some(stream::UNSENT)))).await
        };
        match tokio::time::timeout(self.certificates.handshake_timeout(), handshake).await {
            Ok(Ok(Ok(stream))) => Ok(Secured::new(stream)),
            Ok(Ok(Err(error)) | Err(error)) => Err(failure::of(error)),
            Err(_) => Err(End::SlowHandshake),
        }
    }
}
