//! The Riemann protocol over UDP, over real sockets.

use std::net::UdpSocket;
use std::time::{Duration, Instant};

use crate::common::{NOW, PATIENCE, Recorder, events, until};
use fastts_core::testing::{SourceRun, comply};
use fastts_server::sources::udp::{Udp, UdpOptions};
use fastts_testkit::proto::{Event, Msg, Query};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use prost::Message;
use tokio::runtime::Runtime;

/// A running server, and a client that may also hear from it.
struct Served {
    runtime: Runtime,
    server: Udp,
    run: SourceRun,
    recorder: Recorder,
    client: UdpSocket,
}

fn serve(set: impl FnOnce(&mut UdpOptions)) -> Served {
    serve_to(Recorder::new(), set)
}

fn serve_to(recorder: Recorder, set: impl FnOnce(&mut UdpOptions)) -> Served {
    let mut options = UdpOptions::default();
    options.listen = "127.0.0.1:0".to_owned();
    set(&mut options);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let (server, run) = runtime.block_on(async {
        let server = Udp::bind(options).await.unwrap();
        (server.clone(), SourceRun::start(server, recorder.intake()))
    });
    let client = UdpSocket::bind("127.0.0.1:0").unwrap();
    client.connect(server.address()).unwrap();
    Served { runtime, server, run, recorder, client }
}

impl Served {
    fn send(&self, message: &Msg) {
        self.client.send(&message.encode_to_vec()).unwrap();
    }

    fn stop(&mut self, limit: Duration) -> bool {
        self.runtime.block_on(self.run.stop(limit));
        self.server.is_done()
    }
}

/// Makes a message of exactly so many bytes.
fn of_size(bytes: usize) -> Msg {
    // A length over a power of 128 takes a byte more itself, so that some sizes need a second text.
    let message = |host: usize, text: usize| {
        let event = Event { host: Some("x".repeat(host)), service: Some("x".repeat(text)), ..Event::default() };
        Msg { events: vec![event], ..Msg::default() }
    };
    let mut candidates = (0..4).flat_map(|host| (bytes - 30..bytes).map(move |text| message(host, text)));
    candidates.find(|message| message.encoded_len() == bytes).unwrap()
}

#[test]
fn a_datagram_is_a_message() {
    let served = serve(|_| {});
    served.send(&events(["a", "b"]));
    served.send(&Msg { events: vec![Event { time: Some(7), ..Event::default() }], ..Msg::default() });
    let arrived = served.recorder.events(3);
    assert_eq!([arrived[0].service(), arrived[1].service()], [Some("a"), Some("b")]);
    assert_eq!([arrived[0].time(), arrived[2].time()], [Some(NOW), Some(fastts_core::Time::from_secs(7))]);
    until("both were counted", || served.server.meter().read().latency.count() == 2);
    let counts = served.server.counts();
    assert_eq!((counts.datagrams, counts.events), (2, 3));
    assert_eq!((counts.too_long, counts.malformed, counts.not_accepted, counts.overflown), (0, 0, 0, 0));
}

#[test]
fn an_event_that_is_too_long_is_dropped_and_the_others_are_taken() {
    let served = serve(|options| options.max_event = 1_000);
    served.send(&events(["a", &"x".repeat(1_000), "b"]));
    let services: Vec<_> = served.recorder.events(2).iter().map(|event| event.service().unwrap().to_owned()).collect();
    assert_eq!((services, served.server.meter().read().too_long), (vec!["a".to_owned(), "b".to_owned()], 1));
}

#[test]
fn text_that_is_not_utf_8_costs_no_event() {
    let served = serve(|_| {});
    served.client.send(b"\x32\x03\x1a\x01a\x32\x05\x1a\x03b\xe9c\x32\x03\x1a\x01d").unwrap();
    let services: Vec<_> = served.recorder.events(3).iter().map(|event| event.service().unwrap().to_owned()).collect();
    assert_eq!(services, ["a", "b\u{fffd}c", "d"]);
    assert_eq!((served.server.meter().read().mended, served.server.counts().malformed), (1, 0));
}

#[test]
fn datagrams_that_have_come_by_then_are_one_batch() {
    let served = serve_to(Recorder::closed(), |_| {});
    served.send(&events(["first"]));
    until("the first was read", || served.server.counts().datagrams == 1);
    (0..50).for_each(|_| served.send(&events(["more"])));
    served.recorder.gate.add_permits(10);
    let batches = served.recorder.batches(51);
    assert_eq!(batches.iter().map(Vec::len).collect::<Vec<_>>(), [1, 50]);
}

#[test]
fn nothing_is_answered_and_events_beside_a_query_are_taken() {
    let served = serve(|_| {});
    served.send(&Msg { query: Some(Query { string: Some("true".to_owned()) }), ..events(["a"]) });
    served.client.send(b"\xff").unwrap();
    served.send(&Msg::default());
    served.client.send(&[]).unwrap();
    served.send(&events(["b"]));
    assert_eq!(served.recorder.events(2).len(), 2);
    served.client.set_nonblocking(true).unwrap();
    assert_eq!(served.client.recv(&mut [0; 100]).unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
    assert_eq!(served.server.counts().malformed, 1);
}

#[test]
fn a_datagram_over_the_limit_is_dropped_and_counted() {
    let served = serve(|_| {});
    for size in [(16 << 10) + 1, 16 << 10, 65_000] {
        served.send(&of_size(size));
    }
    assert_eq!(served.recorder.events(1).len(), 1);
    until("all were read", || served.server.counts().datagrams == 3);
    assert_eq!((served.server.counts().too_long, served.server.meter().read().dropped), (2, 2));
    let served = serve(|options| options.max_datagram = 65_507);
    served.send(&of_size(65_507));
    assert_eq!(served.recorder.events(1).len(), 1, "the longest that there can be");
}

#[test]
fn no_datagram_ends_the_listener() {
    let served = serve(|_| {});
    let bytes = prop::collection::vec(any::<u8>(), 0..300);
    let like_a_message = prop::collection::vec(any::<u8>(), 0..100).prop_map(|body| {
        let length = u8::try_from(body.len()).unwrap();
        [&[0x32, length][..], &body].concat()
    });
    let mut runner = TestRunner::new(Config { cases: 500, failure_persistence: None, ..Config::default() });
    let send = |bytes: Vec<u8>| served.client.send(&bytes).map(|_| ()).map_err(|error| TestCaseError::fail(error.to_string()));
    runner.run(&prop_oneof![bytes, like_a_message], send).unwrap();
    until("all was read", || served.server.counts().datagrams + served.server.counts().overflown == 500);
    served.send(&events(["and on"]));
    until("it goes on", || served.recorder.events(0).iter().any(|event| event.service() == Some("and on")));
}

#[test]
fn what_does_not_fit_while_the_pipelines_are_full_is_dropped_by_the_system_and_counted() {
    const FLOOD: u64 = 20_000;
    let served = serve_to(Recorder::closed(), |options| options.receive_buffer = Some(64 << 10));
    let message = events(["flood"]).encode_to_vec();
    (0..FLOOD).for_each(|_| _ = served.client.send(&message).unwrap());
    // Nobody asks but the listener itself, whose datagrams wait.
    until("metrics tell of it", || served.server.meter().read().dropped > FLOOD / 2);
    let held = served.server.counts();
    assert!(held.overflown > FLOOD / 2, "{held:?}");
    assert!(held.datagrams <= 2048, "no more is read than one batch: {held:?}");
    served.recorder.gate.add_permits(1_000);
    until("all that was held has come", || served.server.counts().datagrams + held.overflown == FLOOD);
    let counts = served.server.counts();
    assert_eq!(counts.overflown, held.overflown);
    assert_eq!(served.recorder.events(counts.datagrams as usize).len() as u64 + counts.overflown, FLOOD, "each is here or counted");
    assert_eq!(served.server.meter().read().dropped, counts.overflown);
}

#[test]
fn a_larger_receive_buffer_holds_more() {
    let overflown = |bytes: usize| {
        let served = serve_to(Recorder::closed(), |options| options.receive_buffer = Some(bytes));
        (0..1_000).for_each(|_| served.send(&events(["flood"])));
        served.server.counts().overflown
    };
    let (small, large) = (overflown(8 << 10), overflown(200 << 10));
    assert!(small > large + 100, "{small} and {large}");
}

#[test]
fn what_is_not_accepted_is_counted() {
    let served = serve_to(Recorder::refusing("the router is shutting down"), |_| {});
    served.send(&events(["a"]));
    until("it was counted", || served.server.counts().not_accepted == 1);
}

#[test]
fn what_has_come_is_delivered_when_the_server_stops() {
    let mut served = serve(|_| {});
    (0..200).for_each(|_| served.send(&events(["last"])));
    assert!(served.stop(PATIENCE));
    // On a slow machine not all may have fitted into the buffer of the system.
    let came = 200 - served.server.counts().overflown as usize;
    assert!(came > 100);
    assert_eq!(served.recorder.events(came).len(), came);
}

#[test]
fn a_server_that_cannot_deliver_stops_in_time_and_says_so() {
    let mut served = serve_to(Recorder::closed(), |_| {});
    served.send(&events(["a"]));
    until("it was read", || served.server.counts().datagrams == 1);
    let begun = Instant::now();
    assert!(!served.stop(Duration::from_millis(10)));
    assert!(begun.elapsed() < PATIENCE);
}

#[test]
fn a_server_to_which_nothing_came_stops_at_once_and_says_nothing() {
    for limit in [0, 1, 10] {
        let mut served = serve(|_| {});
        served.stop(Duration::from_millis(limit));
        assert!(served.server.is_done(), "{limit} ms");
    }
}

#[test]
fn a_flood_does_not_keep_the_server_from_stopping() {
    let mut served = serve(|_| {});
    let (client, over) = (served.client.try_clone().unwrap(), std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false)));
    let stopped = std::sync::Arc::clone(&over);
    let flood = std::thread::spawn(move || {
        let message = events(["flood"]).encode_to_vec();
        while !stopped.load(std::sync::atomic::Ordering::Relaxed) {
            // The other side may have gone.
            let _ = client.send(&message);
        }
    });
    until("it came", || served.server.counts().datagrams > 100);
    assert!(served.stop(PATIENCE));
    over.store(true, std::sync::atomic::Ordering::Relaxed);
    flood.join().unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_keeps_the_promises_of_a_source() {
    let mut options = UdpOptions::default();
    options.listen = "127.0.0.1:0".to_owned();
    let udp = Udp::bind(options).await.unwrap();
    let client = tokio::net::UdpSocket::bind("127.0.0.1:0").await.unwrap();
    client.connect(udp.address()).await.unwrap();
    let message = events(["one"]).encode_to_vec();
    comply(|| udp.clone(), async || _ = client.send(&message).await.unwrap()).await;
}
