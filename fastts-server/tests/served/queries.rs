//! Queries over TCP, answered from the index of a router.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;

use crate::common::{Wire, frame, serve, until};
use fastts_core::runtime::{Options, Running};
use fastts_server::prelude::*;
use fastts_server::sources::tcp::{Tcp, TcpOptions};
use fastts_server::telemetry::Meter;
use fastts_testkit::proto::{Attribute, Event, Msg, Query};
use prost::Message;
use tokio::runtime::Runtime;

router! { pipeline "everything" { index } }

struct Served {
    _runtime: Runtime,
    meter: Arc<Meter>,
    address: SocketAddr,
}

fn start(set: impl FnOnce(&mut TcpOptions)) -> Served {
    let mut options = TcpOptions::default();
    options.listen = "127.0.0.1:0".to_owned();
    set(&mut options);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let server = runtime.block_on(async {
        let running = Running::start(router(), Options::new()).unwrap();
        let server = Tcp::bind(options).await.unwrap();
        let source = server.clone();
        running.add_source("tcp", move || source.clone()).unwrap();
        server
    });
    Served { address: server.address(), meter: Arc::clone(server.meter()), _runtime: runtime }
}

fn asking(query: &str) -> Msg {
    Msg { query: Some(Query { string: Some(query.to_owned()) }), ..Msg::default() }
}

fn of(service: &str) -> Event {
    Event { service: Some(service.to_owned()), host: Some("web1".to_owned()), ..Event::default() }
}

fn telling(events: impl IntoIterator<Item = Event>) -> Msg {
    Msg { events: events.into_iter().collect(), ..Msg::default() }
}

fn answer(wire: &mut Wire) -> Msg {
    Msg::decode(&wire.read_frame().expect("the connection goes on")[..]).unwrap()
}

/// Sends messages at once and returns the answers.
fn ask_all(wire: &mut Wire, messages: &[Msg]) -> Vec<Msg> {
    wire.send(&messages.iter().flat_map(frame).collect::<Vec<u8>>());
    messages.iter().map(|_| answer(wire)).collect()
}

fn services(answer: &Msg) -> BTreeSet<&str> {
    assert_eq!(answer.ok, Some(true), "{answer:?}");
    answer.events.iter().map(|event| event.service.as_deref().unwrap()).collect()
}

#[test]
fn what_was_sent_is_found_as_it_was_sent() {
    let served = start(|_| {});
    let mut wire = Wire::connect(served.address);
    let sent = Event {
        time: Some(1_700_000_000),
        time_micros: Some(1_700_000_000_250_000),
        state: Some("ok".to_owned()),
        description: Some("in words".to_owned()),
        tags: vec!["one".to_owned(), "two".to_owned()],
        attributes: vec![Attribute { key: "region".to_owned(), value: Some("eu".to_owned()) }],
        metric_sint64: Some(-3),
        metric_f: Some(-3.0),
        ..of("whole")
    };
    let float = Event { metric_d: Some(0.1), metric_f: Some(0.1), ..of("float") };
    let answers = ask_all(&mut wire, &[telling([sent.clone(), float]), asking(r#"service = "whole""#), asking("metric = 0.1")]);
    assert_eq!(answers[0].ok, Some(true));
    assert_eq!((answers[1].ok, &answers[1].error, &answers[1].events), (Some(true), &None, &vec![sent]));
    let float = &answers[2].events[0];
    assert_eq!((float.metric_d, float.metric_f, float.metric_sint64), (Some(0.1), Some(0.1), None));
    assert!(float.time.is_some() && float.time_micros.is_some(), "what had no time was stamped");
}

#[test]
fn a_query_sees_what_came_before_it_and_nothing_that_came_later() {
    let served = start(|_| {});
    let mut wire = Wire::connect(served.address);
    let beside = Msg { events: vec![of("b")], ..asking("true") };
    let messages = [telling([of("a")]), asking("true"), beside, asking("true"), telling([of("c")]), asking("not"), asking("true")];
    let answers = ask_all(&mut wire, &messages);
    let seen: Vec<usize> = [1, 2, 3, 6].iter().map(|&at| services(&answers[at]).len()).collect();
    assert_eq!(seen, [1, 2, 2, 3]);
    assert_eq!((answers[0].ok, answers[4].ok, answers[5].ok), (Some(true), Some(true), Some(false)));
}

#[test]
fn a_query_that_cannot_be_understood_is_refused_with_the_column() {
    let served = start(|_| {});
    let mut wire = Wire::connect(served.address);
    let answers = ask_all(&mut wire, &[asking("state == \"ok\""), Msg { events: vec![of("a")], ..asking("(") }, asking("true")]);
    assert_eq!(answers[0].ok, Some(false));
    let error = answers[0].error.as_deref().unwrap();
    assert!(error.contains("unexpected `==` at column 7") && !error.contains('\n'), "{error}");
    assert_eq!((answers[1].ok, services(&answers[2]).len()), (Some(false), 1), "the events beside it are taken");
    assert_eq!(served.meter.read().refused, 2);
}

#[test]
fn answers_have_limits_that_are_told() {
    let served = start(|options| (options.max_results, options.max_frame) = (10, 2_000));
    let mut wire = Wire::connect(served.address);
    let many = telling((0..11).map(|number| of(&format!("small {number}"))));
    let large = telling((0..3).map(|number| Event { description: Some("x".repeat(900)), ..of(&format!("l{number}")) }).take(2));
    let third = telling([Event { description: Some("x".repeat(900)), ..of("l3") }]);
    let queries = [asking("service =~ \"small%\""), asking("service =~ \"l%\""), asking("service = \"l1\"")];
    let answers = ask_all(&mut wire, &[&[many, large, third][..], &queries].concat());
    assert_eq!(answers[3].error.as_deref(), Some("more than 10 events match: ask for fewer, or raise --max-results"));
    assert_eq!(answers[4].error.as_deref(), Some("the events that match take more than 2000 bytes: ask for fewer, or raise --max-frame"));
    assert_eq!(services(&answers[5]), ["l1"].into());
    assert_eq!(served.meter.read().refused, 2);
}

#[test]
fn a_large_answer_that_is_not_read_counts_as_what_is_held() {
    use std::io::Read;
    const SIZE: usize = 12 << 20;
    let served = start(|options| options.max_unfinished = 1 << 20);
    let mut wire = Wire::connect(served.address);
    let large = |number| Event { description: Some("x".repeat(SIZE / 24)), ..of(&format!("{number}")) };
    for number in 0..24 {
        assert_eq!(ask_all(&mut wire, &[telling([large(number)])])[0].ok, Some(true));
    }
    wire.send(&frame(&asking("true")));
    until("the connection has ended", || served.meter.read().open == 0);
    let mut rest = Vec::new();
    let _ = wire.0.read_to_end(&mut rest);
    assert!(rest.len() < SIZE, "what the system had taken, and no more: {}", rest.len());
}

#[test]
fn many_large_answers_come_to_a_slow_reader_in_order() {
    const QUERIES: usize = 200;
    let served = start(|_| {});
    let mut wire = Wire::connect(served.address);
    let large = (0..100).map(|number| Event { description: Some("x".repeat(3_000)), ..of(&format!("{number}")) });
    assert_eq!(ask_all(&mut wire, &[telling(large)])[0].ok, Some(true));
    let messages: Vec<Msg> =
        (0..QUERIES).map(|at| if at % 2 == 0 { asking("true") } else { asking(&format!("service = \"{}\"", at % 100)) }).collect();
    wire.send(&messages.iter().flat_map(frame).collect::<Vec<u8>>());
    for at in 0..QUERIES {
        let found = answer(&mut wire).events.len();
        assert_eq!(found, if at % 2 == 0 { 100 } else { 1 }, "{at}");
    }
}

#[test]
fn where_there_is_no_index_a_query_is_refused() {
    let served = serve(|_| {});
    let mut wire = served.connect();
    wire.send(&frame(&asking("true")));
    assert_eq!(wire.answer().unwrap(), "no index");
}
