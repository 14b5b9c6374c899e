//! Certificates and keys, from files.

use std::fmt::Display;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use fastts_core::Time;
use tokio_rustls::rustls;

use rustls::client::verify_server_cert_signed_by_trust_anchor;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, UnixTime};
use rustls::server::danger::ClientCertVerifier;
use rustls::server::{ParsedCertificate, WebPkiClientVerifier};
use rustls::{CertificateError, Error, RootCertStore, ServerConfig};

use super::{TlsError, TlsOptions};

/// The certificates of a server: where they are, and what was in the files when they were read last.
pub(super) struct Certificates {
    options: TlsOptions,
    current: Mutex<Arc<ServerConfig>>,
}

impl Certificates {
    /// Reads the files.
    pub(super) fn read(options: TlsOptions) -> Result<Certificates, TlsError> {
        let current = Mutex::new(read(&options)?);
        Ok(Certificates { options, current })
    }

    /// Reads the files again.
    pub(super) fn reload(&self) -> Result<(), TlsError> {
        let fresh = read(&self.options)?;
        *self.current.lock().unwrap_or_else(PoisonError::into_inner) = fresh;
        Ok(())
    }

    /// Returns what a connection begins with now.
    pub(super) fn current(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.current.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn handshake_timeout(&self) -> Duration {
        self.options.handshake_timeout
    }
}

fn read(options: &TlsOptions) -> Result<Arc<ServerConfig>, TlsError> {
    let TlsOptions { certificate: file, key: key_file, client_ca, .. } = options;
    let chain = certificates(file, "--tls-cert")?;
    let key = PrivateKeyDer::from_pem_file(key_file).map_err(|error| match error {
        pem::Error::NoItemsFound => failed("--tls-key", key_file, "there is no key in it (PKCS #8, PKCS #1 or SEC 1, in PEM)"),
        error => unreadable("--tls-key", key_file, error),
    })?;
    // Named, and not the default of the process: some other crate may bring another implementation.
    let provider = Arc::new(ring::default_provider());
    warn_of_age(file, &chain, &provider);
    let versions = ServerConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions();
    let builder = versions.map_err(|error| TlsError::Certificate(format!("cannot use TLS: {error}")))?;
    let builder = match client_ca {
        None => builder.with_no_client_auth(),
        Some(file) => builder.with_client_cert_verifier(authorities(file, provider)?),
    };
    let config = builder.with_single_cert(chain, key).map_err(|error| match error {
        Error::InconsistentKeys(_) => {
            failed("--tls-key", key_file, format!("the key is not that of the certificate in {} (--tls-cert)", file.display()))
        }
        Error::InvalidCertificate(reason) => failed("--tls-cert", file, reason),
        error => failed("--tls-key", key_file, error),
    })?;
    Ok(Arc::new(config))
}

/// Reads the certificates of a file.
fn certificates(file: &Path, flag: &str) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let read = || CertificateDer::pem_file_iter(file)?.collect::<Result<Vec<_>, _>>();
    match read() {
        Ok(chain) if chain.is_empty() => Err(failed(flag, file, "there is no certificate in it (BEGIN CERTIFICATE, in PEM)")),
        Ok(chain) => Ok(chain),
        Err(error) => Err(unreadable(flag, file, error)),
    }
}

/// Reads who must have signed the certificates of clients.
fn authorities(file: &Path, provider: Arc<CryptoProvider>) -> Result<Arc<dyn ClientCertVerifier>, TlsError> {
    let mut roots = RootCertStore::empty();
    for authority in certificates(file, "--tls-client-ca")? {
        roots.add(authority).map_err(|error| failed("--tls-client-ca", file, error))?;
    }
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build();
    verifier.map_err(|error| failed("--tls-client-ca", file, error))
}

fn unreadable(flag: &str, file: &Path, error: pem::Error) -> TlsError {
    match error {
        pem::Error::Io(error) => failed(flag, file, error),
        error => failed(flag, file, format!("this is no PEM file: {error}")),
    }
}

fn failed(flag: &str, file: &Path, reason: impl Display) -> TlsError {
    TlsError::Certificate(format!("cannot use {} ({flag}): {reason}", file.display()))
}

/// Says when clients will refuse the certificate for its age.
fn warn_of_age(file: &Path, chain: &[CertificateDer<'_>], provider: &CryptoProvider) {
    let Some(certificate) = chain.first().and_then(|first| ParsedCertificate::try_from(first).ok()) else { return };
    let algorithms = provider.signature_verification_algorithms.all;
    // Nobody is trusted here, so that it is refused in any case; for its age before that.
    let checked = verify_server_cert_signed_by_trust_anchor(&certificate, &RootCertStore::empty(), &[], UnixTime::now(), algorithms);
    let date = |time: UnixTime| i64::try_from(time.as_secs()).map_or(Time::MAX, Time::from_secs);
    let reason = match checked {
        Err(Error::InvalidCertificate(CertificateError::ExpiredContext { not_after, .. })) => format!("expired at {}", date(not_after)),
        Err(Error::InvalidCertificate(CertificateError::NotValidYetContext { not_before, .. })) => {
            format!("is not valid before {}", date(not_before))
        }
        _ => return,
    };
    tracing::warn!("the certificate in {} (--tls-cert) {reason}: clients will refuse it", file.display());
}
