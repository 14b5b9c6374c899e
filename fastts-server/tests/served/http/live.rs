//! `/index` and `/pubsub`, over WebSocket, as server-sent events and plainly.

use std::time::{Duration, Instant};

use fastts_core::{Event, Time};
use serde_json::Value;
use tungstenite::Message;

use crate::http::client::{Client, Socket, closed, hear, open};
use crate::http::served::{PATIENCE, Served, hold, serve, until};

/// Puts events into the index by their services, through the pipelines.
fn put(served: &Served, services: &[&str]) {
    let body: String = services.iter().map(|service| format!("{{\"host\":\"indexed\",\"service\":\"{service}\"}}\n")).collect();
    assert_eq!(served.connect().post(body).body, "{}\n".repeat(services.len()));
}

fn service(text: &str) -> String {
    let event: Value = serde_json::from_str(text).unwrap();
    event["service"].as_str().unwrap().to_owned()
}

/// Begins a stream of events.
fn stream(served: &Served, path: &str) -> Client {
    let mut client = served.connect();
    client.send(format!("GET {path} HTTP/1.0\r\naccept: text/event-stream\r\n\r\n"));
    let answer = client.answer().unwrap();
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("text/event-stream")), "{answer:?}");
    client
}

/// Returns the next line of a stream that says something.
fn line(client: &mut Client) -> String {
    loop {
        let line = client.until(b"\n").unwrap();
        match std::str::from_utf8(&line).unwrap().trim_end() {
            "" | ":" => {}
            line => return line.to_owned(),
        }
    }
}

fn data(client: &mut Client) -> String {
    service(line(client).strip_prefix("data: ").unwrap())
}

fn subscriptions(served: &Served) -> usize {
    served.running.topics().iter().map(|topic| topic.subscriptions).sum()
}

#[test]
fn the_index_is_asked_when_what_was_accepted_has_run_or_a_second_has_passed() {
    let served = serve(|_| {});
    let held = hold("held query");
    assert_eq!(served.connect().post("{\"service\":\"held query\"}").body, "{}\n");
    let begun = Instant::now();
    assert_eq!(served.ask("GET /index?query=host%20%3D%20%22later%22").body, "[]\n");
    assert!(begun.elapsed() >= Duration::from_secs(1), "it waits for the pipeline");
    drop(held);
    let answer = served.ask("GET /index?query=host%20%3D%20%22later%22");
    assert!(answer.body.contains("held query"), "{answer:?}");
}

#[test]
fn the_index_is_told_as_json_with_every_field() {
    let served = serve(|_| {});
    put(&served, &["b", "a"]);
    let now = Event::new().with_host("indexed").with_service("c").with_time(Time::from_secs(10)).with_metric(1.5);
    served.running.index().insert(now.view(), served.running.now());
    let answer = served.ask("GET /index?query=service%20%3D%20%22c%22");
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/json")));
    let expected = r#"[{"description":null,"host":"indexed","metric":1.5,"service":"c","state":null,"tags":null,"time":"1970-01-01T00:00:10Z","ttl":null}]"#;
    assert_eq!(answer.body.trim_end(), expected);
    for all in ["GET /index", "GET /index/", "GET /index?query=true", "GET /index?query=host+%3D+%22indexed%22&subscribe=false"] {
        let mut services: Vec<String> =
            serde_json::from_str::<Vec<Value>>(&served.ask(all).body).unwrap().iter().map(|event| service(&event.to_string())).collect();
        services.sort();
        assert_eq!(services, ["a", "b", "c"], "{all}");
    }
    assert_eq!(served.ask("GET /index?query=service+%3D+%22none%22").body, "[]\n");
}

#[test]
fn a_socket_shows_what_is_there_and_what_comes() {
    let served = serve(|_| {});
    put(&served, &["there", "other"]);
    let query = "query=service+!%3D+%22other%22";
    let mut once = open(served.address, &format!("/index?{query}"), &[]).unwrap();
    assert_eq!(service(&hear(&mut once)), "there");
    assert_eq!(closed(&mut once).0, 1000);
    let mut live = open(served.address, &format!("/index?{query}&subscribe=true"), &[]).unwrap();
    assert_eq!(service(&hear(&mut live)), "there");
    put(&served, &["other", "new"]);
    assert_eq!(service(&hear(&mut live)), "new");
    live.close(None).unwrap();
    until("the subscription is over", || subscriptions(&served) == 0);
}

#[test]
fn nothing_is_missed_between_what_is_there_and_what_comes() {
    const EVENTS: usize = 3_000;
    const READERS: usize = 30;
    let served = serve(|options| options.backlog = EVENTS + 1);
    let name = |number: usize| format!("gap {number}");
    let address = served.address;
    let writer = std::thread::spawn(move || {
        let mut client = Client::connect(address);
        for number in (0..=EVENTS).map(name) {
            assert_eq!(client.post(format!("{{\"service\":\"{number}\"}}")).status, 200);
        }
    });
    let read = |_| {
        let mut socket = open(address, "/index?subscribe=true", &[]).unwrap();
        std::thread::spawn(move || {
            let mut seen = std::collections::HashSet::new();
            while seen.len() <= EVENTS {
                seen.insert(service(&hear(&mut socket)));
            }
        })
    };
    let readers: Vec<_> = (0..READERS).map(read).collect();
    writer.join().unwrap();
    readers.into_iter().for_each(|reader| reader.join().unwrap());
}

#[test]
fn a_topic_is_shown_without_what_is_in_the_index() {
    let served = serve(|_| {});
    put(&served, &["before"]);
    let mut socket = open(served.address, "/pubsub/index?query=service+%3D~+%22p%25%22", &[]).unwrap();
    let mut published = open(served.address, "/pubsub/a%20topic", &[]).unwrap();
    until("both subscribe", || subscriptions(&served) == 2);
    put(&served, &["q", "p1", "p2"]);
    assert_eq!([hear(&mut socket), hear(&mut socket)].map(|text| service(&text)), ["p1", "p2"]);
    let event = Event::new().with_service("published");
    served.runtime.block_on(served.running.publish("a topic", vec![event])).unwrap();
    assert_eq!(service(&hear(&mut published)), "published");
}

#[test]
fn a_stream_shows_what_is_there_and_what_comes() {
    let served = serve(|options| options.ping = Duration::from_millis(50));
    put(&served, &["there"]);
    let mut client = stream(&served, "/index?query=true");
    assert_eq!(data(&mut client), "there");
    put(&served, &["new"]);
    assert_eq!(data(&mut client), "new");
    // It is kept alive while nothing comes.
    for _ in 0..3 {
        assert!(client.until(b":\n\n").is_some_and(|bytes| bytes.trim_ascii() == b":"));
    }
    let mut topic = stream(&served, "/pubsub/index?query=service+%3D+%22late%22");
    until("it subscribes", || subscriptions(&served) == 2);
    put(&served, &["early", "late"]);
    assert_eq!(data(&mut topic), "late");
    drop((client, topic));
    until("both are over", || subscriptions(&served) == 0);
    let mut once = stream(&served, "/index?subscribe=false");
    assert!(data(&mut once).len() > 2);
    once.is_closed();
}

#[test]
fn a_bad_query_is_told_with_its_column() {
    let served = serve(|_| {});
    let answer = served.ask("GET /index?query=metric+%3E");
    assert_eq!(answer.status, 400);
    assert!(answer.body.contains("at column"), "{answer:?}");
    let same = served.ask("GET /index?query=metric+%3E\naccept: text/event-stream");
    assert_eq!((same.status, &same.body), (400, &answer.body));
    for path in ["/index?query=metric+%3E", "/pubsub/x?query=metric+%3E"] {
        let (code, reason) = closed(&mut open(served.address, path, &[]).unwrap());
        assert_eq!((code, reason.trim()), (1008, answer.body.trim()));
    }
    for live in ["GET /pubsub/x", "GET /index?subscribe=true"] {
        assert_eq!(served.ask(live).status, 406, "{live}");
    }
}

#[test]
fn results_and_subscriptions_have_limits() {
    let served = serve(|options| {
        options.max_results = 2;
        options.max_subscriptions = 1;
    });
    put(&served, &["a", "b"]);
    assert_eq!(served.ask("GET /index").status, 200);
    put(&served, &["c"]);
    let many = "more than 2 events match, which is the limit (--http-max-results)";
    let answer = served.ask("GET /index");
    assert_eq!((answer.status, answer.body.trim()), (413, many));
    assert_eq!(closed(&mut open(served.address, "/index?query=true", &[]).unwrap()), (1008, many.to_owned()));
    let mut only = open(served.address, "/pubsub/x", &[]).unwrap();
    until("it subscribes", || subscriptions(&served) == 1);
    let limit = "there are 1 subscriptions already, which is the limit (--http-subscribers)";
    assert_eq!(closed(&mut open(served.address, "/pubsub/x", &[]).unwrap()), (1013, limit.to_owned()));
    assert_eq!(served.ask("GET /pubsub/x\naccept: text/event-stream").body.trim(), limit);
    only.close(None).unwrap();
    until("there is room again", || open(served.address, "/pubsub/x", &[]).is_ok_and(|mut socket| is_open(&mut socket)));
}

/// Returns whether a socket is not closed at once.
fn is_open(socket: &mut Socket) -> bool {
    socket.get_ref().set_read_timeout(Some(Duration::from_millis(200))).unwrap();
    !matches!(socket.read(), Ok(Message::Close(_)))
}

#[test]
fn a_reader_that_does_not_keep_up_misses_events_and_holds_nobody_up() {
    const EVENTS: usize = 50_000;
    let served = serve(|options| options.backlog = 10);
    let mut slow = stream(&served, "/pubsub/index");
    until("it subscribes", || subscriptions(&served) == 1);
    let description = "x".repeat(500);
    let body: String =
        (0..EVENTS).map(|metric| format!("{{\"service\":\"many\",\"metric\":{metric},\"description\":\"{description}\"}}\n")).collect();
    // More than the system takes off the server for a client that does not read.
    assert_eq!(served.connect().post(body).status, 200);
    let (mut came, mut missed) = (0, 0);
    while came + missed < EVENTS {
        match line(&mut slow) {
            line if line == "event: missed" => missed += self::line(&mut slow).strip_prefix("data: ").unwrap().parse::<usize>().unwrap(),
            line => {
                assert!(line.starts_with("data: {"), "{line}");
                came += 1;
            }
        }
    }
    assert_eq!(came + missed, EVENTS, "each event came or was told to be missed");
    assert!(missed > 0 && came >= 10, "{missed} were missed");
    assert_eq!(served.meter().read().missed as usize, missed);
}

#[test]
fn live_clients_are_told_that_the_server_stops() {
    let mut served = serve(|_| {});
    let mut socket = open(served.address, "/pubsub/x", &[]).unwrap();
    let mut client = stream(&served, "/index");
    until("both subscribe", || subscriptions(&served) == 2);
    served.drain();
    put_directly(&served, "while draining");
    assert_eq!(data(&mut client), "while draining", "they see the last events");
    assert!(served.runtime.block_on(served.running.drain(PATIENCE)).is_complete());
    assert_eq!(closed(&mut socket), (1001, "the server is shutting down".to_owned()));
    client.is_closed();
    assert_eq!(served.stop(PATIENCE), 0);
}

fn put_directly(served: &Served, service: &str) {
    let event = Event::new().with_service(service);
    served.runtime.block_on(served.running.deliver(fastts_core::Batch::of([event.view()]))).unwrap();
}

#[test]
fn a_client_that_says_something_on_a_live_socket_is_not_harmed() {
    let served = serve(|options| options.max_message = 100);
    let mut socket = open(served.address, "/pubsub/index", &[]).unwrap();
    until("it subscribes", || subscriptions(&served) == 1);
    socket.send(Message::text("hello")).unwrap();
    put(&served, &["after"]);
    assert_eq!(service(&hear(&mut socket)), "after");
    socket.send(Message::text("x".repeat(101))).unwrap();
    assert_eq!(closed(&mut socket).0, 1009);
}

#[test]
fn a_stream_ends_when_its_client_closes_its_side() {
    let served = serve(|options| options.ping = Duration::from_secs(3_600));
    let subscriptions = || served.running.topics().iter().map(|topic| topic.subscriptions).sum::<usize>();
    for path in ["/index?query=false", "/pubsub/x"] {
        for half in [false, true] {
            let mut client = served.connect();
            client.send(format!("GET {path} HTTP/1.1\r\nhost: a\r\naccept: Text/Event-Stream;q=0.5\r\n\r\n"));
            client.until(b":\n\n").unwrap();
            assert_eq!(subscriptions(), 1);
            match half {
                true => client.half_close().is_closed(),
                false => drop(client),
            }
            until("the subscription is over", || subscriptions() == 0);
        }
    }
    // Who has asked for something that has an end still gets it.
    let mut client = served.connect();
    client.send("GET /index?query=false HTTP/1.1\r\nhost: a\r\n\r\n").half_close();
    assert_eq!(client.answer().unwrap().status, 200);
}

#[test]
fn topics_of_windows_and_of_types_with_json_are_shown() {
    let served = serve(|_| {});
    let mut windows = stream(&served, "/pubsub/pairs");
    let mut sizes = open(served.address, "/pubsub/sizes?query=true", &[]).unwrap();
    until("both have subscribed", || {
        served.running.topics().iter().filter(|topic| ["pairs", "sizes"].contains(&&*topic.topic)).all(|topic| topic.subscriptions == 1)
    });
    let body = "{\"service\":\"pair\",\"metric\":1,\"time\":1}\n{\"service\":\"pair\",\"metric\":2,\"time\":2}";
    assert_eq!(served.connect().post(body).body, "{}\n{}\n");
    windows.until(b":\n\n").unwrap();
    let told = String::from_utf8(windows.until(b"\n\n").unwrap()).unwrap();
    let window =
        r#"[{"time":"1970-01-01T00:00:01Z","service":"pair","metric":1},{"time":"1970-01-01T00:00:02Z","service":"pair","metric":2}]"#;
    assert_eq!(told, format!("data: {window}\n\n"));
    assert_eq!(hear(&mut sizes), "{\"size\":2}");
}

#[test]
fn topics_that_cannot_be_shown_are_told_so() {
    let served = serve(|_| {});
    let ask = |path: &str| served.ask(&format!("GET {path}\naccept: text/event-stream"));
    let opaque = ask("/pubsub/opaque");
    assert_eq!(opaque.status, 415, "{opaque:?}");
    assert!(opaque.body.contains("Opaque, which cannot be told as JSON; implement `ToJson` for it"), "{}", opaque.body);
    let asked = ask("/pubsub/pairs?query=metric+%3E+1");
    assert_eq!(asked.status, 415, "{asked:?}");
    assert!(asked.body.contains("Window, of which no query can be asked; leave it out"), "{}", asked.body);
    let mut socket = open(served.address, "/pubsub/opaque", &[]).unwrap();
    assert_eq!(closed(&mut socket).0, 1003);
}
