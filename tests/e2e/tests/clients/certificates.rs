//! Certificates of an authority of the test's own, for this machine.

use std::fs;
use std::path::PathBuf;
use std::sync::OnceLock;

use rcgen::{BasicConstraints, CertificateParams, DistinguishedName, DnType, IsCa, Issuer, KeyPair};

use crate::install;

/// What the server and its clients are told about TLS.
pub(crate) struct Certificates {
    pub(crate) server: Files,
    pub(crate) client: Files,
}

/// Whom to trust, and the own certificate and key: files in PEM.
#[derive(Clone)]
pub(crate) struct Files {
    pub(crate) ca: PathBuf,
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
}

/// Returns the certificates of the server and of the clients that it knows.
pub(crate) fn known() -> &'static Certificates {
    static KNOWN: OnceLock<Certificates> = OnceLock::new();
    KNOWN.get_or_init(|| Certificates::new("known"))
}

/// Returns the certificates of somebody whom the server does not know.
pub(crate) fn strange() -> &'static Certificates {
    static STRANGE: OnceLock<Certificates> = OnceLock::new();
    STRANGE.get_or_init(|| Certificates::new("strange"))
}

impl Certificates {
    fn new(name: &str) -> Certificates {
        let folder = install::folder(&format!("certificates-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let write = |file: &str, content: String| {
            let file = folder.join(file);
            fs::write(&file, content).unwrap();
            file
        };
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name = named(name);
        let key = KeyPair::generate().unwrap();
        let ca = write("ca.pem", params.self_signed(&key).unwrap().pem());
        let issuer = Issuer::new(params, key);
        let sign = |who: &str| {
            let mut params = CertificateParams::new(["localhost".to_owned(), "127.0.0.1".to_owned()]).unwrap();
            params.distinguished_name = named(who);
            let key = KeyPair::generate().unwrap();
            let certificate = write(&format!("{who}.pem"), params.signed_by(&key, &issuer).unwrap().pem());
            Files { ca: ca.clone(), certificate, key: write(&format!("{who}-key.pem"), key.serialize_pem()) }
        };
        Certificates { server: sign("server"), client: sign("client") }
    }
}

fn named(name: &str) -> DistinguishedName {
    let mut names = DistinguishedName::new();
    names.push(DnType::CommonName, name);
    names
}
