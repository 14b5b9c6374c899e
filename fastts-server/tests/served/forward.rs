//! `forward`, to servers in this process.

use std::cell::RefCell;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::time::{Duration, Instant};

use crate::common::{PATIENCE, Recorder, Served, serve, serve_to, until};
use fastts_core::Batch;
use fastts_core::runtime::{Drained, Options, Running};
use fastts_core::testing::Driver;
use fastts_server::prelude::*;
use fastts_server::testing::compliance::{Compliance, Peer};
use fastts_server::{Overflow, event};
use tokio::runtime::Runtime;

thread_local! {
    /// Where the routers that this thread builds forward to.
    static SERVER: RefCell<String> = RefCell::default();
}

fn server() -> String {
    SERVER.with_borrow(String::clone)
}

router! {
    pub fn usual;
    let server = server();
    pipeline "usual" { forward(server, timeout = 30s) }
}

router! {
    pub fn small;
    let server = server();
    pipeline "small" { forward(server, queue = 10, batch = 4, timeout = 30s) }
}

router! {
    pub fn newest;
    let server = server();
    pipeline "newest" { forward(server, queue = 10, overflow = Overflow::DropNewest, timeout = 30s) }
}

router! {
    pub fn blocking;
    let server = server();
    pipeline "blocking" { forward(server, queue = 10, batch = 4, overflow = Overflow::Block, timeout = 30s) }
}

router! {
    pub fn several;
    let server = server();
    #[restart(1_000, within = 1s)]
    pipeline "one" { by(host) { forward(server) } inspect(|event| assert!(event.metric() != 3, "three")) }
    pipeline "two" { fixed_event_window(2); forward(server); sflatten; forward(server) }
}

/// A running router.
struct Route {
    runtime: Runtime,
    running: Running,
}

fn start(router: impl Fn() -> Router, server: SocketAddr) -> Route {
    SERVER.set(server.to_string());
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let running = runtime.block_on(async { Running::start(router(), Options::new()).unwrap() });
    Route { runtime, running }
}

impl Route {
    fn send(&self, numbers: impl IntoIterator<Item = i64>) {
        let batch: Batch = numbers.into_iter().map(|number| event! { host: "a", metric: number }).collect::<Vec<_>>().iter().collect();
        assert!(self.runtime.block_on(async {
            self.running.deliver(batch).await.unwrap();
            self.running.caught_up(PATIENCE).await
        }));
    }

    fn drain(&self, limit: Duration) -> Drained {
        self.runtime.block_on(self.running.drain(limit))
    }
}

fn numbers(recorder: &Recorder, events: usize) -> Vec<i64> {
    recorder.events(events).iter().map(|event| event.metric().as_f64().unwrap() as i64).collect()
}

/// Makes a server where another was.
fn serve_again(address: SocketAddr, recorder: Recorder) -> Served {
    serve_to(recorder, |options| options.listen = address.to_string())
}

/// A server that a test starts and stops, always at one address.
struct Riemann {
    address: SocketAddr,
    recorder: Recorder,
    served: Option<Served>,
}

impl Peer for Riemann {
    fn start(&mut self) {
        let again = || serve_again(self.address, self.recorder.clone());
        self.served.get_or_insert_with(again);
    }

    fn stop(&mut self) -> bool {
        if let Some(mut served) = self.served.take() {
            served.stop(Duration::ZERO);
        }
        true
    }

    fn slow(&mut self, slow: bool) -> bool {
        match slow {
            true => drop(self.recorder.gate.forget_permits(usize::MAX)),
            false => self.recorder.gate.add_permits(100_000),
        }
        true
    }

    fn refuse(&mut self, service: Option<&str>) -> bool {
        *self.recorder.refuses.lock().unwrap() = service.map(str::to_owned);
        true
    }

    fn arrived(&mut self) -> Vec<String> {
        self.recorder.events(0).iter().map(|event| event.service().unwrap().to_owned()).collect()
    }
}

router! {
    pub fn compliant;
    let server = server();
    pipeline "compliant" { forward(server, queue = 100, batch = 10) }
}

router! {
    pub fn compliant_and_waiting;
    let server = server();
    pipeline "compliant" { forward(server, queue = 100, batch = 10, overflow = Overflow::Block) }
}

#[test]
fn it_keeps_what_every_sink_promises() {
    for (router, overflow) in [(compliant as fn() -> Router, Overflow::DropOldest), (compliant_and_waiting, Overflow::Block)] {
        let address = nobody();
        SERVER.set(address.to_string());
        let mut riemann = Riemann { address, recorder: Recorder::closed(), served: None };
        riemann.slow(false);
        Compliance::new(router, overflow).check(&mut riemann);
    }
}

/// Returns an address at which nobody listens.
fn nobody() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

#[test]
fn events_arrive_in_order_and_a_drain_waits_for_their_acknowledgement() {
    let served = serve(|_| {});
    let route = start(usual, served.address);
    (0..100).for_each(|block| route.send(block * 50..(block + 1) * 50));
    assert!(route.drain(PATIENCE).is_complete());
    assert_eq!(numbers(&served.recorder, 5_000), (0..5_000).collect::<Vec<_>>());
    let messages = served.server.as_ref().unwrap().meter().read().messages;
    assert!(messages < 5_000, "several go in one message: {messages}");
}

#[test]
fn what_waits_for_a_server_that_is_down_arrives_when_it_is_up() {
    let address = nobody();
    let route = start(usual, address);
    route.send(0..100);
    let left = route.drain(Duration::from_secs(1));
    assert_eq!(left.sinks, [format!("100 events for {address}")]);
    assert_eq!(left.to_string(), format!("left behind: 100 events for {address}"));
    let address = nobody();
    let route = start(usual, address);
    route.send(0..100);
    let served = serve_again(address, Recorder::new());
    assert_eq!(numbers(&served.recorder, 100), (0..100).collect::<Vec<_>>());
    assert!(route.drain(PATIENCE).is_complete());
}

#[test]
fn a_server_that_is_restarted_misses_nothing() {
    let recorder = Recorder::new();
    let mut served = serve_to(recorder.clone(), |_| {});
    let address = served.address;
    let route = start(usual, address);
    for round in 0..3 {
        route.send(round * 100..round * 100 + 50);
        served.stop(Duration::ZERO);
        drop(served);
        route.send(round * 100 + 50..(round + 1) * 100);
        served = serve_again(address, recorder.clone());
    }
    assert!(route.drain(PATIENCE).is_complete());
    let mut arrived = numbers(&recorder, 300);
    arrived.sort_unstable();
    arrived.dedup();
    assert_eq!(arrived, (0..300).collect::<Vec<_>>(), "each at least once");
}

#[test]
fn what_was_not_acknowledged_is_sent_again() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let route = start(usual, address);
    route.send(0..10);
    // It takes the message, and goes without a word.
    let (mut stream, _) = listener.accept().unwrap();
    assert!(stream.read(&mut [0; 1_000]).unwrap() > 4);
    drop((stream, listener));
    let served = serve_again(address, Recorder::new());
    assert_eq!(numbers(&served.recorder, 10), (0..10).collect::<Vec<_>>());
    assert!(route.drain(PATIENCE).is_complete());
}

#[test]
fn a_full_queue_drops_the_oldest_or_the_newest_and_holds_up_nobody() {
    let rows: [(fn() -> Router, Vec<i64>); 2] = [(small, (90..100).collect()), (newest, (0..10).collect())];
    for (router, kept) in rows {
        let address = nobody();
        let route = start(router, address);
        route.send(0..100);
        let served = serve_again(address, Recorder::new());
        assert!(route.drain(PATIENCE).is_complete());
        let arrived = numbers(&served.recorder, 10);
        // What was taken out to be sent, whenever that was, is there besides.
        assert!(arrived.is_sorted() && arrived.len() <= 20, "{arrived:?}");
        let end = if kept[0] == 0 { arrived.starts_with(&kept) } else { arrived.ends_with(&kept) };
        assert!(end, "{arrived:?}");
    }
}

#[test]
fn a_pipeline_that_may_wait_does_so_for_a_slow_server_and_not_for_one_that_is_away() {
    let recorder = Recorder::closed();
    let served = serve_to(recorder.clone(), |_| {});
    let route = start(blocking, served.address);
    let running = route.running.clone();
    let events: Vec<_> = (0..100).map(|number| event! { metric: number }).collect();
    let sent = route.runtime.spawn(async move {
        running.deliver(events.iter().collect()).await.unwrap();
        running.caught_up(PATIENCE).await
    });
    until("a message was sent", || served.server.as_ref().unwrap().meter().read().messages == 1);
    assert!(!route.runtime.block_on(route.running.caught_up(Duration::from_millis(50))), "it waits");
    recorder.gate.add_permits(1_000);
    assert!(route.runtime.block_on(sent).unwrap());
    assert!(route.drain(PATIENCE).is_complete());
    assert_eq!(numbers(&recorder, 100), (0..100).collect::<Vec<_>>());

    let begun = Instant::now();
    start(blocking, nobody()).send(0..1_000);
    assert!(begun.elapsed() < PATIENCE, "nothing waits for a server that is away");
}

#[test]
fn what_is_refused_again_and_again_is_a_dead_letter() {
    let served = serve_to(Recorder::refusing("not here"), |_| {});
    let route = start(usual, served.address);
    route.send(0..10);
    assert!(route.drain(PATIENCE).is_complete(), "what is refused is not left");
    // Together three times, then each alone; the first event may have gone alone from the start.
    assert!([3 + 10, 3 + 3 + 9].contains(&served.server.as_ref().unwrap().meter().read().refused));
    let letters = route.running.sinks().dead_letters();
    let metric = |number: i64| format!(r#"{{"host":"a","metric":{number}}}"#);
    assert_eq!(letters.iter().map(|letter| letter.content.clone()).collect::<Vec<_>>(), (0..10).map(metric).collect::<Vec<_>>());
    assert_eq!((&*letters[9].sink, &*letters[9].reason), (&*format!("forward {}", served.address), "it refuses: not here"));
}

#[test]
fn a_server_that_speaks_something_else_is_no_server() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let route = start(usual, listener.local_addr().unwrap());
    route.send(0..10);
    for _ in 0..2 {
        let (mut stream, _) = listener.accept().unwrap();
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").unwrap();
        let _ = stream.read(&mut [0; 1_000]);
    }
    assert_eq!(route.drain(Duration::ZERO).sinks.len(), 1);
}

#[test]
fn copies_and_restarts_share_one_queue_and_windows_are_their_events() {
    let served = serve(|_| {});
    let route = start(several, served.address);
    (0..6).for_each(|number| route.send([number]));
    assert!(route.drain(PATIENCE).is_complete());
    // Once by itself, once in a window and once from it.
    let mut arrived = numbers(&served.recorder, 18);
    arrived.sort_unstable();
    assert_eq!(arrived, (0..6).flat_map(|number| [number; 3]).collect::<Vec<_>>());
    assert_eq!(served.server.as_ref().unwrap().meter().read().connections, 1);
}

#[test]
fn a_test_sends_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap();
    SERVER.set(address.to_string());
    let mut driver = Driver::new(small());
    driver.inject_all((0..20).map(|number| event! { time: 0, metric: number }));
    driver.finish();
    let lines = driver.lines(&format!("forward {address}"));
    assert_eq!((lines.len(), &lines[0][..]), (20, r#"{"time":"1970-01-01T00:00:00Z","metric":0}"#));
    assert_eq!(listener.accept().unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
}

#[test]
#[should_panic(expected = "forward wants an address with a port, such as \"riemann2:5555\", not \"riemann2\"")]
fn an_address_needs_a_port() {
    SERVER.set("riemann2".to_owned());
    Driver::new(usual());
}
