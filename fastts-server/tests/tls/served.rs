//! Connections.

use std::io::{Read, Write};
use std::net::Shutdown;
use std::time::{Duration, Instant};

use crate::common::{PATIENCE, Recorder, Wire, events, frame, raw_frame, until};
use crate::keys::Authority;
use crate::wire::{in_file, secure, serve, serve_to, shown};
use fastts_testkit::proto::Msg;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

pub(crate) const TESTS: &[(&str, fn())] = &[
    ("requests_are_answered_in_order", requests_are_answered_in_order),
    ("all_frames_of_a_read_are_one_batch_though_they_come_in_records", all_frames_of_a_read_are_one_batch),
    ("a_frame_of_many_records_arrives_whole", a_frame_of_many_records_arrives_whole),
    ("bytes_that_come_one_by_one_make_the_same_events", bytes_that_come_one_by_one),
    ("an_end_without_farewell_is_an_end", an_end_without_farewell_is_an_end),
    ("a_client_that_never_reads_is_closed", a_client_that_never_reads_is_closed),
    ("a_slow_reader_gets_all_its_answers", a_slow_reader_gets_all_its_answers),
    ("clients_without_a_certificate_are_refused_where_one_is_asked_for", mutual),
    ("a_client_that_never_speaks_is_closed", a_client_that_never_speaks_is_closed),
    ("plain_frames_are_not_taken", plain_frames_are_not_taken),
    ("no_bytes_end_the_listener", no_bytes_end_the_listener),
    ("connections_keep_the_certificate_that_they_began_with", reload),
    ("what_has_come_is_answered_when_the_server_stops", stop),
];

const PING: [u8; 4] = [0; 4];

fn requests_are_answered_in_order() {
    let served = serve(|_, _| {});
    let mut wire = served.connect();
    wire.send(&[frame(&events(["a"])), raw_frame(b"\xff\xff"), PING.to_vec()].concat()).send(&frame(&events(["b"])));
    let answers = std::array::from_fn::<_, 4, _>(|_| wire.answer().unwrap());
    assert_eq!(answers, ["ok", "the key of a field is cut short at byte 0", "ok", "ok"]);
    let services: Vec<_> = served.recorder.events(2).iter().map(|event| event.service().unwrap().to_owned()).collect();
    assert_eq!(services, ["a", "b"]);
    assert_eq!((served.read().connections, served.read().messages, served.read().events), (1, 4, 2));
}

fn all_frames_of_a_read_are_one_batch() {
    let served = serve_to(Recorder::closed(), |_, _| {});
    let mut wire = served.connect();
    wire.send(&frame(&events(["first"])));
    until("the first was read", || served.read().messages == 1);
    // While that waits, these come in ten records.
    (0..10).for_each(|_| _ = wire.send(&frame(&events(["x"]))));
    served.recorder.gate.add_permits(100);
    let batches = served.recorder.batches(11);
    assert!(batches.len() <= 4, "{} batches", batches.len());
}

fn a_frame_of_many_records_arrives_whole() {
    let served = serve(|options, _| options.tcp.max_event = 10 << 20);
    let mut wire = served.connect();
    let long = "x".repeat(9 << 20);
    wire.send(&frame(&events([&long[..], "short"]))).send(&frame(&events(["next"])));
    assert_eq!([wire.answer(), wire.answer()].map(Option::unwrap), ["ok"; 2]);
    let arrived = served.recorder.events(3);
    assert!(arrived[0].service() == Some(&long[..]), "all of it arrives");
    assert_eq!((arrived[1].service(), arrived[2].service()), (Some("short"), Some("next")));
}

fn bytes_that_come_one_by_one() {
    let served = serve(|_, _| {});
    let mut wire = served.connect();
    for byte in [frame(&events(["slow"])), PING.to_vec(), frame(&events(["slower"]))].concat() {
        wire.send(&[byte]);
    }
    assert_eq!([wire.answer(), wire.answer(), wire.answer()].map(Option::unwrap), ["ok"; 3]);
    assert_eq!(served.recorder.events(2)[1].service(), Some("slower"));
}

fn an_end_without_farewell_is_an_end() {
    let served = serve(|_, _| {});
    let whole = frame(&events(["a"]));
    let mut wire = served.connect();
    wire.send(&whole).send(&whole[..5]);
    wire.0.sock.shutdown(Shutdown::Write).unwrap();
    assert_eq!(wire.answers_to_the_end(), ["ok"]);
    assert_eq!(served.recorder.events(1).len(), 1);
}

fn a_client_that_never_reads_is_closed() {
    let served = serve(|options, _| options.tcp.write_timeout = Duration::from_millis(300));
    let mut wire = served.connect();
    wire.send(&PING);
    assert_eq!(wire.answer().unwrap(), "ok");
    let flood = [0; 1 << 20];
    let end = (0..1_000).find_map(|_| wire.0.write_all(&flood).err());
    let end = end.expect("a server that takes a gigabyte from a client that does not read is not bounded");
    assert!(matches!(end.kind(), std::io::ErrorKind::ConnectionReset | std::io::ErrorKind::BrokenPipe), "{end}");
    let mut other = served.connect();
    other.send(&PING);
    assert_eq!(other.answer().unwrap(), "ok");
}

/// What waits within TLS must be written when there is room, though nothing more is said.
fn a_slow_reader_gets_all_its_answers() {
    const FRAMES: usize = 100_000;
    let served = serve(|_, _| {});
    let mut wire = served.connect();
    wire.send(&PING);
    assert_eq!(wire.answer().unwrap(), "ok");
    let refused = raw_frame(&[0xff]).repeat(1_000);
    let (mut sent, mut answers) = (0, 0);
    wire.0.sock.set_write_timeout(Some(Duration::from_millis(200))).unwrap();
    // As much as goes in without an answer being read.
    while sent < FRAMES && wire.0.write_all(&refused).is_ok() {
        sent += 1_000;
    }
    wire.0.sock.set_write_timeout(Some(PATIENCE)).unwrap();
    while answers < sent {
        assert_eq!(wire.answer().unwrap(), "the key of a field is cut short at byte 0", "{answers} of {sent}");
        answers += 1;
    }
}

fn mutual() {
    let clients = Authority::new("of clients");
    let served = serve(|options, files| options.client_ca = Some(files.write("clients.pem", &clients.certificate.pem())));
    let known = clients.sign("known", |_| {});
    let mut wire = secure(served.address, &served.authority, Some(&known));
    wire.send(&frame(&events(["known"])));
    assert_eq!(wire.answer().unwrap(), "ok");
    let stranger = served.authority.sign("stranger", |_| {});
    let expired = clients.sign("expired", |params| params.not_after = rcgen::date_time_ymd(2020, 1, 1));
    for shown in [None, Some(&stranger), Some(&expired)] {
        let mut wire = secure(served.address, &served.authority, shown);
        // The client learns of it when it reads.
        let _ = wire.0.write_all(&PING);
        assert!(wire.0.read(&mut [0]).is_err());
    }
    assert_eq!(served.recorder.events(1).len(), 1);
}

fn a_client_that_never_speaks_is_closed() {
    let served = serve(|options, _| options.handshake_timeout = Duration::from_millis(50));
    let mut silent = Wire::connect(served.address);
    let begun = Instant::now();
    assert_eq!(silent.0.read(&mut [0]).unwrap_or(0), 0);
    assert!(begun.elapsed() < PATIENCE);
}

fn plain_frames_are_not_taken() {
    let served = serve(|_, _| {});
    let mut plain = Wire::connect(served.address);
    plain.send(&frame(&events(["a"])));
    let mut rest = Vec::new();
    let _ = plain.0.read_to_end(&mut rest);
    assert!(rest.len() < 20, "no more than an alert: {rest:?}");
    assert_eq!((served.read().connections, served.read().messages), (1, 0));
}

fn no_bytes_end_the_listener() {
    let served = serve(|options, _| options.handshake_timeout = Duration::from_millis(20));
    let record = prop::collection::vec(any::<u8>(), 0..300)
        .prop_map(|body| [&[22, 3, 1][..], &u16::try_from(body.len()).unwrap().to_be_bytes(), &body].concat());
    let bytes = prop_oneof![prop::collection::vec(any::<u8>(), 0..600), record];
    let mut runner = TestRunner::new(Config { cases: 100, failure_persistence: None, ..Config::default() });
    let test = |bytes: Vec<u8>| {
        let mut wire = Wire::connect(served.address);
        // It may be refused before all was sent.
        let _ = wire.0.write_all(&bytes);
        let _ = wire.0.shutdown(Shutdown::Write);
        let _ = wire.0.read_to_end(&mut Vec::new());
        Ok(())
    };
    runner.run(&bytes, test).unwrap();
    let mut wire = served.connect();
    // Within the session as well.
    wire.send(&raw_frame(&[0xff; 30])).send(b"\xff\xff\xff\xff");
    assert_eq!(wire.answers_to_the_end().len(), 2);
    let mut wire = served.connect();
    wire.send(&PING);
    assert_eq!(wire.answer().unwrap(), "ok");
}

fn reload() {
    let served = serve(|_, _| {});
    let server = &served.server;
    let file = served.files.path("certificate.pem");
    let first = in_file(&file);
    let mut old = served.connect();
    let ping = |wire: &mut crate::wire::Secure| {
        wire.send(&PING);
        assert_eq!(wire.answer().unwrap(), "ok");
    };
    ping(&mut old);
    let signed = served.authority.sign("new", |_| {});
    std::fs::write(&file, &signed.certificate).unwrap();
    let error = server.reloader().reload().unwrap_err().to_string();
    assert!(error.contains("the key is not that of the certificate"), "{error}");
    let mut still = served.connect();
    ping(&mut still);
    assert_eq!(shown(&still), first, "the old stays as long as the new cannot be used");
    served.files.write("key.pem", &signed.key.serialize_pem());
    server.reloader().reload().unwrap();
    let mut new = served.connect();
    ping(&mut new);
    assert_eq!(shown(&new), in_file(&file));
    assert_ne!(shown(&new), first);
    [old, still].iter_mut().for_each(ping);
}

fn stop() {
    let mut served = serve(|_, _| {});
    let mut wire = served.connect();
    wire.send(&frame(&events(["a"])));
    assert_eq!(wire.answer().unwrap(), "ok");
    wire.send(&frame(&Msg { ok: None, ..events(["b"]) }));
    let silent = Wire::connect(served.address);
    until("both are there", || served.read().connections == 2);
    assert_eq!(served.stop(PATIENCE), 0);
    assert_eq!(wire.answers_to_the_end(), ["ok"]);
    assert_eq!(served.recorder.events(2).len(), 2);
    drop(silent);
}
