//! Queries that would take minutes: they stop nobody, and are given up.

use std::net::SocketAddr;
use std::time::Duration;

use fastts_core::index::QueryOptions;
use fastts_core::runtime::{Options, Running};
use fastts_server::prelude::*;
use fastts_server::sources::tcp::{Tcp, TcpOptions};
use fastts_testkit::proto::{Event, Msg, Query};
use prost::Message;
use tokio::runtime::Runtime;

use crate::common::{Wire, frame, until};

router! { pipeline "everything" { index } }

/// Is in another state after each letter of a text of `a` and `b`.
const SLOW: &str = r#"description ~= "a[ab]{600}c""#;
/// The same, with what only the slowest way to search knows.
const SLOWER: &str = r#"description ~= "(\\b|a)[abé]{600}c""#;

struct Served {
    runtime: Option<Runtime>,
    running: Running,
    address: SocketAddr,
}

fn start(queries: QueryOptions) -> Served {
    let mut options = TcpOptions::default();
    options.listen = "127.0.0.1:0".to_owned();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let (running, server) = runtime.block_on(async {
        let running = Running::start(router(), Options::new().queries(queries)).unwrap();
        let server = Tcp::bind(options).await.unwrap();
        let source = server.clone();
        running.add_source("tcp", move || source.clone()).unwrap();
        (running, server)
    });
    Served { address: server.address(), running, runtime: Some(runtime) }
}

impl Served {
    /// Puts texts of 200 KB into the index.
    fn fill(&self, wire: &mut Wire) {
        assert_eq!(tell(wire, texts()).ok, Some(true));
        until("they are there", || self.running.index().len() == texts().len());
    }
}

fn texts() -> Vec<Event> {
    // As random as it has to be.
    let letters = (0..200_000_u32).map(|at| if at.wrapping_mul(2_654_435_761).count_ones() % 2 == 0 { 'a' } else { 'b' });
    let text: String = letters.chain(['é']).collect();
    (0..20).map(|number| Event { service: Some(format!("text {number}")), description: Some(text.clone()), ..Event::default() }).collect()
}

fn asking(query: &str) -> Msg {
    Msg { query: Some(Query { string: Some(query.to_owned()) }), ..Msg::default() }
}

fn tell(wire: &mut Wire, events: Vec<Event>) -> Msg {
    wire.send(&frame(&Msg { events, ..Msg::default() }));
    answer(wire)
}

fn answer(wire: &mut Wire) -> Msg {
    Msg::decode(&wire.read_frame().expect("the connection goes on")[..]).unwrap()
}

#[test]
fn a_slow_query_stops_no_events_and_is_given_up() {
    let served = start(QueryOptions::new().timeout(Duration::from_secs(2)).running(2));
    let (mut asks, mut tells) = (Wire::connect(served.address), Wire::connect(served.address));
    served.fill(&mut tells);
    for slow in [SLOW, SLOWER] {
        asks.send(&frame(&asking(slow)));
        until("it runs", || served.running.queries().stats().running == 1);
        let begun = served.running.queries().stats();
        for _ in 0..3 {
            assert_eq!(tell(&mut tells, texts()).ok, Some(true));
        }
        let after = served.running.queries().stats();
        assert_eq!((after.running, after.timed_out), (1, begun.timed_out), "all of the texts were written again while it ran");
        let refused = answer(&mut asks);
        assert_eq!(refused.ok, Some(false));
        let error = refused.error.unwrap();
        assert!(error.starts_with("the query took longer than 2s: "), "{error}");
    }
    asks.send(&frame(&asking("service = \"text 7\" and host = nil")));
    assert_eq!(answer(&mut asks).events.len(), 1, "the connection goes on");
    assert_eq!(served.running.queries().stats().timed_out, 2);
}

#[test]
fn a_slow_query_for_one_entry_stops_no_events_either() {
    let served = start(QueryOptions::new().timeout(Duration::from_secs(2)).running(1));
    let mut wire = Wire::connect(served.address);
    served.fill(&mut wire);
    let one = format!("service = \"text 7\" and host = nil and ({})", [SLOW; 4].join(" or "));
    wire.send(&frame(&asking(&one)));
    until("it runs", || served.running.queries().stats().running == 1);
    assert_eq!(tell(&mut Wire::connect(served.address), texts()).ok, Some(true));
    assert_eq!(served.running.queries().stats().running, 1);
}

#[test]
fn a_query_stops_soon_after_its_client_has_gone() {
    let served = start(QueryOptions::new().timeout(Duration::from_secs(600)).running(1));
    let mut wire = Wire::connect(served.address);
    served.fill(&mut wire);
    wire.send(&frame(&asking(&[SLOW; 4].join(" or "))));
    until("it runs", || served.running.queries().stats().running == 1);
    drop(wire);
    until("nobody waits for it", || served.running.queries().stats().abandoned == 1);
    assert_eq!(served.running.queries().stats().running, 0);
}

#[test]
fn a_server_that_stops_waits_for_no_slow_query() {
    let mut served = start(QueryOptions::new().timeout(Duration::from_secs(600)).running(1));
    let mut wire = Wire::connect(served.address);
    served.fill(&mut wire);
    wire.send(&frame(&asking(&[SLOW; 4].join(" or "))));
    until("it runs", || served.running.queries().stats().running == 1);
    let drained = served.runtime.take().unwrap().block_on(served.running.drain(Duration::from_secs(30)));
    assert!(drained.is_complete(), "{drained}");
    assert_eq!(answer(&mut wire).error.as_deref(), Some("the server is shutting down"));
}
