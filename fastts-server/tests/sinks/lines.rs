//! `tcp`, `udp` and `unix`.

use std::fs;
use std::net::UdpSocket;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fastts_server::prelude::*;
use fastts_server::testing::compliance::{Compliance, Peer};
use fastts_server::{Overflow, Tls, event};
use libtest_mimic::Trial;
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::net::{TcpListener, UnixListener};
use tokio::runtime::Runtime;
use tokio_rustls::TlsAcceptor;

use crate::kit::{PATIENCE, Route, folder, nobody, set_target, target, trial, until};

router! {
    pub fn over_tcp;
    let peer = target();
    pipeline "lines" { tcp(peer, queue = 100, batch = 10, line = "{service}") }
}

router! {
    pub fn over_tcp_dropping;
    let peer = target();
    pipeline "lines" { tcp(peer, queue = 100, batch = 10, line = "{service}", overflow = Overflow::DropOldest) }
}

router! {
    pub fn over_unix;
    let peer = target();
    pipeline "lines" { unix(peer, queue = 100, batch = 10, line = "{service}") }
}

router! {
    pub fn over_tls;
    let peer = target();
    let ca = Tls::new().ca(keys(&target()).join("ca.pem"));
    pipeline "lines" { tcp(peer, queue = 100, batch = 10, line = "{service}", tls = ca) }
}

router! {
    pub fn over_udp;
    let peer = target();
    pipeline "lines" { udp(peer, queue = 100, batch = 10, line = "{service}") }
}

router! {
    pub fn as_json;
    let peer = target();
    pipeline "lines" { tcp(peer) }
}

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial("tcp_keeps_what_every_sink_promises", None, || keeps(over_tcp, Overflow::Block, Kind::Tcp)),
        trial("tcp_that_drops_keeps_what_every_sink_promises", None, || keeps(over_tcp_dropping, Overflow::DropOldest, Kind::Tcp)),
        trial("tls_keeps_what_every_sink_promises", None, || keeps(over_tls, Overflow::Block, Kind::Tls)),
        trial("unix_keeps_what_every_sink_promises", None, || keeps(over_unix, Overflow::Block, Kind::Unix)),
        trial("udp_keeps_what_every_sink_promises", None, udp_keeps),
        trial("udp_tells_that_nobody_is_there_and_goes_on", None, udp_to_nobody),
        trial("udp_gives_up_what_is_longer_than_a_datagram", None, udp_too_long),
        trial("a_value_writes_no_line_of_its_own", None, no_line_of_its_own),
        trial("tls_does_not_trust_whom_nobody_knows", None, stranger),
        trial("what_a_peer_says_is_thrown_away", None, talkative),
    ]
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Tcp,
    Tls,
    Unix,
}

/// A peer that reads lines.
pub(crate) struct Reader {
    kind: Kind,
    seen: Arc<Mutex<Seen>>,
    runtime: Option<Runtime>,
}

#[derive(Default)]
struct Seen {
    slow: bool,
    lines: Vec<String>,
}

impl Reader {
    pub(crate) fn new(kind: Kind) -> Reader {
        Reader { kind, seen: Arc::default(), runtime: None }
    }

    fn lines(&self) -> Vec<String> {
        self.seen.lock().unwrap().lines.clone()
    }
}

async fn read(stream: impl AsyncRead + Unpin, seen: Arc<Mutex<Seen>>) {
    let mut lines = BufReader::new(stream).lines();
    loop {
        while seen.lock().unwrap().slow {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let Ok(Some(line)) = lines.next_line().await else { return };
        seen.lock().unwrap().lines.push(line);
    }
}

async fn serve(kind: Kind, peer: String, seen: Arc<Mutex<Seen>>, ready: tokio::sync::oneshot::Sender<()>) {
    if kind == Kind::Unix {
        let _ = fs::remove_file(&peer);
        let listener = UnixListener::bind(&peer).unwrap();
        ready.send(()).unwrap();
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(read(stream, Arc::clone(&seen)));
        }
        return;
    }
    let acceptor = (kind == Kind::Tls).then(|| acceptor(&peer));
    let listener = TcpListener::bind(peer.replace("localhost", "127.0.0.1")).await.unwrap();
    ready.send(()).unwrap();
    while let Ok((stream, _)) = listener.accept().await {
        let (acceptor, seen) = (acceptor.clone(), Arc::clone(&seen));
        tokio::spawn(async move {
            match acceptor {
                None => read(stream, seen).await,
                Some(acceptor) => {
                    if let Ok(stream) = acceptor.accept(stream).await {
                        read(stream, seen).await;
                    }
                }
            }
        });
    }
}

impl Peer for Reader {
    fn start(&mut self) {
        if self.runtime.is_some() {
            return;
        }
        let runtime = Runtime::new().unwrap();
        let (ready, is_ready) = tokio::sync::oneshot::channel();
        runtime.spawn(serve(self.kind, target(), Arc::clone(&self.seen), ready));
        runtime.block_on(is_ready).unwrap();
        self.runtime = Some(runtime);
    }

    fn stop(&mut self) -> bool {
        drop(self.runtime.take());
        if self.kind == Kind::Unix {
            let _ = fs::remove_file(target());
        }
        true
    }

    fn slow(&mut self, slow: bool) -> bool {
        self.seen.lock().unwrap().slow = slow;
        true
    }

    fn confirms(&self) -> bool {
        false
    }

    fn arrived(&mut self) -> Vec<String> {
        self.lines()
    }
}

fn keeps(router: fn() -> Router, overflow: Overflow, kind: Kind) {
    match kind {
        Kind::Tcp => set_target(nobody()),
        Kind::Tls => set_target(nobody().replace("127.0.0.1", "localhost")),
        Kind::Unix => set_target(folder("unix").join("peer.sock").display().to_string()),
    }
    Compliance::new(router, overflow).check(&mut Reader::new(kind));
}

/// Where the certificate lies of the server of an address.
pub(crate) fn keys(address: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("sinks-keys").join(address.rsplit(':').next().unwrap())
}

/// Accepts as the server of an address, whose certificate is its own authority.
pub(crate) fn acceptor(address: &str) -> TlsAcceptor {
    use tokio_rustls::rustls::ServerConfig;
    use tokio_rustls::rustls::crypto::ring;
    use tokio_rustls::rustls::pki_types::PrivateKeyDer;

    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    fs::create_dir_all(keys(address)).unwrap();
    // The file is read again at every connection.
    fs::write(keys(address).join("ca.pem"), made.cert.pem()).unwrap();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider())).with_safe_default_protocol_versions().unwrap();
    let config = builder.with_no_client_auth().with_single_cert(vec![made.cert.der().clone()], key).unwrap();
    TlsAcceptor::from(Arc::new(config))
}

/// A peer that reads datagrams. Whether it is there, or keeps up, nobody can know.
struct Datagrams(Arc<Mutex<Vec<String>>>);

impl Datagrams {
    fn listening(socket: UdpSocket) -> Datagrams {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let peer = Datagrams(Arc::clone(&seen));
        std::thread::spawn(move || {
            let mut buffer = vec![0; 65_536];
            // It ends with the program.
            while let Ok(length) = socket.recv(&mut buffer) {
                seen.lock().unwrap().push(String::from_utf8_lossy(&buffer[..length]).into_owned());
            }
        });
        peer
    }
}

impl Peer for Datagrams {
    fn start(&mut self) {}

    fn stop(&mut self) -> bool {
        false
    }

    fn arrived(&mut self) -> Vec<String> {
        self.0.lock().unwrap().iter().map(|line| line.trim_end_matches('\n').to_owned()).collect()
    }
}

fn udp_keeps() {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    set_target(socket.local_addr().unwrap().to_string());
    Compliance::new(over_udp, Overflow::DropOldest).check(&mut Datagrams::listening(socket));
}

fn udp_to_nobody() {
    let address = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    set_target(address.to_string());
    let route = Route::start(over_udp);
    route.send([event! { service: "lost" }]);
    until("the first is on its way", || route.stats().sent == 1);
    // The system was told by then that nobody is there, and tells whoever sends the next.
    until("the sink says that nobody is there", || {
        route.send([event! { service: "kept" }]);
        route.stats().reason.is_some_and(|reason| reason.contains("refused"))
    });
    let mut peer = Datagrams::listening(UdpSocket::bind(address).unwrap());
    until("what follows arrives", || {
        route.send([event! { service: "after" }]);
        peer.arrived().last().is_some_and(|last| last == "after")
    });
}

fn udp_too_long() {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    set_target(socket.local_addr().unwrap().to_string());
    let mut peer = Datagrams::listening(socket);
    let route = Route::start(over_udp);
    route.send([event! { service: "a" }, event! { service: "x".repeat(70_000) }, event! { service: "b" }]);
    assert!(route.drain().is_complete());
    until("the others arrive", || peer.arrived() == ["a", "b"]);
    let letters = route.running.sinks().dead_letters();
    assert_eq!((letters.len(), &*letters[0].reason), (1, "it is longer than a datagram may be"));
}

fn no_line_of_its_own() {
    set_target(nobody());
    let mut reader = Reader::new(Kind::Tcp);
    reader.start();
    let route = Route::start(over_tcp);
    let hostile = "a\nb\r\nc\u{2028}d\u{85}e\0";
    route.send([event! { service: hostile }, event! { service: "next" }]);
    assert!(route.drain().is_complete());
    until("both arrive", || reader.lines() == [r"a\nb\r\nc\u{2028}d\u{85}e\u{0}", "next"]);

    let route = Route::start(as_json);
    route.send([event! { service: hostile }]);
    assert!(route.drain().is_complete());
    until("its JSON arrives on one line", || reader.lines().len() == 3);
    let json: serde_json::Value = serde_json::from_str(&reader.lines()[2]).unwrap();
    assert_eq!(json, serde_json::json!({ "service": hostile }));
}

fn stranger() {
    set_target(nobody().replace("127.0.0.1", "localhost"));
    let mut reader = Reader::new(Kind::Tls);
    reader.start();
    // Another authority of the same name.
    drop(acceptor(&target()));
    let route = Route::start(over_tls);
    route.send([event! { service: "secret" }]);
    until("the sink says why", || route.stats().reason.is_some_and(|reason| reason.contains("certificate")));
    assert_eq!(reader.lines(), [""; 0]);
}

fn talkative() {
    use std::io::{Read, Write};

    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    set_target(listener.local_addr().unwrap().to_string());
    let route = Route::start(over_tcp);
    route.send([event! { service: "a" }]);
    let (mut first, _) = listener.accept().unwrap();
    first.write_all(&[b'x'; 10_000]).unwrap();
    let mut line = [0; 2];
    first.read_exact(&mut line).unwrap();
    // It has said much, and is gone: the next line finds that out, and takes another connection.
    drop(first);
    route.send([event! { service: "b" }]);
    let (mut second, _) = listener.accept().unwrap();
    second.set_read_timeout(Some(PATIENCE)).unwrap();
    second.read_exact(&mut line).unwrap();
    assert_eq!(line, *b"b\n");
}
