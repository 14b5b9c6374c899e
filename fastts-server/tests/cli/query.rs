//! `query`.

use fastts_server::Event;
use fastts_server::event;

use crate::fake;
use fastts_testkit::program::{Program, Served, file};

/// The message that answers with two events.
fn two_events() -> Vec<u8> {
    let events = [event! { host: "web1", service: "api", metric: 3 }, event! { service: "db", state: "ok" }];
    let mut message = Vec::new();
    let ok = fastts_core::event::Envelope::ok();
    fastts_core::event::encode_message(ok, events.iter().map(Event::view), &mut message);
    message
}

pub(super) fn prints_what_is_answered() {
    let asked = |arguments: &[&str]| {
        let (address, server) = fake::riemann(vec![two_events()]);
        let ended = Program::new("plain", &[&["query", "service =~ \"%\"", "--server", &address], arguments].concat()).run();
        let mut wanted = vec![0x2a, 16, 10, 14];
        wanted.extend_from_slice(b"service =~ \"%\"");
        assert_eq!(server.join().unwrap(), [wanted]);
        assert_eq!(ended.status, 0, "{ended:?}");
        ended
    };
    let lines = "{\"host\":\"web1\",\"service\":\"api\",\"metric\":3}\n{\"service\":\"db\",\"state\":\"ok\"}\n";
    assert_eq!(asked(&[]).stdout, lines, "what is no terminal gets JSON");
    let table = asked(&["--format", "text"]).stdout;
    assert!(table.starts_with("HOST  SERVICE  STATE  METRIC  TIME"), "{table}");
    assert!(table.contains("\nweb1  api                  3\n") && table.ends_with("\n2 events\n"), "{table}");
    let limited = asked(&["--limit", "1"]);
    assert_eq!((limited.stdout.lines().count(), &limited.stderr[..]), (1, "warning: 1 of 2 events are shown, as --limit says\n"));
}

pub(super) fn a_query_that_is_wrong_is_told_before_anybody_is_asked() {
    for follow in [&[][..], &["--follow"]] {
        let ended = Program::new("plain", &[&["query", "state == \"ok\"", "--server", "127.0.0.1:1"], follow].concat()).run();
        assert_eq!((ended.status, &ended.stdout[..]), (2, ""));
        assert_eq!(ended.stderr, "error: unexpected `==` at column 7\n  state == \"ok\"\n        ^^\nwrite `=`\n");
    }
}

pub(super) fn a_refusal_is_told() {
    let (address, _server) = fake::riemann(vec![vec![0x10, 0, 0x1a, 8, b'n', b'o', b' ', b'i', b'n', b'd', b'e', b'x']]);
    let ended = Program::new("plain", &["query", "true", "--server", &address]).run();
    assert_eq!((ended.status, &ended.stderr[..]), (1, &format!("error: {address} does not answer that: no index\n")[..]));
}

pub(super) fn follows_what_comes_until_it_ends() {
    let stream = "HTTP/1.0 200 OK\r\n\r\ndata: {\"service\":\"a\"}\n\n: ping\n\ndata: nonsense\n\nevent: missed\ndata: 7\n\ndata: {\"service\":\"b\"}\n\n";
    let follow = |arguments: &[&str]| {
        let (address, server) = fake::http(stream.to_owned());
        let arguments = [&["query", "service = \"ä\"", "--follow", "--http", &address], arguments].concat();
        let ended = Program::new("plain", &arguments).run();
        let asked = server.join().unwrap();
        assert!(asked.starts_with("GET /index?query=service%20%3D%20%22%C3%A4%22&subscribe=true HTTP/1.1\r\n"), "{asked}");
        assert!(asked.contains("accept: text/event-stream\r\n"), "{asked}");
        (ended, address)
    };
    let (ended, address) = follow(&[]);
    assert_eq!((ended.status, &ended.stdout[..]), (1, "{\"service\":\"a\"}\n{\"service\":\"b\"}\n"));
    assert!(ended.stderr.contains("warning: this is no event: "), "{}", ended.stderr);
    assert!(ended.stderr.contains("warning: 7 events were missed"), "{}", ended.stderr);
    assert!(
        ended.stderr.ends_with(&format!("error: {address} has ended the subscription; it may have been stopped\n")),
        "{}",
        ended.stderr
    );
    let (one, _) = follow(&["--limit", "1", "--format", "text"]);
    assert_eq!((one.status, one.stdout.lines().count(), &one.stderr[..]), (0, 2, ""), "{one:?}");
}

pub(super) fn follows_the_index_of_a_server() {
    let mut served = Served::start("indexed", &["--listen", "127.0.0.1:0"]);
    let http = served.listens_on("http");
    let send = |service: &str| {
        let sent = Program::new("plain", &["send", "--service", service, "--metric", "3", "--server", &served.address]).run();
        assert_eq!(sent.status, 0, "{}", sent.stderr);
    };
    send("before");
    let mut follow = Program::new("plain", &["query", "service =~ \"%o%\"", "--follow", "--http", &http]).spawn();
    let line = follow.line();
    assert!(line.contains(r#""service":"before","metric":3"#), "{line}");
    send("api");
    send("other");
    let line = follow.line();
    assert!(line.contains(r#""service":"other""#), "{line}");
    served.signal("TERM").end();
    let ended = follow.end();
    assert!(ended.status == 1 && ended.stderr.contains("has ended the subscription"), "{ended:?}");
}

pub(super) fn asks_the_index_of_a_server() {
    let served = Served::start("indexed", &["--listen", "127.0.0.1:0"]);
    let path = file("query.jsonl", &[r#"{"host":"a","service":"api","metric":3}"#, r#"{"host":"b","service":"db","metric":4}"#]);
    let sent = Program::new("plain", &["send", "--file", &path, "--server", &served.address]).run();
    assert_eq!(sent.status, 0, "{}", sent.stderr);
    let behind = Program::new("plain", &["query", "metric > 3", "--listen", &served.address]).run();
    let asked = Program::new("plain", &["--listen", &served.address, "query", "metric > 3"]).run();
    assert_eq!(behind.stdout, asked.stdout);
    assert_eq!((asked.status, &asked.stderr[..], asked.stdout.lines().count()), (0, "", 1), "{}", asked.stdout);
    assert!(asked.stdout.contains(r#""host":"b","service":"db","metric":4"#), "{}", asked.stdout);
}

pub(super) fn a_program_without_an_index_is_told_why_nothing_is_found() {
    let served = Served::start("plain", &["--listen", "127.0.0.1:0"]);
    let asked = |router: &str| Program::new(router, &["query", "true", "--server", &served.address]).run();
    let without = asked("plain");
    assert_eq!((without.status, &without.stdout[..]), (0, ""));
    assert!(without.stderr.starts_with("warning: no pipeline of this program has the stage `index`"), "{}", without.stderr);
    assert_eq!(asked("indexed").stderr, "", "it may be another program that serves");
}

pub(super) fn queries_can_be_refused() {
    let served = Served::start("indexed", &["--listen", "127.0.0.1:0", "--queries", "tls"]);
    let asked = Program::new("plain", &["query", "true", "--server", &served.address]).run();
    assert!(asked.status == 1 && asked.stderr.contains("queries are answered over TLS alone (--queries tls)"), "{}", asked.stderr);
    let sent = Program::new("plain", &["send", "--service", "x", "--server", &served.address]).run();
    assert_eq!(sent.stdout, "ok: true\n");
}
