use std::net::SocketAddr;
use std::sync::OnceLock;

use fastts_core::testing::SourceRun;
use fastts_server::sources::tls::{Tls, TlsOptions};

use crate::served::{exchange, run, runtime};

/// A certificate and its key, which the tests of the server have.
const FILES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../fastts-server/tests/tls/files");

/// What an alert of TLS begins with.
const ALERT: u8 = 21;

/// Sends bytes to the TLS listener, in pieces as long as the first byte says: it comes to an end, and the answer, if there is one, is a
/// record of TLS.
pub fn handshakes(data: &[u8]) {
    let Some((&piece, bytes)) = data.split_first() else { return };
    let answer = exchange(address(), b"", bytes, usize::from(piece) + 1);
    assert!(answer.first().is_none_or(|first| (20..=23).contains(first)), "{answer:?}");
    // Nobody can have found the keys.
    let is_hello = bytes.starts_with(&[22, 3]);
    assert!(is_hello || answer.first().is_none_or(|first| *first == ALERT), "{answer:?}");
}

fn address() -> SocketAddr {
    static SERVER: OnceLock<(Tls, SourceRun)> = OnceLock::new();
    let start = || {
        let mut options = TlsOptions::new(format!("{FILES}/rsa-certificate.pem"), format!("{FILES}/rsa-pkcs1.pem"));
        options.tcp.listen = "127.0.0.1:0".to_owned();
        runtime().block_on(async {
            let tls = Tls::bind(options).await.unwrap();
            (tls.clone(), run(tls))
        })
    };
    SERVER.get_or_init(start).0.address()
}
