//! A server with TLS in this process, and clients that see every byte.

use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use fastts_core::testing::SourceRun;
use fastts_server::sources::tls::{Tls, TlsOptions};
use fastts_server::telemetry::Reading;
use tokio::runtime::Runtime;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::common::{Recorder, Wire};
use crate::keys::{Authority, Directory, Signed};

/// A connection over TLS.
pub(crate) type Secure = Wire<StreamOwned<ClientConnection, TcpStream>>;

/// A running server.
pub(crate) struct Served {
    pub(crate) runtime: Runtime,
    pub(crate) server: Tls,
    run: SourceRun,
    pub(crate) address: SocketAddr,
    pub(crate) recorder: Recorder,
    pub(crate) authority: Authority,
    pub(crate) files: Directory,
}

pub(crate) fn serve(set: impl FnOnce(&mut TlsOptions, &Directory)) -> Served {
    serve_to(Recorder::new(), set)
}

pub(crate) fn serve_to(recorder: Recorder, set: impl FnOnce(&mut TlsOptions, &Directory)) -> Served {
    let (authority, files) = (Authority::new("authority"), Directory::new());
    let signed = authority.sign("server", |_| {});
    let mut options =
        TlsOptions::new(files.write("certificate.pem", &signed.certificate), files.write("key.pem", &signed.key.serialize_pem()));
    options.tcp.listen = "127.0.0.1:0".to_owned();
    set(&mut options, &files);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let (server, run) = runtime.block_on(async {
        let server = Tls::bind(options).await.unwrap();
        (server.clone(), SourceRun::start(server, recorder.intake()))
    });
    Served { address: server.address(), runtime, server, run, recorder, authority, files }
}

impl Served {
    /// Connects as a client that trusts the authority and shows no certificate.
    pub(crate) fn connect(&self) -> Secure {
        secure(self.address, &self.authority, None)
    }

    /// Returns what the server counts.
    pub(crate) fn read(&self) -> Reading {
        self.server.meter().read()
    }

    /// Stops the server; returns how many connections were cut off.
    pub(crate) fn stop(&mut self, limit: Duration) -> usize {
        self.runtime.block_on(self.run.stop(limit));
        self.server.cut()
    }
}

/// Connects as a client that trusts an authority, and shows a certificate if it has one.
pub(crate) fn secure(address: SocketAddr, trusted: &Authority, shown: Option<&Signed>) -> Secure {
    let config = config(trusted.certificate.der().clone(), shown);
    let session = ClientConnection::new(config, ServerName::try_from("localhost").unwrap()).unwrap();
    Wire(StreamOwned::new(session, Wire::connect(address).0))
}

pub(crate) fn config(trusted: CertificateDer<'static>, shown: Option<&Signed>) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted).unwrap();
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let builder = builder.with_safe_default_protocol_versions().unwrap().with_root_certificates(roots);
    let config = match shown {
        None => builder.with_no_client_auth(),
        Some(Signed { certificate, key }) => {
            let chain = vec![CertificateDer::from_pem_slice(certificate.as_bytes()).unwrap()];
            builder.with_client_auth_cert(chain, PrivateKeyDer::from_pem_slice(key.serialize_pem().as_bytes()).unwrap()).unwrap()
        }
    };
    Arc::new(config)
}

/// Returns the certificate that the server showed.
pub(crate) fn shown(wire: &Secure) -> CertificateDer<'static> {
    wire.0.conn.peer_certificates().unwrap()[0].clone().into_owned()
}

/// Returns the certificate in a file.
pub(crate) fn in_file(path: &Path) -> CertificateDer<'static> {
    CertificateDer::from_pem_file(path).unwrap()
}
