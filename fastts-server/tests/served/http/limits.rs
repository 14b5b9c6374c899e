//! Limits, and what is wrong.

use std::io::Write;
use std::net::TcpStream;
use std::time::Duration;

use fastts_testkit::cases::cases;
use proptest::prelude::*;

use crate::http::client::{Client, closed, open, say};
use crate::http::served::{recorded, serve, until};

#[test]
fn every_limit_of_a_body_is_told_with_its_flag() {
    let served = serve(|options| {
        options.max_body = 1_000;
        options.max_message = 100;
        options.max_events = 5;
    });
    let event = "{\"service\":\"limits\"}\n";
    let long = |len: usize| format!("{{\"service\":\"limits\",\"x\":\"{}\"}}", "x".repeat(len - 27));
    let rows: [(String, u16, &str, usize); 9] = [
        (" ".repeat(1_001), 413, "the body is longer than the limit of 1000 bytes (--http-max-body)", 0),
        (" ".repeat(1_000), 200, "", 0),
        (event.repeat(5), 200, "", 5),
        (event.repeat(6), 413, "there are more than 5 events, which is the limit of one body (--http-max-events)", 5),
        (event.to_owned() + &long(100), 200, "", 2),
        (event.to_owned() + &long(101), 413, "an event is longer than the limit of 100 bytes (--http-max-message)", 1),
        (format!("[{},{}]", event.trim(), long(101)), 413, "an event is longer than the limit of 100 bytes (--http-max-message)", 1),
        (format!("[{}", event), 400, "the array has no end", 0),
        (format!("[{}] more", event.trim()), 400, "there is something behind the end of the array", 1),
    ];
    let mut all = 0;
    for (body, status, reason, events) in rows {
        for chunked in [false, true] {
            let mut client = served.connect();
            let answer = match chunked {
                true => client.begin().chunk(&body).chunk("").answer().unwrap(),
                false => client.post(&body),
            };
            let error = if reason.is_empty() { String::new() } else { format!("{{\"error\":\"{reason}\"}}\n") };
            assert_eq!((answer.status, answer.body), (status, "{}\n".repeat(events) + &error), "{body:.40}");
            all += events;
        }
    }
    assert_eq!(recorded("limits", all).len(), all, "what came before a mistake is accepted");
}

#[test]
fn an_event_that_is_too_long_is_told_and_the_others_are_taken() {
    let served = serve(|options| options.max_event = 1_000);
    let body = format!("{{\"service\":\"beside\"}}\n{{\"description\":\"{}\"}}\n{{\"service\":\"beside\"}}\n", "x".repeat(1_100));
    let answer = served.connect().post(body);
    let error = "{\"error\":\"the event has more than 1000 bytes, which is the limit (--max-event)\"}\n";
    assert_eq!((answer.status, answer.body), (200, format!("{{}}\n{error}{{}}\n")));
    assert_eq!(recorded("beside", 2).len(), 2);
    assert_eq!((served.meter().read().too_long, served.meter().read().events), (1, 2));
}

#[test]
fn a_body_of_nothing_but_mistakes_is_not_read_to_its_end() {
    let served = serve(|_| {});
    let answer = served.connect().post("x\n".repeat(100_000));
    assert_eq!((answer.status, answer.body.lines().count()), (400, 1_001));
    assert_eq!(answer.body.lines().last(), Some("{\"error\":\"1000 texts were no events, the rest is not read\"}"));
}

#[test]
fn an_event_that_is_not_completed_is_waited_for_no_longer_than_that() {
    let served = serve(|options| options.timeout = Duration::from_millis(200));
    let mut client = served.connect();
    client.begin().chunk("{\"service\":\"slow\"}\n{\"serv");
    let answer = client.answer().unwrap();
    assert_eq!((answer.status, &answer.body[..]), (408, "{}\n{\"error\":\"an event was not complete within 200ms\"}\n"));
    client.is_closed();
    // A request that does not come, one whose header does not end, and a connection that is idle between two.
    let mut none = served.connect();
    let mut begun = served.connect();
    begun.send("GET / HTTP/1.1\r\nhost");
    let mut idle = served.connect();
    assert_eq!(idle.ask("GET /healthz").status, 200);
    [&mut none, &mut begun, &mut idle].into_iter().for_each(Client::is_closed);
}

#[test]
fn connections_are_limited_and_sockets_count() {
    let served = serve(|options| options.max_connections = 2);
    let mut socket = open(served.address, "/events", &[]).unwrap();
    assert_eq!(say(&mut socket, "{\"service\":\"limited\"}"), "{}");
    let mut client = served.connect();
    assert_eq!(client.ask("GET /healthz").status, 200);
    assert_eq!(served.ask("GET /").status, 200, "a connection that asks nothing makes room");
    client.is_closed();
    let another = open(served.address, "/events", &[]).unwrap();
    assert_eq!(served.ask("GET /healthz").status, 200, "who watches the server is told how it is");
    let answer = served.ask("GET /");
    assert_eq!((answer.status, &answer.body[..]), (503, "there are 2 connections already, which is the limit (--http-max-connections)\n"));
    assert_eq!(served.meter().read().turned_away, 2);
    drop((socket, another));
    until("there is room again", || served.ask("GET /").status == 200);
}

#[test]
fn clients_that_ask_nothing_keep_nobody_out() {
    let served = serve(|options| options.max_connections = 3);
    // More than there is room for, and more than are told so at once.
    let mut silent: Vec<Client> = (0..200).map(|_| served.connect()).collect();
    let mut begun = served.connect();
    begun.send("GET /healthz HTTP/1.1\r\nhost");
    assert_eq!(served.ask("GET /healthz").status, 200);
    assert_eq!(served.meter().read().turned_away, 0);
    silent.truncate(197);
    silent.iter_mut().for_each(Client::is_closed);
    let _streams: Vec<Client> = (0..3)
        .map(|_| {
            let mut stream = served.connect();
            stream.send("GET /index HTTP/1.1\r\nhost: a\r\naccept: text/event-stream\r\n\r\n").until(b":\n\n").unwrap();
            stream
        })
        .collect();
    let silent: Vec<Client> = (0..200).map(|_| served.connect()).collect();
    assert_eq!(served.ask("GET /healthz").status, 200, "also where none of those that have a place can make room");
    assert!(served.ask("GET /").status == 503 && !silent.is_empty());
}

#[test]
fn a_body_that_is_too_long_is_refused_before_it_is_sent() {
    let served = serve(|options| options.max_body = 1_000);
    for expect in ["", "expect: 100-continue\r\n"] {
        let mut client = served.connect();
        client.send(format!("POST /events HTTP/1.1\r\nhost: a\r\n{expect}content-length: 1001\r\n\r\n"));
        assert_eq!(client.answer().unwrap().status, 413, "{expect}");
    }
    let mut client = served.connect();
    client.send("POST /events HTTP/1.1\r\nhost: a\r\ncontent-length: 2000000\r\n\r\n").send(vec![b'x'; 2_000_000]);
    assert_eq!(client.answer().unwrap().status, 413, "the answer is not lost");
}

#[test]
fn a_request_says_once_whom_it_asks() {
    let served = serve(|_| {});
    let rows = [
        ("GET / HTTP/1.1\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nhost: a\r\nhost: a\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nhost: a b\r\n\r\n", 400),
        ("GET / HTTP/1.0\r\n\r\n", 200),
        ("GET / HTTP/1.1\r\nhost: evil.example\r\n\r\n", 403),
        ("GET /healthz HTTP/1.1\r\nhost: evil.example\r\n\r\n", 200),
        ("GET / HTTP/1.1\r\nhost: localhost:5556\r\n\r\n", 200),
    ];
    for (request, status) in rows {
        assert_eq!(served.connect().send(request).answer().unwrap().status, status, "{request}");
    }
    let served = serve(|options| options.origins = vec!["https://evil.example".to_owned()]);
    assert_eq!(served.connect().send("GET / HTTP/1.1\r\nhost: evil.example\r\n\r\n").answer().unwrap().status, 200);
}

#[test]
fn a_client_that_does_not_read_is_ended() {
    let served = serve(|options| options.write_timeout = Duration::from_millis(100));
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    socket.connect(&served.address.into()).unwrap();
    let mut stream = TcpStream::from(socket);
    let request = "GET /nowhere HTTP/1.1\r\nhost: a\r\n\r\n".repeat(1_000);
    // Asks and never reads, until the server takes no more of it.
    stream.set_write_timeout(Some(Duration::from_secs(20))).unwrap();
    while stream.write_all(request.as_bytes()).is_ok() {}
    until("the connection is over", || served.meter().read().open == 0);
    assert_eq!(served.ask("GET /healthz").status, 200);
}

#[test]
fn what_is_no_request_gets_a_reason() {
    let served = serve(|_| {});
    let rows: [(&[u8], u16, &str); 9] = [
        (&[0, 0, 0, 2, 0x10, 1], 400, "this port speaks HTTP, not the Riemann protocol, which has the port of --listen\n"),
        (&[0x16, 3, 1, 2, 0, 1, 0, 1], 400, "this port speaks HTTP without TLS\n"),
        (b"\xff\xfe", 400, "this port speaks HTTP, and this is no request\n"),
        (b"GET / HTTP/9.9\r\n\r\n", 400, "this is no request that HTTP has"),
        (b"nonsense\r\n\r\n", 400, "this is no request that HTTP has"),
        (
            b"GET /index?query=host=\"a\" HTTP/1.1\r\nhost: a\r\n\r\n",
            400,
            "this is no request that HTTP has; if its address has blanks, quotes",
        ),
        (b"POST /events HTTP/1.1\r\nhost: a\r\ncontent-length: x\r\n\r\n", 400, "this is no request that HTTP has"),
        (b"DELETE /events HTTP/1.1\r\nhost: a\r\n\r\n", 405, "DELETE is not for this path"),
        (
            b"POST /events HTTP/1.1\r\nhost: a\r\ncontent-encoding: gzip\r\ncontent-length: 0\r\n\r\n",
            415,
            "{\"error\":\"the body is encoded as \\\"gzip\\\"",
        ),
    ];
    for (bytes, status, reason) in rows {
        let answer = served.connect().send(bytes).answer().unwrap();
        assert_eq!(answer.status, status, "{bytes:?} is answered {answer:?}");
        assert!(answer.body.starts_with(reason), "{bytes:?} is answered {answer:?}");
    }
    let answer = served.connect().send([b"GET / HTTP/1.1\r\nx: ", &[b'x'; 20_000][..], b"\r\n\r\n"].concat()).answer().unwrap();
    assert_eq!((answer.status, &answer.body[..]), (431, "the header is too long; it may have 16 KiB, and 100 lines\n"));
    // Also behind a request that was fine.
    let mut client = served.connect();
    assert_eq!(client.ask("GET /healthz").status, 200);
    assert!(client.send("GET /<a> HTTP/1.1\r\nhost: a\r\n\r\n").answer().unwrap().body.contains("%22"));
    let mut cut = served.connect();
    cut.send("POST /events HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\n{\"service\":\"cut\"}\n").half_close();
    assert_eq!(cut.answer().map(|answer| answer.status), Some(400));
    assert_eq!(recorded("cut", 1).len(), 1, "what was complete is accepted");
    assert_eq!(served.ask("GET /healthz").status, 200);
}

#[test]
fn a_websocket_message_that_is_too_long_is_the_end_of_it() {
    let served = serve(|options| options.max_message = 1_000);
    let mut socket = open(served.address, "/events", &[]).unwrap();
    socket.send(tungstenite::Message::text(format!("{{\"x\":\"{}\"}}", "x".repeat(1_000)))).unwrap();
    let (code, reason) = closed(&mut socket);
    assert_eq!(code, 1009, "{reason}");
    assert_eq!(served.ask("GET /healthz").status, 200);
}

/// Bytes that are nearly requests.
fn nearly() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        Just(b"POST /events HTTP/1.1\r\n".to_vec()),
        Just(b"GET /events HTTP/1.1\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n".to_vec()),
        Just(b"host: a\r\n".to_vec()),
        Just(b"content-length: 20\r\n".to_vec()),
        Just(b"transfer-encoding: chunked\r\n".to_vec()),
        Just(b"\r\n".to_vec()),
        Just(b"5\r\n{\"a\":\r\n".to_vec()),
        Just(b"{\"service\":\"fuzz\"}\n".to_vec()),
        Just(b"[[[[{\"a\":[".to_vec()),
        Just(vec![0x81, 0x85, 1, 2, 3, 4, 5, 6, 7, 8, 9]),
        proptest::collection::vec(any::<u8>(), 0..40),
    ];
    proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

#[test]
fn no_bytes_harm_the_listener() {
    let served = serve(|options| options.timeout = Duration::from_secs(1));
    let mut runner = proptest::test_runner::TestRunner::new(cases(200));
    let test = |(bytes, cut): (Vec<u8>, usize)| {
        let mut client = served.connect();
        let (first, second) = bytes.split_at(cut.min(bytes.len()));
        // The server may have closed it by then.
        let _ = client.stream.write_all(first).and_then(|()| client.stream.write_all(second));
        if cut % 2 == 0 {
            let _ = client.stream.shutdown(std::net::Shutdown::Write);
            client.is_closed();
        }
        drop(client);
        prop_assert_eq!(served.ask("GET /healthz").status, 200);
        Ok(())
    };
    runner.run(&(nearly(), 0..100_usize), test).unwrap();
    until("all connections are over", || served.meter().read().open == 0);
    assert_eq!(served.meter().read().under_way, 0);
}
