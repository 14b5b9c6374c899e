//! `POST /events`.

use fastts_core::Metric;
use fastts_core::runtime::{Options, Running};
use fastts_core::testing::comply;
use fastts_server::sources::http::{Http, HttpOptions};
use fastts_server::telemetry::Inside;

use crate::http::client::Client;
use crate::http::served::{hold, recorded, router, serve, until};

#[test]
fn lines_and_arrays_are_events_and_each_has_its_reply() {
    let served = serve(|_| {});
    let mut client = served.connect();
    let lines = "{\"service\":\"lines\",\"metric\":1}\n\nnonsense\n{\"service\":\"lines\",\"metric\":2}";
    let answer = client.post(lines);
    assert_eq!((answer.status, &answer.body[..]), (200, "{}\n{\"error\":\"expected ident at column 2\"}\n{}\n"));
    assert_eq!(answer.header("content-type"), Some("application/json"));
    let answer = client.post(r#" [{"service":"lines","metric":3},7,{"service":"lines","host":"a]\""}] "#);
    assert_eq!(answer.body.lines().map(|line| line.starts_with("{\"error\"")).collect::<Vec<_>>(), [false, true, false]);
    let events = recorded("lines", 4);
    assert_eq!(events.iter().map(|event| event.metric().as_f64()).collect::<Vec<_>>(), [Some(1.0), Some(2.0), Some(3.0), None]);
    assert_eq!(events[3].host(), Some("a]\""));
    assert!(events.iter().all(|event| event.time().is_some()), "an event without a time is stamped");
    for empty in ["", "\n", "[]"] {
        let answer = client.post(empty);
        assert_eq!((answer.status, &answer.body[..]), (200, ""), "{empty:?}");
    }
}

#[test]
fn text_that_is_not_utf_8_costs_no_event() {
    let served = serve(|_| {});
    let line = b"{\"service\":\"latin\",\"host\":\"caf\xe9\",\"t\xe9\":\"\\udce9\"}";
    let body = [b"{\"service\":\"latin\"}", &line[..], b"{\"service\":\"latin\"}"].join(&b'\n');
    assert_eq!(served.connect().post(body).body, "{}\n{}\n{}\n");
    let event = &recorded("latin", 3)[1];
    assert_eq!((event.host(), event.attribute("t\u{fffd}")), (Some("caf\u{fffd}"), Some("\u{fffd}")));
    assert_eq!(served.meter().read().mended, 1);
}

#[test]
fn a_body_may_begin_with_a_byte_order_mark() {
    let served = serve(|_| {});
    for body in ["\u{feff}{\"service\":\"mark\"}\n{\"service\":\"mark\"}\n", "\u{feff}[{\"service\":\"mark\"},{\"service\":\"mark\"}]"] {
        assert_eq!(served.connect().post(body).body, "{}\n{}\n", "{body}");
    }
    assert_eq!(recorded("mark", 4).len(), 4);
}

#[test]
fn events_have_the_fields_that_riemanns_have() {
    let served = serve(|_| {});
    let event = r#"{"service":"fields","host":"h","state":"ok","description":"d","metric":2.5,"tags":["a","b"],"ttl":60,
                   "time":"2012-03-04T05:06:07.890Z","region":"eu"}"#
        .replace('\n', "");
    assert_eq!(served.connect().post(event + "\n{\"service\":\"fields\",\"time\":7.5}").body, "{}\n{}\n");
    let events = recorded("fields", 2);
    assert_eq!(
        events[0].to_string(),
        r#"{"time":"2012-03-04T05:06:07.89Z","host":"h","service":"fields","state":"ok","description":"d","metric":2.5,"ttl":60.0,"tags":["a","b"],"attributes":{"region":"eu"}}"#
    );
    assert_eq!(events[1].time().unwrap().as_micros(), 7_500_000);
}

#[test]
fn a_body_is_delivered_while_it_comes() {
    let served = serve(|_| {});
    let mut client = served.connect();
    client.begin().chunk("{\"service\":\"stream\",\"metric\":1}\n{\"serv");
    assert_eq!(recorded("stream", 1).len(), 1, "what is complete does not wait for the rest");
    client.chunk("ice\":\"stream\",\"metric\":2}\n").chunk("");
    assert_eq!(client.answer().unwrap().body, "{}\n{}\n");
    assert_eq!(recorded("stream", 2).len(), 2);
}

#[test]
fn long_bodies_arrive_whole_and_in_order() {
    const EVENTS: usize = 60_000;
    let served = serve(|_| {});
    let body: String = (0..EVENTS).map(|number| format!("{{\"service\":\"long\",\"metric\":{number}}}\n")).collect();
    let mut client = served.connect();
    assert_eq!(client.post(&body).body, "{}\n".repeat(EVENTS));
    let array = format!("[{}]", body.trim_end().replace('\n', ","));
    assert_eq!(client.post(array).body, "{}\n".repeat(EVENTS));
    let events = recorded("long", 2 * EVENTS);
    assert!(events.iter().enumerate().all(|(at, event)| event.metric() == Metric::Int((at % EVENTS) as i64)));
    let seen = served.meter().read();
    assert_eq!((seen.messages, seen.events, seen.refused), (2, 2 * EVENTS as u64, 0));
    assert!(seen.bytes as usize > 2 * body.len());
    assert_eq!(seen.latency.count(), 2);
}

#[test]
fn a_pipeline_that_is_full_holds_the_sender_up() {
    const BODY: usize = 32 << 20;
    let served = serve(|_| {});
    let held = hold("held post");
    let meter = served.meter();
    let address = served.address;
    let line = format!("{{\"service\":\"held post\",\"description\":\"{}\"}}\n", "x".repeat(2_000));
    let lines = BODY / line.len();
    let sender = std::thread::spawn(move || Client::connect(address).post(line.repeat(lines)));
    until("the pipeline holds the sender up", || meter.read().under_way == 1);
    // Whatever the system takes off the sender, the server reads no more.
    (0..50).for_each(|_| assert_eq!(served.ask("GET /healthz").status, 200));
    let read = meter.read().bytes;
    assert!((read as usize) < BODY / 8, "{read} bytes were read");
    drop(held);
    assert_eq!(sender.join().unwrap().body, "{}\n".repeat(lines));
}

#[test]
fn a_client_may_close_its_side_and_pipeline_requests() {
    let served = serve(|_| {});
    let body = "{\"service\":\"closed\"}";
    let request = format!("POST /events HTTP/1.1\r\nhost: a\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    let mut client = served.connect();
    client.send(request.repeat(3)).half_close();
    for _ in 0..3 {
        assert_eq!(client.answer().unwrap().body, "{}\n");
    }
    assert!(client.answer().is_none());
    assert_eq!(recorded("closed", 3).len(), 3);
}

#[test]
fn it_keeps_the_promises_of_a_source() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let mut options = HttpOptions::default();
        options.listen = "127.0.0.1:0".to_owned();
        let http = Http::bind(options).await.unwrap();
        let address = http.address();
        let server = http.showing(Inside::new(Running::start(router(), Options::new()).unwrap(), []));
        let bring = async || {
            let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
            let request = b"POST /events HTTP/1.1\r\nhost: here\r\ncontent-length: 2\r\n\r\n{}";
            tokio::io::AsyncWriteExt::write_all(&mut stream, request).await.unwrap();
        };
        comply(|| server.clone(), bring).await;
    });
}
