use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};

use fastts_core::event::BatchBuilder;
use fastts_core::runtime::{Options, Running};
use fastts_core::testing::SourceRun;
use fastts_server::prelude::*;
use fastts_server::sources::http::{Http, HttpOptions, HttpServer};
use fastts_server::telemetry::Inside;

use crate::served::{exchange, runtime};

router! {
    pipeline "all" { inspect(|_| ()) }
}

/// Sends to the HTTP listener, in pieces: by the first byte the body of a request with events, each of which is answered for itself,
/// or a whole conversation, which comes to an end. The second byte says how long the pieces are.
pub fn requests(data: &[u8]) {
    let [kind, piece, bytes @ ..] = data else { return };
    let piece = usize::from(*piece) + 1;
    if kind % 2 == 1 {
        // A stream of events has no end.
        if bytes.windows(12).any(|text| text.eq_ignore_ascii_case(b"event-stream")) {
            return;
        }
        // It may be a request, or not: that it ends is all.
        exchange(address(), b"", bytes, piece);
        return;
    }
    let head = format!("POST /events HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {}\r\n\r\n", bytes.len());
    let answer = String::from_utf8(exchange(address(), head.as_bytes(), bytes, piece)).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {answer:?}"));
    let taken: Vec<bool> = body.lines().map(is_taken).collect();
    if bytes.trim_ascii_start().first() == Some(&b'[') {
        assert!(head.starts_with("HTTP/1.1 200") || head.starts_with("HTTP/1.1 400") && taken.last() == Some(&false), "{answer}");
    } else {
        let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty());
        // JSON knows fewer blanks; those before a line count for nothing.
        let wanted: Vec<bool> = lines.map(|line| BatchBuilder::new().push_json(line.trim_ascii_start(), None).is_ok()).collect();
        assert!(head.starts_with("HTTP/1.1 200") && taken == wanted, "{answer}");
    }
}

/// Returns whether a line of an answer is that an event was taken.
fn is_taken(line: &str) -> bool {
    assert!(line == "{}" || line.starts_with("{\"error\":\"") && line.ends_with("\"}"), "{line}");
    line == "{}"
}

/// Returns where HTTP is.
pub(crate) fn address() -> SocketAddr {
    static SERVER: OnceLock<(HttpServer, SourceRun)> = OnceLock::new();
    let start = || {
        let mut options = HttpOptions::default();
        options.listen = "127.0.0.1:0".to_owned();
        runtime().block_on(async {
            let http = Http::bind(options).await.unwrap();
            let running = Running::start(router(), Options::new()).unwrap();
            let inside = Inside::new(running, [Arc::clone(http.meter())]);
            let (out, server) = (inside.running().intake().unwrap(), http.showing(inside));
            (server.clone(), SourceRun::start(server, out))
        })
    };
    SERVER.get_or_init(start).0.address()
}
