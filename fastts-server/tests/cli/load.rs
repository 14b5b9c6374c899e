//! `load`.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use serde_json::Value;

use fastts_testkit::program::{Ended, Program, Served};

fn load(arguments: &[&str]) -> Program {
    Program::new("headed", &["load", "--quiet", "--format", "json"]).args(arguments)
}

fn report(ended: &Ended) -> Value {
    serde_json::from_str(&ended.stdout).unwrap_or_else(|error| panic!("{error}: {ended:?}"))
}

pub(super) fn counts_what_was_acknowledged() {
    let mut served = Served::start("headed", &["--listen", "127.0.0.1:0"]);
    let ended = load(&["--duration", "300ms", "--batch", "7", "--connections", "3", "--server", &served.address]).run();
    assert_eq!((ended.status, &ended.stderr[..]), (0, ""));
    let report = report(&ended);
    let [sent, acknowledged] = ["sent", "acknowledged"].map(|key| report[key].as_u64().unwrap());
    assert!(sent > 0 && sent == acknowledged && sent % 7 == 0, "{report}");
    let [p50, max] = ["p50", "max"].map(|key| report["latency_ms"][key].as_f64().unwrap());
    assert!(p50 > 0.0 && p50 <= max, "{report}");
    let rate = report["events_per_second"].as_f64().unwrap() * report["seconds"].as_f64().unwrap();
    assert!((rate - acknowledged as f64).abs() < 1.0, "{report}");
    let server = served.signal("TERM").end();
    assert!(server.stderr.contains(&format!("{sent} events had come in {} messages", sent / 7)), "{report}: {}", server.stderr);
}

pub(super) fn keeps_a_rate() {
    let served = Served::start("headed", &["--listen", "127.0.0.1:0"]);
    let ended = load(&["--rate", "2k", "--batch", "10", "--duration", "1s", "--server", &served.address]).run();
    let report = report(&ended);
    let events = |key: &str| report[key].as_u64().unwrap();
    assert_eq!(events("sent") + events("never_sent"), 2_000, "{report}");
    assert!(events("sent") > 1_000, "{report}");
}

/// A message that was due while the server stood still has waited since then, though it could not be sent.
pub(super) fn a_server_that_stands_still_shows_in_the_latencies_of_all_that_was_due() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let server = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        // Nobody says anything: that is the time it stands still.
        let (_sender, nothing) = channel::<()>();
        let _ = nothing.recv_timeout(Duration::from_millis(400));
        answer(&mut stream);
    });
    let shape = ["--rate", "100", "--batch", "1", "--connections", "1", "--in-flight", "1", "--duration", "600ms", "--server", &address];
    let report = report(&load(&shape).run());
    server.join().unwrap();
    let p50 = report["latency_ms"]["p50"].as_f64().unwrap();
    assert!(p50 > 50.0, "of 60 messages 40 were due while it stood still: {report}");
}

/// Acknowledges every message until there are no more.
fn answer(stream: &mut TcpStream) {
    let mut header = [0; 4];
    while stream.read_exact(&mut header).is_ok() {
        let mut message = vec![0; u32::from_be_bytes(header) as usize];
        stream.read_exact(&mut message).unwrap();
        stream.write_all(&[0, 0, 0, 2, 0x10, 1]).unwrap();
    }
}

pub(super) fn tells_what_was_refused_or_not_answered() {
    let served = Served::start("headed", &["--listen", "127.0.0.1:0", "--max-frame", "10"]);
    let ended = load(&["--duration", "200ms", "--connections", "2", "--server", &served.address]).run();
    assert_eq!(ended.status, 1, "{ended:?}");
    let report = report(&ended);
    assert_eq!(report["acknowledged"], 0, "{report}");
    assert!(report["refused"].as_u64().unwrap() >= 100, "{report}");
    assert!(report["reason"].as_str().unwrap().contains("is over the limit of 10 bytes"), "{report}");

    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = silent.local_addr().unwrap().to_string();
    let arguments = ["--duration", "100ms", "--timeout", "100ms", "--connections", "1", "--in-flight", "2", "--server", &address];
    let unanswered = load(&arguments).run();
    assert_eq!((unanswered.status, &self::report(&unanswered)["unanswered"]), (1, &200.into()), "{unanswered:?}");

    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let nobody = load(&["--server", &free]).run();
    assert!(nobody.status == 1 && nobody.stderr.contains(&format!("cannot reach a server at {free}")), "{}", nobody.stderr);
}

pub(super) fn a_signal_ends_it_with_the_summary() {
    let served = Served::start("headed", &["--listen", "127.0.0.1:0"]);
    let mut load = Program::new("headed", &["load", "--duration", "1h", "--rate", "1000", "--server", &served.address]).spawn();
    load.stderr_line(" events/s  p50 ");
    let ended = load.signal("INT").end();
    assert_eq!(ended.status, 0, "{ended:?}");
    assert!(ended.stdout.contains("\nacknowledged ") && ended.stdout.contains("\nlatency        p50 "), "{}", ended.stdout);
}

pub(super) fn sends_datagrams() {
    let server = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = server.local_addr().unwrap().to_string();
    let arguments = ["--udp", "--rate", "200", "--batch", "2", "--connections", "1", "--duration", "100ms", "--server", &address];
    let report = report(&load(&arguments).run());
    let sent = report["sent"].as_u64().unwrap();
    assert_eq!((sent + report["never_sent"].as_u64().unwrap(), &report["transport"]), (20, &"udp".into()), "{report}");
    server.set_nonblocking(true).unwrap();
    let mut received = 0;
    while let Ok(len) = server.recv(&mut [0; 1 << 16]) {
        assert!(len > 20);
        received += 1;
    }
    assert_eq!(received * 2, sent);
    let long = load(&["--udp", "--batch", "5000", "--server", &address]).run();
    assert!(long.status == 1 && long.stderr.contains("does not fit in a datagram"), "{}", long.stderr);
}
