//! Certificates and keys, from files.

use std::fmt::Display;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use fastts_core::Time;
use tokio_rustls::rustls;

use rustls::client::verify_server_cert_signed_by_trust_anchor;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::server::danger::ClientCertVerifier;
use rustls::server::{ParsedCertificate, WebPkiClientVerifier};
use rustls::sign::SigningKey;
use rustls::{CertificateError, Error, RootCertStore, ServerConfig, SignatureAlgorithm};

use crate::riemann::pem;

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
    let key = pem::key(key_file).map_err(|reason| failed("--tls-key", key_file, reason))?;
    // Named, and not the default of the process: some other crate may bring another implementation.
    let provider = Arc::new(ring::default_provider());
    warn_of_age(file, &chain, &provider);
    match provider.key_provider.load_private_key(key.clone_key()) {
        Ok(signs) => warn_of_size(key_file, &*signs),
        Err(_) => return Err(failed("--tls-key", key_file, pem::unusable(&key))),
    }
    let versions = ServerConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions();
    let builder = versions.map_err(|error| TlsError::Certificate(format!("cannot use TLS: {error}")))?;
    let builder = match client_ca {
        None => builder.with_no_client_auth(),
        Some(file) => builder.with_client_cert_verifier(authorities(file, provider)?),
    };
    let config = builder.with_single_cert(chain, key).map_err(|error| match error {
        Error::InconsistentKeys(_) => {
            let (key, certificate) = (key_file.display(), file.display());
            let compare =
                format!("`openssl pkey -in {key} -pubout` and `openssl x509 -in {certificate} -noout -pubkey` print the same where it is");
            failed("--tls-key", key_file, format!("the key is not that of the certificate in {certificate} (--tls-cert); {compare}"))
        }
        Error::InvalidCertificate(reason) => failed("--tls-cert", file, reason),
        error => failed("--tls-key", key_file, error),
    })?;
    Ok(Arc::new(config))
}

/// Reads the certificates of a file.
fn certificates(file: &Path, flag: &str) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    pem::certificates(file).map_err(|reason| failed(flag, file, reason))
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

fn failed(flag: &str, file: &Path, reason: impl Display) -> TlsError {
    TlsError::Certificate(format!("cannot use {} ({flag}): {reason}", file.display()))
}

/// Says when each handshake takes long.
fn warn_of_size(file: &Path, key: &dyn SigningKey) {
    const LARGE: usize = 3_072;
    if key.algorithm() != SignatureAlgorithm::RSA {
        return;
    }
    // Around the number lie 38 bytes: what key it is, and its exponent.
    let bits = 8 * key.public_key().map_or(0, |key| key.len().saturating_sub(38));
    if bits > LARGE {
        tracing::warn!(
            "the key in {} (--tls-key) is one of RSA with {bits} bits, with which each connection takes the processor about ten times what it does \
             with 2048, and a hundred times what it does with P-256: `openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256`",
            file.display()
        );
    }
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
