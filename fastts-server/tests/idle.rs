//! What connections cost that do nothing: a server, a second process that opens them, and the resident size of the server.

#![allow(clippy::unwrap_used, reason = "clippy does not see that the helpers are tests too")]

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::ExitCode;

use fastts_server::prelude::*;
use fastts_testkit::program::{Program, Served, resident};
use libtest_mimic::{Arguments, Trial};

/// How many connections there are.
const CONNECTIONS: usize = 10_000;

/// How much more the server may hold for them.
const ALLOWED: u64 = 64 << 20;

router! {
    pipeline "printing" { stdout }
}

fn main() -> ExitCode {
    match std::env::var("FASTTS_TEST_ROUTER").as_deref() {
        Ok("server") => fastts_server::run(router()),
        Ok(kind) => open_and_leave(kind),
        Err(_) => libtest_mimic::run(&Arguments::from_args(), trials()).exit_code(),
    }
}

fn trials() -> Vec<Trial> {
    let files = rustix::process::getrlimit(rustix::process::Resource::Nofile).maximum.unwrap_or(u64::MAX);
    let enough = files >= CONNECTIONS as u64 + 200;
    let trial = |name: &str, kind: &'static str| {
        let test = move || {
            idle_connections_are_cheap(kind);
            Ok(())
        };
        let kind = if enough { "" } else { "too few files may be open (ulimit -Hn)" };
        Trial::test(name, test).with_kind(kind).with_ignored_flag(!enough)
    };
    vec![
        trial("ten_thousand_connections_that_never_spoke_are_cheap", "silent"),
        trial("ten_thousand_connections_that_have_spoken_are_cheap", "spoken"),
        trial("ten_thousand_half_frames_are_cheap", "half"),
    ]
}

/// Opens connections to the server that the environment names, says so, and leaves them as they are until the end of stdin.
fn open_and_leave(kind: &str) -> ExitCode {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit }).unwrap();
    let address = std::env::var("FASTTS_TEST_ADDRESS").unwrap();
    let mut open = Vec::with_capacity(CONNECTIONS);
    for _ in 0..CONNECTIONS {
        let mut stream = TcpStream::connect(&address).unwrap();
        // Each asks once, so that the server has surely taken all of them.
        if kind != "silent" {
            stream.write_all(&[0; 4]).unwrap();
            stream.read_exact(&mut [0; 6]).unwrap();
        }
        if kind == "half" {
            stream.write_all(&[0, 0, 1, 0, 0x32]).unwrap();
        }
        open.push(stream);
    }
    // Connections are taken in their order: when the last one is answered, so are all.
    let last = open.last_mut().unwrap();
    if kind == "silent" {
        last.write_all(&[0; 4]).unwrap();
        last.read_exact(&mut [0; 6]).unwrap();
    }
    println!("open");
    std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
    ExitCode::SUCCESS
}

fn idle_connections_are_cheap(kind: &str) {
    let served = Served::start("server", &["--listen", "127.0.0.1:0"]);
    let ask = || {
        let sent = Program::new("server", &["send", "--service", "x", "--server", &served.address]).run();
        assert_eq!((sent.status, &sent.stdout[..]), (0, "ok: true\n"), "{}", sent.stderr);
        assert!(served.line().contains("\"service\":\"x\""));
    };
    ask();
    let before = resident(served.id());
    let mut opener = Program::new(kind, &[]).env("FASTTS_TEST_ADDRESS", &served.address).open_stdin().spawn();
    assert_eq!(opener.line(), "open");
    // The server still answers others.
    ask();
    let more = resident(served.id()).saturating_sub(before);
    eprintln!("{kind}: {} KiB before, {} KiB more for {CONNECTIONS} connections", before >> 10, more >> 10);
    assert!(more <= ALLOWED, "{more} bytes more for {CONNECTIONS} connections");
    opener.close_stdin();
    assert_eq!(opener.end().status, 0);
    ask();
}
