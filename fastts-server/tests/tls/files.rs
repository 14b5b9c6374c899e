//! What may be in the files of certificates and keys, and what is said when it is something else.

use std::fs;

use fastts_server::sources::tls::{Tls, TlsOptions};
use rcgen::KeyPair;

use crate::common::{Wire, events, frame};
use crate::keys::{Authority, Directory};
use crate::wire::{config, in_file, serve};
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConnection, StreamOwned};

pub(crate) const TESTS: &[(&str, fn())] = &[
    ("keys_may_be_of_three_forms", keys_may_be_of_three_forms),
    ("what_cannot_be_used_is_told_with_the_file", what_cannot_be_used_is_told_with_the_file),
];

const RSA_CERTIFICATE: &str = include_str!("files/rsa-certificate.pem");
/// Keys that cannot be used, as openssl makes them.
const UNUSABLE: [(&str, &str); 5] = [
    ("encrypted", include_str!("files/encrypted.pem")),
    ("encrypted-traditional", include_str!("files/encrypted-traditional.pem")),
    ("p521", include_str!("files/p521.pem")),
    ("ed448", include_str!("files/ed448.pem")),
    ("rsa-1024", include_str!("files/rsa-1024.pem")),
];
const RSA_PKCS1: &str = include_str!("files/rsa-pkcs1.pem");

/// The key of elliptic curves that lies in the envelope of PKCS #8.
fn sec1(key: &KeyPair) -> String {
    let pkcs8 = key.serialize_der();
    // SEQUENCE { INTEGER 0, SEQUENCE { algorithm }, OCTET STRING { the key } }; all of them are short.
    let algorithm = 3 + 3;
    let octets = algorithm + 2 + usize::from(pkcs8[algorithm + 1]);
    assert_eq!((pkcs8[0], pkcs8[algorithm], pkcs8[octets]), (0x30, 0x30, 0x04), "{pkcs8:x?}");
    let inner = &pkcs8[octets + 2..octets + 2 + usize::from(pkcs8[octets + 1])];
    pem("EC PRIVATE KEY", inner)
}

fn pem(label: &str, der: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let base64: String = der
        .chunks(3)
        .flat_map(|three| {
            let bits = three.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - three.len()));
            (0..4).map(move |at| if at <= three.len() { char::from(LETTERS[(bits >> (18 - 6 * at) & 63) as usize]) } else { '=' })
        })
        .collect();
    let lines: Vec<&str> = base64.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

fn keys_may_be_of_three_forms() {
    let authority = Authority::new("of forms");
    let signed = authority.sign("server", |_| {});
    let (pkcs8, sec1) = (signed.key.serialize_pem(), sec1(&signed.key));
    assert!(pkcs8.contains("BEGIN PRIVATE KEY"));
    for (certificate, key) in [(&signed.certificate[..], &pkcs8[..]), (&signed.certificate, &sec1), (RSA_CERTIFICATE, RSA_PKCS1)] {
        let form = key.lines().next().unwrap();
        let served = serve(|options, files| {
            fs::write(&options.certificate, certificate).unwrap();
            options.key = files.write("other.pem", key);
        });
        let trusted = match form.contains("RSA") {
            true => in_file(&served.files.path("certificate.pem")),
            false => authority.certificate.der().clone(),
        };
        let session = ClientConnection::new(config(trusted, None), ServerName::try_from("localhost").unwrap()).unwrap();
        let mut wire = Wire(StreamOwned::new(session, Wire::connect(served.address).0));
        wire.send(&frame(&events(["a"])));
        assert_eq!(wire.answer().as_deref(), Some("ok"), "{form}");
    }
}

fn what_cannot_be_used_is_told_with_the_file() {
    let (files, authority) = (Directory::new(), Authority::new("authority"));
    let (signed, other) = (authority.sign("server", |_| {}), authority.sign("other", |_| {}));
    files.write("certificate", &signed.certificate);
    files.write("key", &signed.key.serialize_pem());
    files.write("other key", &other.key.serialize_pem());
    files.write("empty", "");
    files.write("noise", "-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n");
    files.write("no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    files.write("words", "no key");
    files.write("openssh", "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n");
    files.write("public", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n");
    files.write("request", "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n");
    files.write("trusted", "-----BEGIN TRUSTED CERTIFICATE-----\nAAAA\n-----END TRUSTED CERTIFICATE-----\n");
    fs::write(files.path("der"), signed.key.serialize_der()).unwrap();
    for (name, key) in UNUSABLE {
        files.write(name, key);
    }
    let rows = [
        ("missing", "key", None, "missing (--tls-cert): No such file or directory (os error 2)"),
        ("empty", "key", None, "empty (--tls-cert): there is no certificate in it (BEGIN CERTIFICATE, in PEM): it is empty"),
        ("key", "key", None, "key (--tls-cert): there is no certificate in it, but a key; are the two files the other way round?"),
        ("noise", "key", None, "noise (--tls-cert): this is no PEM file"),
        ("no certificate", "key", None, "no certificate (--tls-cert)"),
        ("certificate", "missing", None, "missing (--tls-key): No such file or directory (os error 2)"),
        ("certificate", "certificate", None, "certificate (--tls-key): there is no key in it, but a certificate; are the two files"),
        ("certificate", "words", None, "words (--tls-key): there is no key in it (PKCS #8, PKCS #1 or SEC 1, in PEM)"),
        ("certificate", "encrypted", None, "encrypted (--tls-key): the key in it is encrypted with a passphrase"),
        ("certificate", "encrypted-traditional", None, "encrypted-traditional (--tls-key): the key in it is encrypted with a passphrase"),
        ("certificate", "p521", None, "p521 (--tls-key): its key is one of the curve P-521; keys of P-256, "),
        ("certificate", "ed448", None, "ed448 (--tls-key): its key is one of Ed448; keys of P-256"),
        ("certificate", "rsa-1024", None, "rsa-1024 (--tls-key): its key is one of RSA with less than 2048 bits; "),
        ("certificate", "openssh", None, "openssh (--tls-key): there is no key in it, but a key in the form of OpenSSH"),
        ("certificate", "public", None, "public (--tls-key): there is no key in it, but the public half of one"),
        ("request", "key", None, "request (--tls-cert): there is no certificate in it, but the request for one"),
        ("trusted", "key", None, "trusted (--tls-cert): there is no certificate in it, but one in a form of openssl's own"),
        ("certificate", "der", None, "der (--tls-key): this is no PEM but DER; write it as PEM: `openssl pkey -inform der -in"),
        ("der", "key", None, "der (--tls-cert): this is no PEM but DER; write it as PEM: `openssl x509 -inform der -in"),
        ("certificate", "other key", None, "other key (--tls-key): the key is not that of the certificate in"),
        ("certificate", "key", Some("empty"), "empty (--tls-client-ca): there is no certificate in it"),
        ("certificate", "key", Some("no certificate"), "no certificate (--tls-client-ca)"),
    ];
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    for (certificate, key, ca, told) in rows {
        let mut options = TlsOptions::new(files.path(certificate), files.path(key));
        options.tcp.listen = "127.0.0.1:0".to_owned();
        options.client_ca = ca.map(|ca| files.path(ca));
        let error = runtime.block_on(Tls::bind(options)).unwrap_err().to_string();
        let text = error.replace(&format!("{}/", files.path("").display()).replace("//", "/"), "");
        assert!(text.starts_with(&format!("cannot use {told}")), "{text}");
    }
}
