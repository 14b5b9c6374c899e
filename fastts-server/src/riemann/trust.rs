//! Whom a client over TLS trusts, and who it is itself.

use std::fmt::Display;
use std::io;
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use tokio_rustls::rustls;

use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{CertificateError, ClientConfig, ClientConnection, Error, RootCertStore, StreamOwned};

use super::client::left;
use super::pem;

/// Whom a client trusts, and who it is itself.
#[derive(Clone, Debug)]
pub struct Trust {
    config: Arc<ClientConfig>,
    name: Option<ServerName<'static>>,
}

impl Trust {
    /// Trusts servers whose certificate is signed by an authority of this PEM file, or is in it. With an identity, the PEM files
    /// of a certificate and its key, the client shows that to servers which ask.
    ///
    /// # Errors
    /// When a file cannot be read or used: which, and why.
    pub fn new(authorities: &Path, identity: Option<(&Path, &Path)>) -> Result<Trust, String> {
        Ok(Trust { config: client_config(self::authorities(authorities)?, identity)?, name: None })
    }

    /// Expects this name in the certificate of the server, and not the one by which it is reached.
    ///
    /// # Errors
    /// When that can be no name.
    pub fn with_name(self, name: &str) -> Result<Trust, String> {
        let wanted = || format!("{name:?} is no name of a server; write a host name or an address");
        Ok(Trust { name: Some(ServerName::try_from(name.to_owned()).map_err(|_| wanted())?), ..self })
    }

    /// Shakes hands with the server that is called `host` until `end`.
    pub(super) fn shake_hands(&self, socket: TcpStream, host: &str, end: Instant) -> io::Result<StreamOwned<ClientConnection, TcpStream>> {
        let name = match &self.name {
            Some(name) => name.clone(),
            None => ServerName::try_from(host.to_owned()).map_err(|_| io::Error::other(format!("{host:?} is no name of a server")))?,
        };
        let mut session = ClientConnection::new(Arc::clone(&self.config), name).map_err(io::Error::other)?;
        let mut socket = socket;
        while session.is_handshaking() {
            socket.set_read_timeout(Some(left(end)?))?;
            socket.set_write_timeout(Some(left(end)?))?;
            if session.wants_write() {
                session.write_tls(&mut socket)?;
                continue;
            }
            if session.read_tls(&mut socket)? == 0 {
                return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the server closed the connection in the handshake"));
            }
            if let Err(error) = session.process_new_packets() {
                // The server may want to know why; if it cannot be told, it will see.
                let _ = session.write_tls(&mut socket);
                return Err(io::Error::new(io::ErrorKind::InvalidData, reason(&error)));
            }
        }
        Ok(StreamOwned::new(session, socket))
    }
}

/// Says what is wrong with the server.
fn reason(error: &Error) -> String {
    match error {
        Error::InvalidMessage(_) => "what is there does not speak TLS; leave out --tls, or take the port of --tls".to_owned(),
        Error::InvalidCertificate(CertificateError::UnknownIssuer) => {
            "the certificate of the server is of no authority that is trusted here".to_owned()
        }
        Error::InvalidCertificate(CertificateError::Expired | CertificateError::ExpiredContext { .. }) => {
            "the certificate of the server has expired".to_owned()
        }
        Error::InvalidCertificate(CertificateError::NotValidForNameContext { expected, presented }) if presented.is_empty() => format!(
            "the certificate of the server names no host (subjectAltName), and is wanted for {}; make one with `openssl req … -addext \
             subjectAltName=DNS:{0}`",
            expected.to_str()
        ),
        Error::InvalidCertificate(CertificateError::NotValidForNameContext { expected, presented }) => format!(
            "the certificate of the server is not for {}, but for {}; say with --server-name by which of these it is known",
            expected.to_str(),
            presented.join(", ")
        ),
        // What rustls says of it is a name of its own.
        Error::InvalidCertificate(reason) if format!("{reason:?}").contains("CaUsedAsEndEntity") => {
            "the certificate of the server is that of an authority (CA:TRUE), which cannot be a server's too; make one with `openssl req -x509 … \
             -addext basicConstraints=critical,CA:FALSE`"
                .to_owned()
        }
        Error::InvalidCertificate(reason) => format!("the certificate of the server is refused: {reason}"),
        error => error.to_string(),
    }
}

/// Reads the authorities of a PEM file.
///
/// # Errors
/// When it cannot be read or used.
pub(crate) fn authorities(file: &Path) -> Result<RootCertStore, String> {
    let mut roots = RootCertStore::empty();
    for authority in certificates(file)? {
        roots.add(authority).map_err(|error| failed(file, error))?;
    }
    Ok(roots)
}

/// Makes what a client over TLS needs: whom it trusts, and the PEM files of its own certificate and key, if it has any.
///
/// # Errors
/// When a file cannot be read or used: which, and why.
pub(crate) fn client_config(roots: RootCertStore, identity: Option<(&Path, &Path)>) -> Result<Arc<ClientConfig>, String> {
    // Named, and not the default of the process: some other crate may bring another implementation.
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider())).with_safe_default_protocol_versions();
    let builder = builder.map_err(|error| format!("cannot use TLS: {error}"))?.with_root_certificates(roots);
    let Some((certificate, key)) = identity else { return Ok(Arc::new(builder.with_no_client_auth())) };
    let chain = certificates(certificate)?;
    let its_key = pem::key(key).map_err(|reason| failed(key, reason))?;
    let kind = its_key.clone_key();
    let config = builder.with_client_auth_cert(chain, its_key).map_err(|error| match error {
        Error::InconsistentKeys(_) => failed(key, format!("the key is not that of the certificate in {}", certificate.display())),
        Error::General(_) => failed(key, pem::unusable(&kind)),
        error => failed(key, error),
    })?;
    Ok(Arc::new(config))
}

fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    pem::certificates(file).map_err(|reason| failed(file, reason))
}

fn failed(file: &Path, reason: impl Display) -> String {
    format!("cannot use {}: {reason}", file.display())
}
