//! WebSocket `/events`.

use std::time::Duration;

use tungstenite::Message;
use tungstenite::protocol::CloseFrame;
use tungstenite::protocol::frame::coding::CloseCode;

use crate::http::client::{closed, hear, open, say};
use crate::http::served::{recorded, serve, until};

#[test]
fn every_message_is_answered_in_its_own_form() {
    let served = serve(|_| {});
    let mut socket = open(served.address, "/events", &[]).unwrap();
    let rows = [
        ("{\"service\":\"ws\"}", "{}"),
        ("\n{\n  \"service\": \"ws\"\n}\n", "{}"),
        ("{\"service\":\"ws\"}\n{\"service\":\"ws\"}\n", "{}\n{}"),
        ("{\"service\":\"ws\"}\n7\n", "{}\n{\"error\":\"invalid type: integer `7`, expected an event as an object at column 1\"}"),
        ("[{\"service\":\"ws\"},{\"service\":\"ws\"}]", "[{},{}]"),
        ("[]", "[]"),
        ("[{\"service\":\"ws\"}", "[{\"error\":\"the array has no end\"}]"),
        ("{\"metric\":\"x\"}", "{\"error\":\"invalid type: string \\\"x\\\", expected a number for metric at column 13\"}"),
        ("", "{\"error\":\"EOF while parsing a value at column 0\"}"),
    ];
    for (message, answer) in rows {
        assert_eq!(say(&mut socket, message), answer, "{message}");
    }
    socket.send(Message::binary(b"{\"service\":\"ws\"}".to_vec())).unwrap();
    assert_eq!(hear(&mut socket), "{}");
    for (message, answer) in [
        (&b"\xef\xbb\xbf{\"service\":\"mark\"}"[..], "{}"),
        (b"\xef\xbb\xbf[{\"service\":\"mark\"},{\"service\":\"\xff\"}]", "[{},{}]"),
        (b"{\"service\":\"\xff\"}\n{\"service\":\"mark\"}", "{}\n{}"),
    ] {
        socket.send(Message::binary(message.to_vec())).unwrap();
        assert_eq!(hear(&mut socket), answer);
    }
    assert_eq!(served.meter().read().mended, 2, "text that is not UTF-8 costs no event");
    assert_eq!(recorded("ws", 8).len(), 8);
    let seen = served.meter().read();
    assert_eq!((seen.messages, seen.events, seen.refused, seen.open), (13, 13, 4, 1));
    socket.close(None).unwrap();
    until("the socket is over", || served.meter().read().open == 0);
}

#[test]
fn a_client_that_closes_is_answered() {
    let served = serve(|_| {});
    for path in ["/events", "/index?subscribe=true", "/pubsub/x"] {
        let mut socket = open(served.address, path, &[]).unwrap();
        let frame = CloseFrame { code: CloseCode::Away, reason: "enough".into() };
        socket.close(Some(frame)).unwrap();
        assert_eq!(closed(&mut socket).0, 1001, "{path}");
        until("the socket is over", || served.meter().read().open == 0);
    }
}

#[test]
fn a_client_that_is_gone_is_noticed_and_one_that_is_there_is_kept() {
    let served = serve(|options| options.ping = Duration::from_millis(100));
    let mut here = open(served.address, "/events", &[]).unwrap();
    let mut gone = open(served.address, "/events", &[]).unwrap();
    // Reading is what answers pings.
    let pings = std::iter::repeat_with(|| here.read()).take_while(|read| {
        assert!(read.as_ref().is_ok_and(Message::is_ping), "{read:?}");
        served.meter().read().open == 2
    });
    assert!(pings.count() > 2, "two were asked while one did not answer");
    assert_eq!(closed(&mut gone), (1008, "nothing was heard for long".to_owned()));
    assert_eq!(say(&mut here, "{\"service\":\"here\"}"), "{}");
}

#[test]
fn what_is_no_websocket_is_told_so() {
    let served = serve(|_| {});
    let answer = served.ask("GET /events");
    assert_eq!((answer.status, &answer.body[..]), (405, "send events with POST, or open a WebSocket here\n"));
    assert_eq!(answer.header("allow"), Some("post, put"));
    let mut head = served.connect();
    head.send("HEAD /events HTTP/1.1\r\nhost: a\r\n\r\n");
    let head = String::from_utf8(head.until(b"\r\n\r\n").unwrap()).unwrap();
    assert!(head.starts_with("HTTP/1.1 405 ") && head.contains("allow: POST, PUT\r\n"), "{head}");
    for path in ["/events", "/index?query=true", "/pubsub/x", "/events/", "/index/"] {
        let key = "sec-websocket-key: dghlihnhbxbszsbub25jzq==";
        let answer = served.ask(&format!("GET {path}\nconnection: upgrade\nupgrade: websocket\nsec-websocket-version: 12\n{key}"));
        assert_eq!((answer.status, answer.header("sec-websocket-version")), (426, Some("13")), "{answer:?}");
        let answer = served.ask(&format!("GET {path}\nconnection: upgrade\nupgrade: websocket\nsec-websocket-version: 13"));
        assert_eq!(answer.status, 400, "{answer:?}");
    }
}

#[test]
fn a_websocket_is_closed_with_what_is_wrong() {
    use std::io::Write;
    let served = serve(|_| {});
    // Masked with zeros: a text that is not UTF-8, a frame without a mask, a continuation of nothing, an opcode that there is not.
    for (frame, code) in [
        (&[0x81, 0x81, 0, 0, 0, 0, 0xff][..], 1007),
        (&[0x81, 1, b'a'], 1002),
        (&[0x80, 0x80, 0, 0, 0, 0], 1002),
        (&[0x83, 0x80, 0, 0, 0, 0], 1002),
    ] {
        let mut socket = open(served.address, "/events", &[]).unwrap();
        socket.get_mut().write_all(frame).unwrap();
        assert_eq!(closed(&mut socket).0, code, "{frame:?}");
    }
}
