//! Whom a sink trusts, and who it is itself.

#[cfg(feature = "email")]
use std::path::Path;
use std::path::PathBuf;

/// How a connection of a sink is kept secret: `tls = Tls::new().ca("ca.pem")`.
///
/// A server is trusted whose certificate is signed by an authority that the system trusts, or by one of [`ca`](Tls::ca). Files are
/// read when a connection is made, by a sink that was not able to make one before too.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tls {
    ca: Option<PathBuf>,
    identity: Option<(PathBuf, PathBuf)>,
    name: Option<String>,
}

impl Tls {
    /// Trusts whom the system trusts.
    pub fn new() -> Tls {
        Tls::default()
    }

    /// Trusts servers whose certificate is signed by an authority of this PEM file, or is in it, and nobody else.
    pub fn ca(self, file: impl Into<PathBuf>) -> Tls {
        Tls { ca: Some(file.into()), ..self }
    }

    /// Shows a certificate to servers that ask for one: the PEM files of it and of its key.
    pub fn identity(self, certificate: impl Into<PathBuf>, key: impl Into<PathBuf>) -> Tls {
        Tls { identity: Some((certificate.into(), key.into())), ..self }
    }

    /// Returns whom it trusts in the place of those whom the system trusts.
    #[cfg(feature = "email")]
    pub(super) fn authorities(&self) -> Option<&Path> {
        self.ca.as_deref()
    }

    /// Returns its own certificate and key.
    #[cfg(feature = "email")]
    pub(super) fn own(&self) -> Option<(&Path, &Path)> {
        self.identity.as_ref().map(|(certificate, key)| (&**certificate, &**key))
    }

    /// Returns the name that it expects of a server that is reached by `host`.
    #[cfg(any(feature = "email", feature = "tls"))]
    pub(super) fn name_or<'a>(&'a self, host: &'a str) -> &'a str {
        self.name.as_deref().unwrap_or(host)
    }

    /// Expects this name in the certificate of the server, and not the one by which it is reached.
    pub fn name(self, name: impl Into<String>) -> Tls {
        Tls { name: Some(name.into()), ..self }
    }
}

/// Says that the program cannot do it, where it cannot.
///
/// # Panics
/// Without the feature `tls`.
#[track_caller]
pub(super) fn needed(stage: &str) {
    if cfg!(not(feature = "tls")) {
        panic!("{stage} over TLS needs the feature `tls` of fastts-server, which is off [FT230]");
    }
}

#[cfg(feature = "tls")]
mod connector {
    use std::io;
    use std::sync::Arc;

    use tokio::net::TcpStream;
    use tokio_rustls::TlsConnector;
    use tokio_rustls::client::TlsStream;
    use tokio_rustls::rustls::pki_types::ServerName;
    use tokio_rustls::rustls::{ClientConfig, RootCertStore};

    use super::Tls;
    use crate::riemann::trust;

    impl Tls {
        /// Reads its files.
        ///
        /// # Errors
        /// When one cannot be read or used: which, and why.
        pub(in crate::sinks) fn config(&self) -> Result<Arc<ClientConfig>, String> {
            let roots = match &self.ca {
                Some(file) => trust::authorities(file)?,
                None => system()?,
            };
            trust::client_config(roots, self.identity.as_ref().map(|(certificate, key)| (&**certificate, &**key)))
        }

        /// Shakes hands with a server that is reached by the name `host`.
        pub(in crate::sinks) async fn connect(&self, socket: TcpStream, host: &str) -> io::Result<TlsStream<TcpStream>> {
            let name = self.name_or(host);
            let name = ServerName::try_from(name.to_owned()).map_err(|_| io::Error::other(format!("{name:?} is no name of a server")))?;
            let config = self.config().map_err(io::Error::other)?;
            TlsConnector::from(config).connect(name, socket).await
        }
    }

    /// Returns whom the system trusts.
    fn system() -> Result<RootCertStore, String> {
        let mut roots = RootCertStore::empty();
        let found = rustls_native_certs::load_native_certs();
        roots.add_parsable_certificates(found.certs);
        if roots.is_empty() {
            let why = found.errors.first().map_or_else(|| "there are none".to_owned(), ToString::to_string);
            return Err(format!("cannot use the authorities that the system trusts: {why}; name some with `Tls::new().ca(\"ca.pem\")`"));
        }
        Ok(roots)
    }
}
