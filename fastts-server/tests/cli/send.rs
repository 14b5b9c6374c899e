//! `send`.

use std::net::TcpListener;

use crate::program::{Program, Served};

pub(super) fn says_what_is_wrong() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let nobody = Program::new("plain", &["send", "--service", "x", "--server", &free]).run();
    assert_eq!(nobody.status, 1);
    assert!(nobody.stderr.contains(&format!("cannot reach a server at {free}")), "{}", nobody.stderr);
    assert!(nobody.stderr.contains("start one in another terminal"), "{}", nobody.stderr);

    let served = Served::start("plain", &["--listen", "127.0.0.1:0", "--max-frame", "10"]);
    let refused = Program::new("plain", &["send", "--service", "longer than ten bytes", "--server", &served.address]).run();
    assert_eq!((refused.status, &refused.stdout[..]), (1, "ok: false, error: a frame of 25 bytes is over the limit of 10 bytes\n"));

    let empty = Program::new("plain", &["send", "--server", &served.address]).run();
    assert_eq!(empty.status, 1);
    assert!(empty.stderr.contains("there is nothing to send"), "{}", empty.stderr);
    let word = Program::new("plain", &["send", "--metric", "many", "--server", &served.address]).run();
    assert!(word.stderr.contains("`many` is not a number"), "{}", word.stderr);
}
