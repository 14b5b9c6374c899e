//! What clients can make a server hold: a server, a second process that is hostile to it, and the resident size of the server.

#![allow(clippy::unwrap_used, reason = "clippy does not see that the helpers are tests too")]

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::ExitCode;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use fastts_server::prelude::*;
use fastts_testkit::program::{Program, Served, most_resident};
use fastts_testkit::proto::{self, Msg};
use libtest_mimic::{Arguments, Trial};
use prost::Message;

/// How many clients there are; all of them do the same.
const CLIENTS: usize = 50;

/// How many empty events a message has that takes 64 bytes of memory for each of two that are sent.
const EVENTS: usize = 120_000;

/// How many bytes wait for the pipeline that indexes.
const MAILBOX: u64 = 8 << 20;

/// How long a server may take nothing before a client believes that it will not.
const QUIET: Duration = Duration::from_millis(500);

router! {
    #[mailbox(1)]
    #[run(task)]
    pipeline "stuck until the end of stdin" { inspect(|_| { let _ = std::io::stdin().read(&mut [0]); }) }
}

router! {
    fn indexing;
    // Where a busy machine has it run behind, what waits is counted as well.
    #[mailbox(1_000, bytes = 8_388_608)]
    pipeline "everything" { index }
}

fn main() -> ExitCode {
    match std::env::var("FASTTS_TEST_ROUTER").as_deref() {
        Ok("server") => fastts_server::run(router()),
        Ok("index") => fastts_server::run(indexing()),
        Ok("never reads") => everyone(never_reads),
        Ok("sends many") => everyone(sends_many),
        Ok(other) => panic!("there is no {other}"),
        Err(_) => {
            let trial = |name: &str, test: fn()| {
                Trial::test(name, move || {
                    test();
                    Ok(())
                })
            };
            let trials = vec![
                trial("answers_that_nobody_reads_take_little_memory", unread_answers),
                trial("a_query_that_takes_long_is_logged_and_counted_and_loses_nothing", slow_query),
                trial("an_index_of_long_events_takes_no_more_bytes_than_it_may", long_events),
                trial("answers_from_the_index_that_nobody_reads_take_little_memory", unread_index),
                trial("subscribers_that_never_read_take_bounded_memory_and_cost_no_events", unread_subscriptions),
                trial("batches_that_wait_for_a_pipeline_take_bounded_memory", waiting_batches),
            ];
            libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
        }
    }
}

/// Lets all clients send what they can and says so; then they do the rest, and that is said as well.
fn everyone(client: fn(TcpStream) -> Box<dyn FnOnce() + Send>) -> ExitCode {
    let clients: Vec<JoinHandle<_>> = (0..CLIENTS).map(|_| thread::spawn(move || client(connect()))).collect();
    let rest: Vec<_> = clients.into_iter().map(|client| client.join().unwrap()).collect();
    println!("sent");
    let rest: Vec<JoinHandle<()>> = rest.into_iter().map(thread::spawn).collect();
    rest.into_iter().for_each(|rest| rest.join().unwrap());
    println!("done");
    ExitCode::SUCCESS
}

/// Connects to the server that the environment names, with little room for answers.
fn connect() -> TcpStream {
    let address: std::net::SocketAddr = std::env::var("FASTTS_TEST_ADDRESS").unwrap().parse().unwrap();
    let socket = socket2::Socket::new(socket2::Domain::for_address(address), socket2::Type::STREAM, None).unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    socket.connect(&address.into()).unwrap();
    socket.into()
}

/// Sends nothing but frames that cannot be decoded, until the server takes no more.
fn never_reads(mut stream: TcpStream) -> Box<dyn FnOnce() + Send> {
    stream.set_write_timeout(Some(QUIET)).unwrap();
    // Long ones first: the system then lets the server read much at once.
    let long = [&(100_u32 << 10).to_be_bytes()[..], &[0xff; 100 << 10]].concat().repeat(40);
    let frames = [0, 0, 0, 1, 0xff].repeat(200_000);
    let _ = stream.write_all(&long);
    while stream.write_all(&frames).is_ok() {}
    Box::new(move || drop(stream))
}

/// Sends one message of very many events, and waits for its answer.
fn sends_many(mut stream: TcpStream) -> Box<dyn FnOnce() + Send> {
    let length = u32::try_from(2 * EVENTS).unwrap();
    let frame = [&length.to_be_bytes()[..], &[0x32, 0].repeat(EVENTS)].concat();
    stream.write_all(&frame).unwrap();
    // What was taken by the system is not yet read by the server, and nothing tells when it is. The first message is accepted.
    stream.set_read_timeout(Some(QUIET)).unwrap();
    let mut answer = [0; 6];
    let answered = stream.read(&mut answer[..1]).is_ok();
    Box::new(move || {
        stream.set_read_timeout(None).unwrap();
        stream.read_exact(&mut answer[usize::from(answered)..]).unwrap();
        assert_eq!(answer, [0, 0, 0, 2, 0x10, 1]);
    })
}

/// Starts a server, whose stdin is open, and lets it warm up.
fn start(arguments: &[&str]) -> Served {
    Served::of(Program::new("server", &["--listen", "127.0.0.1:0", "--workers", "2"]).args(arguments).open_stdin())
}

fn clients(kind: &str, server: &Served) -> Served {
    let clients = Program::new(kind, &[]).env("FASTTS_TEST_ADDRESS", &server.address).spawn();
    assert_eq!(clients.line(), "sent");
    clients
}

#[track_caller]
fn assert_held(server: &Served, before: u64, allowed: u64) {
    let more = most_resident(server.id()).saturating_sub(before);
    eprintln!("{} KiB before, {} KiB more for {CLIENTS} clients", before >> 10, more >> 10);
    assert!(more <= allowed, "{more} bytes more for {CLIENTS} clients");
}

fn unread_answers() {
    let server = start(&[]);
    let before = most_resident(server.id());
    let mut clients = clients("never reads", &server);
    assert_held(&server, before, 64 << 20);
    assert_eq!(clients.end().status, 0);
}

/// Runs a command of the server, such as `query`, against one that runs.
fn ask(server: &Served, arguments: &[&str]) -> fastts_testkit::program::Ended {
    Program::new("index", &["--listen", &server.address]).args(arguments).run()
}

fn slow_query() {
    let mut server =
        Served::start("index", &["--listen", "127.0.0.1:0", "--http", "127.0.0.1:0", "--query-timeout", "300ms", "--workers", "2"]);
    let text = "abcdefghij".repeat(6_000);
    let events: String = (0..20).map(|number| format!("{{\"service\":\"text {number}\",\"description\":\"{text}\"}}\n")).collect();
    let sent = Program::new("index", &["--listen", &server.address, "send", "--file", "-"]).stdin(&events).run();
    assert_eq!(sent.status, 0, "{}", sent.stderr);
    let refused = ask(&server, &["query", "description ~= \"(([a-z]{1,40}){1,40})1\""]);
    assert_ne!(refused.status, 0);
    assert!(refused.stderr.contains("the query took longer than 300ms"), "{}", refused.stderr);
    let said = server.stderr_line("a slow query was given up");
    assert!(said.contains(r#""description ~= \"(([a-z]{1,40}){1,40})1\"""#), "{said}");
    let metrics = get(&server.listens_on("http"), "/metrics");
    assert!(metrics.contains("fastts_queries_timed_out_total 1\n"), "{metrics}");
    let ended = server.signal("TERM").end();
    assert_eq!(ended.status, 0, "{}", ended.stderr);
}

/// Sends so many events of about a megabyte, and returns how many the server has refused.
fn send_long(server: &Served, numbers: std::ops::Range<usize>) -> usize {
    let mut stream = TcpStream::connect(&server.address).unwrap();
    let mut refused = 0;
    for number in numbers {
        let event = proto::Event {
            service: Some(format!("long {number}")),
            description: Some(format!("{number} ").repeat(1_000_000 / (number.to_string().len() + 1))),
            ..proto::Event::default()
        };
        let message = Msg { events: vec![event], ..Msg::default() }.encode_to_vec();
        stream.write_all(&u32::try_from(message.len()).unwrap().to_be_bytes()).unwrap();
        stream.write_all(&message).unwrap();
        let mut length = [0; 4];
        stream.read_exact(&mut length).unwrap();
        let mut answer = vec![0; u32::from_be_bytes(length) as usize];
        stream.read_exact(&mut answer).unwrap();
        refused += usize::from(Msg::decode(&answer[..]).unwrap().ok != Some(true));
    }
    refused
}

/// Starts a server whose index may take 32 MiB, and sends it more.
fn start_indexing(arguments: &[&str]) -> (Served, u64) {
    let flags = ["--listen", "127.0.0.1:0", "--http", "127.0.0.1:0", "--workers", "2", "--index-bytes", "32MiB"];
    let server = Served::start("index", &[&flags, arguments].concat());
    send_long(&server, 0..5);
    let before = most_resident(server.id());
    (server, before)
}

fn long_events() {
    let (mut server, before) = start_indexing(&["--max-event", "1001KB"]);
    assert_eq!(send_long(&server, 0..100), 0, "what finds no room in the index is accepted");
    assert_held(&server, before, MAILBOX + (64 << 20));
    server.stderr_line("the index is full");
    let metrics = get(&server.listens_on("http"), "/metrics");
    assert!(!metrics.contains("fastts_index_left_out_total 0\n"), "{metrics}");
    let (mut server, _) = start_indexing(&["--max-event", "900KB"]);
    assert_eq!(send_long(&server, 0..10), 10);
    server.stderr_line("events of more than 900000 bytes were dropped");
    assert!(get(&server.listens_on("http"), "/metrics").contains("fastts_listener_events_too_long_total{listener=\"tcp\"} 15\n"));
}

/// Opens connections that ask for something and never read the answer.
fn ask_and_never_read(server: &Served, count: usize, request: &str) -> Vec<TcpStream> {
    let address: std::net::SocketAddr = server.listens_on("http").parse().unwrap();
    let open = |_| {
        let socket = socket2::Socket::new(socket2::Domain::for_address(address), socket2::Type::STREAM, None).unwrap();
        socket.set_recv_buffer_size(4096).unwrap();
        socket.connect(&address.into()).unwrap();
        let mut stream: TcpStream = socket.into();
        stream.write_all(request.as_bytes()).unwrap();
        stream
    };
    (0..count).map(open).collect()
}

fn unread_index() {
    let (server, before) = start_indexing(&[]);
    send_long(&server, 0..40);
    let clients = ask_and_never_read(&server, 20, "GET /index HTTP/1.1\r\nhost: localhost\r\n\r\n");
    // Each has its first bytes: the server has begun to answer.
    clients.iter().for_each(|client| assert!(client.peek(&mut [0]).unwrap() > 0));
    send_long(&server, 0..5);
    assert_held(&server, before, MAILBOX + (32 << 20) + 20 * (4 << 20));
}

fn unread_subscriptions() {
    let (server, before) = start_indexing(&["--http-backlog-bytes", "2MiB"]);
    let request = "GET /index?subscribe=true HTTP/1.1\r\nhost: localhost\r\nupgrade: websocket\r\nconnection: upgrade\r\n\
                   sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    let clients = ask_and_never_read(&server, 10, request);
    clients.iter().for_each(|client| assert!(client.peek(&mut [0]).unwrap() > 0));
    assert_eq!(send_long(&server, 0..300), 0);
    assert_held(&server, before, MAILBOX + (32 << 20) + 10 * (8 << 20));
    let metrics = get(&server.listens_on("http"), "/metrics");
    assert!(metrics.contains("fastts_subscriptions 10"), "{metrics}");
}

/// Returns what an HTTP server answers.
fn get(address: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

fn waiting_batches() {
    let mut server = start(&["--max-unfinished", "32MiB"]);
    let before = most_resident(server.id());
    let mut clients = clients("sends many", &server);
    server.close_stdin();
    let ended = clients.end();
    assert_eq!((ended.status, &ended.stdout[..]), (0, "done\n"), "everyone gets an answer in the end: {}", ended.stderr);
    assert_held(&server, before, 128 << 20);
}
