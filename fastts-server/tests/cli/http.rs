//! HTTP of a program that serves.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use serde_json::Value;

use fastts_testkit::program::{Program, Served};

/// Sends a request and returns the whole answer.
fn ask(address: &str, request: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let (line, header) = request.split_once('\n').unwrap_or((request, "accept: */*"));
    let len = body.len();
    write!(stream, "{line} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-length: {len}\r\n{header}\r\n\r\n{body}").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

pub(super) fn takes_events_and_tells_metrics_beside_tcp() {
    let mut served = Served::start("indexed", &["--listen", "127.0.0.1:0"]);
    let http = served.listens_on("http");
    let sent = Program::new("indexed", &["send", "--service", "by tcp", "--server", &served.address]).run();
    assert_eq!(sent.status, 0, "{sent:?}");
    assert!(served.line().contains("by tcp"));
    assert!(ask(&http, "POST /events", "{\"service\":\"by http\"}").ends_with("\r\n\r\n{}\n"));
    assert!(served.line().contains("by http"));
    let metrics = ask(&http, "GET /metrics", "");
    for line in [
        "fastts_listener_events_total{listener=\"tcp\"} 1",
        "fastts_listener_events_total{listener=\"http\"} 1",
        "fastts_source_events_total{source=\"http\"} 1",
        "fastts_source_up{source=\"tcp\"} 1",
        "fastts_index_events 2.0",
    ] {
        assert!(metrics.lines().any(|there| there == line), "there is no {line} in {metrics}");
    }
    let stats = ask(&http, "GET /stats", "");
    let stats: Value = serde_json::from_str(stats.split_once("\r\n\r\n").unwrap().1).unwrap();
    assert_eq!((&stats["index"]["size"], &stats["listeners"][0]["address"]), (&2.into(), &served.address.clone().into()));
    let sources = stats["sources"].as_array().unwrap().iter();
    let sources: Vec<String> = sources.map(|source| format!("{} {}", source["name"], source["state"])).collect();
    assert_eq!(sources, [r#""tcp" "running""#, r#""udp" "running""#, r#""http" "running""#]);
    let ended = served.signal("TERM").end();
    assert_eq!(ended.status, 0, "{ended:?}");
    assert!(ended.stderr.contains("everything was drained; 2 events had come in 2 messages"), "{}", ended.stderr);
}

pub(super) fn the_token_comes_from_the_environment_and_is_not_shown() {
    let program = |arguments: &[&str]| Program::new("plain", arguments).env("FASTTS_HTTP_TOKEN", "s3cret");
    let served = Served::of(program(&["--listen", "127.0.0.1:0"]));
    let http = served.listens_on("http");
    assert!(ask(&http, "GET /stats", "").starts_with("HTTP/1.1 401 "));
    assert!(ask(&http, "GET /stats\nauthorization: Bearer s3cret", "").starts_with("HTTP/1.1 200 "));
    assert!(ask(&http, "GET /readyz", "").starts_with("HTTP/1.1 200 "));
    let help = program(&["--help"]).run();
    assert!(help.stdout.contains("--http-token") && !help.stdout.contains("s3cret"), "{}", help.stdout);
}

pub(super) fn a_port_in_use_is_told_with_the_flag() {
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = other.local_addr().unwrap().to_string();
    let ended = Program::new("plain", &["--listen", "127.0.0.1:0", "--http", &address]).run();
    assert_eq!((ended.status, &ended.stdout[..]), (1, ""));
    assert!(ended.stderr.contains(&format!("cannot listen on {address} for HTTP")), "{}", ended.stderr);
    assert!(ended.stderr.contains("--http ADDR:PORT, or do without it with --http off"), "{}", ended.stderr);
    let mut served = Served::start("plain", &["--listen", "127.0.0.1:0", "--http", "off"]);
    assert_eq!(served.signal("TERM").end().status, 0);
}

pub(super) fn the_server_tells_about_itself_when_it_is_asked_to() {
    let served = Served::start("indexed", &["--listen", "127.0.0.1:0", "--self-metrics", "50ms"]);
    let mut told = Vec::new();
    let wanted = [
        "riemann streams rate".to_owned(),
        format!("riemann server tcp {} conns", served.address),
        "riemann index size".to_owned(),
        "riemann pipeline all queue used".to_owned(),
    ];
    while !wanted.iter().all(|wanted| told.contains(wanted)) {
        let event: Value = serde_json::from_str(&served.line()).unwrap();
        assert_eq!((&event["ttl"], &event["tags"][0]), (&0.1.into(), &"riemann".into()));
        told.push(event["service"].as_str().unwrap().to_owned());
        assert!(told.len() < 1_000, "{wanted:?} are not all told");
    }
}

pub(super) fn two_listeners_on_one_port_are_told_of_each_other() {
    let free = || TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let address = free();
    let same = Program::new("plain", &["--listen", &address, "--udp", "off", "--http", &address]).run();
    assert_eq!((same.status, &same.stdout[..]), (1, ""));
    assert!(same.stderr.contains(&format!("cannot listen on {address} for HTTP")), "{}", same.stderr);
    assert!(same.stderr.contains("that is where --listen has this program listen"), "{}", same.stderr);
    let everywhere = address.replace("127.0.0.1", "0.0.0.0");
    let same = Program::new("plain", &["--listen", &everywhere, "--udp", "off", "--http", &address]).run();
    assert!(same.stderr.contains("that is where --listen has this program listen"), "{}", same.stderr);
}

pub(super) fn a_listener_for_everybody_without_a_token_is_told() {
    let start = |http: &str, token: &str| {
        let program = Program::new("plain", &["--listen", "127.0.0.1:0", "--udp", "off", "--http", http]).env("FASTTS_HTTP_TOKEN", token);
        Served::of(program).signal("TERM").end().stderr
    };
    assert!(start("0.0.0.0:0", "").contains("without a token: whoever reaches that can send events and read the index"));
    for (http, token) in [("127.0.0.1:0", ""), ("0.0.0.0:0", "s3cret")] {
        assert!(!start(http, token).contains("without a token"), "{http}");
    }
}

pub(super) fn how_the_server_is_can_be_asked_with_few_files() {
    let limited = Program::of("bash")
        .env("FASTTS_TEST_ROUTER", "plain")
        .args(&["-c", &format!("ulimit -n 128; exec '{}' --listen 127.0.0.1:0", std::env::current_exe().unwrap().display())]);
    let mut served = Served::of(limited);
    served.stderr_line("only 128 files may be open, too few for 17408 connections: there may be 48 over TCP and 16 over HTTP");
    let http = served.listens_on("http");
    let _connections: Vec<TcpStream> = (0..200).map(|_| TcpStream::connect(&served.address).unwrap()).collect();
    let _others: Vec<TcpStream> = (0..50).map(|_| TcpStream::connect(&http).unwrap()).collect();
    assert!(ask(&http, "GET /healthz", "").starts_with("HTTP/1.1 200 "));
}

pub(super) fn a_full_disk_is_told_by_top() {
    let served = Served::start("plain", &["--listen", "127.0.0.1:0"]);
    let http = served.listens_on("http");
    for arguments in [&["top", "--once", "--interval", "50ms", "--http", &http][..], &["--help"], &["--version"]] {
        let full = Program::new("plain", arguments).stdout("/dev/full").run();
        assert!(full.status == 1 && full.stderr.contains("cannot write to the standard output"), "{arguments:?}: {full:?}");
    }
    let top = Program::new("plain", &["top", "--once", "--interval", "50ms", "--listen", "127.0.0.1:1"]).run();
    assert!(top.stderr.contains("cannot reach the HTTP listener at 127.0.0.1:2"), "{}", top.stderr);
}
