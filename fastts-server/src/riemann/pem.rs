//! Certificates and keys in PEM files, and what is said of files with something else in them.

use std::path::Path;

use tokio_rustls::rustls::pki_types::pem::{self, PemObject};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// Reads the certificates of a file; an error says what is in it instead.
pub(crate) fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let content = read(file)?;
    match CertificateDer::pem_slice_iter(&content).collect::<Result<Vec<_>, _>>() {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        Ok(_) => Err(instead_of("certificate", "BEGIN CERTIFICATE, in PEM", &content, file)),
        Err(error) => Err(broken(&error)),
    }
}

/// Reads the key of a file; an error says what is in it instead.
pub(crate) fn key(file: &Path) -> Result<PrivateKeyDer<'static>, String> {
    let content = read(file)?;
    let path = file.display();
    if has(&content, "BEGIN ENCRYPTED PRIVATE KEY") || has(&content, "Proc-Type: 4,ENCRYPTED") {
        return Err(format!(
            "the key in it is encrypted with a passphrase, which nobody is there to give; write it without: `openssl pkey -in {path} -out plain.pem`"
        ));
    }
    match PrivateKeyDer::from_pem_slice(&content) {
        Ok(key) => Ok(key),
        Err(pem::Error::NoItemsFound) => Err(instead_of("key", "PKCS #8, PKCS #1 or SEC 1, in PEM", &content, file)),
        Err(error) => Err(broken(&error)),
    }
}

/// Reads a file, without the byte order mark that some editors begin it with.
fn read(file: &Path) -> Result<Vec<u8>, String> {
    let content = std::fs::read(file).map_err(|error| error.to_string())?;
    Ok(content.strip_prefix("\u{feff}".as_bytes()).map(<[u8]>::to_vec).unwrap_or(content))
}

/// Says why a key cannot be used that could be read, after what it is.
pub(crate) fn unusable(key: &PrivateKeyDer<'_>) -> String {
    const USABLE: &str = "keys of P-256, P-384, Ed25519, and RSA with 2048 to 4096 bits can be used here";
    const ANOTHER: &str =
        "make one with `openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out key.pem`, and have a certificate made for it";
    let der = key.secret_der();
    // Keys tell their algorithm and their curve by the numbers that these have in ASN.1.
    let kinds: [(&[u8], &str); 8] = [
        (b"\x06\x05\x2b\x81\x04\x00\x23", "one of the curve P-521"),
        (b"\x06\x05\x2b\x81\x04\x00\x0a", "one of the curve secp256k1"),
        (b"\x06\x05\x2b\x81\x04\x00\x21", "one of the curve P-224"),
        (b"\x06\x09\x2b\x24\x03\x03\x02\x08\x01\x01", "one of a Brainpool curve"),
        (b"\x06\x03\x2b\x65\x71", "one of Ed448"),
        (b"\x06\x03\x2b\x65\x6e", "one of X25519, which signs nothing"),
        (b"\x06\x07\x2a\x86\x48\xce\x38\x04\x01", "one of DSA"),
        (b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a", "one of RSA-PSS"),
    ];
    let is_rsa = matches!(key, PrivateKeyDer::Pkcs1(_)) || holds(der, b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01");
    match kinds.iter().find(|(number, _)| holds(der, number)) {
        Some((_, kind)) => format!("its key is {kind}; {USABLE}: {ANOTHER}"),
        // About two of its bytes are for one of its size: the primes and what follows from them.
        None if is_rsa && der.len() < 1_100 => format!("its key is one of RSA with less than 2048 bits; {USABLE}: {ANOTHER}"),
        None if is_rsa => format!("its key is one of RSA with more than 4096 bits; {USABLE}: {ANOTHER}"),
        None => format!("its key is of a kind that is not known; {USABLE}: {ANOTHER}"),
    }
}

fn broken(error: &pem::Error) -> String {
    format!("this is no PEM file: {error}")
}

/// Says what is in a file in which something else was looked for.
fn instead_of(what: &str, form: &str, content: &[u8], file: &Path) -> String {
    let (none, path) = (format!("there is no {what} in it"), file.display());
    let blocks: [(&str, String); 8] = [
        ("BEGIN OPENSSH PRIVATE KEY", format!("but a key in the form of OpenSSH; write it in another: `ssh-keygen -p -m PKCS8 -f {path}`")),
        (
            "BEGIN TRUSTED CERTIFICATE",
            format!("but one in a form of openssl's own; write it in the usual: `openssl x509 -in {path} -out certificate.pem`"),
        ),
        ("CERTIFICATE REQUEST", "but the request for one, which an authority has to sign".to_owned()),
        ("BEGIN CERTIFICATE", "but a certificate; are the two files the other way round?".to_owned()),
        ("PRIVATE KEY", "but a key; are the two files the other way round?".to_owned()),
        ("PUBLIC KEY", "but the public half of one; the other is in the file that was made with it".to_owned()),
        ("BEGIN X509 CRL", "but a list of those that were revoked".to_owned()),
        (
            "BEGIN PKCS7",
            format!("but several in the form PKCS #7; write them as PEM: `openssl pkcs7 -in {path} -print_certs -out certificates.pem`"),
        ),
    ];
    if let Some((_, instead)) = blocks.iter().find(|(block, _)| has(content, block)) {
        return format!("{none}, {instead}");
    }
    match content {
        content if content.trim_ascii().is_empty() => format!("{none} ({form}): it is empty"),
        // A sequence of ASN.1, with the number of what PKCS #12 has in it.
        [0x30, ..] if holds(content, b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07") => {
            format!(
                "this is no PEM but PKCS #12; write it as PEM: `openssl pkcs12 -in {path} -nodes -out both.pem`, which has certificate and key in it"
            )
        }
        [0x30, ..] => {
            let command = if what == "key" { "pkey" } else { "x509" };
            format!("this is no PEM but DER; write it as PEM: `openssl {command} -inform der -in {path} -out {what}.pem`")
        }
        _ => format!("{none} ({form})"),
    }
}

fn has(content: &[u8], text: &str) -> bool {
    holds(content, text.as_bytes())
}

fn holds(content: &[u8], part: &[u8]) -> bool {
    content.windows(part.len()).any(|window| window == part)
}
