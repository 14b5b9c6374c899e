//! What a server with TLS needs.

use std::path::PathBuf;
use std::time::Duration;

use crate::sources::tcp::TcpOptions;

/// Where a server with TLS listens, what it lets clients do, and who it is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TlsOptions {
    /// Where to listen and the limits of the connections.
    pub tcp: TcpOptions,
    /// A PEM file with the certificate of the server, and behind it those up to an authority that clients know.
    pub certificate: PathBuf,
    /// A PEM file with the key of the certificate: PKCS #8, PKCS #1 or SEC 1.
    pub key: PathBuf,
    /// A PEM file with the authorities of which every client must have a certificate; without it clients need none.
    pub client_ca: Option<PathBuf>,
    /// How long the handshake may take.
    pub handshake_timeout: Duration,
}

impl TlsOptions {
    /// Makes options with a certificate and its key: port 5554 of this machine alone, ten seconds for a handshake, all else as
    /// over TCP.
    pub fn new(certificate: impl Into<PathBuf>, key: impl Into<PathBuf>) -> TlsOptions {
        TlsOptions {
            tcp: TcpOptions { listen: "127.0.0.1:5554".to_owned(), ..TcpOptions::default() },
            certificate: certificate.into(),
            key: key.into(),
            client_ca: None,
            handshake_timeout: Duration::from_secs(10),
        }
    }
}
