use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::OnceLock;
use std::time::Duration;

use fastts_core::runtime::{Options, Running};
use fastts_server::sources::http::{Http, HttpOptions, HttpServer};
use fastts_server::telemetry::Inside;

use crate::served::{PATIENCE, runtime};

/// How long an answer is read that may have no end, as that of a subscription.
const MOMENT: Duration = Duration::from_millis(20);

fastts_server::router! {
    pipeline "all" { index }
}

/// Sends bytes to the HTTP listener: whatever they are, the next connection is served.
pub fn http(data: &[u8]) {
    let mut stream = connect();
    // It may be closed by then.
    let _ = stream.write_all(data).and_then(|()| stream.shutdown(Shutdown::Write));
    stream.set_read_timeout(Some(MOMENT)).unwrap();
    let mut bytes = [0; 4096];
    while stream.read(&mut bytes).is_ok_and(|read| read > 0) {}
    let mut next = connect();
    next.write_all(b"GET /healthz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").unwrap();
    next.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut answer = String::new();
    next.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("\r\n\r\nalive\n"), "{answer}");
}

fn connect() -> TcpStream {
    static SERVED: OnceLock<(SocketAddr, HttpServer)> = OnceLock::new();
    let (address, _) = SERVED.get_or_init(|| {
        let mut options = HttpOptions::default();
        options.listen = "127.0.0.1:0".to_owned();
        options.max_body = 1 << 16;
        options.max_message = 1 << 10;
        options.max_events = 100;
        options.ping = Duration::from_secs(1);
        let server = runtime().block_on(async {
            let http = Http::bind(options).await.unwrap();
            http.start(Inside::new(Running::start(router(), Options::new()).unwrap(), []))
        });
        (server.address(), server)
    });
    TcpStream::connect(address).unwrap()
}
