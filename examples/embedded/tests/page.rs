//! What `docs/calls.md` shows is this program, and it does what the page says, over HTTP.
#![allow(clippy::unwrap_used, reason = "this is a test, helpers included")]

use std::io::{Read, Write};
use std::net::TcpStream;

use fastts_testkit::program::{Program, Served};

/// Asks the program; returns the status and the body.
fn ask(served: &Served, request: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(served.listens_on("http")).unwrap();
    write!(stream, "{request} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: 0\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
}

#[test]
fn the_page_shows_the_program() {
    let page = include_str!("../../../docs/calls.md");
    assert!(page.contains(include_str!("../src/main.rs")), "copy examples/embedded/src/main.rs into docs/calls.md");
}

#[test]
fn the_program_answers_over_http_with_what_its_pipelines_reply() {
    let mut served = Program::of(env!("CARGO_BIN_EXE_embedded")).args(&["127.0.0.1:0"]).spawn();
    for (request, status, body) in [
        ("GET /visits/start", 200, "1\n"),
        ("GET /visits/start", 200, "2\n"),
        ("GET /visits/about", 200, "1\n"),
        ("POST /visits/start", 202, ""),
        ("GET /visits/start", 200, "4\n"),
        ("GET /visits/robots.txt", 404, "nothing came out of the pipeline for the request\n"),
        ("GET /seconds/robots.txt", 404, ""),
    ] {
        assert_eq!(ask(&served, request), (status, body.to_owned()), "{request}");
    }
    let (status, seconds) = ask(&served, "GET /seconds/start");
    let counts = seconds.trim_matches(['{', '}', '\n']).split(',').map(|pair| pair.split_once(':').unwrap().1);
    assert_eq!((status, counts.map(|count| count.parse::<u64>().unwrap()).sum::<u64>()), (200, 4), "{seconds}");
    served.signal("INT");
    let ended = served.end();
    assert_eq!((ended.status, ended.stdout.as_str()), (0, "all is done\n"), "{}", ended.stderr);
}
