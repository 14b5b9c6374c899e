//! `top`.

use std::net::TcpListener;

use crate::fake;
use crate::program::Program;

pub(super) fn what_is_no_fastts_server_is_told() {
    let (address, server) = fake::http("HTTP/1.0 200 OK\r\n\r\n{\"other\":1}".to_owned());
    let other = Program::new("plain", &["top", "--once", "--http", &address]).run();
    assert!(server.join().unwrap().starts_with("GET /stats HTTP/1.0\r\n"));
    let wanted = format!("error: what {address} answers are not the figures of a FastTS server\n");
    assert_eq!((other.status, &other.stderr[..]), (1, &wanted[..]));
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let nobody = Program::new("plain", &["top", "--http", &free]).run();
    assert!(nobody.status == 1 && nobody.stderr.contains(&format!("cannot reach the HTTP listener at {free}")), "{}", nobody.stderr);
}
