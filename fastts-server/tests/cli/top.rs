//! `top`.

use std::net::TcpListener;

use crate::fake;
use fastts_testkit::program::{Program, Served};

pub(super) fn what_is_no_fastts_server_is_told() {
    let (address, server) = fake::http("HTTP/1.0 200 OK\r\n\r\n{\"other\":1}".to_owned());
    let other = Program::new("plain", &["top", "--once", "--http", &address]).run();
    assert!(server.join().unwrap().starts_with("GET /stats HTTP/1.1\r\n"));
    let wanted = format!("error: what {address} answers are not the figures of a FastTS server\n");
    assert_eq!((other.status, &other.stderr[..]), (1, &wanted[..]));
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let nobody = Program::new("plain", &["top", "--http", &free]).run();
    assert!(nobody.status == 1 && nobody.stderr.contains(&format!("cannot reach the HTTP listener at {free}")), "{}", nobody.stderr);
}

pub(super) fn shows_what_a_server_does() {
    let served = Served::of(Program::new("headed", &["--listen", "127.0.0.1:0"]).env("FASTTS_HTTP_TOKEN", "t0ken"));
    let http = served.listens_on("http");
    let load = ["load", "--duration", "1h", "--rate", "1000", "--quiet", "--server", &served.address];
    let mut load = Program::new("headed", &load).spawn();
    let top = |arguments: &[&str]| Program::new("headed", &[&["top", "--http", &http], arguments].concat());
    let stranger = top(&["--once"]).run();
    assert!(stranger.status == 1 && stranger.stderr.contains("answers 401 "), "{}", stranger.stderr);
    // Until the load has begun there is none.
    let mut rates = Vec::new();
    while rates.is_empty() || rates[0] == "0" {
        let once = top(&["--once", "--interval", "200ms"]).env("FASTTS_HTTP_TOKEN", "t0ken").run();
        assert_eq!((once.status, &once.stderr[..]), (0, ""));
        assert!(once.stdout.starts_with(&format!("fastts {} at {http}, up ", env!("CARGO_PKG_VERSION"))), "{}", once.stdout);
        let row =
            |start: &str| once.stdout.lines().find(|line| line.starts_with(start)).unwrap_or_else(|| panic!("{}", once.stdout)).to_owned();
        let tcp = row(&format!("tcp {} ", served.address));
        rates = tcp.split_whitespace().skip(4).map(str::to_owned).collect();
        assert!(row("headed ").contains(" running "), "{}", once.stdout);
    }
    // It goes on until nobody reads it.
    let mut on = top(&["--interval", "50ms"]).env("FASTTS_HTTP_TOKEN", "t0ken").spawn();
    for _ in 0..2 {
        while !on.line().starts_with("LISTENER") {}
    }
    on.close_stdout();
    assert_eq!(on.end().status, 0);
    load.signal("INT").end();
}
